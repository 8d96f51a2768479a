using Kymo.Onnx.Graphs;

namespace Kymo.Onnx;

public sealed partial class OnnxGraph
{
    /// <summary>PyTorch's <c>Linear</c>: x · weightᵀ + bias along the last dimension.</summary>
    /// <param name="x">(batch, feature) or (..., feature).</param>
    /// <param name="weights">Holds <c>layer.weight</c> (output, feature) and, if there is one, <c>layer.bias</c>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public OnnxValue Linear(OnnxValue x, NetworkWeights weights, string layer)
    {
        var weight = weights.Get(layer + ".weight", 2);
        var bias = Bias(weights, layer, weight.Shape[0]);
        return Linear(x, weight, bias, layer);
    }

    /// <summary>The matrix product over the last two dimensions; the ones before are stretched.</summary>
    /// <exception cref="OnnxException">The sizes do not fit.</exception>
    public OnnxValue MatMul(OnnxValue a, OnnxValue b)
    {
        if (a.Rank < 2 || b.Rank < 2) throw new OnnxException($"a matrix product of {a} and {b}: both need two dimensions");
        if (b.Shape[^2].Size is { } rows) Shapes.Expect(a, -1, rows, "the matrix product");
        var left = new OnnxValue(this, a.Name, a.Type, [.. a.Shape.Take(a.Rank - 2)]);
        var right = new OnnxValue(this, b.Name, b.Type, [.. b.Shape.Take(b.Rank - 2)]);
        return Node("MatMul", [a, b], a.Type, [.. Shapes.Broadcast(left, right), a.Shape[^2], b.Shape[^1]]);
    }

    /// <summary>PyTorch's <c>LayerNorm</c> over the last dimensions, as many as the weight has.</summary>
    /// <param name="x">The value.</param>
    /// <param name="weights">Holds <c>layer.weight</c> and, if there is one, <c>layer.bias</c>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public OnnxValue LayerNorm(OnnxValue x, NetworkWeights weights, string layer, float epsilon = 1e-5f)
    {
        var scale = weights[layer + ".weight"];
        for (var i = 1; i <= scale.Shape.Length; i++) Shapes.Expect(x, -i, scale.Shape[^i], layer);
        OnnxValue[] inputs = weights.Find(layer + ".bias") is { } shift ? [x, Weight(scale), Weight(shift)] : [x, Weight(scale)];
        return Node("LayerNormalization", inputs, x.Type, x.Shape, OnnxAttribute.Of("axis", -scale.Shape.Length),
            OnnxAttribute.Of("epsilon", epsilon));
    }

    /// <summary>Rows of a table by index, PyTorch's <c>Embedding</c>: (...) integers to (..., feature).</summary>
    /// <param name="indices">Integers from 0.</param>
    /// <param name="weights">Holds <c>layer.weight</c> (rows, feature).</param>
    /// <param name="layer">The layer's prefix.</param>
    public OnnxValue Embedding(OnnxValue indices, NetworkWeights weights, string layer)
    {
        var table = weights.Get(layer + ".weight", 2);
        return Node("Gather", [Weight(table), indices], OnnxType.Float32, [.. indices.Shape, table.Shape[1]], OnnxAttribute.Of("axis", 0));
    }

    /// <summary>x divided by its length along an axis, the length held above <paramref name="epsilon"/> (PyTorch's <c>normalize</c>).</summary>
    public OnnxValue NormaliseLength(OnnxValue x, int axis = 1, float epsilon = 1e-12f) =>
        Div(x, Max(ReduceL2(x, true, axis), Constant(epsilon)));

    OnnxValue Linear(OnnxValue x, OnnxTensor weight, OnnxValue? bias, string layer)
    {
        Shapes.Expect(x, -1, weight.Shape[1], layer);
        if (x.Rank == 2)
        {
            OnnxValue[] inputs = bias is null ? [x, Weight(weight)] : [x, Weight(weight), bias];
            return Node("Gemm", inputs, x.Type, [x.Shape[0], weight.Shape[0]], OnnxAttribute.Of("transB", 1));
        }
        var product = MatMul(x, Weight(Transposed(weight)));
        return bias is null ? product : Add(product, bias);
    }

    static OnnxTensor Transposed(OnnxTensor matrix)
    {
        int rows = (int)matrix.Shape[0], columns = (int)matrix.Shape[1];
        var from = matrix.AsFloat32();
        var to = new float[from.Length];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column];
        return OnnxTensor.Of(matrix.Name + ".transposed", to, columns, rows);
    }
}
