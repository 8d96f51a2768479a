using System.Globalization;
using System.Security.Cryptography;
using Kymo.Signals;

namespace Kymo.Lab.Data.Sleep;

/// <summary>What was found out about one night's files.</summary>
/// <param name="Id">The person.</param>
/// <param name="Failure">Why the night cannot be used, in the words of the failure list; null where it can.</param>
/// <param name="Faults">What was wrong with each file that was read.</param>
public sealed record NightCheck(string Id, string? Failure, IReadOnlyList<SeriesFaults> Faults)
{
    /// <summary>The line of <c>data_check_failures.txt</c>, or null.</summary>
    public string? Line => Failure is null ? null : $"Subject {Id} failed: {Failure}";

    /// <summary>Rows of <c>exclusions.csv</c>: reason and count.</summary>
    public IEnumerable<(string Reason, long Count)> Counts =>
        Faults.SelectMany(file => file.Counts.Select(fault => ($"{Path.GetFileName(file.Path)}: {fault.Key}", fault.Value)))
            .Concat(Failure is null ? [] : [(Failure, 1L)]);
}

/// <summary>
/// PhysioNet's Sleep-Accel 1.0.0 as it is published: <c>heart_rate/</c>, <c>motion/</c>, <c>steps/</c> and <c>labels/</c>, one text file
/// a person and stream (Walch 2019, doi 10.13026/hmhs-py35, ODC-By 1.0). Nights are read one at a time.
/// </summary>
public static class SleepAccelTree
{
    /// <summary>The people of a tree: the text before the first underscore of every file of every stream, in ordinal order.</summary>
    /// <param name="root">The folder that holds the four folders.</param>
    /// <exception cref="DataException">No such folder, or none of the four in it.</exception>
    public static IReadOnlyList<string> People(string root)
    {
        if (!Directory.Exists(root))
            throw new DataException(root, "no such folder; name the one that holds heart_rate/, motion/, steps/ and labels/ with data.dataset_dir=DIR");
        var people = StreamKind.All.Where(kind => Directory.Exists(Path.Combine(root, kind.Folder)))
            .SelectMany(kind => Directory.EnumerateFiles(Path.Combine(root, kind.Folder), "*" + kind.Ending))
            .Select(path => Path.GetFileName(path).Split('_')[0]).Where(id => id != "").Distinct().Order(StringComparer.Ordinal).ToArray();
        return people.Length > 0 ? people : throw new DataException(root,
            "no recordings in it; expected files such as heart_rate/1066528_heartrate.txt, motion/1066528_acceleration.txt, steps/1066528_steps.txt, "
            + "labels/1066528_labeled_sleep.txt");
    }

    /// <summary>A person's file.</summary>
    public static string FileOf(string root, string id, StreamKind kind) => Path.Combine(root, kind.Folder, id + kind.Ending);

    /// <summary>Reads a night as it stands in the files, for the original's rules: only unreadable lines are dropped.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="id">The person.</param>
    public static (NightStreams? Streams, NightCheck Check) ReadRaw(string root, string id) => Read(root, id, null, true);

    /// <summary>Reads and cleans a night: range, order, repeats and units are looked at.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="id">The person.</param>
    /// <param name="maxBadFraction">Share of a file's rows that may be bad.</param>
    /// <param name="needsSteps">Whether the steps must be there.</param>
    public static (NightStreams? Streams, NightCheck Check) ReadClean(string root, string id, double maxBadFraction, bool needsSteps) =>
        Read(root, id, maxBadFraction, needsSteps);

    /// <summary>People whose heart rate is, byte for byte, that of a person before them.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="people">In order; of two equal ones the first stays.</param>
    /// <returns>The copies and whom they repeat.</returns>
    public static IReadOnlyDictionary<string, string> Copies(string root, IReadOnlyList<string> people)
    {
        var (seen, copies) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        foreach (var id in people)
        {
            var path = FileOf(root, id, StreamKind.HeartRate);
            if (!File.Exists(path) || new FileInfo(path).Length == 0) continue;
            using var file = File.OpenRead(path);
            var hash = Convert.ToHexStringLower(SHA256.HashData(file));
            if (!seen.TryAdd(hash, id)) copies[id] = seen[hash];
        }
        return copies;
    }

    static (NightStreams? Streams, NightCheck Check) Read(string root, string id, double? maxBadFraction, bool needsSteps)
    {
        var kinds = StreamKind.All.Where(kind => needsSteps || kind != StreamKind.Steps).ToArray();
        string[] missing = [.. kinds.Where(kind => !File.Exists(FileOf(root, id, kind))).Select(kind => $"{kind.Folder}/{id}{kind.Ending}")];
        if (missing.Length > 0) return (null, new NightCheck(id, "missing file: " + string.Join(", ", missing), []));

        var faults = new List<SeriesFaults>();
        var series = new Dictionary<StreamKind, SensorSeries> { [StreamKind.Steps] = new("", [], [[]]) };
        foreach (var kind in kinds)
        {
            var path = FileOf(root, id, kind);
            var found = new SeriesFaults(path);
            faults.Add(found);
            series[kind] = SeriesReader.Read(path, kind, found, checkRange: maxBadFraction is not null);
            if (maxBadFraction is not { } limit) continue;
            if (found.BadFraction > limit)
                return (null, new NightCheck(id, string.Create(CultureInfo.InvariantCulture,
                    $"unreadable: {path}:{found.FirstBadLine} ({found.Bad} of {found.Rows} rows are bad, more than data.max_bad_fraction={limit})"), faults));
            series[kind] = SeriesReader.Clean(series[kind], found);
            if (Suspicion(series[kind], kind) is { } wrong)
            {
                found.Note("wrong unit", 1, $"{path}: {wrong}");
                return (null, new NightCheck(id, $"wrong unit: {path}: {wrong}", faults));
            }
        }
        var streams = new NightStreams(id, series[StreamKind.HeartRate], series[StreamKind.Motion], series[StreamKind.Steps], series[StreamKind.Labels]);
        return (streams, new NightCheck(id, null, faults));
    }

    static string? Suspicion(SensorSeries series, StreamKind kind)
    {
        if (SeriesReader.WrongUnit(series, kind) is { } unit) return unit;
        if (kind == StreamKind.Labels && series.Count > 1 && series.MedianSpacing() is var step && step != SleepStage.EpochSeconds)
            return FormattableString.Invariant($"epochs begin {step} s apart (median), expected 30 s");
        if (kind != StreamKind.Motion || series.Count == 0) return null;
        var sizes = new double[series.Count];
        foreach (var channel in series.Channels)
            for (var i = 0; i < sizes.Length; i++) sizes[i] += channel[i] * channel[i];
        for (var i = 0; i < sizes.Length; i++) sizes[i] = Math.Sqrt(sizes[i]);
        Array.Sort(sizes);
        var median = sizes[sizes.Length / 2];
        return median is > 5 and < 15
            ? FormattableString.Invariant($"the acceleration's median size is {median:0.##}, expected about 1 g: it looks like m/s2; divide by 9.80665")
            : null;
    }
}
