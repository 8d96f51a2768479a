using System.Globalization;
using Kymo.Lab.Training;
using Kymo.Signals.Arrays;

namespace Kymo.Lab.Data.Motion;

/// <summary>Settings of <see cref="MmFitTree"/>.</summary>
/// <param name="Workouts">Which workouts are made.</param>
/// <param name="Sets">Sets of a workout.</param>
/// <param name="SetSeconds">Length of a set.</param>
/// <param name="RestSeconds">Pause before, between and behind the sets.</param>
/// <param name="Classes">Exercises that occur, the first ones of MM-Fit.</param>
/// <param name="SensorHz">Rows a second of the watches.</param>
/// <param name="CameraHz">Frames a second.</param>
/// <param name="Noise">Deviation of the acceleration's noise, m/s².</param>
/// <param name="Missing">Modalities that are left out.</param>
/// <param name="Seed">Seeds what is drawn.</param>
public sealed record MmFitTreeOptions(
    IReadOnlyList<string> Workouts,
    int Sets = 6,
    double SetSeconds = 8,
    double RestSeconds = 4,
    int Classes = 3,
    double SensorHz = 100,
    double CameraHz = 30,
    double Noise = 0.05,
    IReadOnlyList<string>? Missing = null,
    long Seed = 0);

/// <summary>
/// Writes a small tree in MM-Fit's raw format with a planted relation: the wrist swings with a frequency and a direction that tell the exercise,
/// and the watch measures a fixed linear mixture of the axes of the wrist's second difference. For tests and first looks; never real data.
/// </summary>
public static class MmFitTree
{
    // Joint 16 swings; what the watch's axes see of the wrist's acceleration.
    static readonly double[,] s_mixture = { { 0.9, -0.3, 0.1 }, { 0.2, 0.8, 0.4 }, { -0.3, 0.1, 0.9 } };

    /// <summary>Writes the tree; files that are there are replaced.</summary>
    public static void Write(string root, MmFitTreeOptions options)
    {
        foreach (var workout in options.Workouts) WriteWorkout(root, workout, options, new RandomStream(options.Seed, "tree/" + workout));
    }

    static void WriteWorkout(string root, string workout, MmFitTreeOptions options, RandomStream random)
    {
        Directory.CreateDirectory(Path.Combine(root, workout));
        string File(string name) => Path.Combine(root, workout, $"{workout}_{name}");
        var plan = Plan(options, random);
        var seconds = options.RestSeconds + plan.Sum(set => set.Seconds + options.RestSeconds);
        var labels = string.Concat(plan.Select(set => string.Create(CultureInfo.InvariantCulture,
            $"{(long)(set.Start * options.CameraHz) + 1000},{(long)((set.Start + set.Seconds) * options.CameraHz) + 1000},{Math.Max(1, (int)(set.Seconds * set.Hz))},{MmFitLayout.Classes[set.Label]}\n")));
        System.IO.File.WriteAllText(File("labels.csv"), labels);

        bool Wanted(string modality) => options.Missing?.Contains(modality) != true;
        var frames = (int)(seconds * options.CameraHz);
        if (Wanted("pose_3d")) NpyFile.Write(File("pose_3d.npy"), Pose(plan, frames, options), 3, frames, MmFitArrays.Joints + 1);
        if (Wanted("pose_2d"))
        {
            var flat = new double[2 * frames * 19];
            for (var i = 0; i < flat.Length; i++) flat[i] = i % 19 == 0 ? 1000 + (i / 19 % frames) : 100 + (i % 19);
            NpyFile.Write(File("pose_2d.npy"), flat, 2, frames, 19);
        }
        foreach (var modality in MmFitLayout.Modalities.Where(modality => !modality.StartsWith("pose", StringComparison.Ordinal) && Wanted(modality)))
        {
            var hz = modality.EndsWith("hr", StringComparison.Ordinal) ? 1 : options.SensorHz;
            var rows = (int)(seconds * hz);
            var columns = hz == 1 ? 3 : 5;
            NpyFile.Write(File(modality + ".npy"), Sensor(plan, rows, columns, hz, options, random), rows, columns);
        }
    }

    sealed record PlannedSet(double Start, double Seconds, int Label, double Hz, double Phase, double Size);

    static List<PlannedSet> Plan(MmFitTreeOptions options, RandomStream random)
    {
        var (plan, at) = (new List<PlannedSet>(), options.RestSeconds);
        for (var i = 0; i < options.Sets; i++)
        {
            var label = i % options.Classes;
            var length = options.SetSeconds * random.Uniform(0.9, 1.1);
            plan.Add(new PlannedSet(at, length, label, (0.7 + (0.5 * label)) * random.Uniform(0.95, 1.05), random.Uniform(0, 2 * Math.PI), random.Uniform(0.8, 1.2)));
            at += length + options.RestSeconds;
        }
        return plan;
    }

    // The wrist's place in mm: it swings within the sets, along a direction of the exercise's own, and hangs still between them.
    static double Wrist(List<PlannedSet> plan, double time, int axis)
    {
        double[] still = [150, -300, 40];
        foreach (var set in plan)
        {
            if (time < set.Start || time > set.Start + set.Seconds) continue;
            var ramp = Math.Min(1, Math.Min(time - set.Start, set.Start + set.Seconds - time) / 0.5);
            var direction = Math.Cos((2 * Math.PI * axis / 3) + set.Label);
            return still[axis] + (120 * set.Size * ramp * direction * Math.Sin((2 * Math.PI * set.Hz * (time - set.Start)) + set.Phase + (0.7 * axis)));
        }
        return still[axis];
    }

    static double[] Pose(List<PlannedSet> plan, int frames, MmFitTreeOptions options)
    {
        var pose = new double[3 * frames * (MmFitArrays.Joints + 1)];
        for (var axis = 0; axis < 3; axis++)
            for (var frame = 0; frame < frames; frame++)
            {
                var at = ((axis * frames) + frame) * (MmFitArrays.Joints + 1);
                pose[at] = frame + 1000;
                for (var joint = 0; joint < MmFitArrays.Joints; joint++)
                {
                    // The neck stands 500 mm above the hip; the wrist of joint 16 carries the elbow half way and the other side in mirror image.
                    var (wrist, shoulder) = (Wrist(plan, frame / options.CameraHz, axis), axis == 1 ? 450.0 : axis == 0 ? 180 : 0);
                    pose[at + 1 + joint] = joint switch
                    {
                        0 => 0,
                        16 => wrist,
                        15 => (wrist + shoulder) / 2,
                        14 => shoulder,
                        13 => axis == 0 ? -wrist : wrist,
                        9 => axis == 1 ? 500 : 0,
                        _ => (joint * 20) + (axis * 5),
                    };
                }
            }
        return pose;
    }

    static double[] Sensor(List<PlannedSet> plan, int rows, int columns, double hz, MmFitTreeOptions options, RandomStream random)
    {
        var values = new double[rows * columns];
        const double step = 1.0 / 30;
        for (var row = 0; row < rows; row++)
        {
            var time = row / hz;
            (values[row * columns], values[(row * columns) + 1]) = (Math.Floor(time * options.CameraHz) + 1000, 1.6e12 + (time * 1000));
            if (columns == 3)
            {
                values[(row * columns) + 2] = 90 + (20 * Math.Sin(time / 10));
                continue;
            }
            var acceleration = new double[3];
            for (var axis = 0; axis < 3; axis++)
                acceleration[axis] = (Wrist(plan, time + step, axis) - (2 * Wrist(plan, time, axis)) + Wrist(plan, time - step, axis)) / (step * step) / 1000;
            for (var axis = 0; axis < 3; axis++)
            {
                double sum = axis == 1 ? 9.81 : 0;
                for (var from = 0; from < 3; from++) sum += s_mixture[axis, from] * acceleration[from];
                values[(row * columns) + 2 + axis] = sum + (options.Noise * random.Normal());
            }
        }
        return values;
    }
}
