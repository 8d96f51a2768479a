namespace Kymo.Torch.Optimizers;

/// <summary>Settings of <see cref="Adam"/> and <see cref="AdamW"/>.</summary>
public readonly record struct AdamOptions()
{
    /// <summary>The factor of a step; default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Memory of the gradient's mean; default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Memory of the gradient's square; default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square; default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Weight decay; default 0.</summary>
    public double WeightDecay { get; init; } = 0;
}

/// <summary>Adam with the weight decay added to the gradient (coupled L2). Kingma and Ba 2015; PyTorch's <c>optim.Adam</c>.</summary>
/// <param name="parameters">What is trained.</param>
/// <param name="options">Settings.</param>
public sealed class Adam(IEnumerable<NamedTensor> parameters, AdamOptions options) : AdamBase(parameters, options, decoupled: false)
{
    /// <summary>Adam with the default settings but the learning rate.</summary>
    public Adam(IEnumerable<NamedTensor> parameters, double learningRate = 1e-3) : this(parameters, new AdamOptions { LearningRate = learningRate })
    {
    }
}

/// <summary>Adam with the weight decay taken off the weights (decoupled). Loshchilov and Hutter 2019; PyTorch's <c>optim.AdamW</c>.</summary>
/// <param name="parameters">What is trained.</param>
/// <param name="options">Settings; PyTorch's default decay of 0.01 is not assumed.</param>
public sealed class AdamW(IEnumerable<NamedTensor> parameters, AdamOptions options) : AdamBase(parameters, options, decoupled: true);

/// <summary>What <see cref="Adam"/> and <see cref="AdamW"/> share.</summary>
public abstract unsafe class AdamBase : Optimizer
{
    readonly AdamOptions _options;
    readonly bool _decoupled;
    double _beta1;
    readonly Tensor[] _averages, _squares;
    readonly nint[] _averageHandles, _squareHandles;

    private protected AdamBase(IEnumerable<NamedTensor> parameters, AdamOptions options, bool decoupled)
        : base(parameters, options.LearningRate)
    {
        (_options, _decoupled, _beta1) = (options, decoupled, options.Beta1);
        (_averages, _squares) = (NewMemory(), NewMemory());
        (_averageHandles, _squareHandles) = (new nint[_averages.Length], new nint[_squares.Length]);
    }

    /// <inheritdoc/>
    public override double? Momentum
    {
        get => _beta1;
        set => _beta1 = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object> Settings => new OrderedDictionary<string, object>
    {
        ["lr"] = LearningRate,
        ["betas"] = (_beta1, _options.Beta2),
        ["eps"] = _options.Epsilon,
        ["weight_decay"] = _options.WeightDecay,
        ["amsgrad"] = false,
        ["maximize"] = false,
    };

    /// <inheritdoc/>
    public override void Step()
    {
        fixed (nint* parameters = ParameterHandles())
        fixed (nint* averages = HandlesOf(_averages, _averageHandles))
        fixed (nint* squares = HandlesOf(_squares, _squareHandles))
        fixed (long* steps = Steps)
            Native.Check(Native.kt_adam_step(parameters, averages, squares, steps, Parameters.Count, LearningRate, _beta1,
                _options.Beta2, _options.Epsilon, _options.WeightDecay, _decoupled ? 1 : 0), "adam");
    }

    private protected override IEnumerable<(string Kind, Tensor[] Tensors)> Memories() => [("exp_avg", _averages), ("exp_avg_sq", _squares)];
}
