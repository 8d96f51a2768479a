using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>What decides how a night is read.</summary>
/// <param name="Data">Where and how.</param>
/// <param name="Compat"><c>original</c> for the original's joins.</param>
/// <param name="Seed">Seeds made-up nights.</param>
readonly record struct SleepDataRequest(SleepDataOptions Data, string Compat, long Seed = 0)
{
    /// <summary>Whether the original's rules are followed.</summary>
    public bool IsOriginal => Compat == "original";

    /// <summary>Whether rows are epochs rather than seconds.</summary>
    public bool HasEpochRows => Data.Name == "sleep_accel_epochs";
}

/// <summary>Reads the nights that a configuration asks for, one at a time.</summary>
static class SleepData
{
    const string Licence = "ODC-By 1.0";

    /// <summary>Reads them.</summary>
    /// <exception cref="DataException">No such folder, or no usable night.</exception>
    public static SleepNights Read(SleepStagesConfig config, RunContext context)
    {
        var data = config.Data;
        var people = data.Name switch
        {
            "synthetic" => [.. Enumerable.Range(0, data.SyntheticPeople).Select(SyntheticNights.Id)],
            "sleep_accel_epochs" => SleepAccelEpochs.People(data.DatasetDir),
            _ => SleepAccelTree.People(data.DatasetDir),
        };
        if (data.People.Except(people).ToArray() is { Length: > 0 } strangers)
            throw new DataException(data.DatasetDir, $"has no night of {string.Join(", ", strangers)} (data.people)");
        if (data.People.Count > 0) people = [.. people.Where(data.People.Contains)];
        var request = new SleepDataRequest(data, config.Compat, config.Seed);
        var copies = data.Name == "synthetic" ? new Dictionary<string, string>() : SleepAccelTree.Copies(data.DatasetDir, people);

        var (nights, windows, checks, dropped) = (new List<NightRows>(), new List<WindowRef>(), new List<NightCheck>(), new List<(string, string, long)>());
        IReadOnlyList<string> features = [];
        var length = 1;
        for (var i = 0; i < people.Count; i++)
        {
            context.Cancel.ThrowIfCancellationRequested();
            var id = people[i];
            var read = copies.TryGetValue(id, out var first) && !config.IsOriginal
                ? new ReadNight(null, [], null, new NightCheck(id, $"same recording as {first}", []))
                : config.HasEpochRows ? Epochs(request, id, nights.Count) : Streams(request, id, nights.Count);
            checks.Add(read.Check);
            if (read.Check.Line is { } line) context.Tell(new RunEvent.Warning(line));
            if (read.Rows is { } rows)
            {
                features = read.Features;
                nights.Add(rows);
                windows.AddRange(read.Windows!.Value.Refs);
                length = read.Windows.Value.Length;
                dropped.AddRange(read.Dropped.Select(entry => (id, entry.Key, entry.Value)));
            }
            context.Tell(new RunEvent.Progress("nights", i + 1, people.Count, $"{nights.Count} usable"));
        }
        if (nights.Count == 0 || windows.Count == 0)
            throw new DataException(data.DatasetDir, $"no usable night among {people.Count}; "
                + (checks.Select(check => check.Line).FirstOrDefault(line => line is not null) is { } why ? "the first: " + why : "look at data.window_size and data.stride"));
        return new SleepNights
        {
            Name = data.Name == "synthetic" ? "made-up nights" : "Sleep-Accel",
            Licence = data.Name == "synthetic" ? "none" : Licence,
            Features = features,
            Nights = nights,
            Windows = [.. windows],
            Length = length,
            Checks = checks,
            Dropped = dropped,
            Fingerprint = Hash(nights, windows),
            HasEpochRows = config.HasEpochRows,
        };
    }

    /// <summary>The rows that a night's streams make for prediction and training alike.</summary>
    public static SleepRowOptions RowOptions(SleepDataOptions data) => new()
    {
        Alignment = data.DataAlignment,
        Magnitude = data.MotionMagnitude,
        Motion = data.Motion,
        Steps = data.StepsMode,
        Labels = data.LabelJoin,
    };

    /// <summary>One night by itself, as training would see it.</summary>
    public static (NightRows? Rows, IReadOnlyList<WindowRef> Windows, string? Failure) ReadOne(SleepDataRequest request, string id)
    {
        var read = request.HasEpochRows ? Epochs(request, id, 0) : Streams(request, id, 0);
        return (read.Rows, read.Windows?.Refs ?? [], read.Check.Failure);
    }

    readonly record struct ReadNight(NightRows? Rows, IReadOnlyList<string> Features, (List<WindowRef> Refs, int Length)? Windows, NightCheck Check)
    {
        public Dictionary<string, long> Dropped { get; } = [];
    }

    static ReadNight Streams(SleepDataRequest config, string id, int index)
    {
        var data = config.Data;
        var (streams, check) = data.Name == "synthetic"
            ? (SyntheticNights.Make(id, config.Seed, new SyntheticNightOptions { Seconds = data.SyntheticSeconds / 30 * 30 }), new NightCheck(id, null, []))
            : config.IsOriginal ? SleepAccelTree.ReadRaw(data.DatasetDir, id)
            : SleepAccelTree.ReadClean(data.DatasetDir, id, data.MaxBadFraction, data.StepsMode != StepsMode.None);
        if (streams is null) return new ReadNight(null, [], null, check);
        if (!config.IsOriginal && !data.NegativeTimes) streams = streams with { Labels = streams.Labels.Sorted(from: 0) };
        var (night, failure) = config.IsOriginal
            ? OriginalJoin.Join(streams, data.NegativeTimes, data.DataAlignment, data.MotionMagnitude)
            : SleepRows.Make(streams, RowOptions(data));
        if (night is null) return new ReadNight(null, [], null, check with { Failure = failure });
        var found = config.IsOriginal
            ? OriginalWindows.Find(night, data.WindowSize, data.Stride)
            : SleepWindows.Find(night, data.DataAlignment, data.WindowSize, data.Stride, streams.Labels.Times[0],
                streams.Labels.Times[^1] + SleepStage.EpochSeconds, data.Unscored);
        var refs = found.Rows.Select((row, i) =>
            new WindowRef(index, row, found.Targets[i], night.Times[row], Math.Floor(night.Times[row + found.Length - 1] / 30) * 30)).ToList();
        int[] stages = config.IsOriginal ? [.. night.Stages.Select(code => SleepStage.FromCode(code))] : night.Stages;
        var read = new ReadNight(NightRows.Of(id, night.Values, night.Times, stages), night.Features, (refs, found.Length), check);
        foreach (var (stream, count) in night.Dropped) read.Dropped[$"rows without {stream}"] = count;
        foreach (var (reason, count) in found.Dropped) read.Dropped["window " + reason] = count;
        return read;
    }

    static ReadNight Epochs(SleepDataRequest config, string id, int index)
    {
        var (night, check) = SleepAccelEpochs.Read(config.Data.DatasetDir, id, config.Data.MaxBadFraction);
        if (night is null) return new ReadNight(null, [], null, check);
        var length = config.Data.ContextEpochs;
        var before = config.Data.Causal ? length - 1 : length / 2;
        var refs = Enumerable.Range(0, night.Count).Where(epoch => night.Stages[epoch] >= 0)
            .Select(epoch => new WindowRef(index, epoch - before, night.Stages[epoch], night.TimeOf(epoch), night.TimeOf(epoch))).ToList();
        double[] times = [.. Enumerable.Range(0, night.Count).Select(night.TimeOf)];
        var rows = NightRows.Of(id, Array.ConvertAll(night.Values, value => (double)value), times, night.Stages);
        return new ReadNight(rows, night.Features, (refs, length), check);
    }

    static string Hash(IEnumerable<NightRows> nights, List<WindowRef> windows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var night in nights)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(night.Id));
            hash.AppendData(MemoryMarshal.AsBytes<float>(night.Values));
            hash.AppendData(MemoryMarshal.AsBytes<int>(night.Stages));
        }
        hash.AppendData(Encoding.UTF8.GetBytes(windows.Count.ToString(CultureInfo.InvariantCulture)));
        hash.AppendData(MemoryMarshal.AsBytes<WindowRef>(CollectionsMarshal.AsSpan(windows)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
