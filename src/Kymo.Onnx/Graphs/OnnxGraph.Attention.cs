using Kymo.Onnx.Graphs;

namespace Kymo.Onnx;

/// <summary>How an encoder layer is put together; the defaults are PyTorch's <c>TransformerEncoderLayer</c>.</summary>
public sealed record EncoderOptions
{
    /// <summary>How many heads share the features.</summary>
    public required int Heads { get; init; }

    /// <summary>Whether the norms come before the parts (<c>norm_first</c>). Default false.</summary>
    public bool NormFirst { get; init; }

    /// <summary>Whether the inner activation is the exact GELU. Default false: max(x, 0).</summary>
    public bool Gelu { get; init; }

    /// <summary>Added to the variance in each norm. Default 1e-5.</summary>
    public float Epsilon { get; init; } = 1e-5f;
}

public sealed partial class OnnxGraph
{
    /// <summary>PyTorch's <c>MultiheadAttention</c> of a sequence with itself, batch first.</summary>
    /// <param name="x">(batch, time, feature).</param>
    /// <param name="weights">Holds <c>layer.in_proj_weight</c> (3 · feature, feature), <c>.in_proj_bias</c>, <c>.out_proj.weight</c>, <c>.out_proj.bias</c>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <param name="heads">Heads that share the features.</param>
    /// <param name="ignored">(batch, time) booleans, true where a step is padding. A sample of padding only attends to all alike.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit, or the heads do not divide the features.</exception>
    public OnnxValue MultiHeadAttention(OnnxValue x, NetworkWeights weights, string layer, int heads, OnnxValue? ignored = null)
    {
        Shapes.ExpectRank(x, 3, layer);
        var projection = weights.Get(layer + ".in_proj_weight", 2);
        var features = projection.Shape[1];
        if (projection.Shape[0] != 3 * features) throw new OnnxException($"weight '{projection.Name}' is no projection of {features} features");
        if (heads < 1 || features % heads != 0) throw new OnnxException($"{layer}: {heads} heads do not divide {features} features");
        var bias = weights.Find(layer + ".in_proj_bias");
        OnnxValue Headed(int part, string name, params int[] order)
        {
            var rows = Part(projection, part, $"{layer}.{name}_proj.weight", features);
            var row = bias is null ? null : Weight(Part(bias, part, $"{layer}.{name}_proj.bias"));
            return Transpose(Reshape(Linear(x, rows, row, layer), 0, 0, heads, features / heads), order);
        }
        var query = Mul(Headed(0, "q", 0, 2, 1, 3), (float)(1 / Math.Sqrt((double)features / heads)));
        var scores = MatMul(query, Headed(1, "k", 0, 2, 3, 1));
        // The lowest number and not minus infinity: a row of nothing but padding must stay a number.
        if (ignored is not null) scores = Where(Unsqueeze(ignored, 1, 2), Constant(float.MinValue), scores);
        var mixed = MatMul(Softmax(scores), Headed(2, "v", 0, 2, 1, 3));
        return Linear(Reshape(Transpose(mixed, 0, 2, 1, 3), 0, 0, features), weights, layer + ".out_proj");
    }

    /// <summary>PyTorch's <c>TransformerEncoderLayer</c> in evaluation, batch first.</summary>
    /// <param name="x">(batch, time, feature).</param>
    /// <param name="weights">Holds <c>layer.self_attn.*</c>, <c>.linear1.*</c>, <c>.linear2.*</c>, <c>.norm1.*</c>, <c>.norm2.*</c>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <param name="options">Heads and order.</param>
    /// <param name="ignored">(batch, time) booleans, true where a step is padding.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public OnnxValue TransformerEncoderLayer(OnnxValue x, NetworkWeights weights, string layer, EncoderOptions options,
        OnnxValue? ignored = null)
    {
        OnnxValue Attended(OnnxValue y) => MultiHeadAttention(y, weights, layer + ".self_attn", options.Heads, ignored);
        OnnxValue Forward(OnnxValue y)
        {
            var inner = Linear(y, weights, layer + ".linear1");
            return Linear(options.Gelu ? Gelu(inner) : Relu(inner), weights, layer + ".linear2");
        }
        OnnxValue Norm(OnnxValue y, int number) => LayerNorm(y, weights, $"{layer}.norm{number}", options.Epsilon);
        if (options.NormFirst)
        {
            x = Add(x, Attended(Norm(x, 1)));
            return Add(x, Forward(Norm(x, 2)));
        }
        x = Norm(Add(x, Attended(x)), 1);
        return Norm(Add(x, Forward(x)), 2);
    }

    /// <summary>PyTorch's <c>TransformerEncoder</c>: <c>layer.layers.0</c>, <c>.1</c> ... as many as there are, then <c>layer.norm</c> if there is one.</summary>
    /// <param name="x">(batch, time, feature).</param>
    /// <param name="weights">Holds the layers' weights.</param>
    /// <param name="layer">The encoder's prefix.</param>
    /// <param name="options">Heads and order of every layer.</param>
    /// <param name="ignored">(batch, time) booleans, true where a step is padding.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public OnnxValue TransformerEncoder(OnnxValue x, NetworkWeights weights, string layer, EncoderOptions options,
        OnnxValue? ignored = null)
    {
        for (var i = 0; i == 0 || weights.Has($"{layer}.layers.{i}.linear1.weight"); i++)
            x = TransformerEncoderLayer(x, weights, $"{layer}.layers.{i}", options, ignored);
        return weights.Has(layer + ".norm.weight") ? LayerNorm(x, weights, layer + ".norm", options.Epsilon) : x;
    }

    /// <summary>
    /// x plus the sinusoidal position code of "Attention is all you need": feature 2i gets sin, 2i+1 cos of pos · 10000^(-2i/features).
    /// Computed in double precision: as a table where the number of steps is fixed, else by the graph, for any number of steps.
    /// </summary>
    /// <param name="x">(batch, time, feature), an even number of features.</param>
    /// <exception cref="OnnxException">The number of features is odd or not fixed.</exception>
    public OnnxValue AddPositions(OnnxValue x)
    {
        Shapes.ExpectRank(x, 3, "the position code");
        var features = (int)x.FixedSize(2, "the position code");
        if (features % 2 != 0) throw new OnnxException($"the position code takes an even number of features, got {features}");
        var rates = new double[features];
        var shifts = new double[features];
        for (var i = 0; i < features; i++)
        {
            rates[i] = Math.Exp(i / 2 * 2 * -Math.Log(10000) / features);
            shifts[i] = i % 2 * Math.PI / 2;
        }
        if (x.Shape[1].Size is { } time)
        {
            var code = new float[time * features];
            for (var i = 0; i < code.Length; i++) code[i] = (float)Math.Sin(i / features * rates[i % features] + shifts[i % features]);
            return Add(x, Table("positions", code, time, features));
        }
        var steps = Node("Range", [Integer(0), Squeeze(SizeOf(x, 1), 0), Integer(1)], OnnxType.Int64, [x.Shape[1]]);
        var angles = Mul(Unsqueeze(Cast(steps, OnnxType.Float64), 1), Weight(OnnxTensor.Of(FreeName("positions.rates"), rates, features)));
        var shifted = Add(angles, Weight(OnnxTensor.Of(FreeName("positions.shifts"), shifts, features)));
        return Add(x, Cast(Each("Sin", shifted), OnnxType.Float32));
    }

    /// <summary>One of the three parts that query, key and value have of a joint projection.</summary>
    static OnnxTensor Part(OnnxTensor joint, int part, string name, params long[] inner)
    {
        var values = joint.AsFloat32();
        var size = values.Length / 3;
        return OnnxTensor.Of(name, values.Slice(part * size, size), [joint.Shape[0] / 3, .. inner]);
    }
}
