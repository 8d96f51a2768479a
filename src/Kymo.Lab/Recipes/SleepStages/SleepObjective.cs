using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>
/// The training of one network on one split: windows, or whole nights padded to the longest of the batch; cross-entropy over the rows that
/// have a target.
/// </summary>
sealed class SleepObjective
{
    const long NoTarget = -100;

    readonly SleepStagesConfig _config;
    readonly SleepNights _nights;
    readonly Device _device;
    readonly RandomStream _noise;
    readonly IReadOnlyList<int> _merge;
    readonly float[] _weights;
    float[] _rows = [];
    long[] _targets = [];
    int _items, _time;
    double _weight;

    SleepObjective(SleepStagesConfig config, string name, SleepNights nights, SleepSplit split, Device device, RandomStreams streams)
    {
        (_config, _nights, _device, Name) = (config, nights, device, name);
        _merge = SleepStage.Merge(config.Classes);
        _noise = streams.Stream("augment");
        Network = SleepNetworks.Create(name, config.Model, nights.Columns, config.Classes, streams.Generator("init"), streams.Generator("dropout"));
        Network.To(device);
        Scaling = SleepScaling.Of(nights, split.TrainNights, !nights.HasEpochRows && config.Data.Normalise == "recording");
        _weights = ClassWeightsOf(config.Objective.ClassWeight, Counts(split));
    }

    /// <summary>The network's name.</summary>
    public string Name { get; }

    /// <summary>The network.</summary>
    public Module Network { get; }

    /// <summary>Scales the inputs.</summary>
    public SleepScaling Scaling { get; }

    /// <summary>Whether an example is a whole night.</summary>
    public bool IsSequence => Name == "Night";

    /// <summary>The training of a network on a split.</summary>
    public static (Fit Fit, SleepObjective Objective) Begin(
        SleepStagesConfig config, string name, SleepNights nights, SleepSplit split, Device device, TimeProvider clock)
    {
        var title = $"{name} fold {split.Fold}";
        var streams = new RandomStreams(config.Seed, title);
        var objective = new SleepObjective(config, name, nights, split, device, streams);
        var plan = new FitPlan
        {
            Title = title,
            Network = objective.Network,
            Optimizer = config.Optim.NewOptimizer(objective.Network.NamedParameters()),
            Streams = streams,
            Train = objective.Examples(split.TrainNights, split.Train),
            Validation = objective.Examples(split.ValidationNights, split.Validation),
            Prepare = objective.Prepare,
            Score = examples => objective.Scores(objective.Evaluate(examples)),
            TrainScores = sums => With(sums.Scores(), sums.Matrix!),
            Classes = config.Classes,
            TrainLabels = objective.IsSequence ? null : [.. split.Train.Select(window => objective._merge[nights.Windows[window].Target])],
            Device = device,
        };
        return (new Fit(plan, config.Trainer, config.Optim, clock), objective);
    }

    /// <summary>Kappa and correlation of a matrix; kappa 0 where truth and prediction are one class.</summary>
    public static IReadOnlyDictionary<string, double> ExtraScores(ConfusionMatrix matrix) => new Dictionary<string, double>
    {
        ["kappa"] = CohenKappa.Of(matrix) is var kappa && double.IsNaN(kappa) ? 0 : kappa,
        ["mcc"] = MatthewsCorrelation.Of(matrix),
    };

    /// <summary>What the network counts as examples of a part: nights or windows.</summary>
    public int[] Examples(int[] nights, int[] windows) => IsSequence ? nights : windows;

    /// <summary>The answers for examples: one row of probabilities for each window, in the windows' order.</summary>
    /// <param name="examples">Nights or windows.</param>
    /// <param name="scaling">Scales the inputs; by default as in training.</param>
    public ClassEvaluation Evaluate(int[] examples, SleepScaling? scaling = null)
    {
        Network.Eval();
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var (labels, answers) = (new List<int>(), new List<float[]>());
        foreach (var chunk in examples.Chunk(IsSequence ? 1 : _config.Trainer.EvalBatchSize))
        {
            Fill(chunk, scaling ?? Scaling, 0);
            var probabilities = Network.Forward(scope.From<float>(_rows.AsSpan(0, _items * _time * _nights.Columns), _items, _time, _nights.Columns).To(_device))
                .Reshape(-1, _config.Classes).Softmax(1).ToArray<float>();
            for (var i = 0; i < probabilities.Length / _config.Classes; i++)
            {
                if (_targets[i] < 0) continue;
                labels.Add((int)_targets[i]);
                answers.Add(probabilities.AsSpan(i * _config.Classes, _config.Classes).ToArray());
            }
            scope.Reset();
        }
        return ClassEvaluation.Of(_config.Classes, labels, answers);
    }

    Dictionary<string, double> Scores(ClassEvaluation evaluation) =>
        With(StandardScores.Classification(evaluation.Loss, evaluation.Matrix), evaluation.Matrix);

    static Dictionary<string, double> With(Dictionary<string, double> scores, ConfusionMatrix matrix)
    {
        foreach (var (name, value) in ExtraScores(matrix)) scores[name] = value;
        return scores;
    }

    int[] Counts(SleepSplit split)
    {
        var counts = new int[_config.Classes];
        foreach (var window in split.Train) counts[_merge[_nights.Windows[window].Target]]++;
        return counts;
    }

    static float[] ClassWeightsOf(string rule, int[] counts)
    {
        var weights = ClassWeights.Of(rule is "balanced" or "sqrt" ? "inverse" : rule, counts) ?? [.. counts.Select(_ => 1f)];
        return rule == "sqrt" ? Array.ConvertAll(weights, MathF.Sqrt) : weights;
    }

    PartLoss Prepare(ReadOnlyMemory<int> examples)
    {
        Fill(examples.Span, Scaling, _config.Objective.Noise);
        _weight = 0;
        foreach (var target in _targets.AsSpan(0, TargetsOf(_items)))
            if (target >= 0) _weight += _weights[target];
        return Loss;
    }

    int TargetsOf(int items) => IsSequence ? items * _time : items;

    // The part's share of the batch's weighted sum, times batch over part: parts add up to the mean over the whole batch.
    Tensor Loss(TensorScope scope, int first, int count, EpochSums sums)
    {
        var length = _time * _nights.Columns;
        var rows = _rows.AsSpan(first * length, count * length);
        var targets = _targets.AsSpan(TargetsOf(first), TargetsOf(count));
        var logits = Network.Forward(scope.From<float>(rows, count, _time, _nights.Columns).To(_device)).Reshape(-1, _config.Classes);
        Count(logits.ToArray<float>(), targets, sums.Matrix!);
        var sum = _config.Objective.Focal > 0 ? Focal(scope, logits, targets)
            : Functional.CrossEntropy(logits, scope.From<long>(targets, targets.Length).To(_device), scope.From<float>(_weights, _weights.Length).To(_device),
                Reduction.Sum, NoTarget, _config.Objective.LabelSmoothing);
        return sum * (_items / (count * Math.Max(_weight, 1e-12)));
    }

    Tensor Focal(TensorScope scope, Tensor logits, ReadOnlySpan<long> targets)
    {
        var smoothing = _config.Objective.LabelSmoothing;
        var (classes, weights) = (new long[targets.Length], new float[targets.Length]);
        for (var i = 0; i < targets.Length; i++) (classes[i], weights[i]) = targets[i] < 0 ? (0, 0) : (targets[i], _weights[targets[i]]);
        var logarithms = logits.LogSoftmax(1);
        var right = logarithms.Gather(1, scope.From<long>(classes, targets.Length, 1).To(_device)).Reshape(-1);
        var item = right * -(1 - smoothing) * right.Exp().SubtractFrom(1).Pow(_config.Objective.Focal) - logarithms.Mean(1) * smoothing;
        return (item * scope.From<float>(weights, weights.Length).To(_device)).Sum();
    }

    static void Count(float[] logits, ReadOnlySpan<long> targets, ConfusionMatrix matrix)
    {
        for (var i = 0; i < targets.Length; i++)
            if (targets[i] >= 0) matrix.Add((int)targets[i], Largest.IndexOf(logits.AsSpan(i * matrix.ClassCount, matrix.ClassCount)));
    }

    // Rows and targets of a batch; rows beyond a night are zeros, targets that do not exist NoTarget.
    void Fill(ReadOnlySpan<int> examples, SleepScaling scaling, double noise)
    {
        var columns = _nights.Columns;
        (_items, _time) = (examples.Length, _nights.Length);
        if (IsSequence)
        {
            _time = 0;
            foreach (var night in examples) _time = Math.Max(_time, _nights.Nights[night].Count);
        }
        if (_rows.Length < _items * _time * columns) _rows = new float[_items * _time * columns];
        if (_targets.Length < TargetsOf(_items)) _targets = new long[TargetsOf(_items)];
        Array.Clear(_rows);
        Array.Fill(_targets, NoTarget);
        for (var i = 0; i < examples.Length; i++)
        {
            var window = IsSequence ? new WindowRef(examples[i], 0, 0, 0, 0) : _nights.Windows[examples[i]];
            var night = _nights.Nights[window.Night];
            var (from, to) = (Math.Max(window.Row, 0), Math.Min(window.Row + _time, night.Count));
            var place = _rows.AsSpan((i * _time + from - window.Row) * columns, (to - from) * columns);
            scaling.Apply(night, night.Values.AsSpan(from * columns, (to - from) * columns), place);
            if (noise > 0)
                foreach (ref var value in place) value += (float)(noise * _noise.Normal());
            if (!IsSequence) _targets[i] = _merge[window.Target];
            else
                for (var row = 0; row < night.Count; row++)
                    if (night.Stages[row] >= 0) _targets[i * _time + row] = _merge[night.Stages[row]];
        }
    }
}
