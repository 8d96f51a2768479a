namespace Kymo.Torch.Optimizers;

/// <summary>Settings of <see cref="Sgd"/>.</summary>
public readonly record struct SgdOptions()
{
    /// <summary>The factor of a step; default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How much of the last step goes on; default 0.</summary>
    public double Momentum { get; init; } = 0;

    /// <summary>How much less of the gradient enters the momentum; default 0.</summary>
    public double Dampening { get; init; } = 0;

    /// <summary>Weight decay, added to the gradient; default 0.</summary>
    public double WeightDecay { get; init; } = 0;

    /// <summary>Nesterov's look ahead; needs momentum and no dampening. Default false.</summary>
    public bool Nesterov { get; init; } = false;
}

/// <summary>Stochastic gradient descent with momentum. PyTorch's <c>optim.SGD</c>.</summary>
public sealed unsafe class Sgd : Optimizer
{
    readonly SgdOptions _options;
    readonly Tensor[] _velocities;
    readonly nint[] _velocityHandles;
    double _momentum;

    /// <summary>An optimiser of these parameters.</summary>
    /// <exception cref="ArgumentException">Nesterov without momentum, or with dampening.</exception>
    public Sgd(IEnumerable<NamedTensor> parameters, SgdOptions options) : base(parameters, options.LearningRate)
    {
        if (options.Nesterov && (options.Momentum <= 0 || options.Dampening != 0))
            throw new ArgumentException("Nesterov's rule needs momentum above 0 and dampening 0");
        (_options, _momentum) = (options, options.Momentum);
        _velocities = options.Momentum != 0 ? NewMemory() : [];
        _velocityHandles = new nint[_velocities.Length];
    }

    /// <inheritdoc/>
    public override double? Momentum
    {
        get => _velocities.Length == 0 ? null : _momentum;
        set => _momentum = _velocities.Length > 0 && value is > 0 and { } given ? given
            : throw new ArgumentException("momentum can be changed only where there is some, and not to 0");
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object> Settings => new OrderedDictionary<string, object>
    {
        ["lr"] = LearningRate,
        ["momentum"] = _momentum,
        ["dampening"] = _options.Dampening,
        ["weight_decay"] = _options.WeightDecay,
        ["nesterov"] = _options.Nesterov,
        ["maximize"] = false,
    };

    /// <inheritdoc/>
    public override void Step()
    {
        fixed (nint* parameters = ParameterHandles())
        fixed (nint* velocities = HandlesOf(_velocities, _velocityHandles))
        fixed (long* steps = Steps)
            Native.Check(Native.kt_sgd_step(parameters, velocities, steps, Parameters.Count, LearningRate, _momentum,
                _options.Dampening, _options.WeightDecay, _options.Nesterov ? 1 : 0), "sgd");
    }

    private protected override IEnumerable<(string Kind, Tensor[] Tensors)> Memories() =>
        _velocities.Length == 0 ? [] : [("momentum_buffer", _velocities)];
}
