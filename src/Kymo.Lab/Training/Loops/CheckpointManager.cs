using System.Globalization;
using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Training.Loops;

/// <summary>What a checkpoint says besides weights.</summary>
/// <param name="Epoch">When it was made.</param>
/// <param name="Score">Its score.</param>
/// <param name="Metadata">What was given along.</param>
public sealed record LoadedCheckpoint(int Epoch, double Score, IReadOnlyDictionary<string, object?> Metadata);

/// <summary>
/// Keeps networks of a training of one's own: <c>NAME_best.pt</c> of the best score so far and, where asked for,
/// <c>NAME_epoch_N.pt</c> of each epoch, in PyTorch's file format. A new manager on a folder that holds checkpoints knows their score.
/// </summary>
public sealed class CheckpointManager
{
    readonly string _folder;
    readonly bool _saveBestOnly, _largest;
    readonly int? _keepLast;
    readonly Action<string>? _tell;
    readonly Dictionary<string, double?> _best = [];

    /// <summary>Begins, or goes on in a folder.</summary>
    /// <param name="directory">The folder; made when the first checkpoint is saved.</param>
    /// <param name="saveBestOnly">Whether only the best is kept.</param>
    /// <param name="mode"><c>min</c> where lower scores are better, <c>max</c> where higher ones are.</param>
    /// <param name="keepLast">How many epochs' files are kept besides the best; null for all.</param>
    /// <param name="tell">Told of each file; null says nothing.</param>
    /// <exception cref="ConfigException">A value out of range.</exception>
    public CheckpointManager(string directory, bool saveBestOnly = true, string mode = "min", int? keepLast = null, Action<string>? tell = null)
    {
        if (mode is not ("min" or "max")) throw new ConfigException($"mode is '{mode}', expected min or max");
        if (keepLast < 1) throw new ConfigException($"keepLast is {keepLast}, expected at least 1, or null for all");
        (_folder, _saveBestOnly, _largest, _keepLast, _tell) = (directory, saveBestOnly, mode == "max", keepLast, tell);
    }

    /// <summary>Keeps a network where its score is the best so far, or each time.</summary>
    /// <param name="model">The network.</param>
    /// <param name="epoch">Which epoch; it stands in the file name as it is.</param>
    /// <param name="score">Its score; what is not finite is never the best.</param>
    /// <param name="optimizer">Its optimiser's state is kept, too.</param>
    /// <param name="metadata">Numbers, texts and truth values to keep.</param>
    /// <param name="modelName">What the files' names begin with.</param>
    /// <returns>The best file where it was written, else the epoch's, else null.</returns>
    /// <exception cref="ConfigException">A name that leads out of the folder.</exception>
    public string? SaveCheckpoint(
        Module model, int epoch, double score, Optimizer? optimizer = null, IReadOnlyDictionary<string, object?>? metadata = null, string modelName = "model")
    {
        if (modelName.Length == 0 || modelName != Path.GetFileName(modelName)) throw new ConfigException($"modelName '{modelName}' is not a plain file name");
        var bestPath = Path.Combine(_folder, modelName + "_best.pt");
        if (!_best.TryGetValue(modelName, out var best)) _best[modelName] = best = File.Exists(bestPath) ? ScoreOf(bestPath) : null;
        var isBest = double.IsFinite(score) && (best is null || (_largest ? score > best : score < best));
        if (!isBest && _saveBestOnly) return null;
        Directory.CreateDirectory(_folder);
        var payload = Payload(model, epoch, score, optimizer, metadata);
        string? written = null;
        if (!_saveBestOnly)
        {
            written = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{modelName}_epoch_{epoch}.pt"));
            TorchFile.Write(written, payload);
            DropOlder(modelName);
        }
        if (isBest)
        {
            TorchFile.Write(bestPath, payload);
            _best[modelName] = score;
            written = bestPath;
        }
        _tell?.Invoke($"kept {written} (epoch {epoch}, score {score.ToString(CultureInfo.InvariantCulture)})");
        return written;
    }

    /// <summary>Puts a kept network back.</summary>
    /// <param name="model">Receives the weights.</param>
    /// <param name="path">A file of this class, or one with the keys <c>model_state_dict</c>, <c>optimizer_state_dict</c>, <c>loss</c>.</param>
    /// <param name="optimizer">Receives its state, where the file holds one.</param>
    /// <exception cref="CheckpointException">No such file, or weights of another network: every difference is listed.</exception>
    public static LoadedCheckpoint LoadCheckpoint(Module model, string path, Optimizer? optimizer = null)
    {
        if (!File.Exists(path)) throw new CheckpointException(path, "no such file");
        var root = Root(path);
        var weights = Find(root, "model_state", "model_state_dict") as PickleDictionary
            ?? throw new CheckpointException(path, "holds no model_state; expected a file of CheckpointManager");
        model.LoadState(Tensors(path, weights), path);
        if (optimizer is not null && Find(root, "optimizer_state") is PickleDictionary state) optimizer.LoadState(Tensors(path, state));
        var metadata = Find(root, "metadata") is PickleDictionary kept ? kept.ToDictionary(entry => Plain(entry.Key) as string ?? "", entry => Plain(entry.Value)) : [];
        return new(
            (int)(Plain(Find(root, "epoch")) as long? ?? 0),
            Number(Find(root, "score", "loss")) ?? double.NaN, metadata);
    }

    void DropOlder(string modelName)
    {
        if (_keepLast is not { } keep) return;
        var prefix = modelName + "_epoch_";
        var files = Directory.GetFiles(_folder, prefix + "*.pt")
            .Select(path => (path, isEpoch: int.TryParse(Path.GetFileNameWithoutExtension(path).AsSpan(prefix.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var epoch), epoch))
            .Where(file => file.isEpoch).OrderByDescending(file => file.epoch).Skip(keep);
        foreach (var (path, _, _) in files) File.Delete(path);
    }

    static double? ScoreOf(string path) => Number(Find(Root(path), "score", "loss"));

    static PickleDictionary Payload(
        Module model, int epoch, double score, Optimizer? optimizer, IReadOnlyDictionary<string, object?>? metadata)
    {
        var kept = new PickleDictionary();
        foreach (var (key, value) in metadata ?? new Dictionary<string, object?>()) kept.Add(key, ToPickle(key, value));
        return new PickleDictionary
        {
            { "epoch", epoch },
            { "model_state", StateDict(model.SaveState()) },
            { "optimizer_state", optimizer is null ? PickleValue.None : StateDict(optimizer.SaveState()) },
            { "score", score },
            { "metadata", kept },
        };
    }

    static PickleDictionary StateDict(IEnumerable<KeyValuePair<string, StoredTensor>> state) =>
        TorchFile.StateDict("", [.. state.Select(entry => (entry.Key, entry.Value))]);

    static PickleValue ToPickle(string key, object? value) => value switch
    {
        null => PickleValue.None,
        bool flag => flag,
        int number => number,
        long number => number,
        float number => (double)number,
        double number => number,
        string text => text,
        _ => throw new ConfigException($"metadata '{key}' is a {value.GetType().Name}; expected a number, a text or a truth value"),
    };

    static PickleDictionary Root(string path) => TorchFile.Read(path) as PickleDictionary
        ?? throw new CheckpointException(path, "holds no dictionary; expected a file of CheckpointManager");

    static PickleValue? Find(PickleDictionary dictionary, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (dictionary.TryGetValue(name, out var value)) return value;
        return null;
    }

    static Dictionary<string, StoredTensor> Tensors(string path, PickleDictionary state) => state.ToDictionary(
        entry => entry.Key is PickleText name ? name.Value : throw new CheckpointException(path, $"a tensor's name is a {entry.Key}, expected a text"),
        entry => entry.Value is PickleTensor tensor ? tensor.Value : throw new CheckpointException(path, $"{entry.Key} is no tensor"));

    static object? Plain(PickleValue? value) => value switch
    {
        PickleBoolean flag => flag.Value,
        PickleInteger number => (long)number.Value,
        PickleFloat number => number.Value,
        PickleText text => text.Value,
        _ => null,
    };

    static double? Number(PickleValue? value) => Plain(value) switch { double number => number, long number => number, _ => null };
}
