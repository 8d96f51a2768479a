using Kymo.Signals;

namespace Kymo.Lab.Data.Motion;

/// <summary>
/// sp-sw-har: a phone in the pocket and a watch on the wrist, worn together while people sit, stand up, walk, turn and sit down (Matey-Sanz,
/// Casteleyn, Granell, Data in Brief 2023, doi 10.1016/j.dib.2023.109809). <c>ROOT/sNN/sNN_EE_{sp,sw}.csv</c>.
/// </summary>
public static class SpSwHar
{
    /// <summary>Rows a second after the pairing.</summary>
    public const double RateHz = 100;

    const long StepMs = 10;

    /// <summary>The classes, in the order of their ids.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["SEATED", "SITTING_DOWN", "STANDING_UP", "TURNING", "WALKING"];

    /// <summary>Reads the phone's and the watch's files and lays both on one grid.</summary>
    /// <param name="root">The dataset's folder.</param>
    /// <param name="source">What is the movement: <c>sp</c> (phone) or <c>sw</c> (watch).</param>
    /// <param name="gyroTarget">Whether the signal has the watch's rate of turn behind its acceleration.</param>
    /// <param name="skipMissing">Whether half a pair is left out and counted.</param>
    /// <exception cref="DataException">No such folder, one file of a pair missing, a damaged file.</exception>
    public static PairedSet Read(string root, string source = "sp", bool gyroTarget = false, bool skipMissing = false)
    {
        var (phones, halves) = Files(root, skipMissing);
        var (read, faults) = (new PairedRecording?[phones.Length], new Exclusion?[phones.Length]);
        ParallelReads.For(phones.Length, i =>
        {
            var (phoneRows, watchRows) = (SensorCsv.Read(phones[i], Classes), SensorCsv.Read(WatchOf(phones[i]), Classes));
            var id = Path.GetFileName(phones[i])[..^"_sp.csv".Length];
            if (Pair(id, phoneRows, watchRows, source, gyroTarget) is { } paired) read[i] = paired;
            else faults[i] = new Exclusion(id, "phone and watch have no time in common");
        });
        return new PairedSet("sp_sw_har", Path.GetFullPath(root), "CC BY 4.0", Classes, RateHz, 3, 2, gyroTarget ? 6 : 3,
            [.. read.OfType<PairedRecording>()], [.. halves, .. faults.OfType<Exclusion>()])
        {
            Fingerprint = Fingerprints.Of(root, phones.SelectMany(phone => new[] { phone, WatchOf(phone) })),
        };
    }

    static string WatchOf(string phone) => phone[..^"_sp.csv".Length] + "_sw.csv";

    static string PhoneOf(string watch) => watch[..^"_sw.csv".Length] + "_sp.csv";

    static (string[] Phones, Exclusion[] Halves) Files(string root, bool skipMissing)
    {
        if (!Directory.Exists(root)) throw new DataException(root, "no such folder; expected sp-sw-har with folders s01, s02, ...; type data.data_dir=DIR");
        string[] Named(string ending) => [.. Directory.GetFiles(root, "*" + ending, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        var (phones, watches) = (Named("_sp.csv"), Named("_sw.csv"));
        if (phones.Length == 0 && watches.Length == 0) throw new DataException(root, "holds no sNN/sNN_EE_sp.csv; expected the layout of sp-sw-har");
        string[] absent = [.. phones.Select(WatchOf).Except(watches), .. watches.Select(PhoneOf).Except(phones)];
        if (absent.Length > 0 && !skipMissing)
            throw new DataException(absent[0], "no such file, though the other one of the pair is there; complete the download, or leave the pair out with data.missing=skip");
        return ([.. phones.Except(absent.Select(PhoneOfPair))], [.. absent.Select(file => new Exclusion(Path.GetFileName(file)[..^"_sp.csv".Length], $"no {Path.GetFileName(file)}"))]);

        static string PhoneOfPair(string file) => file.EndsWith("_sw.csv", StringComparison.Ordinal) ? PhoneOf(file) : file;
    }

    // Of rows with one time the last counts. The grid starts with the first common time and stays below the last one.
    static PairedRecording? Pair(string id, SensorRows phone, SensorRows watch, string source, bool gyroTarget)
    {
        (phone, watch) = (WithoutRepeats(phone), WithoutRepeats(watch));
        var start = Math.Max(phone.Times[0], watch.Times[0]);
        var span = Math.Min(phone.Times[^1], watch.Times[^1]) - start;
        if (span <= 0) return null;
        var rows = (int)((span + StepMs - 1) / StepMs);
        var labels = new int[rows];
        var at = 0;
        for (var k = 0; k < rows; k++)
        {
            while (at + 1 < watch.Times.Length && watch.Times[at + 1] <= start + (k * StepMs)) at++;
            labels[k] = watch.Labels[at];
        }
        return new PairedRecording
        {
            Id = id,
            Participant = id.Split('_')[0],
            Input = AxisFirst(Interpolate(source == "sw" ? watch : phone, start, rows, 6), rows),
            Target = Interpolate(watch, start, rows, gyroTarget ? 6 : 3),
            Labels = labels,
        };
    }

    static SensorRows WithoutRepeats(SensorRows rows)
    {
        var times = rows.Times;
        int[] kept = [.. Enumerable.Range(0, times.Length).Where(i => i + 1 == times.Length || times[i + 1] != times[i])];
        if (kept.Length == times.Length) return rows;
        var values = new double[kept.Length * SensorRows.Channels];
        for (var i = 0; i < kept.Length; i++)
            rows.Values.AsSpan(kept[i] * SensorRows.Channels, SensorRows.Channels).CopyTo(values.AsSpan(i * SensorRows.Channels));
        return new SensorRows(values, [.. kept.Select(i => times[i])], [.. kept.Select(i => rows.Labels[i])]);
    }

    static float[] Interpolate(SensorRows source, long start, int rows, int channels)
    {
        var result = new float[channels * rows];
        var at = 0;
        for (var k = 0; k < rows; k++)
        {
            var time = start + (k * StepMs);
            while (at + 2 < source.Times.Length && source.Times[at + 1] <= time) at++;
            var part = (time - source.Times[at]) / (double)(source.Times[at + 1] - source.Times[at]);
            var left = source.Values.AsSpan(at * SensorRows.Channels);
            var right = source.Values.AsSpan((at + 1) * SensorRows.Channels);
            for (var channel = 0; channel < channels; channel++)
                result[(channel * rows) + k] = (float)(left[channel] + (part * (right[channel] - left[channel])));
        }
        return result;
    }

    // (joint, axis, row) to (axis, joint, row): acceleration and rate of turn are the two joints.
    static float[] AxisFirst(float[] channels, int rows)
    {
        var result = new float[channels.Length];
        for (var joint = 0; joint < 2; joint++)
            for (var axis = 0; axis < 3; axis++)
                channels.AsSpan(((joint * 3) + axis) * rows, rows).CopyTo(result.AsSpan(((axis * 2) + joint) * rows));
        return result;
    }
}
