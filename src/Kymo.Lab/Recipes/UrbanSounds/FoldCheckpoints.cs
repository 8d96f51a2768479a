using Kymo.Lab.Runs;
using Kymo.Torch.Checkpoints;
using Weights = System.Collections.Generic.IReadOnlyDictionary<string, Kymo.Torch.Checkpoints.StoredTensor>;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>Everything that the next epoch of a fold depends on.</summary>
/// <param name="State">History, best and mean weights.</param>
/// <param name="Weights">The network.</param>
/// <param name="Optimizer">The optimiser.</param>
/// <param name="Dropout">Position of the stream <c>dropout</c>.</param>
/// <param name="Shuffle">Position of the stream <c>shuffle</c>.</param>
/// <param name="Augment">Position of the stream <c>augment</c>.</param>
sealed record FoldSnapshot(FoldState State, Weights Weights, Weights Optimizer, byte[] Dropout, byte[] Shuffle, byte[] Augment);

/// <summary>
/// The checkpoints of one fold: <c>state.pth</c> and the one before it, each written under another name and renamed. A file that
/// cannot be read is passed over for the one before.
/// </summary>
/// <param name="folder">The fold's checkpoint folder.</param>
/// <param name="config">Gives a restored state its rules.</param>
sealed class FoldCheckpoints(string folder, UrbanSoundsConfig config)
{
    string Newest => Path.Combine(folder, "state.pth");

    string Previous => Path.Combine(folder, "state.previous.pth");

    /// <summary>Keeps a snapshot.</summary>
    public void Save(FoldSnapshot snapshot)
    {
        Directory.CreateDirectory(folder);
        var next = Path.Combine(folder, "state.next.pth");
        TorchFile.Write(next, ToPickle(snapshot));
        if (File.Exists(Newest)) File.Move(Newest, Previous, overwrite: true);
        File.Move(next, Newest);
    }

    /// <summary>The newest readable snapshot, or null where the fold has none.</summary>
    /// <param name="warn">Told of a snapshot that had to be passed over.</param>
    /// <exception cref="CheckpointException">There are snapshots, and none can be read.</exception>
    public FoldSnapshot? Load(Action<string> warn)
    {
        CheckpointException? fault = null;
        foreach (var path in new[] { Newest, Previous })
        {
            if (!File.Exists(path)) continue;
            try
            {
                return FromPickle(path, TorchFile.Read(path));
            }
            catch (CheckpointException error)
            {
                fault = error;
                warn($"{error.Message}; going back to the checkpoint before it");
            }
        }
        return fault is null ? null : throw fault;
    }

    /// <summary>Deletes the snapshots of a fold whose run is finished.</summary>
    public void Delete()
    {
        File.Delete(Newest);
        File.Delete(Previous);
    }

    static PickleDictionary ToPickle(FoldSnapshot snapshot)
    {
        var tree = new PickleDictionary
        {
            { "format", 1 },
            { "epoch", snapshot.State.History.Count },
            { "model_state_dict", StateDict(snapshot.Weights) },
            { "optimizer_state_dict", StateDict(snapshot.Optimizer) },
            { "history", new PickleList(snapshot.State.History.Select(ToPickle)) },
            { "dropout", Convert.ToHexStringLower(snapshot.Dropout) },
            { "shuffle", Convert.ToHexStringLower(snapshot.Shuffle) },
            { "augment", Convert.ToHexStringLower(snapshot.Augment) },
        };
        if (snapshot.State.Best is { } best) tree.Add("best", StateDict(best));
        if (snapshot.State.Average is { } average) tree.Add("average", StateDict(average));
        return tree;
    }

    static PickleValue ToPickle(EpochRow row) => new PickleTuple(
        row.Epoch, Timestamp.Text(row.Started), Timestamp.Text(row.Ended), row.Seconds, Scores(row.Train), Scores(row.Validation),
        row.LearningRate, row.IsBest);

    static PickleDictionary Scores(IReadOnlyDictionary<string, double> scores)
    {
        var dictionary = new PickleDictionary();
        foreach (var (name, value) in scores) dictionary.Add(name, value);
        return dictionary;
    }

    FoldSnapshot FromPickle(string path, PickleValue value)
    {
        var tree = value as PickleDictionary ?? throw new CheckpointException(path, "expected a dictionary of a fold's state");
        PickleValue At(string key) => tree.TryGetValue(key, out var found) ? found : throw new CheckpointException(path, $"has no '{key}'");
        Weights? WeightsAt(string key) => tree.TryGetValue(key, out var found) ? Tensors(path, key, found) : null;
        var history = At("history") as PickleList ?? throw new CheckpointException(path, "'history' is no list");
        var state = new FoldState(config)
        {
            History = [.. history.Select(row => Row(path, row))],
            Best = WeightsAt("best"),
            Average = WeightsAt("average"),
        };
        return new FoldSnapshot(
            state,
            WeightsAt("model_state_dict") ?? throw new CheckpointException(path, "has no 'model_state_dict'"),
            WeightsAt("optimizer_state_dict") ?? throw new CheckpointException(path, "has no 'optimizer_state_dict'"),
            Bytes(path, At("dropout")), Bytes(path, At("shuffle")), Bytes(path, At("augment")));
    }

    static PickleDictionary StateDict(Weights weights) =>
        TorchFile.StateDict("", [.. weights.Select(entry => (entry.Key, entry.Value))]);

    static OrderedDictionary<string, StoredTensor> Tensors(string path, string key, PickleValue value)
    {
        var dictionary = value as PickleDictionary ?? throw new CheckpointException(path, $"'{key}' is no dictionary");
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach (var (name, entry) in dictionary)
        {
            tensors[(name as PickleText)?.Value ?? throw new CheckpointException(path, $"'{key}' has a name that is no text")] =
                (entry as PickleTensor)?.Value ?? throw new CheckpointException(path, $"'{key}' holds something that is no tensor");
        }
        return tensors;
    }

    static EpochRow Row(string path, PickleValue value)
    {
        if (value is not PickleTuple { Count: 8 } row
            || row[0] is not PickleInteger { Value: var epoch } || row[1] is not PickleText { Value: var started }
            || row[2] is not PickleText { Value: var ended } || row[3] is not PickleFloat { Value: var seconds }
            || row[6] is not PickleFloat { Value: var rate } || row[7] is not PickleBoolean { Value: var isBest }
            || !Timestamp.TryRead(started, out var start) || !Timestamp.TryRead(ended, out var end))
            throw new CheckpointException(path, "'history' holds something that is no epoch");
        return new EpochRow
        {
            Epoch = (int)epoch,
            Started = start,
            Ended = end,
            Seconds = seconds,
            Train = Scores(path, row[4]),
            Validation = Scores(path, row[5]),
            LearningRate = rate,
            IsBest = isBest,
        };
    }

    static Dictionary<string, double> Scores(string path, PickleValue value)
    {
        var scores = new Dictionary<string, double>();
        foreach (var (name, score) in value as PickleDictionary ?? throw new CheckpointException(path, "'history' holds scores that are no dictionary"))
        {
            if (name is not PickleText { Value: var text } || score is not PickleFloat { Value: var number })
                throw new CheckpointException(path, "'history' holds a score that is no number");
            scores[text] = number;
        }
        return scores;
    }

    static byte[] Bytes(string path, PickleValue value)
    {
        try
        {
            return value is PickleText { Value: var text } ? Convert.FromHexString(text) : throw new FormatException("no text");
        }
        catch (FormatException error)
        {
            throw new CheckpointException(path, "a random stream's state is no hexadecimal text", error);
        }
    }
}
