namespace Kymo.Torch.Checkpoints;

/// <summary>What Adam and its relatives remember about one parameter.</summary>
/// <param name="Step">Number of updates made.</param>
/// <param name="Average">Running mean of the gradient (<c>exp_avg</c>), of the parameter's shape.</param>
/// <param name="AverageSquare">Running mean of the squared gradient (<c>exp_avg_sq</c>), of the parameter's shape.</param>
/// <param name="MaxAverageSquare">Largest such mean so far (<c>max_exp_avg_sq</c>), with AMSGrad only.</param>
public sealed record AdamParameter(
    long Step, StoredTensor Average, StoredTensor AverageSquare, StoredTensor? MaxAverageSquare = null);

/// <summary>A group of parameters with its settings; defaults are those of <c>torch.optim.Adam</c>.</summary>
public sealed record AdamGroup
{
    /// <summary>Indices of the parameters, counted through all groups.</summary>
    public required IReadOnlyList<int> Parameters { get; init; }

    /// <summary>Learning rate. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the gradient's mean, 0 to 1. Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the squared gradient's mean, 0 to 1. Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the denominator. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Weight decay. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Whether the largest mean of the squared gradient is used. Default false.</summary>
    public bool IsAmsGrad { get; init; }

    /// <summary>The learning rate a schedule started from (<c>initial_lr</c>), where there is a schedule.</summary>
    public double? InitialLearningRate { get; init; }
}

/// <summary>
/// The state dictionary of <c>torch.optim.Adam</c> and <c>AdamW</c> (PyTorch 1.13): <c>{state: {i: {step, exp_avg, exp_avg_sq}},
/// param_groups: [...]}</c>, which <c>optimizer.load_state_dict</c> takes.
/// </summary>
/// <param name="State">By parameter index; parameters that were never updated are absent.</param>
/// <param name="Groups">The groups.</param>
public sealed record AdamState(IReadOnlyDictionary<int, AdamParameter> State, IReadOnlyList<AdamGroup> Groups)
{
    /// <summary>The tree that <see cref="TorchFile.Write"/> writes.</summary>
    public PickleDictionary ToPickle()
    {
        var state = new PickleDictionary();
        foreach (var (index, parameter) in State.OrderBy(p => p.Key))
        {
            // PyTorch 1.13 keeps the step as a 32-bit floating-point scalar.
            var entry = new PickleDictionary
            {
                { "step", StoredTensor.Of<float>([parameter.Step]) },
                { "exp_avg", parameter.Average },
                { "exp_avg_sq", parameter.AverageSquare },
            };
            if (parameter.MaxAverageSquare is { } max) entry.Add("max_exp_avg_sq", max);
            state.Add(index, entry);
        }
        return new PickleDictionary { { "state", state }, { "param_groups", new PickleList(Groups.Select(ToPickle)) } };
    }

    /// <summary>Takes the state out of a tree that <see cref="TorchFile.Read"/> gave.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="value">The tree.</param>
    /// <exception cref="CheckpointException">A part is missing or of another kind.</exception>
    public static AdamState FromPickle(string path, PickleValue value)
    {
        var root = new Node(path, "optimizer state", value);
        var state = new Dictionary<int, AdamParameter>();
        foreach (var (key, entry) in root.At("state").Value)
        {
            if (key is not PickleInteger { Value: var index } || index < 0 || index > int.MaxValue)
                throw new CheckpointException(path,
                    $"optimizer state: a key of 'state' is a {key.Kind}, expected a parameter index");
            var node = new Node(path, $"optimizer state of parameter {index}", entry);
            state[(int)index] = new AdamParameter(
                node.Step("step"), node.Tensor("exp_avg"), node.Tensor("exp_avg_sq"),
                node.Has("max_exp_avg_sq") ? node.Tensor("max_exp_avg_sq") : null);
        }
        var groups = root.List("param_groups").Select((g, i) => FromPickle(new Node(path, $"param_groups[{i}]", g)));
        return new AdamState(state, [.. groups]);
    }

    static PickleDictionary ToPickle(AdamGroup group)
    {
        var entry = new PickleDictionary
        {
            { "lr", group.LearningRate },
            { "betas", new PickleTuple(group.Beta1, group.Beta2) },
            { "eps", group.Epsilon },
            { "weight_decay", group.WeightDecay },
            { "amsgrad", group.IsAmsGrad },
            { "maximize", false },
            { "foreach", PickleValue.None },
            { "capturable", false },
            { "differentiable", false },
            { "fused", false },
        };
        if (group.InitialLearningRate is { } rate) entry.Add("initial_lr", rate);
        entry.Add("params", new PickleList(group.Parameters.Select(i => (PickleValue)i)));
        return entry;
    }

    static AdamGroup FromPickle(Node group)
    {
        if (group.Has("maximize") && group.Truth("maximize"))
            throw new CheckpointException(group.Path, $"{group.Place}: 'maximize' is true, which is not supported");
        return new AdamGroup
        {
            Parameters =
                [.. group.List("params").Select((p, i) => new Node(group.Path, $"{group.Place}, params[{i}]", p).Index())],
            LearningRate = group.Number("lr"),
            Beta1 = group.Pair("betas").First,
            Beta2 = group.Pair("betas").Second,
            Epsilon = group.Number("eps"),
            WeightDecay = group.Number("weight_decay"),
            IsAmsGrad = group.Truth("amsgrad"),
            InitialLearningRate = group.Has("initial_lr") ? group.Number("initial_lr") : null,
        };
    }

    /// <summary>A place in the tree; every look-up that fails says where it failed.</summary>
    readonly struct Node(string path, string place, PickleValue value)
    {
        public string Path => path;

        public string Place => place;

        public PickleDictionary Value => value as PickleDictionary ?? throw Wrong("a dictionary", value);

        public bool Has(string key) => Value.TryGetValue(key, out _);

        public Node At(string key) => new(path, $"{place}, '{key}'", Get(key));

        public PickleList List(string key) => Get(key) as PickleList ?? throw Wrong($"'{key}' to be a list", Get(key));

        public StoredTensor Tensor(string key) =>
            Get(key) is PickleTensor t ? t.Value : throw Wrong($"'{key}' to be a tensor", Get(key));

        public bool Truth(string key) =>
            Get(key) is PickleBoolean b ? b.Value : throw Wrong($"'{key}' to be a truth value", Get(key));

        public double Number(string key) => Number(Get(key), key);

        public (double First, double Second) Pair(string key) => Get(key) is PickleTuple { Count: 2 } pair
            ? (Number(pair[0], key), Number(pair[1], key))
            : throw Wrong($"'{key}' to be two numbers", Get(key));

        public int Index() => value is PickleInteger { Value: var i } && i >= 0 && i <= int.MaxValue
            ? (int)i
            : throw Wrong("a parameter index", value);

        public long Step(string key) => Get(key) switch
        {
            PickleInteger { Value: var step } when step >= 0 && step <= long.MaxValue => (long)step,
            PickleTensor { Storage.Type: ElementType.Float32, Shape.Length: 0 } t
                when t.Value.ToArray<float>()[0] is >= 0 and < long.MaxValue and var step => (long)step,
            var other => throw Wrong($"'{key}' to be a number of updates", other),
        };

        PickleValue Get(string key) => Value.TryGetValue(key, out var found) ? found : throw Wrong($"an entry '{key}'", value);

        double Number(PickleValue found, string key) => found switch
        {
            PickleFloat number => number.Value,
            PickleInteger number => (double)number.Value,
            _ => throw Wrong($"'{key}' to be a number", found),
        };

        CheckpointException Wrong(string expected, PickleValue found) =>
            new(path, $"{place}: found a {found.Kind}, expected {expected}");
    }
}
