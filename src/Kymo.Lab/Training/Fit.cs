using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Torch;

namespace Kymo.Lab.Training;

/// <summary>A step that was taken.</summary>
/// <param name="Batch">Batches of the epoch that are done.</param>
/// <param name="Batches">Batches of the epoch.</param>
/// <param name="Loss">Mean loss of the batch.</param>
/// <param name="GradientNorm">Norm of the gradient before clipping.</param>
/// <param name="IsCheckpointDue">Whether a checkpoint is due, as rank 0 decided for all processes.</param>
public readonly record struct StepDone(int Batch, int Batches, double Loss, double GradientNorm, bool IsCheckpointDue);

/// <summary>
/// One training, epoch by epoch. All of its state can be taken out and put back between two batches, after which it goes on as if
/// nothing had happened.
/// </summary>
public sealed class Fit : IDisposable
{
    readonly FitPlan _plan;
    readonly OptimOptions _optim;
    readonly TimeProvider _clock;
    readonly RandomStream _shuffle;
    readonly TensorScope _scope;
    readonly WeightAverage? _average;
    readonly int[] _train, _validation;
    readonly LossScale? _scale;
    bool _isOver;

    /// <summary>Begins a training.</summary>
    /// <param name="plan">What is trained on what.</param>
    /// <param name="trainer">How long and by which rules.</param>
    /// <param name="optim">The schedule.</param>
    /// <param name="clock">The time.</param>
    public Fit(FitPlan plan, TrainerOptions trainer, OptimOptions optim, TimeProvider clock)
    {
        (_plan, Trainer, _optim, _clock) = (plan, trainer.Effective(), optim, clock);
        _shuffle = plan.Streams.Stream("shuffle");
        _scope = new TensorScope();
        _average = Trainer.Select == WeightSelection.Average ? new WeightAverage(plan.Network, Trainer.AverageDecay) : null;
        _train = Trainer.OverfitBatches > 0 ? BatchLimit.First((long)Trainer.OverfitBatches, plan.Train, Trainer.BatchSize) : plan.Train;
        _validation = Trainer.OverfitBatches > 0 ? _train : BatchLimit.First(Trainer.LimitValBatches, plan.Validation, Trainer.EvalBatchSize);
        if (_train.Length == 0) throw new TrainingException($"{plan.Title}: there is nothing to learn from; look at the split and trainer.limit_train_batches");
        _scale = Trainer.Precision == "16" ? new LossScale() : null;
        State = new FitState(Trainer) { PretrainEpochs = plan.PretrainEpochs };
    }

    /// <summary>What is trained on what.</summary>
    public FitPlan Plan => _plan;

    /// <summary>Length, limits, stopping.</summary>
    public TrainerOptions Trainer { get; }

    /// <summary>The schedule; with the rate that a range test suggested, where one was asked for.</summary>
    public OptimOptions Optim => State.FoundRate is { } rate ? _optim with { Lr = rate } : _optim;

    /// <summary>The network.</summary>
    public Module Network => _plan.Network;

    /// <summary>The processes that share each batch; null for this one alone.</summary>
    public ProcessGroup? Processes { get; set; }

    /// <summary>How far the training is.</summary>
    public FitState State { get; private set; }

    /// <summary>Whether no epoch is left.</summary>
    public bool IsFinished => State.Partial is null && (State.Stopped || State.History.Count >= Trainer.Epochs || _isOver);

    /// <summary>Batches of an epoch.</summary>
    public int Batches => BatchLimit.Of(Trainer.LimitTrainBatches, AllBatches(_train.Length));

    int Rank => Processes?.Rank ?? 0;

    int Size => Processes?.Size ?? 1;

    bool IsTimeOver => (Trainer.MaxSteps > 0 && State.Steps >= Trainer.MaxSteps) || (Trainer.MaxMinutes > 0 && State.Seconds >= 60 * Trainer.MaxMinutes);

    long TotalSteps
    {
        get
        {
            var group = Trainer.AccumulateGradBatches;
            var steps = (long)Trainer.Epochs * ((Batches + group - 1) / group);
            return Trainer.MaxSteps > 0 ? Math.Min(steps, Trainer.MaxSteps) : steps;
        }
    }

    /// <summary>Trains one epoch, or what is left of it, and scores the validation part.</summary>
    /// <param name="step">Told after each batch.</param>
    /// <param name="isCheckpointDue">Asked once after each batch.</param>
    /// <param name="cancel">Asks to stop between two batches; the state is then that between the two, in every process.</param>
    /// <exception cref="TrainingException">A loss or gradient is not finite.</exception>
    /// <exception cref="TorchException">Another process is gone.</exception>
    public EpochRow RunEpoch(Action<StepDone> step, Func<bool> isCheckpointDue, CancellationToken cancel)
    {
        State.MicroBatch ??= ChooseMicroBatch();
        var train = Train(step, isCheckpointDue, cancel);
        Processes?.Broadcast(Network.State().Where(entry => entry.IsBuffer).ToArray());
        var ticks = _clock.GetTimestamp();
        var rate = _plan.Optimizer.LearningRate;
        var validation = _validation.Length > 0 ? _plan.Score(_validation) : new Dictionary<string, double>();
        var row = new EpochRow
        {
            Epoch = State.History.Count + 1,
            Started = State.Partial!.Started,
            Ended = _clock.GetUtcNow(),
            Seconds = State.Partial.Seconds + _clock.GetElapsedTime(ticks).TotalSeconds,
            Train = train,
            Validation = validation,
            LearningRate = rate,
            Steps = State.Steps,
            IsBest = false,
            Extra = _plan.Extra?.Invoke() ?? new Dictionary<string, double>(),
        };
        row = row with { IsBest = State.IsBest(row) };
        State.Add(row, Network.SaveState());
        // Clocks differ: rank 0's says for all whether the time is over.
        Span<double> agreed = [IsTimeOver && Rank == 0 ? 1 : 0];
        Processes?.Sum(agreed);
        _isOver = agreed[0] > 0;
        return row;
    }

    /// <summary>Looks for a learning rate on the first batches, and puts everything back.</summary>
    /// <exception cref="ConfigException">Several processes share the batches.</exception>
    public RateSearch FindRate()
    {
        if (Processes is not null) throw new ConfigException("trainer.auto_lr_find needs one process: find the rate first, then type optim.lr=... --nproc N");
        var before = Capture();
        Network.Train();
        var trial = Begin();
        var (batch, batches) = (0, Batches);
        var search = RateSearch.Over(rate =>
        {
            var (loss, norm) = Gradients(trial, batch, batch + 1, []);
            batch = (batch + 1) % batches;
            _plan.Optimizer.LearningRate = rate;
            if (double.IsFinite(loss) && double.IsFinite(norm)) _plan.Optimizer.Step();
            return loss;
        });
        Restore(before);
        return search;
    }

    /// <summary>Puts the weights in place that are reported.</summary>
    public void SelectWeights()
    {
        State.Average = _average?.Save();
        if (State.Selected() is { } weights) Network.LoadState(weights);
    }

    /// <summary>Everything that the next batch depends on. All processes of a group call it together.</summary>
    public FitSnapshot Capture()
    {
        if (Processes is not null && State.Partial is { } partial) partial.Shared = partial.Sums.Over(Processes);
        State.Average = _average?.Save();
        return new FitSnapshot(
            State, Network.SaveState(), _plan.Optimizer.SaveState(),
            _plan.OtherOptimizers.ToDictionary(other => other.Key, other => (IReadOnlyDictionary<string, Torch.Checkpoints.StoredTensor>)other.Value.SaveState()),
            _plan.Optimizer.LearningRate, _average?.Steps ?? 0, _plan.Streams.Save())
        { LossScale = _scale?.State ?? default };
    }

    /// <summary>Goes back to a captured moment.</summary>
    public void Restore(FitSnapshot snapshot)
    {
        State = snapshot.State;
        State.PretrainEpochs = _plan.PretrainEpochs;
        _isOver = IsTimeOver;
        if (Rank > 0) State.Partial?.Sums.Clear();
        Network.LoadState(snapshot.Weights);
        if (State.Average is { } average) _average?.Load(average, snapshot.AverageSteps);
        _plan.Optimizer.LoadState(snapshot.Optimizer);
        _plan.Optimizer.LearningRate = snapshot.LearningRate;
        foreach (var (name, state) in snapshot.OtherOptimizers)
            if (_plan.OtherOptimizers.TryGetValue(name, out var other)) other.LoadState(state);
        _plan.Streams.Load(snapshot.Streams);
        if (_scale is not null) _scale.State = snapshot.LossScale;
    }

    /// <summary>Gives the engine's memory back: scope, optimisers, network, streams.</summary>
    public void Dispose()
    {
        _scope.Dispose();
        _plan.Optimizer.Dispose();
        foreach (var other in _plan.OtherOptimizers.Values) other.Dispose();
        Network.Dispose();
        _plan.Streams.Dispose();
    }

    IReadOnlyDictionary<string, double> Train(Action<StepDone> step, Func<bool> isCheckpointDue, CancellationToken cancel)
    {
        Network.Train();
        using var sharing = Processes?.ShareStatistics();
        var partial = State.Partial ??= Begin();
        var ticks = _clock.GetTimestamp();
        var (batches, group) = (Batches, Trainer.AccumulateGradBatches);
        CheckShares(partial.Order.Length);
        Span<double> agreed = stackalloc double[4];
        if (Processes is null) cancel.ThrowIfCancellationRequested();
        for (var batch = partial.Batches; batch < batches && !_isOver;)
        {
            // A checkpoint never stands within a group: its gradients are not kept.
            var end = Math.Min(batch + group, batches);
            SetRate();
            var (loss, norm) = Gradients(partial, batch, end, agreed);
            var isFinite = double.IsFinite(loss) && double.IsFinite(norm);
            if (isFinite) TakeStep();
            // A scaled loss that overflows is part of the search for the scale.
            else if (_scale is not null && double.IsFinite(loss)) _scale.Shrink();
            else if (Trainer.Nonfinite == NonFinitePolicy.Stop) throw NotFinite(end, loss, norm);
            batch = end;
            partial.Batches = batch;
            partial.Skipped += isFinite || (_scale is not null && double.IsFinite(loss)) ? 0 : 1;
            partial.Seconds += _clock.GetElapsedTime(ticks).TotalSeconds;
            ticks = _clock.GetTimestamp();

            // What one process wants, all do: stop, keep a checkpoint, end.
            agreed[0] = cancel.IsCancellationRequested ? 1 : 0;
            agreed[1] = isCheckpointDue() && Rank == 0 ? 1 : 0;
            agreed[2] = IsTimeOver && Rank == 0 ? 1 : 0;
            Processes?.Sum(agreed);
            _isOver = agreed[2] > 0;
            step(new StepDone(batch, batches, loss, norm, agreed[1] > 0));
            if (agreed[0] > 0 || (Processes is null && cancel.IsCancellationRequested)) throw new OperationCanceledException(cancel);
        }
        return _plan.TrainScores(Processes is null ? partial.Sums : partial.Sums.Over(Processes));
    }

    // The gradients of a group of batches, clipped; answers with their mean loss and the norm before clipping.
    (double Loss, double Norm) Gradients(PartialEpoch partial, int first, int end, Span<double> shared)
    {
        _plan.Optimizer.ZeroGrad();
        foreach (var other in _plan.OtherOptimizers.Values) other.ZeroGrad();
        var count = partial.Order.Length;
        var examples = 0;
        for (var batch = first; batch < end; batch++) examples += RangeOf(batch, count).Count;
        var total = 0.0;
        for (var batch = first; batch < end; batch++)
        {
            var (start, size) = RangeOf(batch, count);
            total += Backward(_plan.Prepare(partial.Order.AsMemory(start, size)), size, examples, partial.Sums);
        }
        if (Processes is not null)
        {
            Processes.SumGradients(_plan.Optimizer.Parameters);
            foreach (var other in _plan.OtherOptimizers.Values) Processes.SumGradients(other.Parameters);
            shared.Clear();
            shared[0] = total;
            Processes.Sum(shared);
            total = shared[0];
        }
        _scale?.Unscale(_plan.Optimizer);
        var byNorm = Trainer.GradientClipAlgorithm == "norm";
        var norm = _plan.Optimizer.ClipGradientNorm(byNorm ? Trainer.GradientClipVal ?? 0 : 0);
        if (!byNorm && Trainer.GradientClipVal is > 0 and var limit) _plan.Optimizer.ClipGradientValue(limit);
        return (total, norm);
    }

    // Adds the gradients of one batch, in parts where that was chosen; answers with its share of the loss of all examples.
    double Backward(PartLoss prepared, int size, int examples, EpochSums sums)
    {
        var part = State.MicroBatch is { Size: > 0 and var chosen } ? chosen : size;
        var (total, last) = (0.0, (int)((long)size * (Rank + 1) / Size));
        if (Rank > 0) _plan.Streams.ReseedGenerators(Rank, State.Steps);
        var at = (int)((long)size * Rank / Size);
        if (at == last)
        {
            // Nothing of this batch is this process's: gradients of zero, for the same parameters as in the others.
            var uncounted = new EpochSums(_plan.Classes);
            var none = Forward(prepared, Math.Min(at, size - 1), 1, uncounted) * 0;
            _scope.ResetExcept(none);
            none.Backward();
            _scope.Reset();
            uncounted.Add("loss", 0, 0);
            sums.AddNames(uncounted);
        }
        for (; at < last; at += part)
        {
            var n = Math.Min(part, last - at);
            var mean = Forward(prepared, at, n, sums);
            var loss = n == examples ? mean : mean * ((double)n / examples);
            var value = loss.Item();
            if (_scale is { Factor: var factor }) loss *= factor;
            _scope.ResetExcept(loss);
            loss.Backward();
            _scope.Reset();
            var isFinite = double.IsFinite(value);
            sums.Add("loss", isFinite ? value * examples / n : 0, isFinite ? n : 0);
            total += value;
        }
        return total;
    }

    // The forward pass in the precision that was asked for; the walk back follows it.
    Tensor Forward(PartLoss prepared, int at, int count, EpochSums sums)
    {
        if (Trainer.Precision == "32") return prepared(_scope, at, count, sums);
        using var cast = Autocast.Begin(_plan.Device, Trainer.Precision == "16" ? ElementType.Float16 : ElementType.BFloat16);
        return prepared(_scope, at, count, sums);
    }

    void TakeStep()
    {
        _plan.Optimizer.Step();
        foreach (var other in _plan.OtherOptimizers.Values) other.Step();
        _average?.Update();
        _scale?.Grow();
        State.Steps++;
    }

    void SetRate() => _plan.Optimizer.LearningRate = _plan.Rate is { } rate
        ? rate(State.Steps, TotalSteps, State.History)
        : LearningRates.At(Optim, State.Steps, TotalSteps, State.History);

    PartialEpoch Begin()
    {
        var order = (int[])_train.Clone();
        if (Trainer.Sampler == "weighted")
        {
            var labels = _plan.TrainLabels ?? throw new ConfigException("trainer.sampler=weighted: this task has no classes to weigh; type trainer.sampler=shuffle");
            order = ClassWeights.Draw(order, labels, _shuffle);
        }
        else if (Trainer.Sampler == "shuffle" && Trainer.OverfitBatches == 0) _shuffle.Shuffle<int>(order);
        return new PartialEpoch(_clock.GetUtcNow(), order, new EpochSums(_plan.Classes));
    }

    // Layers that share their statistics run in every process, on at least one example.
    void CheckShares(int count)
    {
        if (Processes is null || MicroBatches.Fit(Network)) return;
        foreach (var batch in (ReadOnlySpan<int>)[0, Batches - 1])
            if (RangeOf(batch, count).Count is var examples && examples < Size)
                throw new ConfigException(
                    $"{_plan.Title}: batch {batch + 1} of an epoch has {examples} examples, too few for {Size} processes of a network with batch normalisation; "
                    + $"type another trainer.batch_size than {Trainer.BatchSize}, or --nproc {examples}");
    }

    // A last batch that is too small joins the batch before.
    int AllBatches(int count)
    {
        var batches = (count + Trainer.BatchSize - 1) / Trainer.BatchSize;
        var rest = count % Trainer.BatchSize;
        return batches > 1 && rest > 0 && rest < _plan.SmallestBatch ? batches - 1 : batches;
    }

    (int Start, int Count) RangeOf(int batch, int count)
    {
        var start = batch * Trainer.BatchSize;
        return (start, batch == AllBatches(count) - 1 ? count - start : Trainer.BatchSize);
    }

    // Measures on the first batch; what the trial moves is put back.
    MicroBatchChoice ChooseMicroBatch()
    {
        if (Trainer.MicroBatch != "auto")
            return new MicroBatchChoice(int.TryParse(Trainer.MicroBatch, out var size) && MicroBatches.Fit(Network) ? size : 0, []);
        if (Size > 1 || !MicroBatches.Fit(Network) || Trainer.BatchSize > _train.Length) return new MicroBatchChoice(0, []);
        var streams = _plan.Streams.Save();
        var sums = new EpochSums(_plan.Classes);
        Network.Train();
        var prepared = _plan.Prepare(_train.AsMemory(0, Trainer.BatchSize));
        var choice = MicroBatches.Choose(Network, Trainer.BatchSize, _clock, size =>
            MicroBatches.Backward(_scope, Trainer.BatchSize, size, (at, n) => prepared(_scope, at, n, sums) * ((double)n / Trainer.BatchSize)));
        _plan.Optimizer.ZeroGrad();
        foreach (var other in _plan.OtherOptimizers.Values) other.ZeroGrad();
        _plan.Streams.Load(streams);
        return choice.Size == Trainer.BatchSize ? choice with { Size = 0 } : choice;
    }

    TrainingException NotFinite(int batch, double loss, double norm)
    {
        var where = $"{_plan.Title}, epoch {State.History.Count + 1}, step {batch}";
        var what = FirstNotFinite() is { } tensor ? $"the first tensor that is not finite is {tensor}"
            : double.IsFinite(loss) ? "every weight and gradient is finite, but they are too large to be added up"
            : "all weights and gradients are finite, so the objective itself is not";
        return new TrainingException($"{where}: the loss is {loss}, the norm of the gradient {norm}; {what}. Try a lower optim.lr, trainer.gradient_clip_val=1, or trainer.nonfinite=skip");
    }

    string? FirstNotFinite()
    {
        foreach (var (name, tensor, _) in Network.NamedParameters())
        {
            if (!AllFinite(tensor)) return $"the weight {name}";
            if (tensor.Grad is { } gradient && !AllFinite(gradient)) return $"the gradient of {name}";
        }
        return null;
    }

    static bool AllFinite(Tensor tensor) => Array.TrueForAll(tensor.ToArray<float>(), float.IsFinite);
}
