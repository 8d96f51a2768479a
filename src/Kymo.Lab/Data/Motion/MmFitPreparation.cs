using Kymo.Signals;

namespace Kymo.Lab.Data.Motion;

/// <summary>How raw tracks become aligned, normalised rows.</summary>
public enum MotionRecipe
{
    /// <summary>The original's first recipe made sound: a grid of 10 ms, nothing extrapolated, gaps of the camera masked, statistics pooled.</summary>
    Time,

    /// <summary>The original's later recipe with the sound statistics: the sensor's own rows, poses interpolated over frame numbers, no scaling.</summary>
    Frame,

    /// <summary>The original's first recipe exactly (<c>compat.preprocess=A</c>).</summary>
    OriginalA,

    /// <summary>The original's later recipe exactly (<c>compat.preprocess=B</c>).</summary>
    OriginalB,
}

/// <summary>Settings of <see cref="MmFitPreparation"/>.</summary>
/// <param name="Recipe">Which recipe.</param>
/// <param name="Device">The sensor: <c>sw_l</c>, <c>sw_r</c>, <c>sp_l</c>, <c>sp_r</c> or <c>eb_l</c>.</param>
/// <param name="RateHz">Rows a second of the grid.</param>
/// <param name="GapSeconds">Longer pauses of the camera are masked.</param>
public sealed record MotionPreparationOptions(MotionRecipe Recipe = MotionRecipe.Time, string Device = "sw_l", double RateHz = 100, double GapSeconds = 0.5);

/// <summary>One workout, aligned: a row has a frame, a time, 17 joints and an acceleration.</summary>
/// <param name="Workout">w00 to w20.</param>
/// <param name="Frames">Camera frame.</param>
/// <param name="Seconds">Time from the first sample.</param>
/// <param name="Joints">Joint and axis, normalised as the recipe says.</param>
/// <param name="Acceleration">x, y, z; not yet standardised.</param>
/// <param name="Masked">Rows in gaps of the camera, or null.</param>
public sealed record AlignedWorkout(string Workout, double[] Frames, double[] Seconds, double[][][] Joints, double[][] Acceleration, bool[]? Masked);

/// <summary>From the raw files of a workout to rows of pose and acceleration.</summary>
public static class MmFitPreparation
{
    const int HalfMedian = 150, Neck = 9, Hip = 0;

    /// <summary>Aligns one workout.</summary>
    /// <exception cref="DataException">A file is missing or damaged, or pose and sensor have no frame in common.</exception>
    public static AlignedWorkout Align(string root, string workout, MotionPreparationOptions options)
    {
        var sensor = MmFitArrays.ReadSensor(Need(root, workout, options.Device + "_acc"));
        var (pose, _) = MmFitArrays.ReadPose(Need(root, workout, "pose_3d"));
        return options.Recipe switch
        {
            MotionRecipe.Time => Timed(workout, sensor, pose, options),
            MotionRecipe.OriginalA => OriginalTimed(workout, sensor, pose, options),
            _ => Framed(workout, sensor, pose, options),
        };
    }

    /// <summary>Mean and deviation of each axis over the workouts given.</summary>
    /// <param name="tracks">The acceleration of the training workouts: x, y, z of each.</param>
    /// <param name="perWorkout">The original's A: the mean over workouts of each one's mean and deviation.</param>
    public static (double[] Mean, double[] Deviation) Statistics(IReadOnlyList<double[][]> tracks, bool perWorkout)
    {
        var (mean, deviation) = (new double[3], new double[3]);
        for (var axis = 0; axis < 3; axis++)
        {
            if (perWorkout)
            {
                mean[axis] = tracks.Average(track => track[axis].Average());
                deviation[axis] = tracks.Average(track => Deviation([track[axis]], track[axis].Average()));
                continue;
            }
            double[][] columns = [.. tracks.Select(track => track[axis])];
            mean[axis] = columns.Sum(column => column.Sum()) / columns.Sum(column => (double)column.Length);
            deviation[axis] = Deviation(columns, mean[axis]);
        }
        return (mean, deviation);
    }

    /// <summary>A file that must be there.</summary>
    internal static string Need(string root, string workout, string modality) => MmFitLayout.Find(root, workout, modality)
        ?? throw new DataException(Path.Combine(root, workout), $"has no {workout}_{modality}.npy; leave the workout out with data.missing=skip or complete the download");

    static double Deviation(IReadOnlyList<double[]> columns, double mean) =>
        Math.Sqrt(Math.Max(columns.Sum(column => column.Sum(value => (value - mean) * (value - mean))) / columns.Sum(column => (double)column.Length), 1e-12));

    // A grid of the sensor's time from its first sample; rows outside the pose's span are cut, rows in its gaps masked.
    static AlignedWorkout Timed(string workout, SensorTrack sensor, PoseTrack pose, MotionPreparationOptions options)
    {
        var seconds = Relative(sensor);
        var count = (int)Math.Floor((seconds[^1] * options.RateHz) + 1e-9) + 1;
        double[] grid = [.. Enumerable.Range(0, count).Select(k => k / options.RateHz)];
        var frames = Rounded(Lines.Interpolate(seconds, sensor.Frames, grid));
        var (rows, times) = FrameTimes(workout, pose, sensor.Frames, seconds);
        var (first, last) = (Array.FindIndex(grid, time => time >= times[0]), Array.FindLastIndex(grid, time => time <= times[^1]));
        if (first < 0 || last <= first) throw new DataException(workout, "pose and sensor have no second in common");
        grid = grid[first..(last + 1)];
        var masked = Gaps(grid, times, options.GapSeconds);
        var joints = Resample(pose, rows, times, grid);
        Normalise(joints);
        return new AlignedWorkout(workout, frames[first..(last + 1)], grid, joints,
            [.. sensor.Axes.Select(axis => Lines.Interpolate(seconds, axis, grid))], masked);
    }

    // Whole seconds, both ends included; frames that both tracks have; poses extrapolated along the last line.
    static AlignedWorkout OriginalTimed(string workout, SensorTrack sensor, PoseTrack pose, MotionPreparationOptions options)
    {
        var seconds = Relative(sensor);
        var end = (int)seconds[^1];
        var count = (int)(end * options.RateHz);
        if (count < 2) throw new DataException(workout, "is shorter than a second; the original's recipe needs one");
        double[] grid = [.. Enumerable.Range(0, count).Select(k => end * (double)k / (count - 1))];
        var frames = Rounded(Lines.Interpolate(seconds, sensor.Frames, grid));
        var posed = pose.Frames.ToHashSet();
        int[] kept = [.. Enumerable.Range(0, count).Where(k => posed.Contains(frames[k]))];
        if (kept.Length < 2) throw new DataException(workout, "pose and sensor have no frame in common");
        double[] Kept(double[] values) => [.. kept.Select(k => values[k])];
        var (keptFrames, keptTimes) = (Kept(frames), Kept(grid));
        var (rows, times) = FrameTimes(workout, pose, keptFrames, keptTimes);
        var joints = Resample(pose, rows, times, keptTimes, extrapolate: true);
        Normalise(joints);
        return new AlignedWorkout(workout, keptFrames, keptTimes, joints, [.. sensor.Axes.Select(axis => Kept(Lines.Interpolate(seconds, axis, grid)))], null);
    }

    // The sensor's own rows; poses interpolated over frame numbers, edges held, millimetres kept.
    static AlignedWorkout Framed(string workout, SensorTrack sensor, PoseTrack pose, MotionPreparationOptions options)
    {
        var seconds = options.Recipe == MotionRecipe.OriginalB ? [.. sensor.Frames.Select(frame => (frame - sensor.Frames[0]) / 100)] : Relative(sensor);
        var (frames, rows) = Distinct(pose.Frames);
        return new AlignedWorkout(workout, sensor.Frames, seconds, Resample(pose, rows, frames, sensor.Frames), sensor.Axes, null);
    }

    static double[] Relative(SensorTrack sensor) => [.. sensor.Seconds.Select(time => time - sensor.Seconds[0])];

    static double[] Rounded(double[] values) => [.. values.Select(value => Math.Round(value, MidpointRounding.ToEven))];

    static (double[] Values, int[] Rows) Distinct(double[] values)
    {
        int[] rows = [.. Enumerable.Range(0, values.Length).Where(i => i == 0 || values[i] != values[i - 1])];
        return ([.. rows.Select(row => values[row])], rows);
    }

    // The rows of the pose whose frame the sensor has, each at the time of the sensor's first row with that frame.
    static (int[] Rows, double[] Times) FrameTimes(string workout, PoseTrack pose, double[] frames, double[] seconds)
    {
        var timeOf = new Dictionary<double, double>();
        for (var i = 0; i < frames.Length; i++) timeOf.TryAdd(frames[i], seconds[i]);
        var (rows, times) = (new List<int>(), new List<double>());
        for (var row = 0; row < pose.Rows; row++)
        {
            if (!timeOf.TryGetValue(pose.Frames[row], out var time) || (times.Count > 0 && time <= times[^1])) continue;
            rows.Add(row);
            times.Add(time);
        }
        return rows.Count >= 2 ? ([.. rows], [.. times]) : throw new DataException(workout, "pose and sensor have no frames in common");
    }

    static double[][][] Resample(PoseTrack pose, int[] rows, double[] at, double[] grid, bool extrapolate = false) =>
        [.. pose.Joints.Select(joint => joint.Select(axis => Lines.Interpolate(at, [.. rows.Select(row => axis[row])], grid, extrapolate)).ToArray())];

    static bool[] Gaps(double[] grid, double[] times, double limit)
    {
        var masked = new bool[grid.Length];
        var at = 0;
        for (var i = 0; i < grid.Length; i++)
        {
            while (at + 1 < times.Length && times[at + 1] <= grid[i]) at++;
            masked[i] = at + 1 < times.Length && times[at + 1] - times[at] > limit && grid[i] > times[at];
        }
        return masked;
    }

    // Twice the distance from the hip in units of the torso's running median, minus 1; the hip itself is 0.
    static void Normalise(double[][][] joints)
    {
        var rows = joints[0][0].Length;
        var torso = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            double sum = 0;
            for (var axis = 0; axis < 3; axis++) sum += Math.Pow(joints[Neck][axis][i] - joints[Hip][axis][i], 2);
            torso[i] = Math.Sqrt(sum);
        }
        var median = Lines.RunningMedian(torso, HalfMedian);
        for (var axis = 0; axis < 3; axis++)
        {
            var hip = (double[])joints[Hip][axis].Clone();
            for (var joint = 0; joint < joints.Length; joint++)
                for (var i = 0; i < rows; i++)
                    joints[joint][axis][i] = joint == Hip ? 0 : (2 * (joints[joint][axis][i] - hip[i]) / Math.Max(median[i], 1e-9)) - 1;
        }
    }
}
