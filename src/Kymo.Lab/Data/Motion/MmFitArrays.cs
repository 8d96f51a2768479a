using Kymo.Signals;
using Kymo.Signals.Arrays;

namespace Kymo.Lab.Data.Motion;

/// <summary>A body sensor's rows on the camera's clock.</summary>
/// <param name="Frames">Camera frame of each row; never falls.</param>
/// <param name="Seconds">Time; never falls. Unix seconds in raw files.</param>
/// <param name="Axes">x, y, z, each with one number a row.</param>
public sealed record SensorTrack(double[] Frames, double[] Seconds, double[][] Axes)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Frames.Length;
}

/// <summary>Joint tracks, one row a camera frame.</summary>
/// <param name="Frames">Camera frame of each row; rises.</param>
/// <param name="Joints">Joint and axis: <c>Joints[joint][axis]</c> has one number a row.</param>
public sealed record PoseTrack(double[] Frames, double[][][] Joints)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Frames.Length;
}

/// <summary>Reads the arrays of MM-Fit.</summary>
public static class MmFitArrays
{
    /// <summary>Joints of <c>pose_3d</c>.</summary>
    public const int Joints = 17;

    /// <summary>Reads (row, 5): frame, Unix time in ms, x, y, z. Time stays double: single precision would round it to 131 s.</summary>
    /// <param name="path">The file.</param>
    /// <param name="milliseconds">Whether the time is in milliseconds (raw files) or in seconds (prepared files).</param>
    /// <exception cref="DataException">Another shape, a number that is none, frames or times that fall, a clock that jumps.</exception>
    public static SensorTrack ReadSensor(string path, bool milliseconds = true)
    {
        var (values, shape) = Read(path);
        if (shape.Count != 2 || shape[1] != 5) throw new DataException(path, $"shape ({string.Join(", ", shape)}); expected (rows, 5): frame, time, x, y, z");
        var rows = (int)shape[0];
        if (rows < 2) throw new DataException(path, $"{rows} rows; expected at least two");
        double[] Column(int column, double scale = 1) => [.. Enumerable.Range(0, rows).Select(row => values[(row * 5) + column] * scale)];
        var track = new SensorTrack(Column(0), Column(1, milliseconds ? 1e-3 : 1), [Column(2), Column(3), Column(4)]);
        CheckRising(path, track.Frames, "frame");
        CheckRising(path, track.Seconds, "time");
        for (var row = 1; row < rows; row++)
            if (RecordingClock.Fault(track.Seconds[0], track.Seconds[row - 1], track.Seconds[row]) is { } fault) throw new DataException(path, $"row {row}: {fault}");
        return track;
    }

    /// <summary>Reads (3, row, 18): axis, then frame and 17 joints; or (3, row, 19) with a time behind the frame.</summary>
    /// <exception cref="DataException">Another shape, a number that is none, frames that fall.</exception>
    public static (PoseTrack Pose, double[]? Seconds) ReadPose(string path)
    {
        var (values, shape) = Read(path);
        if (shape.Count != 3 || shape[0] != 3 || shape[2] is not (Joints + 1 or Joints + 2))
            throw new DataException(path, $"shape ({string.Join(", ", shape)}); expected (3, rows, {Joints + 1}): frame and {Joints} joints for each axis");
        var (rows, columns) = ((int)shape[1], (int)shape[2]);
        if (rows < 2) throw new DataException(path, $"{rows} rows; expected at least two");
        double[] Column(int axis, int column) => [.. Enumerable.Range(0, rows).Select(row => values[(((axis * rows) + row) * columns) + column])];
        var first = columns - Joints;
        var pose = new PoseTrack(Column(0, 0), [.. Enumerable.Range(0, Joints).Select(joint => Enumerable.Range(0, 3).Select(axis => Column(axis, first + joint)).ToArray())]);
        CheckRising(path, pose.Frames, "frame");
        return (pose, first == 2 ? Column(0, 1) : null);
    }

    static (double[] Values, IReadOnlyList<long> Shape) Read(string path)
    {
        var array = NpyFile.Read(path);
        if (array.Element == ArrayElement.Bool) throw new DataException(path, "an array of truth values; expected numbers");
        var values = array.AsFloat64();
        for (var i = 0; i < values.Length; i++)
            if (!double.IsFinite(values[i])) throw new DataException(path, $"element {i} (of shape {string.Join(" x ", array.Shape)}) is {values[i]}; expected finite numbers");
        return (values, array.Shape);
    }

    static void CheckRising(string path, double[] values, string what)
    {
        for (var i = 1; i < values.Length; i++)
            if (values[i] < values[i - 1]) throw new DataException(path, $"row {i}: the {what} falls from {values[i - 1]:R} to {values[i]:R}; expected rows in order");
    }
}
