using Kymo.Config;
using Kymo.Signals;

namespace Kymo.Lab.Data.Motion;

/// <summary>How MM-Fit is read.</summary>
/// <param name="Preparation">The recipe.</param>
/// <param name="Joints">Joints of <c>pose_3d</c> that are the movement, 0 to 16; which side is left is disputed between sources.</param>
/// <param name="Workouts">Workouts that are wanted; others are not read.</param>
/// <param name="StatisticsOf">Workouts whose acceleration gives mean and deviation: those of the training part.</param>
/// <param name="SkipMissing">Whether workouts or files that are not there are left out and counted.</param>
/// <param name="MaxRows">Rows that are used of each workout; 0 for all.</param>
/// <param name="Labels">The sets' file behind <c>wNN_</c>, in raw and in prepared folders.</param>
public sealed record MmFitOptions(
    MotionPreparationOptions Preparation, IReadOnlyList<int> Joints, IReadOnlyList<string> Workouts, IReadOnlyList<string> StatisticsOf, bool SkipMissing = false, int MaxRows = 0,
    string Labels = MmFitLayout.Labels);

/// <summary>File names of prepared workouts, behind <c>wNN_</c>.</summary>
/// <param name="Pose">(3, row, 19): frame, time in s, 17 joints.</param>
/// <param name="Acceleration">(row, 5): frame, time, x, y, z standardised.</param>
/// <param name="Simulated">As acceleration, simulated; optional.</param>
/// <param name="Mask">(row): 1 in the camera's gaps, else 0; optional, the original has none.</param>
public sealed record PreparedNames(
    string Pose = "pose_3d_upsample_normal.npy", string Acceleration = "sw_l_acc_std.npy", string Simulated = "sw_l_sim_acc.npy",
    string Mask = "camera_gaps.npy");

/// <summary>Reads MM-Fit: joint tracks of a camera beside the acceleration of a worn sensor.</summary>
public static class MmFit
{
    /// <summary>Reads raw files and aligns them.</summary>
    /// <exception cref="DataException">A wanted workout or file is missing or damaged.</exception>
    public static PairedSet ReadRaw(string root, MmFitOptions options)
    {
        var (workouts, exclusions) = Present(root, options);
        var aligned = new AlignedWorkout[workouts.Count];
        ParallelReads.For(workouts.Count, i => aligned[i] = MmFitPreparation.Align(root, workouts[i], options.Preparation));
        var (mean, deviation) = Statistics(root, aligned, options);
        var recordings = aligned.Select(workout => Recording(root, workout, mean, deviation, options)).ToArray();
        return Set(root, recordings, exclusions, options) with
        {
            TargetScale = Scale(mean, deviation),
            TargetScaleOf = options.StatisticsOf,
            Fingerprint = Fingerprints.Of(root, recordings.SelectMany(recording => RawFiles(root, recording.Id, options))),
        };
    }

    /// <summary>Reads prepared files (the layout of the original's pre-processing and of <see cref="MmFitPrepared.Write"/>).</summary>
    /// <param name="root">The folder with w00 to w20.</param>
    /// <param name="options">Workouts and joints.</param>
    /// <param name="names">Names of the files.</param>
    /// <param name="simulated">Workouts whose simulated signal stands in place of the real one: of training only.</param>
    /// <exception cref="DataException">A wanted workout or file is missing or damaged, or pose and acceleration do not match row by row.</exception>
    public static PairedSet ReadPrepared(string root, MmFitOptions options, PreparedNames names, IReadOnlyList<string>? simulated = null)
    {
        var (workouts, exclusions) = Present(root, options, workout => MmFitPrepared.FirstMissing(root, workout, Names(workout), options.Labels));
        var recordings = new PairedRecording[workouts.Count];
        ParallelReads.For(workouts.Count, i => recordings[i] = MmFitPrepared.Read(root, workouts[i], Names(workouts[i]), options));
        var statistics = MmFitPrepared.ReadStatistics(root);
        return Set(root, recordings, exclusions, options) with
        {
            TargetScale = statistics is var (mean, deviation, _) ? Scale(mean, deviation) : null,
            TargetScaleOf = statistics?.Workouts,
            Fingerprint = Fingerprints.Of(root, workouts.SelectMany(workout => MmFitPrepared.Files(root, workout, Names(workout), options.Labels))),
        };

        PreparedNames Names(string workout) => simulated?.Contains(workout) == true ? names with { Acceleration = names.Simulated } : names;
    }

    /// <summary>One workout's recording: chosen joints, standardised acceleration, the class of each row.</summary>
    internal static PairedRecording Recording(string root, AlignedWorkout workout, double[] mean, double[] deviation, MmFitOptions options)
    {
        var spans = MmFitLayout.ReadLabels(MmFitLayout.LabelFile(root, workout.Workout, options.Labels));
        var rows = options.MaxRows > 0 ? Math.Min(options.MaxRows, workout.Frames.Length) : workout.Frames.Length;
        foreach (var joint in options.Joints)
            if (joint is < 0 or >= MmFitArrays.Joints) throw new ConfigException($"data.joints: there is no joint {joint}; there are 0 to {MmFitArrays.Joints - 1}");
        var (joints, count) = (options.Joints, options.Joints.Count);
        var input = new float[3 * count * rows];
        for (var axis = 0; axis < 3; axis++)
            for (var joint = 0; joint < count; joint++)
                for (var row = 0; row < rows; row++) input[(((axis * count) + joint) * rows) + row] = (float)workout.Joints[joints[joint]][axis][row];
        var target = new float[3 * rows];
        for (var axis = 0; axis < 3; axis++)
            for (var row = 0; row < rows; row++)
                target[(axis * rows) + row] = (float)((workout.Acceleration[axis][row] - mean[axis]) / (deviation[axis] + (deviation[axis] == 1 ? 0 : 1e-8)));
        return new PairedRecording
        {
            Id = workout.Workout,
            Participant = MmFitLayout.ParticipantOf(workout.Workout).ToString(System.Globalization.CultureInfo.InvariantCulture),
            Input = input,
            Target = target,
            Labels = [.. workout.Frames.Take(rows).Select(frame => MotionWindows.SpanAt(spans, (long)frame)?.Label ?? MmFitLayout.Rest)],
            Frames = workout.Frames[..rows],
            Spans = spans,
            RestLabel = MmFitLayout.Rest,
            Masked = workout.Masked?[..rows],
        };
    }

    /// <summary>Mean and deviation of the acceleration as the recipe pools them.</summary>
    internal static (double[] Mean, double[] Deviation) Statistics(string root, IReadOnlyList<AlignedWorkout> aligned, MmFitOptions options)
    {
        var training = aligned.Where(workout => options.StatisticsOf.Contains(workout.Workout)).Select(workout => workout.Acceleration).ToList();
        if (training.Count == 0) throw new DataException(root, "no training workout is there, so the acceleration has no mean and deviation");
        if (options.Preparation.Recipe == MotionRecipe.OriginalB)
        {
            // Both watches count, each with its own rows.
            training = [.. aligned.Where(workout => options.StatisticsOf.Contains(workout.Workout)).SelectMany(workout => new[] { "sw_l_acc", "sw_r_acc" }
                .Select(modality => MmFitLayout.Find(root, workout.Workout, modality)).OfType<string>().Select(path => MmFitArrays.ReadSensor(path).Axes))];
        }
        return MmFitPreparation.Statistics(training, options.Preparation.Recipe == MotionRecipe.OriginalA);
    }

    static ChannelScale Scale(double[] mean, double[] deviation) => new([.. mean.Select(value => (float)value)], [.. deviation.Select(value => (float)value)]);

    static string? FirstMissing(string root, string workout, MmFitOptions options) =>
        new[] { options.Preparation.Device + "_acc", "pose_3d" }.FirstOrDefault(modality => MmFitLayout.Find(root, workout, modality) is null) is { } modality ? $"{workout}_{modality}.npy"
        : File.Exists(MmFitLayout.LabelFile(root, workout, options.Labels)) ? null : $"{workout}_{options.Labels}";

    // The original's later recipe takes its statistics from both watches.
    static IEnumerable<string> RawFiles(string root, string workout, MmFitOptions options)
    {
        string[] modalities = [options.Preparation.Device + "_acc", "pose_3d", .. options.Preparation.Recipe == MotionRecipe.OriginalB ? ["sw_l_acc", "sw_r_acc"] : Array.Empty<string>()];
        return modalities.Select(modality => MmFitLayout.Find(root, workout, modality)).OfType<string>().Append(MmFitLayout.LabelFile(root, workout, options.Labels));
    }

    /// <summary>The wanted workouts that are there, and those that <c>data.missing=skip</c> leaves out.</summary>
    /// <param name="root">The folder with w00 to w20.</param>
    /// <param name="options">The workouts, and whether one may be missing.</param>
    /// <param name="firstMissing">The first file that a workout lacks, or null; of raw workouts where it is not given.</param>
    /// <exception cref="DataException">A wanted workout is not there, and none may be missing.</exception>
    internal static (List<string> Workouts, List<Exclusion> Missing) Present(string root, MmFitOptions options, Func<string, string?>? firstMissing = null)
    {
        var there = MmFitLayout.Workouts(root);
        var missing = options.Workouts.Except(there).ToArray();
        if (missing.Length > 0 && !options.SkipMissing)
            throw new DataException(root, $"the workouts {string.Join(", ", missing)} are not there; complete the download, or leave them out with data.missing=skip");
        List<string> found = [.. options.Workouts.Distinct().Where(there.Contains)];
        if (!options.SkipMissing) return (found, []);
        firstMissing ??= workout => FirstMissing(root, workout, options);
        Exclusion[] lacking = [.. found.Select(workout => (Workout: workout, File: firstMissing(workout))).Where(item => item.File is not null).Select(item => new Exclusion(item.Workout, $"no {item.File}"))];
        return ([.. found.Except(lacking.Select(exclusion => exclusion.Id))], [.. missing.Select(workout => new Exclusion(workout, "not there")), .. lacking]);
    }

    static PairedSet Set(string root, IReadOnlyList<PairedRecording> recordings, IReadOnlyList<Exclusion> exclusions, MmFitOptions options) =>
        new("mmfit", Path.GetFullPath(root), "CC BY 4.0 (as reported)", MmFitLayout.Classes, options.Preparation.RateHz, 3, options.Joints.Count, 3, recordings, exclusions)
        { RestClass = MmFitLayout.Rest };
}
