using System.Globalization;
using Kymo.Signals;
using Kymo.Signals.Arrays;

namespace Kymo.Lab.Data.Motion;

/// <summary>
/// UTD-MHAD (Chen, Jafari, Kehtarnavaz, ICIP 2015): <c>sI/aK_sI_tJ_{inertial,skeleton}.npy</c>, inertial (row, 6) at 50 Hz of which the first
/// three are the acceleration, skeleton (20, 3, frame). The skeleton is centred on the first frame's hip, divided by the median distance of
/// head and hip, and stretched to the inertial rows.
/// </summary>
public static class UtdMhad
{
    /// <summary>Rows a second.</summary>
    public const double RateHz = 50;

    const int SkeletonJoints = 20, Head = 0, Hip = 3;

    /// <summary>Reads all clips.</summary>
    /// <param name="root">The folder that holds s1 to s8.</param>
    /// <param name="joints">Joints that are the movement, 0 to 19.</param>
    /// <param name="skipMissing">Whether a clip without a skeleton is left out and counted.</param>
    /// <exception cref="DataException">No such folder, a file of a pair missing, arrays of another shape.</exception>
    public static PairedSet Read(string root, IReadOnlyList<int> joints, bool skipMissing = false)
    {
        string[] files = [.. (Directory.Exists(root) ? Directory.GetFiles(root, "a*_s*_t*_inertial.npy", SearchOption.AllDirectories) : []).Order(StringComparer.Ordinal)];
        if (files.Length == 0) throw new DataException(root, "holds no aK_sI_tJ_inertial.npy; expected UTD-MHAD with folders s1 to s8");
        if (joints.FirstOrDefault(joint => joint is < 0 or >= SkeletonJoints, -1) is var wrong && wrong != -1)
            throw new Config.ConfigException($"data.joints: there is no joint {wrong}; UTD-MHAD has 0 to {SkeletonJoints - 1}");
        string[] actions = [.. files.Select(Action).Distinct().Order(StringComparer.Ordinal)];
        string[] lacking = [.. skipMissing ? files.Where(file => !File.Exists(SkeletonOf(file))) : []];
        files = [.. files.Except(lacking)];
        return new PairedSet("utd_mhad", Path.GetFullPath(root), "research use", actions, RateHz, 3, joints.Count, 3,
            [.. files.Select(file => Clip(file, joints, Array.IndexOf(actions, Action(file))))],
            [.. lacking.Select(file => new Exclusion(NameOf(file), $"no {Path.GetFileName(SkeletonOf(file))}"))])
        { Fingerprint = Fingerprints.Of(root, files.SelectMany(file => new[] { file, SkeletonOf(file) })) };
    }

    static string Action(string file) => Path.GetFileName(file).Split('_')[0];

    static string NameOf(string file) => Path.GetFileName(file)[..^"_inertial.npy".Length];

    static string SkeletonOf(string file) => file[..^"inertial.npy".Length] + "skeleton.npy";

    static PairedRecording Clip(string file, IReadOnlyList<int> joints, int label)
    {
        var inertial = NpyFile.Read(file);
        if (inertial.Shape.Count != 2 || inertial.Shape[1] < 3 || inertial.Shape[0] < 2)
            throw new DataException(file, $"shape ({string.Join(", ", inertial.Shape)}); expected (rows, 6), acceleration first");
        var path = SkeletonOf(file);
        if (!File.Exists(path)) throw new DataException(path, "no such file, though the inertial one is there; complete the download, or leave the clip out with data.missing=skip");
        var skeleton = NpyFile.Read(path);
        if (skeleton.Shape.Count != 3 || skeleton.Shape[0] != SkeletonJoints || skeleton.Shape[1] != 3 || skeleton.Shape[2] < 2)
            throw new DataException(path, $"shape ({string.Join(", ", skeleton.Shape)}); expected ({SkeletonJoints}, 3, frames)");
        var (rows, columns, frames) = ((int)inertial.Shape[0], (int)inertial.Shape[1], (int)skeleton.Shape[2]);
        var (values, pose) = (Finite(file, inertial.AsFloat64()), Finite(path, skeleton.AsFloat64()));
        double At(int joint, int axis, int frame) => pose[(((joint * 3) + axis) * frames) + frame];

        double[] sizes = [.. Enumerable.Range(0, frames).Select(frame => Math.Max(1e-4, Math.Sqrt(Enumerable.Range(0, 3).Sum(axis => Math.Pow(At(Head, axis, frame) - At(Hip, axis, frame), 2))))).Order()];
        var scale = Math.Max(1e-3, frames % 2 == 1 ? sizes[frames / 2] : (sizes[(frames / 2) - 1] + sizes[frames / 2]) / 2);
        double[] from = [.. Enumerable.Range(0, frames).Select(frame => frame / (double)(frames - 1))];
        double[] to = [.. Enumerable.Range(0, rows).Select(row => row / (double)(rows - 1))];
        var (input, target) = (new float[3 * joints.Count * rows], new float[3 * rows]);
        for (var axis = 0; axis < 3; axis++)
        {
            for (var joint = 0; joint < joints.Count; joint++)
            {
                var line = Lines.Interpolate(from, [.. Enumerable.Range(0, frames).Select(frame => (At(joints[joint], axis, frame) - At(Hip, axis, 0)) / scale)], to);
                for (var row = 0; row < rows; row++) input[(((axis * joints.Count) + joint) * rows) + row] = (float)line[row];
            }
            for (var row = 0; row < rows; row++) target[(axis * rows) + row] = (float)values[(row * columns) + axis];
        }
        var person = Path.GetFileName(file).Split('_')[1];
        return new PairedRecording
        {
            Id = NameOf(file),
            Participant = person,
            Input = input,
            Target = target,
            Labels = [.. Enumerable.Repeat(label, rows)],
        };
    }

    static double[] Finite(string path, double[] values)
    {
        for (var i = 0; i < values.Length; i++)
            if (!double.IsFinite(values[i])) throw new DataException(path, string.Create(CultureInfo.InvariantCulture, $"element {i} is {values[i]}; expected finite numbers"));
        return values;
    }
}
