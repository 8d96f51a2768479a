using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Kymo.Signals.Features;

namespace Kymo.Bench.Features;

/// <summary>The comparisons: the same samples, the same files, the same options on both sides.</summary>
static class Comparison
{
    /// <summary>Log-mel of samples in memory on one thread.</summary>
    public static Result InMemory(string name, LogMelOptions options, Peer peer, int rounds, int repeats)
    {
        var folder = Directory.CreateTempSubdirectory("kymo-bench-");
        var (input, output) = (Path.Combine(folder.FullName, "samples"), Path.Combine(folder.FullName, "levels"));
        var random = new Random(1);
        var samples = new float[options.ClipSamples!.Value];
        foreach (ref var sample in samples.AsSpan()) sample = random.NextSingle() - 0.5f;
        File.WriteAllBytes(input, MemoryMarshal.AsBytes(samples.AsSpan()));
        var extractor = new LogMelExtractor(options);
        var levels = new float[extractor.OutputLength(samples.Length)];
        var (kymo, other) = (new List<double>(), new List<double>());
        // The first round compiles and warms up both sides and does not count.
        for (var round = 0; round <= rounds; round++)
        {
            var seconds = Repeat(round == 0 ? 300 : repeats, () => extractor.Extract(samples, levels));
            var peerSeconds = peer.Ask(
                "memory", Peer.Options(options), input, output, repeats.ToString(CultureInfo.InvariantCulture));
            if (round == 0) continue;
            kymo.AddRange(seconds);
            other.AddRange(peerSeconds);
        }
        var difference = LargestDifference(levels, MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output)));
        folder.Delete(recursive: true);
        return new Result(name, "ms", Results.Median(kymo) * 1e3, Results.Median(other) * 1e3, 1.5,
            string.Create(CultureInfo.InvariantCulture, $"best of each {kymo.Min() * 1e3:F3} and {other.Min() * 1e3:F3}; largest difference {difference:F4} dB"));
    }

    /// <summary>Decoding and log-mel of a folder of files with two workers.</summary>
    public static Result Folder(string name, LogMelOptions options, Peer peer, string[] files, int rounds)
    {
        var listing = Path.GetTempFileName();
        File.WriteAllLines(listing, files);
        var extractor = new LogMelExtractor(options);
        var (kymo, other) = (new List<double>(), new List<double>());
        var failures = 0;
        for (var round = 0; round <= rounds; round++)
        {
            var seconds = Repeat(
                1, () => failures = FeatureFiles.Extract(extractor, files, (_, _) => { }, workers: 2).Failures.Count);
            var peerSeconds = peer.Ask("folder", Peer.Options(options), "2", listing);
            if (round == 0) continue;
            kymo.AddRange(seconds);
            other.AddRange(peerSeconds);
        }
        File.Delete(listing);
        return new Result(name, "s", Results.Median(kymo), Results.Median(other), 3, $"{files.Length} files, {failures} failed");
    }

    static List<double> Repeat(int count, Action action)
    {
        var seconds = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return seconds;
    }

    // The peer's decibels are re 1, these re the clip's maximum.
    static double LargestDifference(ReadOnlySpan<float> levels, ReadOnlySpan<float> peer)
    {
        var (maximum, largest) = (float.NegativeInfinity, 0.0);
        foreach (var level in peer) maximum = Math.Max(maximum, level);
        for (var i = 0; i < levels.Length; i++) largest = Math.Max(largest, Math.Abs(levels[i] - (peer[i] - maximum)));
        return largest;
    }
}
