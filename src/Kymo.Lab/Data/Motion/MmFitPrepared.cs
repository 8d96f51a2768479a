using System.Text.Json.Nodes;
using Kymo.Signals;
using Kymo.Signals.Arrays;

namespace Kymo.Lab.Data.Motion;

/// <summary>Prepared workouts in the original's files.</summary>
public static class MmFitPrepared
{
    /// <summary>The file that says what was taken out of the acceleration.</summary>
    internal const string Statistics = "mmfit_preprocess_stats.json";

    /// <summary>Prepares raw workouts and writes, for each, pose, acceleration, labels and the camera's gaps, and the statistics beside them.</summary>
    /// <param name="root">The raw data.</param>
    /// <param name="folder">Where the prepared files go.</param>
    /// <param name="options">The recipe and the workouts.</param>
    /// <param name="names">Names of the files.</param>
    /// <returns>What was left out, and why.</returns>
    /// <exception cref="DataException">A wanted workout or file is missing or damaged.</exception>
    public static IReadOnlyList<Exclusion> Write(string root, string folder, MmFitOptions options, PreparedNames names)
    {
        var (workouts, exclusions) = MmFit.Present(root, options);
        AlignedWorkout[] aligned = [.. workouts.Select(workout => MmFitPreparation.Align(root, workout, options.Preparation))];
        var (mean, deviation) = MmFit.Statistics(root, aligned, options);
        foreach (var workout in aligned)
        {
            var (rows, path) = (workout.Frames.Length, Path.Combine(folder, workout.Workout, workout.Workout + "_"));
            Directory.CreateDirectory(Path.Combine(folder, workout.Workout));
            var pose = new double[3 * rows * (MmFitArrays.Joints + 2)];
            for (var axis = 0; axis < 3; axis++)
                for (var row = 0; row < rows; row++)
                {
                    var at = ((axis * rows) + row) * (MmFitArrays.Joints + 2);
                    (pose[at], pose[at + 1]) = (workout.Frames[row], workout.Seconds[row]);
                    for (var joint = 0; joint < MmFitArrays.Joints; joint++) pose[at + 2 + joint] = workout.Joints[joint][axis][row];
                }
            NpyFile.Write(path + names.Pose, pose, 3, rows, MmFitArrays.Joints + 2);
            var acceleration = new double[rows * 5];
            for (var row = 0; row < rows; row++)
            {
                (acceleration[row * 5], acceleration[(row * 5) + 1]) = (workout.Frames[row], workout.Seconds[row]);
                for (var axis = 0; axis < 3; axis++) acceleration[(row * 5) + 2 + axis] = (workout.Acceleration[axis][row] - mean[axis]) / (deviation[axis] + 1e-8);
            }
            NpyFile.Write(path + names.Acceleration, acceleration, rows, 5);
            // Without gaps there is no file, and none of an earlier preparation stays.
            File.Delete(path + names.Mask);
            if (workout.Masked is { } masked && masked.Contains(true)) NpyFile.Write(path + names.Mask, masked.Select(row => row ? (byte)1 : (byte)0).ToArray(), rows);
            File.Copy(MmFitLayout.LabelFile(root, workout.Workout, options.Labels), path + options.Labels, overwrite: true);
        }
        var stats = new JsonObject
        {
            ["subjects"] = Array(workouts),
            ["train_subjects"] = Array([.. options.StatisticsOf.Intersect(workouts)]),
            ["acc_mean"] = new JsonArray([.. mean.Select(value => (JsonNode)value)]),
            ["acc_std"] = new JsonArray([.. deviation.Select(value => (JsonNode)value)]),
            ["processed_files"] = Array([.. aligned.SelectMany(workout => new[] { names.Pose, names.Acceleration }.Select(name => $"{workout.Workout}/{workout.Workout}_{name}"))]),
        };
        File.WriteAllText(Path.Combine(folder, Statistics), stats.ToJsonString(new() { WriteIndented = true }));
        return exclusions;
    }

    /// <summary>Mean and deviation of the acceleration that was taken out, and the workouts that they are of; null where the folder does not say.</summary>
    /// <exception cref="DataException">The file is there and damaged.</exception>
    internal static (double[] Mean, double[] Deviation, string[]? Workouts)? ReadStatistics(string root)
    {
        var path = Path.Combine(root, Statistics);
        if (!File.Exists(path)) return null;
        try
        {
            var stats = JsonNode.Parse(File.ReadAllText(path))!;
            double[] Three(string key) => stats[key]!.AsArray().Select(value => (double)value!).ToArray() is { Length: 3 } three && three.All(double.IsFinite) ? three
                : throw new DataException(path, $"{key}: expected three numbers");
            return (Three("acc_mean"), Three("acc_std"), stats["train_subjects"]?.AsArray().Select(name => (string)name!).ToArray());
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new DataException(path, "is damaged; expected acc_mean and acc_std with three numbers each, and a list of names in train_subjects", error);
        }
    }

    /// <summary>The files that a prepared workout is read from, and the statistics of all.</summary>
    internal static IEnumerable<string> Files(string root, string workout, PreparedNames names, string labels) =>
        new[] { names.Pose, names.Acceleration, labels, names.Mask }.Select(name => Path.Combine(root, workout, $"{workout}_{name}"))
            .Append(Path.Combine(root, Statistics)).Where(File.Exists);

    /// <summary>The first file that a prepared workout lacks, or null.</summary>
    internal static string? FirstMissing(string root, string workout, PreparedNames names, string labels) =>
        new[] { names.Pose, names.Acceleration, labels }.Select(name => $"{workout}_{name}").FirstOrDefault(name => !File.Exists(Path.Combine(root, workout, name)));

    /// <summary>Reads one prepared workout.</summary>
    internal static PairedRecording Read(string root, string workout, PreparedNames names, MmFitOptions options)
    {
        var path = Path.Combine(root, workout, workout + "_");
        foreach (var name in new[] { names.Pose, names.Acceleration })
            if (!File.Exists(path + name)) throw new DataException(path + name, "no such file; expected prepared data, which kymo prepare activity writes from raw data; leave the workout out with data.missing=skip");
        var (pose, seconds) = MmFitArrays.ReadPose(path + names.Pose);
        var sensor = MmFitArrays.ReadSensor(path + names.Acceleration, milliseconds: false);
        if (pose.Rows != sensor.Rows) throw new DataException(path + names.Pose, $"{pose.Rows} rows, and {workout}_{names.Acceleration} has {sensor.Rows}; expected one row of each beside the other");
        for (var row = 0; row < pose.Rows; row++)
            if (pose.Frames[row] != sensor.Frames[row]) throw new DataException(path + names.Pose, $"row {row}: frame {pose.Frames[row]}, and {workout}_{names.Acceleration} has {sensor.Frames[row]}");
        var aligned = new AlignedWorkout(workout, sensor.Frames, seconds ?? sensor.Seconds, pose.Joints, sensor.Axes, ReadMask(path + names.Mask, pose.Rows));
        return MmFit.Recording(root, aligned, [0, 0, 0], [1, 1, 1], options);
    }

    static bool[]? ReadMask(string path, int rows)
    {
        if (!File.Exists(path)) return null;
        var mask = NpyFile.Read(path);
        if (mask.Shape.Count != 1 || mask.Shape[0] != rows) throw new DataException(path, $"shape ({string.Join(", ", mask.Shape)}); expected ({rows}): 1 for a row in a gap of the camera, else 0");
        return [.. mask.AsFloat64().Select((value, row) => value is 0 or 1 ? value == 1 : throw new DataException(path, $"row {row} is {value}; expected 0 or 1"))];
    }

    static JsonArray Array(IReadOnlyList<string> names) => [.. names.Select(name => (JsonNode)name)];
}
