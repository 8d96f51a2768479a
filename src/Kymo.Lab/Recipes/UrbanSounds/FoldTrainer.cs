using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Torch;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>What a network makes of a set of clips.</summary>
/// <param name="Loss">Mean cross-entropy, nats.</param>
/// <param name="Matrix">Counts by true and predicted class.</param>
/// <param name="Probabilities">(clip, class), row by row.</param>
sealed record Evaluation(double Loss, ConfusionMatrix Matrix, float[][] Probabilities)
{
    /// <summary>The six scores of a classification run.</summary>
    public Dictionary<string, double> Scores => StandardScores.Classification(Loss, Matrix);
}

/// <summary>
/// Trains the network of one held-out fold, epoch by epoch. All of its state can be taken out and put back between two steps, after
/// which it goes on as if nothing had happened.
/// </summary>
sealed class FoldTrainer : IDisposable
{
    readonly UrbanSoundsConfig _config;
    readonly SpectrogramExamples _examples;
    readonly Split _split;
    readonly TimeProvider _clock;
    readonly RandomGenerator _dropout;
    readonly RandomStream _shuffle;
    readonly RandomStream _augment;
    readonly Optimizer _optimizer;
    readonly TensorScope _scope = new();
    readonly WeightAverage? _average;
    readonly Device _device;

    public FoldTrainer(UrbanSoundsConfig config, SpectrogramExamples examples, Split split, Device device, TimeProvider clock)
    {
        (_config, _examples, _split, _device, _clock) = (config, examples, split, device, clock);
        var stream = $"fold {split.Fold}";
        _dropout = new RandomGenerator(RandomStream.SeedFor(config.Seed, $"dropout/{stream}"));
        _shuffle = new RandomStream(config.Seed, $"shuffle/{stream}");
        _augment = new RandomStream(config.Seed, $"augment/{stream}");
        using var init = new RandomGenerator(RandomStream.SeedFor(config.Seed, $"init/{stream}"));
        Model = NewModel(config, examples.Set.Classes.Count, init, _dropout);
        Model.To(device);
        Standardizer = config.Features.Standardize == "train" ? examples.Fit(split.Train) : Standardizer.None(examples.Bands);
        var options = new AdamOptions { LearningRate = config.Optim.Lr, WeightDecay = config.Optim.WeightDecay };
        _optimizer = config.Optim.Name == "adam"
            ? new Adam(Model.NamedParameters(), options)
            : new AdamW(Model.NamedParameters(), options);
        _average = config.Trainer.Select == WeightSelection.Average ? new WeightAverage(Model, config.Trainer.AverageDecay) : null;
        State = new FoldState(config);
    }

    /// <summary>The network.</summary>
    public UrbanCnn Model { get; }

    /// <summary>Scales the inputs.</summary>
    public Standardizer Standardizer { get; }

    /// <summary>How far the fold is: history, best weights, early stop, schedule.</summary>
    public FoldState State { get; private set; }

    /// <summary>Whether no epoch is left.</summary>
    public bool IsFinished => State.Stopped || State.History.Count >= _config.Trainer.Epochs;

    /// <summary>The recipe's network without weights of its own yet.</summary>
    public static UrbanCnn NewModel(UrbanSoundsConfig config, int classes, RandomGenerator init, RandomGenerator dropout) =>
        new(new UrbanCnnConfig(classes, config.Features.NMels, config.Model.EncoderDropout, config.Model.HeadDropout), init, dropout);

    /// <summary>Trains one epoch, or what is left of it, and scores the validation part.</summary>
    /// <param name="step">Told after each step: steps done, steps in all, loss.</param>
    /// <param name="cancel">Asks to stop between two steps; the state is then that between the two.</param>
    public EpochRow RunEpoch(Action<int, int, double> step, CancellationToken cancel)
    {
        var train = Train(step, cancel);
        var ticks = _clock.GetTimestamp();
        var validation = Evaluate(_split.Validation).Scores;
        var row = new EpochRow
        {
            Epoch = State.History.Count + 1,
            Started = State.Partial!.Started,
            Ended = _clock.GetUtcNow(),
            Seconds = State.Partial.Seconds + _clock.GetElapsedTime(ticks).TotalSeconds,
            Train = train,
            Validation = validation,
            LearningRate = _optimizer.LearningRate,
            IsBest = validation["acc"] > State.BestAccuracy,
        };
        State.Add(row, Model.SaveState());
        return row;
    }

    /// <summary>Scores some recordings with the present weights.</summary>
    public Evaluation Evaluate(int[] indices) =>
        Classifier.Evaluate(Model, _examples, indices, Standardizer, _config.Trainer.EvalBatchSize, _device);

    /// <summary>Puts the weights in place that are reported.</summary>
    public void SelectWeights()
    {
        if (State.Selected() is { } weights) Model.LoadState(weights);
    }

    /// <summary>Everything that the next step depends on.</summary>
    public FoldSnapshot Capture()
    {
        State.Average = _average?.Save();
        return new FoldSnapshot(State, Model.SaveState(), _optimizer.SaveState(), _optimizer.LearningRate, _dropout.GetState(), _shuffle.State, _augment.State);
    }

    /// <summary>Goes back to a captured moment.</summary>
    public void Restore(FoldSnapshot snapshot)
    {
        State = snapshot.State;
        Model.LoadState(snapshot.Weights);
        if (State.Average is { } average) _average?.Load(average, ((long)State.History.Count * Batches(_split.Train.Length)) + (State.Partial?.Batches ?? 0));
        _optimizer.LoadState(snapshot.Optimizer);
        _optimizer.LearningRate = snapshot.LearningRate;
        _dropout.SetState(snapshot.Dropout);
        _shuffle.State = snapshot.Shuffle;
        _augment.State = snapshot.Augment;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scope.Dispose();
        _optimizer.Dispose();
        Model.Dispose();
        _dropout.Dispose();
    }

    Dictionary<string, double> Train(Action<int, int, double> step, CancellationToken cancel)
    {
        Model.Train();
        var partial = State.Partial ??= Begin();
        var (order, ticks) = (partial.Order, _clock.GetTimestamp());
        var batches = Batches(order.Length);
        var classes = _examples.Set.Classes.Count;
        var clips = new float[(_config.Trainer.BatchSize + 1) * _examples.Length];
        var targets = new float[(_config.Trainer.BatchSize + 1) * classes];
        for (var batch = partial.Batches; batch < batches; batch++)
        {
            cancel.ThrowIfCancellationRequested();
            var end = batch == batches - 1 ? order.Length : (batch + 1) * _config.Trainer.BatchSize;
            var indices = order.AsSpan()[(batch * _config.Trainer.BatchSize)..end];
            var frames = _config.Augment.CroppedFrames(_examples.Frames);
            var x = clips.AsSpan(0, indices.Length * _examples.Bands * frames);
            var y = targets.AsSpan(0, indices.Length * classes);
            Prepare(indices, x, y);
            _optimizer.LearningRate = State.Rate((State.History.Count * batches) + batch, _config.Trainer.Epochs * batches);

            var logits = Model.Forward(_scope.From<float>(x, indices.Length, _examples.Bands, frames).To(_device));
            var loss = Losses.CrossEntropy(logits, _scope.From<float>(y, indices.Length, classes).To(_device));
            _optimizer.ZeroGrad();
            loss.Backward();
            if (_config.Optim.GradClip > 0) _optimizer.ClipGradientNorm(_config.Optim.GradClip);
            _optimizer.Step();
            _average?.Update();

            var value = loss.Item();
            if (!double.IsFinite(value))
                throw new TrainingException($"fold {_split.Fold}, epoch {State.History.Count + 1}, step {batch + 1}: the loss is {value}; try a lower optim.lr or optim.grad_clip=1");
            Classifier.Count(logits.ToArray<float>(), y, partial.Matrix);
            _scope.Reset();
            State.Partial = partial = partial with
            {
                Batches = batch + 1,
                Losses = partial.Losses + (value * indices.Length),
                Seconds = partial.Seconds + _clock.GetElapsedTime(ticks).TotalSeconds,
            };
            ticks = _clock.GetTimestamp();
            step(batch + 1, batches, value);
        }
        return StandardScores.Classification(partial.Losses / order.Length, partial.Matrix);
    }

    PartialEpoch Begin()
    {
        var order = _split.Train.ToArray();
        _shuffle.Shuffle<int>(order);
        return new PartialEpoch(_clock.GetUtcNow(), 0, 0, 0, order, new ConfusionMatrix(_examples.Set.Classes.Count));
    }

    // A last batch of one clip would give batch norm no spread: it joins the batch before.
    int Batches(int count)
    {
        var batches = (count + _config.Trainer.BatchSize - 1) / _config.Trainer.BatchSize;
        return batches > 1 && count % _config.Trainer.BatchSize == 1 ? batches - 1 : batches;
    }

    void Prepare(ReadOnlySpan<int> indices, Span<float> clips, Span<float> targets)
    {
        var classes = _examples.Set.Classes.Count;
        var smoothing = (float)_config.Optim.LabelSmoothing;
        targets.Fill(smoothing / classes);
        var (clip, scratch) = (new float[_examples.Length], new float[_examples.Length]);
        var length = clips.Length / indices.Length;
        for (var i = 0; i < indices.Length; i++)
        {
            targets[(i * classes) + _examples.Set.Recordings[indices[i]].Label] += 1 - smoothing;
            _examples.Fill(indices.Slice(i, 1), Standardizer, clip);
            _config.Augment.Apply(clip, clips.Slice(i * length, length), _examples.Bands, _augment, scratch);
        }
        _config.Augment.Mix(clips, targets, indices.Length, _augment);
    }
}
