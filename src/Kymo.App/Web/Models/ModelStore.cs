using System.Collections.Concurrent;
using System.Security.Cryptography;
using Kymo.Config;
using Kymo.Lab.Prediction;
using Kymo.Lab.Recipes;
using Kymo.Lab.Recipes.SleepStages;
using Kymo.Onnx;
using Kymo.Signals;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.App.Web.Models;

/// <summary>A model of the folders, served or not.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsReady">Whether it answers.</param>
/// <param name="Reason">Why it does not; empty where it does.</param>
readonly record struct ModelState(string Name, int Version, bool IsReady, string Reason);

/// <summary>
/// The models of the folders. A change on disk is taken whole or not at all: the new network is opened and its hash compared with
/// <c>files.sha256</c> where the folder has one, before it takes the old one's place.
/// </summary>
sealed class ModelStore : IDisposable
{
    const string Manifest = "files.sha256";

    readonly IReadOnlyList<string> _sources;
    readonly ServeOptions _options;
    readonly Metrics _metrics;
    readonly TimeProvider _time;
    readonly Action<string> _tell;
    readonly Lock _changing = new();
    readonly ConcurrentDictionary<(string Name, int Version), ServedModel> _models = new();
    readonly ConcurrentDictionary<(string Name, int Version), (string Stamp, string Reason)> _looked = new();
    readonly HashSet<string> _unloaded = new(StringComparer.Ordinal);

    /// <summary>Loads what the sources offer.</summary>
    /// <param name="sources">Exports, run folders, or folders of them.</param>
    /// <param name="options">The settings.</param>
    /// <param name="metrics">Told of loads.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Told in words of what cannot be loaded.</param>
    /// <exception cref="ConfigException">A source does not exist.</exception>
    public ModelStore(IReadOnlyList<string> sources, ServeOptions options, Metrics metrics, TimeProvider time, Action<string> tell)
    {
        (_sources, _options, _metrics, _time, _tell) = (sources, options, metrics, time, tell);
        if (sources.FirstOrDefault(source => !File.Exists(source) && !Directory.Exists(source)) is { } missing)
            throw new ConfigException($"--models {missing}: no such file or folder; expected an export of kymo export, a run folder, or a folder of either");
        Scan();
    }

    /// <summary>Models that answer.</summary>
    public IReadOnlyList<ServedModel> Ready => [.. _models.Values.OrderBy(model => model.Name, StringComparer.Ordinal).ThenBy(model => model.Version)];

    /// <summary>All models of the folders.</summary>
    public IReadOnlyList<ModelState> States
    {
        get
        {
            lock (_changing)
            {
                return [.. _looked.Select(entry => new ModelState(entry.Key.Name, entry.Key.Version, _models.ContainsKey(entry.Key),
                    _models.ContainsKey(entry.Key) ? "" : _unloaded.Contains(entry.Key.Name) ? "unloaded" : entry.Value.Reason))
                    .OrderBy(state => state.Name, StringComparer.Ordinal).ThenBy(state => state.Version)];
            }
        }
    }

    /// <summary>Holds a model for a request; null where there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version; null for the newest.</param>
    public ModelHold? Hold(string name, int? version = null) => Hold(
        model => model.Name == name && (version is null || model.Version == version));

    /// <summary>Holds the newest model that fits.</summary>
    public ModelHold? Hold(Func<ServedModel, bool> fits)
    {
        // A model that is closed between the look and the hold has been replaced: look again.
        while (true)
        {
            ServedModel? best = null;
            foreach (var (_, model) in _models)
                if (fits(model) && (best is null || model.Version > best.Version || (model.Version == best.Version && string.CompareOrdinal(model.Name, best.Name) < 0))) best = model;
            if (best is null) return null;
            if (best.Hold()) return new ModelHold(best);
        }
    }

    /// <summary>Looks at the folders: loads what is new or changed, retires what is gone.</summary>
    public void Scan()
    {
        lock (_changing)
        {
            var seen = new HashSet<(string, int)>();
            foreach (var candidate in _sources.SelectMany(Offered))
            {
                var key = (candidate.Name, candidate.Version);
                if (!seen.Add(key) || _unloaded.Contains(candidate.Name)) continue;
                if (_looked.TryGetValue(key, out var last) && last.Stamp == candidate.Stamp) continue;
                Load(candidate);
            }
            foreach (var key in _looked.Keys.Where(key => !seen.Contains(key))) Retire(key);
        }
    }

    /// <summary>Loads all versions of a model again.</summary>
    /// <returns>Why it cannot; null where it did.</returns>
    public string? Load(string name)
    {
        lock (_changing)
        {
            _unloaded.Remove(name);
            var candidates = _sources.SelectMany(Offered).Where(candidate => candidate.Name == name).ToArray();
            if (candidates.Length == 0) return $"no model '{name}' in the folders";
            foreach (var candidate in candidates) Load(candidate);
            return candidates.Select(candidate => _looked[(candidate.Name, candidate.Version)].Reason).FirstOrDefault(reason => reason != "");
        }
    }

    /// <summary>Takes a model out of service until it is loaded again; requests that use it are finished.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Unload(string name)
    {
        lock (_changing)
        {
            var keys = _models.Keys.Where(key => key.Name == name).ToArray();
            if (keys.Length == 0) return false;
            _unloaded.Add(name);
            foreach (var key in keys)
                if (_models.TryRemove(key, out var model)) model.Release();
            _metrics.Loaded(_models.Count);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_changing)
            foreach (var key in _models.Keys) Retire(key);
    }

    static IEnumerable<ModelCandidate> Offered(string source)
    {
        try
        {
            return [.. ModelCandidate.In(source)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that vanishes while it is looked at is gone at the next look.
            return [];
        }
    }

    void Load(ModelCandidate candidate)
    {
        var key = (candidate.Name, candidate.Version);
        try
        {
            var network = Open(candidate);
            ServedModel model;
            try
            {
                model = new ServedModel(candidate.Name, candidate.Version, network, _options, _metrics, _time.GetUtcNow());
            }
            catch
            {
                network.Dispose();
                throw;
            }
            _models.TryGetValue(key, out var old);
            _models[key] = model;
            old?.Release();
            _looked[key] = (candidate.Stamp, "");
            _metrics.Reloaded(true);
        }
        catch (Exception error) when (error is OnnxException or DataException or CheckpointException or ConfigException or TorchException or IOException or UnauthorizedAccessException)
        {
            _looked[key] = (candidate.Stamp, error.Message);
            _metrics.Reloaded(false);
            _tell($"model {candidate.Name} version {candidate.Version} is not taken: {error.Message}");
        }
        _metrics.Loaded(_models.Count);
    }

    void Retire((string Name, int Version) key)
    {
        _looked.TryRemove(key, out _);
        if (_models.TryRemove(key, out var model)) model.Release();
        _metrics.Loaded(_models.Count);
    }

    ExportedNetwork Open(ModelCandidate candidate)
    {
        if (candidate.Part is { } part) return SleepOriginalFolder.Open(candidate.Path, part, _options.Threads);
        if (Directory.Exists(candidate.Path)) return Exported(candidate.Path);
        var bytes = File.ReadAllBytes(candidate.Path);
        CheckManifest(candidate.Path, bytes);
        return ExportedNetwork.Open(bytes, candidate.Path, _options.Threads);
    }

    // A run that has not been exported is exported now; this is the one way that needs LibTorch.
    ExportedNetwork Exported(string run)
    {
        var recipe = Registry.Of(run);
        var write = recipe.Export ?? throw new ConfigException($"networks of {recipe.Name} cannot be exported");
        var path = Path.Combine(Path.GetTempPath(), $"kymo-{Guid.NewGuid():N}.onnx");
        try
        {
            write(run, 0, "onnx", path);
            return ExportedNetwork.Open(File.ReadAllBytes(path), run, _options.Threads);
        }
        finally
        {
            File.Delete(path);
        }
    }

    static void CheckManifest(string path, byte[] bytes)
    {
        var manifest = Path.Combine(Path.GetDirectoryName(path)!, Manifest);
        if (!File.Exists(manifest)) return;
        var name = Path.GetFileName(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var line = File.ReadLines(manifest).FirstOrDefault(line => line.EndsWith("  " + name, StringComparison.Ordinal));
        if (line is null) throw new DataException(path, $"is not listed in {Manifest} beside it; write it with sha256sum {name} >> {Manifest}");
        if (!line.StartsWith(hash, StringComparison.OrdinalIgnoreCase))
            throw new DataException(path, $"has the hash {hash[..12]}..., {Manifest} says {line[..Math.Min(12, line.Length)]}...: half copied or changed; it is looked at again when it changes");
    }
}
