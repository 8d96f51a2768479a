using System.Globalization;

namespace Kymo.Torch.Layers;

/// <summary>Settings of <see cref="TransformerEncoderLayer"/>; the defaults are PyTorch's.</summary>
/// <param name="Size">Numbers per time step.</param>
/// <param name="Heads">How many heads attend.</param>
public sealed record TransformerOptions(int Size, int Heads)
{
    /// <summary>Width of the feed-forward part; default 2048.</summary>
    public int FeedForward { get; init; } = 2048;

    /// <summary>The probability of dropout on attention weights, between the linear layers and on what is added back; default 0.1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>GELU in place of ReLU; default false.</summary>
    public bool Gelu { get; init; }

    /// <summary>Normalise before each part rather than after it is added back; default false.</summary>
    public bool NormFirst { get; init; }

    /// <summary>Added to the variance in the normalisations; default 1e-5.</summary>
    public double Epsilon { get; init; } = 1e-5;
}

/// <summary>
/// Self-attention, then two linear layers, each added back to what it read and normalised: (batch, time, size) to the same. Vaswani
/// et al. 2017; PyTorch's <c>nn.TransformerEncoderLayer</c> with <c>batch_first</c>.
/// </summary>
public sealed class TransformerEncoderLayer : Module
{
    readonly TransformerOptions _options;
    readonly MultiheadAttention _attention;
    readonly Linear _linear1, _linear2;
    readonly LayerNorm _norm1, _norm2;
    readonly Dropout? _dropout;

    /// <summary>A layer with PyTorch's default initialisation; all zeros without a generator, for weights that are loaded.</summary>
    /// <param name="options">Sizes and rates.</param>
    /// <param name="generator">What the weights are drawn from, or null.</param>
    /// <param name="dropoutGenerator">What dropout draws from; needed where it is above 0.</param>
    public TransformerEncoderLayer(TransformerOptions options, RandomGenerator? generator, RandomGenerator? dropoutGenerator)
    {
        _options = options;
        _attention = Add("self_attn", new MultiheadAttention(options.Size, options.Heads, generator, options.Dropout, dropoutGenerator));
        _linear1 = Add("linear1", new Linear(options.Size, options.FeedForward, generator));
        _linear2 = Add("linear2", new Linear(options.FeedForward, options.Size, generator));
        _norm1 = Add("norm1", new LayerNorm(options.Size, options.Epsilon));
        _norm2 = Add("norm2", new LayerNorm(options.Size, options.Epsilon));
        _dropout = options.Dropout > 0 ? Add("dropout", new Dropout(options.Dropout, dropoutGenerator!)) : null;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>The layer with a mask, see <see cref="MultiheadAttention.Forward(Tensor, Tensor?)"/>.</summary>
    public Tensor Forward(Tensor input, Tensor? mask)
    {
        if (_options.NormFirst)
        {
            input = input.Add(Drop(_attention.Forward(_norm1.Forward(input), mask)));
            return input.Add(FeedForward(_norm2.Forward(input)));
        }

        input = _norm1.Forward(input.Add(Drop(_attention.Forward(input, mask))));
        return _norm2.Forward(input.Add(FeedForward(input)));
    }

    Tensor FeedForward(Tensor input)
    {
        var inner = _linear1.Forward(input);
        return Drop(_linear2.Forward(Drop(_options.Gelu ? inner.Gelu() : inner.ReluInPlace())));
    }

    Tensor Drop(Tensor input) => _dropout is null ? input : _dropout.Forward(input);
}

/// <summary>
/// Encoder layers one after another. PyTorch's <c>nn.TransformerEncoder</c>, which starts all layers from the same numbers.
/// </summary>
public sealed class TransformerEncoder : Module
{
    readonly TransformerEncoderLayer[] _layers;
    readonly LayerNorm? _norm;

    /// <summary>An encoder with PyTorch's default initialisation; all zeros without a generator, for weights that are loaded.</summary>
    /// <param name="options">Sizes and rates of a layer.</param>
    /// <param name="layers">How many layers.</param>
    /// <param name="generator">What the weights are drawn from, or null.</param>
    /// <param name="dropoutGenerator">What dropout draws from; needed where it is above 0.</param>
    /// <param name="cloneLayers">Whether all layers start from the same numbers, as PyTorch's do; false draws each.</param>
    /// <param name="finalNorm">Whether the output is normalised once more.</param>
    public TransformerEncoder(TransformerOptions options, int layers, RandomGenerator? generator, RandomGenerator? dropoutGenerator,
        bool cloneLayers = true, bool finalNorm = false)
    {
        var stack = Add("layers", new Stack());
        _layers = new TransformerEncoderLayer[layers];
        for (var i = 0; i < layers; i++)
        {
            _layers[i] = stack.Append(i, new TransformerEncoderLayer(options, cloneLayers && i > 0 ? null : generator, dropoutGenerator));
            if (cloneLayers && i > 0 && generator is not null) _layers[i].LoadState(_layers[0].SaveState());
        }

        _norm = finalNorm ? Add("norm", new LayerNorm(options.Size, options.Epsilon)) : null;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>The encoder with a mask, see <see cref="MultiheadAttention.Forward(Tensor, Tensor?)"/>.</summary>
    public Tensor Forward(Tensor input, Tensor? mask)
    {
        foreach (var layer in _layers) input = layer.Forward(input, mask);
        return _norm is null ? input : _norm.Forward(input);
    }

    /// <summary>A list of layers by number, as PyTorch's <c>nn.ModuleList</c>.</summary>
    sealed class Stack : Module
    {
        internal TransformerEncoderLayer Append(int index, TransformerEncoderLayer layer) => Add(index.ToString(CultureInfo.InvariantCulture), layer);

        public override Tensor Forward(Tensor input) => throw new NotSupportedException("a list of layers has no output of its own");
    }
}
