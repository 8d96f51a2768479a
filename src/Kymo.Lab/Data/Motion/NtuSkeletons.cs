using System.Globalization;
using Kymo.Signals;

namespace Kymo.Lab.Data.Motion;

/// <summary>
/// NTU RGB+D skeleton files (Shahroudy et al., CVPR 2016): <c>S001C001P001R001A001.skeleton</c>, 25 joints at 30 frames a second. The best
/// tracked body of each, centred on the base of the spine and divided by the median length of the spine.
/// </summary>
public static class NtuSkeletons
{
    /// <summary>Joints of a body.</summary>
    public const int Joints = 25;

    const double CameraHz = 30;
    const int Base = 0, Shoulders = 20, Tracked = 2, MaxBodies = 100, MaxFrames = 1_000_000;

    /// <summary>Reads all files below a folder.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="joints">Joints that are the movement, 0 to 24.</param>
    /// <param name="rateHz">Rows a second.</param>
    /// <param name="length">Shortest length in rows; shorter clips go on with their last row.</param>
    /// <param name="classes">Number of actions; higher ones are left out and counted.</param>
    /// <exception cref="DataException">No such folder, no file, or a damaged file.</exception>
    public static PairedSet Read(string root, IReadOnlyList<int> joints, double rateHz, int length, int classes)
    {
        string[] files = [.. (Directory.Exists(root) ? Directory.GetFiles(root, "*.skeleton", SearchOption.AllDirectories) : []).Order(StringComparer.Ordinal)];
        if (files.Length == 0) throw new DataException(root, "holds no .skeleton file; expected NTU RGB+D; type data.secondary_dir=DIR");
        var (recordings, exclusions) = (new List<PairedRecording>(), new List<Exclusion>());
        foreach (var file in files)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            var action = Field(name, 'A', file) - 1;
            if (action < 0 || action >= classes) exclusions.Add(new Exclusion(name, $"action {action + 1} of {classes}"));
            else if (Clip(file, name, joints, rateHz, length, action) is { } recording) recordings.Add(recording);
            else exclusions.Add(new Exclusion(name, "fewer than two frames in which all needed joints are tracked"));
        }
        return new PairedSet("ntu_rgbd", Path.GetFullPath(root), "academic use by agreement", [.. Enumerable.Range(1, classes).Select(action => $"A{action:000}")],
            rateHz, 3, joints.Count, 0, recordings, exclusions)
        { Fingerprint = Fingerprints.Of(root, files) };
    }

    static PairedRecording? Clip(string file, string name, IReadOnlyList<int> joints, double rateHz, int length, int action)
    {
        var body = BestBody(file);
        int[] needed = [Base, Shoulders, .. joints];
        double[][] frames = [.. body.Where(frame => needed.All(joint => frame[(joint * 4) + 3] > 0))];
        if (frames.Length < 2) return null;
        double[] spine = [.. frames.Select(frame => Distance(frame, Base, Shoulders)).Order()];
        var scale = Math.Max(spine[spine.Length / 2], 1e-6);
        var rows = Math.Max(2, (int)Math.Round((frames.Length - 1) / CameraHz * rateHz) + 1);
        double[] at = [.. Enumerable.Range(0, frames.Length).Select(i => i / CameraHz)];
        double[] grid = [.. Enumerable.Range(0, rows).Select(i => i / rateHz)];
        var padded = Math.Max(rows, length);
        var input = new float[3 * joints.Count * padded];
        for (var axis = 0; axis < 3; axis++)
            for (var joint = 0; joint < joints.Count; joint++)
            {
                var line = Lines.Interpolate(at, [.. frames.Select(frame => (frame[(joints[joint] * 4) + axis] - frame[(Base * 4) + axis]) / scale)], grid);
                for (var row = 0; row < padded; row++) input[(((axis * joints.Count) + joint) * padded) + row] = (float)line[Math.Min(row, rows - 1)];
            }
        return new PairedRecording
        {
            Id = name,
            Participant = "p" + Field(name, 'P', file).ToString("000", CultureInfo.InvariantCulture),
            Input = input,
            Target = [],
            Labels = [.. Enumerable.Repeat(action, padded)],
        };
    }

    // Frames of the body whose joints are tracked most: x, y, z and whether it is tracked for each joint.
    static List<double[]> BestBody(string file)
    {
        using var reader = new StreamReader(file);
        var line = 0;
        string Next()
        {
            line++;
            return reader.ReadLine() ?? throw new DataException(file, $"line {line}: the file ends; expected more frames");
        }
        int Count(string what, int most) => int.TryParse(Next(), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) && value >= 0 && value <= most
            ? value : throw new DataException(file, $"line {line}: expected the number of {what}, 0 to {most}");

        var bodies = new SortedDictionary<string, (List<double[]> Frames, int Score)>(StringComparer.Ordinal);
        var frames = Count("frames", MaxFrames);
        for (var frame = 0; frame < frames; frame++)
        {
            var count = Count("bodies", MaxBodies);
            for (var i = 0; i < count; i++)
            {
                var id = Next().Split(' ')[0];
                if (Count("joints", 100) != Joints) throw new DataException(file, $"line {line}: expected {Joints} joints");
                var pose = new double[Joints * 4];
                var score = 0;
                for (var joint = 0; joint < Joints; joint++)
                {
                    var fields = Next().Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    for (var axis = 0; axis < 3; axis++)
                        if (fields.Length < 4 || !double.TryParse(fields[axis], NumberStyles.Float, CultureInfo.InvariantCulture, out pose[(joint * 4) + axis]) || !double.IsFinite(pose[(joint * 4) + axis]))
                            throw new DataException(file, $"line {line}: expected x, y, z ... and the state of a joint");
                    var state = int.TryParse(fields[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 0;
                    pose[(joint * 4) + 3] = state > 0 ? 1 : 0;
                    score += state == Tracked ? 1 : 0;
                }
                var body = bodies.TryGetValue(id, out var known) ? known : ([], 0);
                body.Frames.Add(pose);
                bodies[id] = (body.Frames, body.Score + score);
            }
        }
        return bodies.Count == 0 ? [] : bodies.Values.MaxBy(body => body.Score).Frames;
    }

    static double Distance(double[] frame, int a, int b)
    {
        double sum = 0;
        for (var axis = 0; axis < 3; axis++) sum += Math.Pow(frame[(a * 4) + axis] - frame[(b * 4) + axis], 2);
        return Math.Sqrt(sum);
    }

    static int Field(string name, char letter, string file)
    {
        var at = name.IndexOf(letter);
        return at >= 0 && at + 4 <= name.Length && int.TryParse(name.AsSpan(at + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value : throw new DataException(file, $"its name has no {letter} and three digits; expected SsssCcccPpppRrrrAaaa.skeleton");
    }
}
