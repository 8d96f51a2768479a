using Kymo.Lab.Data.Motion;
using Kymo.Lab.Metrics;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Torch;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>Answers and errors on some windows.</summary>
/// <param name="Classes">Loss as trained on, counts, probabilities of real signals.</param>
/// <param name="Terms">Means by name, see <see cref="ActivityObjective.ScoresOf"/>; not a number where the scenario has no such term.</param>
/// <param name="SquaredErrors">Mean squared error of the acceleration in each window; empty where nothing is simulated.</param>
/// <param name="SimulatedClasses">The class that the simulated signal is given in each window; empty where nothing is simulated.</param>
/// <param name="ToldApart">How far the adversary tells real from simulated in each window, 0 to 1; empty without one.</param>
sealed record ActivityEvaluation(
    ClassEvaluation Classes, IReadOnlyDictionary<string, double> Terms, double[] SquaredErrors, int[] SimulatedClasses, double[] ToldApart);

/// <summary>The training of one scenario: windows to batches, the scenario's loss, the critic's own steps.</summary>
sealed class ActivityObjective
{
    readonly ActivityConfig _config;
    readonly ActivityData _data;
    readonly Device _device;
    readonly RandomStreams _streams;
    readonly RandomStream _augment;
    readonly float[] _input, _target, _signal, _secondInput;
    readonly long[] _labels, _secondLabels;
    readonly Optimizer? _judging;
    readonly int _inputSize, _targetSize;
    Func<int> _epoch = () => 0;

    ActivityObjective(ActivityConfig config, ActivityData data, Device device, RandomStreams streams)
    {
        (_config, _data, _device, _streams) = (config, data, device, streams);
        _augment = streams.Stream("augment");
        Network = new ActivityNetwork(config, streams);
        Network.To(device);
        if (Network.Discriminator is not null)
            _judging = new Adam(Network.Judging(), new AdamOptions { LearningRate = config.Scenario.Adversarial.Lr });
        (_inputSize, _targetSize) = (data.Set.Axes * data.Set.Joints * data.Length, data.Set.TargetChannels * data.Length);
        var largest = Math.Max(config.Data.BatchSize + 1, config.Trainer.EvalBatchSize);
        (_input, _target, _signal, _labels) = (new float[largest * _inputSize], new float[largest * _targetSize], new float[largest * _targetSize], new long[largest]);
        (_secondInput, _secondLabels) = data.Secondary.Length > 0 ? (new float[largest * _inputSize], new long[largest]) : ([], []);
    }

    /// <summary>Channels of the acceleration, which stand first; a rate of turn may stand behind them.</summary>
    public const int Acceleration = 3;

    /// <summary>The networks.</summary>
    public ActivityNetwork Network { get; }

    bool IsPretraining => _epoch() < _config.Scenario.Adversarial.Pretraining;

    /// <summary>
    /// Scores that a scenario has beyond those of every classification: the macro-F1 in the original's name, the terms of the loss, how often the simulated
    /// signal is named right, what the two branches give their answers (<c>confidence</c>), and what the adversary makes of it: <c>d_acc</c> (how often it
    /// tells real from simulated; a critic: how often it prefers a window's real signal), <c>adv_loss</c>, and where it names classes <c>aux_acc</c> and <c>aux_loss</c>.
    /// </summary>
    public static IReadOnlyList<string> ScoresOf(ScenarioOptions scenario) =>
    [
        "f1", "mse", "act_loss", "sim_loss",
        .. scenario.Losses.ActivitySim ? ["sim_acc", "confidence", "sim_confidence"] : Array.Empty<string>(),
        .. scenario.Adversarial.Enabled ? ["d_acc", "adv_loss"] : Array.Empty<string>(),
        .. scenario.Adversarial is { Enabled: true, UseAcgan: true } ? ["aux_acc", "aux_loss"] : Array.Empty<string>(),
    ];

    /// <summary>The training of a scenario.</summary>
    public static (Fit Fit, ActivityObjective Objective) Begin(ActivityConfig config, ActivityData data, Device device, TimeProvider clock)
    {
        var streams = new RandomStreams(config.Seed, "activity");
        var objective = new ActivityObjective(config, data, device, streams);
        var plan = new FitPlan
        {
            Title = config.Scenario.ExperimentName,
            Network = objective.Network,
            Optimizer = NewOptimizer(config, objective.Network),
            OtherOptimizers = objective._judging is { } judging ? new Dictionary<string, Optimizer> { ["adversary"] = judging } : new Dictionary<string, Optimizer>(),
            Streams = streams,
            Train = data.Train,
            Validation = data.Validation,
            Prepare = objective.Prepare,
            Score = indices => objective.Scores(objective.Evaluate(indices, objective.IsPretraining)),
            TrainScores = objective.TrainScores,
            Classes = data.Set.Classes.Count,
            TrainLabels = [.. data.Windows.Select(window => window.Label)],
            Rate = (step, total, history) => ActivityRates.At(config.Optim, step, total, history, config.Scenario.Adversarial.Pretraining),
            PretrainEpochs = config.Scenario.Adversarial.Pretraining,
            SmallestBatch = 2,
            Device = device,
        };
        var fit = new Fit(plan, config.Trainer, new OptimOptions(new PlateauOptions(), Lr: config.Optim.Lr), clock);
        objective._epoch = () => fit.State.History.Count;
        return (fit, objective);
    }

    /// <summary>Answers and errors on some windows with the present weights, on the signal as it is.</summary>
    /// <param name="indices">The windows.</param>
    /// <param name="pretraining">Whether the loss is that of the adversary's pretraining.</param>
    public ActivityEvaluation Evaluate(int[] indices, bool pretraining = false) => Evaluate([.. indices.Select(index => _data.Windows[index])], pretraining);

    /// <inheritdoc cref="Evaluate(int[], bool)"/>
    public ActivityEvaluation Evaluate(IReadOnlyList<MotionWindow> windows, bool pretraining = false)
    {
        Network.Eval();
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var (probabilities, squares, simulated, told) = (new List<float[]>(windows.Count), new List<double>(), new List<int>(), new List<double>());
        var sums = new EpochSums(0);
        var loss = 0.0;
        foreach (var chunk in windows.Chunk(_config.Trainer.EvalBatchSize))
        {
            Fill(chunk, augment: false);
            var batch = Batch(scope, 0, chunk.Length);
            // The adversary's part has the same value whatever turns its gradient round.
            var terms = ScenarioLoss.Of(Network, _config.Scenario, batch, reversal: _config.Scenario.Adversarial.Enabled ? 1 : null, pretraining: pretraining);
            loss += terms.Total.Item() * chunk.Length;
            Add(sums, terms, 0, chunk.Length);
            if (terms.Adversary is { } adversary) told.AddRange(ToldApart(adversary));
            var flat = terms.Logits.Softmax().ToArray<float>();
            probabilities.AddRange(flat.Chunk(flat.Length / chunk.Length));
            if (terms.Simulated is { } signal)
            {
                squares.AddRange(signal.Subtract(batch.Target).Narrow(1, 0, Acceleration).Square().Flatten(1).Mean(1).ToArray<float>().Select(value => (double)value));
                simulated.AddRange(Network.SimulatedClassifier.Forward(Network.EmbedSimulated(signal)).ArgMax(1).ToArray<long>().Select(label => (int)label));
            }
            scope.Reset();
        }
        var classes = ClassEvaluation.Of(_data.Set.Classes.Count, [.. windows.Select(window => window.Label)], probabilities) with { Loss = loss / windows.Count };
        return new ActivityEvaluation(classes, Means(sums), [.. squares], [.. simulated], [.. told]);
    }

    /// <summary>All scores of an evaluation, by the names of the tables.</summary>
    public Dictionary<string, double> Scores(ActivityEvaluation evaluation)
    {
        var scores = Scores(evaluation.Classes.Loss, evaluation.Classes.Matrix);
        foreach (var (name, value) in evaluation.Terms) scores[name] = value;
        return scores;
    }

    /// <summary>The macro-F1 that <c>val_f1</c> is: over all classes, or under <c>compat.f1=present</c> over those that occur.</summary>
    public double F1(ConfusionMatrix matrix) => MacroScores.Of(matrix, _config.Compat.F1 == "present" ? AveragedClasses.Present : AveragedClasses.All).F1;

    static AdamBase NewOptimizer(ActivityConfig config, ActivityNetwork network)
    {
        var options = new AdamOptions { LearningRate = config.Optim.Lr, WeightDecay = config.Optim.WeightDecay };
        var trained = network.Trained(config.Scenario.Trainable).ToArray();
        return config.Optim.Name == "adamw" ? new AdamW(trained, options) : new Adam(trained, options);
    }

    Dictionary<string, double> Scores(double loss, ConfusionMatrix matrix)
    {
        var scores = StandardScores.Classification(loss, matrix);
        scores["f1"] = F1(matrix);
        return scores;
    }

    Dictionary<string, double> TrainScores(EpochSums sums)
    {
        var scores = Scores(_config.Compat.LossMean == "batches" ? sums.Mean("loss_of_batches") : sums.Mean("loss"), sums.Matrix!);
        foreach (var (name, value) in Means(sums)) scores[name] = value;
        return scores;
    }

    // All but the macro-F1, which comes from the counts.
    Dictionary<string, double> Means(EpochSums sums) => ScoresOf(_config.Scenario).Skip(1).ToDictionary(name => name, sums.Mean);

    PartLoss Prepare(ReadOnlyMemory<int> examples)
    {
        var windows = new MotionWindow[examples.Length];
        for (var i = 0; i < windows.Length; i++) windows[i] = _data.Windows[examples.Span[i]];
        Fill(windows, augment: true);
        FillSecondTask(windows.Length);
        Network.Freeze(_config.Scenario.Trainable);
        var adversary = _config.Scenario.Adversarial;
        var pretraining = IsPretraining;
        if (adversary is { Enabled: true, Loss: "wgan" } && !pretraining) TrainCritic(windows.Length);
        var reversal = adversary.Enabled && !pretraining
            ? adversary.ScheduleLambda ? adversary.GrlLambda * GradientReversal.Scheduled(_epoch(), _config.Trainer.Epochs, adversary.ScheduleGamma) : adversary.GrlLambda
            : (double?)null;
        return (scope, first, count, sums) =>
        {
            var batch = Batch(scope, first, count);
            var second = _secondInput.Length > 0
                ? new SecondaryBatch(
                    scope.From<float>(_secondInput.AsSpan(first * _inputSize, count * _inputSize), count, _data.Set.Axes, _data.Set.Joints, _data.Length).To(_device),
                    scope.From<long>(_secondLabels.AsSpan(first, count), count).To(_device))
                : (SecondaryBatch?)null;
            var terms = ScenarioLoss.Of(Network, _config.Scenario, batch, second, reversal, pretraining);
            Count(sums, terms, first, count);
            return terms.Total;
        };
    }

    void Count(EpochSums sums, ScenarioTerms terms, int first, int count)
    {
        Add(sums, terms, first, count);
        if (_config.Compat.LossMean == "batches") sums.Add("loss_of_batches", terms.Total.Item(), 1);
        var logits = terms.Logits.ToArray<float>();
        var classes = logits.Length / count;
        for (var i = 0; i < count; i++) sums.Matrix!.Add((int)_labels[first + i], Largest.IndexOf(logits.AsSpan(i * classes, classes)));
    }

    void Add(EpochSums sums, ScenarioTerms terms, int first, int count)
    {
        foreach (var (name, term) in new[]
        {
            ("mse", terms.Mse), ("sim_loss", terms.Similarity), ("act_loss", terms.Activity), ("adv_loss", terms.Adversary?.Loss), ("aux_loss", terms.Adversary?.ClassLoss),
        })
            if (term is { } given) sums.Add(name, given.Item(), count);
        if (terms.SimulatedLogits is { } logits)
        {
            sums.Add("sim_acc", Right(logits, first, count), count);
            sums.Add("confidence", Confidence(terms.Logits), count);
            sums.Add("sim_confidence", Confidence(logits), count);
        }
        if (terms.Adversary is not { } adversary) return;
        sums.Add("d_acc", ToldApart(adversary).Average(), count);
        if (adversary.Named is { } named) sums.Add("aux_acc", Right(named, first, count), count);
    }

    // A discriminator is right on each side of 0; a critic where it values a window's real signal above its simulated one.
    IEnumerable<double> ToldApart(AdversaryTerms adversary)
    {
        var (real, simulated) = (adversary.Real.ToArray<float>(), adversary.Simulated.ToArray<float>());
        return _config.Scenario.Adversarial.Loss == "wgan"
            ? real.Zip(simulated, (a, b) => a > b ? 1.0 : 0)
            : real.Zip(simulated, (a, b) => ((a > 0 ? 1 : 0) + (b < 0 ? 1 : 0)) / 2.0);
    }

    double Right(Tensor logits, int first, int count) => logits.Detach().ArgMax(1).ToArray<long>().Zip(_labels.AsSpan(first, count).ToArray(), (a, b) => a == b ? 1.0 : 0).Average();

    static double Confidence(Tensor logits)
    {
        var probabilities = logits.Detach().Softmax().ToArray<float>();
        return probabilities.Chunk((int)logits.Shape[1]).Average(row => row.Max());
    }

    // The critic's steps: its own optimiser, simulated signals of a regressor that stays as it is. While the others step it has no gradient.
    void TrainCritic(int count)
    {
        var (adversary, critic) = (_config.Scenario.Adversarial, (HarSignalDiscriminator)Network.Discriminator!);
        foreach (var parameter in Network.Judging()) parameter.Tensor.SetRequiresGrad();
        using var kept = new TensorScope();
        var batch = Batch(kept, 0, count);
        Tensor simulated;
        Network.Regressor.Eval();
        using (Autograd.NoGrad()) simulated = Network.Regressor.Forward(batch.Input);
        Network.Regressor.Train();
        using var scope = new TensorScope();
        for (var step = 0; step < adversary.NCritic; step++)
        {
            var mix = scope.From<float>([.. Enumerable.Range(0, count).Select(_ => (float)_augment.Uniform())], count, 1, 1).To(_device);
            var loss = ScenarioLoss.Critic(critic, adversary, scope.Borrow(simulated), scope.Borrow(batch.Signal), batch.Labels, mix);
            _judging!.ZeroGrad();
            loss.Backward();
            _judging.Step();
            scope.Reset();
        }
        _judging!.ZeroGrad();
        foreach (var parameter in Network.Judging()) parameter.Tensor.SetRequiresGrad(false);
        Network.Freeze(_config.Scenario.Trainable);
    }

    void Fill(ReadOnlySpan<MotionWindow> windows, bool augment)
    {
        var (length, augmentation) = (_data.Length, _config.Data.Augment);
        for (var i = 0; i < windows.Length; i++)
        {
            var input = _input.AsSpan(i * _inputSize, _inputSize);
            var target = _target.AsSpan(i * _targetSize, _targetSize);
            var signal = _signal.AsSpan(i * _targetSize, _targetSize);
            for (var channel = 0; channel < _inputSize / length; channel++) windows[i].Input(channel, length).CopyTo(input[(channel * length)..]);
            for (var channel = 0; channel < _targetSize / length; channel++) windows[i].Target(channel, length).CopyTo(target[(channel * length)..]);
            target.CopyTo(signal);
            _labels[i] = windows[i].Label;
            if (!augment) continue;
            augmentation.Input(input, _data.Set.Joints, _data.InputScale, _augment);
            augmentation.Signal(signal, _data.TargetScale, _augment);
        }
    }

    // The second task never runs out: every batch draws its windows anew.
    void FillSecondTask(int count)
    {
        if (_secondInput.Length == 0) return;
        var order = _streams.Stream("secondary");
        for (var i = 0; i < count; i++)
        {
            var window = _data.Secondary[order.Integer(0, _data.Secondary.Length)];
            for (var channel = 0; channel < _inputSize / _data.Length; channel++)
                window.Input(channel, _data.Length).CopyTo(_secondInput.AsSpan((i * _inputSize) + (channel * _data.Length)));
            _secondLabels[i] = window.Label;
        }
    }

    ActivityBatch Batch(TensorScope scope, int first, int count)
    {
        var (set, length) = (_data.Set, _data.Length);
        Tensor Signals(float[] values) => scope.From<float>(values.AsSpan(first * _targetSize, count * _targetSize), count, set.TargetChannels, length).To(_device);
        var target = Signals(_target);
        return new ActivityBatch(
            scope.From<float>(_input.AsSpan(first * _inputSize, count * _inputSize), count, set.Axes, set.Joints, length).To(_device),
            target, _config.Data.Augment.ChangesSignal ? Signals(_signal) : target, scope.From<long>(_labels.AsSpan(first, count), count).To(_device));
    }
}
