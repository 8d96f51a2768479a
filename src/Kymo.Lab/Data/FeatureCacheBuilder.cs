using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kymo.Signals;
using Microsoft.Win32.SafeHandles;

namespace Kymo.Lab.Data;

/// <summary>Turns one recording into features; a recording that cannot be used is a <see cref="DataException"/>.</summary>
/// <param name="path">The file.</param>
/// <param name="features">Receives (mel, frame).</param>
public delegate void FeatureExtractor(string path, Span<float> features);

/// <summary>What kind of features a cache holds, and how they are made.</summary>
/// <param name="Text">The settings in a stable text form; caches of other texts do not mix.</param>
/// <param name="Rows">Mel bands.</param>
/// <param name="Columns">Frames.</param>
/// <param name="NewExtractor">Makes an extractor for one worker.</param>
public sealed record FeatureKind(string Text, int Rows, int Columns, Func<FeatureExtractor> NewExtractor);

/// <summary>How far a build is.</summary>
/// <param name="Done">Recordings finished.</param>
/// <param name="Total">Recordings in all.</param>
/// <param name="Excluded">Recordings that could not be used.</param>
public readonly record struct BuildProgress(int Done, int Total, int Excluded);

/// <summary>
/// Builds a feature cache: in parallel, resumable at any recording, finished by renaming. A finished cache whose recordings have
/// changed since is built again.
/// </summary>
public static class FeatureCacheBuilder
{
    const string PartFile = "features.f32.part";
    const string JournalFile = "journal.jsonl";

    static readonly TimeSpan s_patience = TimeSpan.FromHours(6), s_pause = TimeSpan.FromMilliseconds(200);

    internal static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = false };

    /// <summary>The folder of a cache below a parent folder: dataset name and a hash of settings and recordings' names.</summary>
    public static string FolderFor(string parent, RecordingSet set, FeatureKind kind)
    {
        var text = new StringBuilder(kind.Text).Append('\n');
        foreach (var recording in set.Recordings) text.Append(recording.Id).Append('\n');
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        return Path.Combine(parent, $"{set.Name.ToLowerInvariant()}-{hash[..12]}");
    }

    /// <summary>Opens the finished cache, or builds what is missing of it first.</summary>
    /// <param name="folder">The cache's folder.</param>
    /// <param name="set">The recordings.</param>
    /// <param name="kind">The features.</param>
    /// <param name="maxExcludedShare">Largest share of recordings that may be unusable before the build stops, 0 to 1.</param>
    /// <param name="workers">Parallel workers; 0 for one a core.</param>
    /// <param name="progress">Told after each recording, or null.</param>
    /// <param name="cancel">Stops between two recordings; what is finished is kept.</param>
    /// <exception cref="DataException">Too many unusable recordings, or a cache that another process does not let go of.</exception>
    public static FeatureCache Build(
        string folder, RecordingSet set, FeatureKind kind, double maxExcludedShare, int workers,
        IProgress<BuildProgress>? progress, CancellationToken cancel)
    {
        if (FeatureCache.TryReadIndex(folder) is { } index && index.Features == kind.Text && IsUnchanged(index, set))
            return FeatureCache.Open(folder, kind.Text);

        Directory.CreateDirectory(folder);
        using var guard = Lock(folder, cancel);
        // Another process may have built it while this one waited.
        if (FeatureCache.TryReadIndex(folder) is { } old && (old.Features != kind.Text || IsUnchanged(old, set))) return FeatureCache.Open(folder, kind.Text);
        var finished = ReadJournal(folder, kind);
        Extract(folder, set, kind, finished, workers, progress, cancel);
        Finish(folder, set, kind, finished, maxExcludedShare);
        return FeatureCache.Open(folder, kind.Text);
    }

    // Trials of a search that begin together need the same cache: one builds it, the others wait.
    static FileStream Lock(string folder, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (error is not DirectoryNotFoundException)
            {
                if (TimeProvider.System.GetElapsedTime(began) > s_patience)
                    throw new DataException(folder, $"another process holds this cache for more than {s_patience.TotalHours:0} hours; end it, or name another folder with data.cache=DIR", error);
                cancel.WaitHandle.WaitOne(s_pause);
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    static bool IsUnchanged(FeatureIndex index, RecordingSet set)
    {
        var known = index.Items.ToDictionary(item => item.Id);
        return set.Recordings.All(recording => known.TryGetValue(recording.Id, out var item) && item.Fits(recording.Path));
    }

    static void Extract(
        string folder, RecordingSet set, FeatureKind kind, ConcurrentDictionary<string, CachedItem> finished,
        int workers, IProgress<BuildProgress>? progress, CancellationToken cancel)
    {
        var length = (long)kind.Rows * kind.Columns * sizeof(float);
        using var part = File.OpenHandle(Path.Combine(folder, PartFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        using var journal = new StreamWriter(new FileStream(Path.Combine(folder, JournalFile), FileMode.Append, FileAccess.Write, FileShare.Read));
        if (journal.BaseStream.Position == 0) journal.WriteLine(JsonSerializer.Serialize(new JournalHead(FeatureCache.Version, kind.Text), Json));
        var (done, excluded) = (0, 0);
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers > 0 ? workers : Environment.ProcessorCount, CancellationToken = cancel };
        Parallel.ForEach(
            Partitioner.Create(Enumerable.Range(0, set.Recordings.Count), EnumerablePartitionerOptions.NoBuffering),
            options,
            () => (Extractor: kind.NewExtractor(), Buffer: new float[kind.Rows * kind.Columns]),
            (position, _, worker) =>
            {
                var recording = set.Recordings[position];
                var entry = finished.GetValueOrDefault(recording.Id);
                if (entry is null || entry.Offset != position || !entry.Fits(recording.Path))
                {
                    entry = ExtractOne(part, recording, position, length, worker.Extractor, worker.Buffer);
                    lock (journal)
                    {
                        journal.WriteLine(JsonSerializer.Serialize(entry, Json));
                        journal.Flush();
                    }
                    finished[recording.Id] = entry;
                }
                if (entry.Reason is not null) Interlocked.Increment(ref excluded);
                progress?.Report(new BuildProgress(Interlocked.Increment(ref done), set.Recordings.Count, excluded));
                return worker;
            },
            _ => { });
    }

    static CachedItem ExtractOne(SafeFileHandle part, Recording recording, int position, long length, FeatureExtractor extractor, float[] buffer)
    {
        var file = new FileInfo(recording.Path);
        var entry = new CachedItem(recording.Id, Hash(recording.Path), file.Length, file.LastWriteTimeUtc.Ticks, position);
        try
        {
            extractor(recording.Path, buffer);
        }
        catch (DataException error)
        {
            return entry with { Reason = error.Problem };
        }
        RandomAccess.Write(part, MemoryMarshal.AsBytes(buffer.AsSpan()), position * length);
        return entry;
    }

    static void Finish(
        string folder, RecordingSet set, FeatureKind kind, ConcurrentDictionary<string, CachedItem> finished, double maxExcludedShare)
    {
        var entries = set.Recordings.Select(recording => finished[recording.Id]).ToArray();
        var bad = entries.Where(entry => entry.Reason is not null).ToArray();
        if (bad.Length > maxExcludedShare * entries.Length || bad.Length == entries.Length)
        {
            var listed = string.Concat(bad.Take(5).Select(entry => $"\n  {entry.Id}: {entry.Reason}"));
            throw new DataException(set.Root, $"{bad.Length} of {entries.Length} recordings cannot be used, more than the share {maxExcludedShare} "
                + $"that data.max_excluded allows:{listed}");
        }
        var good = entries.Where(entry => entry.Reason is null).ToArray();
        var part = Path.Combine(folder, PartFile);
        // Items stay where the journal says they are: an unusable recording leaves a hole, which takes no room on most file systems.
        using (var file = File.OpenHandle(part, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.SetLength(file, (good.Max(entry => entry.Offset) + 1L) * kind.Rows * kind.Columns * sizeof(float));
            RandomAccess.FlushToDisk(file);
        }
        var index = new FeatureIndex(
            FeatureCache.Version, set.Name, kind.Text, kind.Rows, kind.Columns,
            [.. good, .. bad.Select(entry => entry with { Offset = -1 })]);
        // An index of features that are there no more must not outlive them.
        File.Delete(Path.Combine(folder, FeatureCache.IndexFile));
        File.Move(part, Path.Combine(folder, FeatureCache.FeatureFile), overwrite: true);
        var temporary = Path.Combine(folder, FeatureCache.IndexFile + ".part");
        using (var stream = new FileStream(temporary, FileMode.Create))
        {
            JsonSerializer.Serialize(stream, index, Json);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, Path.Combine(folder, FeatureCache.IndexFile), overwrite: true);
        File.Delete(Path.Combine(folder, JournalFile));
    }

    internal static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    // A journal of other settings is dropped; a line torn by a kill is passed over and its recording extracted again.
    static ConcurrentDictionary<string, CachedItem> ReadJournal(string folder, FeatureKind kind)
    {
        var finished = new ConcurrentDictionary<string, CachedItem>();
        var path = Path.Combine(folder, JournalFile);
        if (!File.Exists(path)) return finished;
        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || Parse<JournalHead>(lines[0]) != new JournalHead(FeatureCache.Version, kind.Text)
            || !File.Exists(Path.Combine(folder, PartFile)))
        {
            File.Delete(path);
            return finished;
        }
        foreach (var line in lines.Skip(1))
            if (Parse<CachedItem>(line) is { Id: not null } entry) finished[entry.Id] = entry;
        File.AppendAllText(path, "\n");
        return finished;
    }

    static T? Parse<T>(string line) where T : class
    {
        try
        {
            return line.Length == 0 ? null : JsonSerializer.Deserialize<T>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    sealed record JournalHead(int Format, string Features);
}
