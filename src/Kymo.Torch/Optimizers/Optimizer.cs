using Kymo.Torch.Checkpoints;

namespace Kymo.Torch.Optimizers;

/// <summary>Moves parameters along their gradients. One step is one call into the library over all parameters.</summary>
public abstract unsafe class Optimizer : IDisposable
{
    readonly nint[] _handles;

    private protected Optimizer(IEnumerable<NamedTensor> parameters, double learningRate)
    {
        Parameters = [.. parameters];
        if (Parameters.Count == 0) throw new ArgumentException("an optimiser needs at least one parameter");
        _handles = new nint[Parameters.Count];
        Steps = new long[Parameters.Count];
        LearningRate = learningRate;
    }

    /// <summary>What is trained, in the order of the network's parameters.</summary>
    public IReadOnlyList<NamedTensor> Parameters { get; }

    /// <summary>The factor of a step. A scheduler sets it.</summary>
    public double LearningRate { get; set; }

    /// <summary>How much of the last step goes on (Adam: the first beta); null where the optimiser has no momentum.</summary>
    public abstract double? Momentum { get; set; }

    /// <summary>The settings by PyTorch's names for them, as its <c>param_groups</c> holds them: numbers, booleans, pairs of numbers.</summary>
    public abstract IReadOnlyDictionary<string, object> Settings { get; }

    /// <summary>How many steps each parameter has seen.</summary>
    internal long[] Steps { get; }

    /// <summary>Moves every parameter that has a gradient.</summary>
    public abstract void Step();

    /// <summary>Removes all gradients, so that the next ones are written and not added.</summary>
    public void ZeroGrad()
    {
        fixed (nint* handles = ParameterHandles()) Native.Check(Native.kt_zero_gradients(handles, _handles.Length, 0), "zero_grad");
    }

    /// <summary>Scales all gradients so that their common norm is at most <paramref name="limit"/>; returns the norm before.</summary>
    /// <param name="limit">Above 0; 0 measures only.</param>
    /// <param name="order">The norm: 2, 1 or infinity.</param>
    public double ClipGradientNorm(double limit, double order = 2)
    {
        double norm;
        fixed (nint* handles = ParameterHandles())
            Native.Check(Native.kt_clip_gradient_norm(handles, _handles.Length, limit, order, &norm), "clip_grad_norm");
        return norm;
    }

    /// <summary>Keeps every element of the gradients between minus and plus the limit.</summary>
    public void ClipGradientValue(double limit)
    {
        fixed (nint* handles = ParameterHandles())
            Native.Check(Native.kt_clip_gradient_value(handles, _handles.Length, limit), "clip_grad_value");
    }

    /// <summary>
    /// Everything the optimiser remembers, by parameter name and PyTorch's name for it, as in <c>fc1.weight.exp_avg</c>. Parameters that
    /// have seen no step have no entries.
    /// </summary>
    public OrderedDictionary<string, StoredTensor> SaveState()
    {
        var saved = new OrderedDictionary<string, StoredTensor>();
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (Steps[i] == 0) continue;
            var name = Parameters[i].Name;
            saved.Add($"{name}.step", new StoredTensor(ElementType.Float32, [], BitConverter.GetBytes((float)Steps[i])));
            foreach (var (kind, tensors) in Memories()) saved.Add($"{name}.{kind}", tensors[i].ToStored());
        }

        return saved;
    }

    /// <summary>Goes on from a saved state.</summary>
    /// <param name="state">What <see cref="SaveState"/> gave.</param>
    /// <param name="source">Where it comes from, for the message.</param>
    /// <exception cref="CheckpointException">Names or shapes differ. Nothing was changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state, string source = "the given state")
    {
        var steps = new long[Steps.Length];
        var targets = new List<NamedTensor>();
        for (var i = 0; i < steps.Length; i++)
        {
            var name = Parameters[i].Name;
            if (!state.TryGetValue($"{name}.step", out var step)) continue;
            if (step.Type != ElementType.Float32 || step.Data.Length != 4) throw new CheckpointException(source, $"{name}.step is not a Float32 scalar");
            steps[i] = (long)BitConverter.ToSingle(step.Data.Span);
            foreach (var (kind, tensors) in Memories()) targets.Add(new NamedTensor($"{name}.{kind}", tensors[i]));
        }

        var names = Parameters.Select(p => p.Name + ".step").ToHashSet();
        var rest = state.Where(s => !names.Contains(s.Key)).ToDictionary(s => s.Key, s => s.Value);
        StateLoading.Load(targets, rest, source);
        steps.CopyTo(Steps, 0);
        for (var i = 0; i < steps.Length; i++)
            if (steps[i] == 0)
                foreach (var (_, tensors) in Memories()) tensors[i].FillZero();
    }

    /// <summary>Gives back what the optimiser remembers; the parameters stay.</summary>
    public void Dispose()
    {
        foreach (var (_, tensors) in Memories())
            foreach (var tensor in tensors) tensor.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>PyTorch's name of each kind of memory and its tensors, one per parameter.</summary>
    private protected abstract IEnumerable<(string Kind, Tensor[] Tensors)> Memories();

    private protected Tensor[] NewMemory() => [.. Parameters.Select(p => p.Tensor.ZerosLike())];

    private protected nint[] ParameterHandles()
    {
        for (var i = 0; i < _handles.Length; i++) _handles[i] = Parameters[i].Tensor.Handle;
        return _handles;
    }

    private protected static nint[] HandlesOf(Tensor[] tensors, nint[] handles)
    {
        for (var i = 0; i < tensors.Length; i++) handles[i] = tensors[i].Handle;
        return handles;
    }
}
