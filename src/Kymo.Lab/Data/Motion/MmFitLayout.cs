using System.Globalization;
using Kymo.Signals;

namespace Kymo.Lab.Data.Motion;

/// <summary>
/// The published layout of MM-Fit (Strömbäck, Huang, Radu, Proc. ACM IMWUT 4(4) art. 168, 2020, doi 10.1145/3432701): folders w00 to w20, in each
/// one array for every modality and a table of exercise sets.
/// </summary>
public static class MmFitLayout
{
    /// <summary>The classes; what lies between the sets is the last one.</summary>
    public static IReadOnlyList<string> Classes { get; } =
    [
        "squats", "lunges", "bicep_curls", "situps", "pushups", "tricep_extensions", "dumbbell_rows", "jumping_jacks",
        "dumbbell_shoulder_press", "lateral_shoulder_raises", "non_activity",
    ];

    /// <summary>The class between the sets.</summary>
    public const int Rest = 10;

    /// <summary>The table of a workout's sets, behind <c>wNN_</c>.</summary>
    public const string Labels = "labels.csv";

    /// <summary>The modalities: watches, phones, earbud, cameras.</summary>
    public static IReadOnlyList<string> Modalities { get; } =
    [
        "sw_l_acc", "sw_l_gyr", "sw_l_hr", "sw_r_acc", "sw_r_gyr", "sw_r_hr", "sp_l_acc", "sp_l_gyr", "sp_l_mag", "sp_r_acc", "sp_r_gyr", "sp_r_mag",
        "eb_l_acc", "eb_l_gyr", "pose_2d", "pose_3d",
    ];

    /// <summary>The person of each workout, w00 to w20.</summary>
    public static IReadOnlyList<int> Participants { get; } = [2, 0, 1, 0, 1, 2, 0, 1, 0, 1, 0, 1, 3, 4, 0, 1, 5, 6, 7, 8, 9];

    /// <summary>The workouts that are there, in order.</summary>
    /// <exception cref="DataException">The folder has none.</exception>
    public static IReadOnlyList<string> Workouts(string root)
    {
        string[] found = [.. (Directory.Exists(root) ? Directory.GetDirectories(root) : []).Select(path => Path.GetFileName(path)!).Where(IsWorkout).Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new DataException(root, "holds no workout folder w00 to w20; expected the MM-Fit layout wNN/wNN_pose_3d.npy");
    }

    /// <summary>The person of a workout.</summary>
    public static int ParticipantOf(string workout) =>
        IsWorkout(workout) && int.Parse(workout.AsSpan(1), CultureInfo.InvariantCulture) is var number && number < Participants.Count
            ? Participants[number] : throw new Config.ConfigException($"there is no workout '{workout}'; there are w00 to w20");

    /// <summary>A file of a workout, or null where it is missing; the left phone's files carry a number behind their names.</summary>
    public static string? Find(string root, string workout, string modality)
    {
        var folder = Path.Combine(root, workout);
        var path = Path.Combine(folder, $"{workout}_{modality}.npy");
        if (File.Exists(path) || !Directory.Exists(folder)) return File.Exists(path) ? path : null;
        return Directory.GetFiles(folder, $"{workout}_{modality}_*.npy").Order(StringComparer.Ordinal)
            .FirstOrDefault(file => Path.GetFileNameWithoutExtension(file)[(workout.Length + modality.Length + 2)..].All(char.IsAsciiDigit));
    }

    /// <summary>The files of the layout that are missing, as <c>w05/w05_sw_l_hr.npy</c>.</summary>
    public static IReadOnlyList<string> Missing(string root) =>
    [
        .. Workouts(root).SelectMany(workout => Modalities.Where(modality => Find(root, workout, modality) is null).Select(modality => $"{workout}/{workout}_{modality}.npy")
            .Concat(File.Exists(LabelFile(root, workout)) ? [] : [$"{workout}/{workout}_labels.csv"])),
    ];

    /// <summary>The table of a workout's sets.</summary>
    public static string LabelFile(string root, string workout, string name = Labels) => Path.Combine(root, workout, $"{workout}_{name}");

    /// <summary>Reads a workout's sets: start frame, end frame, repetitions, activity; no header.</summary>
    /// <exception cref="DataException">No such file, a row of another form, an unknown activity, sets out of order or on top of each other.</exception>
    public static IReadOnlyList<ActivitySpan> ReadLabels(string path)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such file; expected rows start_frame,end_frame,repetitions,activity");
        var spans = new List<ActivitySpan>();
        var line = 0;
        foreach (var text in File.ReadLines(path))
        {
            line++;
            if (text.Length == 0) continue;
            var fields = text.TrimEnd('\r').Split(',');
            DataException Fault(string problem) => new(path, $"line {line}: {problem}");
            if (fields.Length != 4) throw Fault($"{fields.Length} fields; expected start_frame,end_frame,repetitions,activity");
            if (!long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                || !long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var end)
                || !int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                throw Fault($"'{text}'; expected three whole numbers and an activity");
            var label = Classes.Take(Rest).ToList().IndexOf(fields[3].Trim());
            if (label < 0) throw Fault($"unknown activity '{fields[3]}'; expected one of {string.Join(", ", Classes.Take(Rest))}");
            if (end < start) throw Fault($"the set ends at frame {end}, before it starts at {start}");
            if (spans.Count > 0 && start < spans[^1].Start) throw Fault($"the set starts at frame {start}, before the one above it ({spans[^1].Start}); expected sets in order");
            if (spans.Count > 0 && start <= spans[^1].End) throw Fault($"the set starts at frame {start}, inside the one above it ({spans[^1].Start} to {spans[^1].End})");
            spans.Add(new ActivitySpan(start, end, label));
        }
        return spans.Count > 0 ? spans : throw new DataException(path, "has no set; expected rows start_frame,end_frame,repetitions,activity");
    }

    static bool IsWorkout(string name) => name is ['w', >= '0' and <= '9', >= '0' and <= '9'];
}
