using Kymo.Torch.Checkpoints;

namespace Kymo.Torch;

/// <summary>A tensor of a network and the name it has in PyTorch's <c>state_dict</c>.</summary>
/// <param name="Name">The path of names from the network down, joined by dots.</param>
/// <param name="Tensor">The tensor; it belongs to the network.</param>
/// <param name="IsBuffer">False for a parameter that is trained, true for a statistic that is only kept.</param>
public readonly record struct NamedTensor(string Name, Tensor Tensor, bool IsBuffer = false);

/// <summary>
/// A network or a part of one: parameters, buffers and children with names, and a function from tensor to tensor. Names and order are
/// those of PyTorch's <c>state_dict</c>: own parameters, own buffers, then the children as they were added.
/// </summary>
public abstract class Module : IDisposable
{
    readonly List<NamedTensor> _parameters = [];
    readonly List<NamedTensor> _buffers = [];
    readonly List<(string Name, Module Child)> _children = [];

    /// <summary>True while training (dropout active, batch statistics gathered); true at first.</summary>
    public bool Training { get; private set; } = true;

    /// <summary>The children with their names, in the order they were added.</summary>
    public IReadOnlyList<(string Name, Module Child)> Children => _children;

    /// <summary>How many numbers are trained.</summary>
    public long ParameterCount => NamedParameters().Sum(p => p.Tensor.Count);

    /// <summary>The output for an input. What it computes belongs to the input's scope.</summary>
    public abstract Tensor Forward(Tensor input);

    /// <summary>Switches this module and its children to training.</summary>
    public void Train() => SetTraining(true);

    /// <summary>Switches this module and its children to evaluation.</summary>
    public void Eval() => SetTraining(false);

    /// <summary>Every parameter, own first, then the children's.</summary>
    public IReadOnlyList<Tensor> Parameters() => [.. NamedParameters().Select(p => p.Tensor)];

    /// <summary>Every parameter with its name, own first, then the children's.</summary>
    public IReadOnlyList<NamedTensor> NamedParameters() => [.. State().Where(s => !s.IsBuffer)];

    /// <summary>Every parameter and buffer in the order and with the names of PyTorch's <c>state_dict</c>.</summary>
    public IReadOnlyList<NamedTensor> State()
    {
        var state = new List<NamedTensor>();
        Collect("", state);
        return state;
    }

    /// <summary>A copy of <see cref="State"/> that can be written to a weights file.</summary>
    public OrderedDictionary<string, StoredTensor> SaveState()
    {
        var saved = new OrderedDictionary<string, StoredTensor>();
        foreach (var (name, tensor, _) in State()) saved.Add(name, tensor.ToStored());
        return saved;
    }

    /// <summary>Takes over weights of exactly the same names and shapes; floating-point types are converted.</summary>
    /// <param name="state">Name to tensor, as a weights file holds it.</param>
    /// <param name="source">Where they come from, for the message.</param>
    /// <exception cref="CheckpointException">Names or shapes differ; the message lists every difference. Nothing was changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, StoredTensor> state, string source = "the given state") =>
        StateLoading.Load(State(), state, source);

    /// <summary>Moves parameters and buffers to a device; tensors that others hold follow. Gradients are dropped.</summary>
    public void To(Device device) => Replace(tensor => tensor.To(device));

    /// <summary>Lays parameters of four dimensions out in another order. Gradients are dropped.</summary>
    public void To(MemoryFormat format) => Replace(tensor => tensor.Rank == 4 ? tensor.Contiguous(format) : tensor);

    /// <summary>Gives back all parameters and buffers, the children's too.</summary>
    public virtual void Dispose()
    {
        foreach (var (_, tensor, _) in _parameters) tensor.Dispose();
        foreach (var (_, tensor, _) in _buffers) tensor.Dispose();
        foreach (var (_, child) in _children) child.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes <paramref name="child"/> part of this module under a name; returns it.</summary>
    protected T Add<T>(string name, T child) where T : Module
    {
        CheckName(name);
        _children.Add((name, child));
        return child;
    }

    /// <summary>A new Float32 parameter of zeros on the CPU that belongs to this module.</summary>
    protected Tensor AddParameter(string name, params ReadOnlySpan<long> shape)
    {
        CheckName(name);
        var tensor = Tensor.Zeros(ElementType.Float32, shape).SetRequiresGrad();
        _parameters.Add(new NamedTensor(name, tensor));
        return tensor;
    }

    /// <summary>A new buffer of zeros on the CPU that belongs to this module.</summary>
    protected Tensor AddBuffer(string name, ElementType type, params ReadOnlySpan<long> shape)
    {
        CheckName(name);
        var tensor = Tensor.Zeros(type, shape);
        _buffers.Add(new NamedTensor(name, tensor, IsBuffer: true));
        return tensor;
    }

    void SetTraining(bool training)
    {
        Training = training;
        foreach (var (_, child) in _children) child.SetTraining(training);
    }

    void Collect(string prefix, List<NamedTensor> state)
    {
        foreach (var entry in _parameters) state.Add(entry with { Name = prefix + entry.Name });
        foreach (var entry in _buffers) state.Add(entry with { Name = prefix + entry.Name });
        foreach (var (name, child) in _children) child.Collect(prefix + name + ".", state);
    }

    void Replace(Func<Tensor, Tensor> change)
    {
        using var _ = Autograd.NoGrad();
        foreach (var (_, tensor, _) in State())
        {
            var changed = change(tensor);
            if (changed == tensor) continue;
            tensor.SetGrad(null);
            tensor.SetData(changed);
            changed.Dispose();
        }
    }

    void CheckName(string name)
    {
        if (name.Length == 0 || name.Contains('.')) throw new ArgumentException($"'{name}' cannot name a part of a module: it is empty or has a dot");
        if (_parameters.Concat(_buffers).Select(p => p.Name).Concat(_children.Select(c => c.Name)).Contains(name))
            throw new ArgumentException($"the module has a part called '{name}' already");
    }
}
