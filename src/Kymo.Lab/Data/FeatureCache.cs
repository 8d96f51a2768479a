using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kymo.Signals;

namespace Kymo.Lab.Data;

/// <summary>What a finished cache says of itself (<c>index.json</c>).</summary>
/// <param name="Format">Version of this layout.</param>
/// <param name="Dataset">The dataset's name.</param>
/// <param name="Features">The feature settings in their stable text form.</param>
/// <param name="Rows">Mel bands of one item.</param>
/// <param name="Columns">Frames of one item.</param>
/// <param name="Items">The recordings, the unusable ones too.</param>
public sealed record FeatureIndex(
    int Format,
    string Dataset,
    string Features,
    int Rows,
    int Columns,
    IReadOnlyList<CachedItem> Items)
{
    /// <summary>Recordings that could not be used, and why.</summary>
    [JsonIgnore]
    public IReadOnlyList<Exclusion> Exclusions =>
        [.. Items.Where(item => item.Reason is not null).Select(item => new Exclusion(item.Id, item.Reason!))];
}

/// <summary>One recording of a cache.</summary>
/// <param name="Id">Name within the dataset.</param>
/// <param name="Sha256">Hash of the recording's bytes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">When the file was last written (ticks, UTC); a file of the same size and time is taken for unchanged.</param>
/// <param name="Offset">The place of its features, counted in items; -1 where the recording is unusable.</param>
/// <param name="Reason">Why the recording is unusable, or null.</param>
public sealed record CachedItem(string Id, string Sha256, long Size, long Modified, int Offset, string? Reason = null)
{
    /// <summary>Whether the file is still the one that was read.</summary>
    internal bool Fits(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length == Size && (file.LastWriteTimeUtc.Ticks == Modified || FeatureCacheBuilder.Hash(path) == Sha256);
    }
}

/// <summary>
/// Features of a dataset in one mapped file, each (mel, frame) in float32 at its place. Reading touches only the pages it needs.
/// </summary>
public sealed class FeatureCache : IDisposable
{
    internal const int Version = 1;
    internal const string IndexFile = "index.json";
    internal const string FeatureFile = "features.f32";

    readonly MemoryMappedFile _file;
    readonly MemoryMappedViewAccessor _view;
    readonly Dictionary<string, CachedItem> _items;

    FeatureCache(string folder, FeatureIndex index, MemoryMappedFile file)
    {
        (Folder, Index, _file) = (folder, index, file);
        _view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _items = index.Items.ToDictionary(item => item.Id);
    }

    /// <summary>The cache's folder.</summary>
    public string Folder { get; }

    /// <summary>What the cache says of itself.</summary>
    public FeatureIndex Index { get; }

    /// <summary>Numbers of one item.</summary>
    public int ItemLength => Index.Rows * Index.Columns;

    /// <summary>Opens a finished cache.</summary>
    /// <param name="folder">The cache's folder.</param>
    /// <param name="features">The settings the features must have been made with.</param>
    /// <exception cref="DataException">No finished cache, one of other settings, or a damaged one.</exception>
    public static FeatureCache Open(string folder, string features)
    {
        var index = TryReadIndex(folder) ?? throw new DataException(folder, "no finished feature cache; type: kymo prepare RECIPE");
        if (index.Features != features)
            throw new DataException(folder, $"the cache was made with other settings ({index.Features}), asked for are {features}; delete it, or name another folder with data.cache=DIR");
        var path = Path.Combine(folder, FeatureFile);
        int[] places = [.. index.Items.Where(item => item.Reason is null).Select(item => item.Offset)];
        if (places.Any(place => place < 0) || places.Distinct().Count() < places.Length)
            throw new DataException(Path.Combine(folder, IndexFile), "gives two recordings one place, or one none; delete the folder and type: kymo prepare RECIPE");
        var expected = (places.DefaultIfEmpty(-1).Max() + 1L) * index.Rows * index.Columns * sizeof(float);
        var actual = File.Exists(path) ? new FileInfo(path).Length : 0;
        if (actual != expected || expected == 0)
            throw new DataException(path, $"{actual} bytes where the index promises {expected}; delete the folder and type: kymo prepare RECIPE");
        return new FeatureCache(folder, index, MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read));
    }

    /// <summary>Copies one item's features.</summary>
    /// <param name="id">The name of a usable recording.</param>
    /// <param name="destination">Receives (mel, frame), exactly <see cref="ItemLength"/> numbers.</param>
    public void CopyTo(string id, Span<float> destination)
    {
        var bytes = (ulong)ItemLength * sizeof(float);
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)_items[id].Offset * bytes, destination[..ItemLength]);
    }

    /// <summary>
    /// SHA-256 of the feature settings and of each recording's name, content, class, fold and group, in the set's order; names no path and no
    /// time. Classes, folds and groups are the set's: they may have changed since the features were extracted, or depend on a seed.
    /// </summary>
    /// <param name="set">Recordings of this cache, as they are learned from and reported.</param>
    public string FingerprintOf(RecordingSet set)
    {
        var text = new StringBuilder(Index.Features).Append('\n');
        foreach (var recording in set.Recordings)
        {
            text.Append(recording.Id).Append(' ').Append(_items[recording.Id].Sha256).Append(' ').Append(set.Classes[recording.Label]).Append(' ')
                .Append(recording.Fold).Append(' ').Append(recording.Group).Append('\n');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    internal static FeatureIndex? TryReadIndex(string folder)
    {
        var path = Path.Combine(folder, IndexFile);
        if (!File.Exists(path)) return null;
        try
        {
            var index = JsonSerializer.Deserialize<FeatureIndex>(File.ReadAllBytes(path), FeatureCacheBuilder.Json)
                ?? throw new JsonException("empty");
            return index.Format == Version ? index : throw new DataException(path, $"cache format {index.Format}; this program reads {Version}; delete the folder");
        }
        catch (JsonException error)
        {
            throw new DataException(path, "is damaged; delete the folder and type: kymo prepare RECIPE", error);
        }
    }
}
