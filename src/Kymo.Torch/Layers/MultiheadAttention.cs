namespace Kymo.Torch.Layers;

/// <summary>
/// Self-attention with several heads: softmax(Q Kᵀ / √d) V per head. Vaswani et al. 2017; PyTorch's <c>nn.MultiheadAttention</c> with
/// <c>batch_first</c> and one size for queries, keys and values.
/// </summary>
public sealed class MultiheadAttention : Module
{
    readonly int _heads;
    readonly double _dropout;
    readonly RandomGenerator? _dropoutGenerator;

    /// <summary>A layer with PyTorch's default initialisation; all zeros without a generator, for weights that are loaded.</summary>
    /// <param name="size">Numbers per time step; a multiple of the heads.</param>
    /// <param name="heads">How many heads.</param>
    /// <param name="generator">What the weights are drawn from, or null.</param>
    /// <param name="dropout">The probability of dropout on the attention weights while training.</param>
    /// <param name="dropoutGenerator">What dropout draws from; needed where it is above 0.</param>
    public MultiheadAttention(int size, int heads, RandomGenerator? generator, double dropout = 0, RandomGenerator? dropoutGenerator = null)
    {
        if (size % heads != 0) throw new ArgumentException($"{size} numbers do not spread over {heads} heads");
        if (dropout > 0 && dropoutGenerator is null) throw new ArgumentException("dropout needs a generator to draw from");
        (_heads, _dropout, _dropoutGenerator) = (heads, dropout, dropoutGenerator);
        InWeight = AddParameter("in_proj_weight", 3 * size, size);
        InBias = AddParameter("in_proj_bias", 3 * size);
        Out = Add("out_proj", new Linear(size, size, generator));
        Initialization.Constant(Out.Bias!.Value, 0);
        if (generator is not null) Initialization.XavierUniform(InWeight, generator);
    }

    /// <summary>Rows for queries, keys and values below each other: (3 size, size).</summary>
    public Tensor InWeight { get; }

    /// <summary>(3 size).</summary>
    public Tensor InBias { get; }

    /// <summary>What joins the heads.</summary>
    public Linear Out { get; }

    /// <summary>Every time step attends to every one: (batch, time, size) to the same.</summary>
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>Attention with a mask.</summary>
    /// <param name="input">(batch, time, size).</param>
    /// <param name="mask">Added to the scores before the softmax, broadcast to (batch, heads, time, time): -∞ where nothing is to be seen.</param>
    public Tensor Forward(Tensor input, Tensor? mask)
    {
        var shape = input.Shape;
        var (batch, time, size) = (shape[0], shape[1], shape[2]);
        var each = size / _heads;
        var projected = Functional.Linear(input, InWeight, InBias).View(batch, time, 3, _heads, each).Permute(2, 0, 3, 1, 4);
        var query = projected.Select(0, 0).Multiply(1 / Math.Sqrt(each));
        var scores = query.MatrixMultiply(projected.Select(0, 1).Transpose(-2, -1));
        if (mask is { } given) scores = scores.Add(given);
        var weights = scores.Softmax();
        if (Training && _dropout > 0) weights = Functional.Dropout(weights, _dropout, _dropoutGenerator!);
        var joined = weights.MatrixMultiply(projected.Select(0, 2)).Transpose(1, 2).Reshape(batch, time, size);
        return Out.Forward(joined);
    }
}
