using Kymo.Onnx.Graphs;

namespace Kymo.Onnx;

public sealed partial class OnnxGraph
{
    /// <summary>a + b, sizes of 1 stretched.</summary>
    public OnnxValue Add(OnnxValue a, OnnxValue b) => Both("Add", a, b);

    /// <summary>x + number.</summary>
    public OnnxValue Add(OnnxValue x, float number) => Both("Add", x, Constant(number));

    /// <summary>a - b, sizes of 1 stretched.</summary>
    public OnnxValue Sub(OnnxValue a, OnnxValue b) => Both("Sub", a, b);

    /// <summary>a · b, sizes of 1 stretched.</summary>
    public OnnxValue Mul(OnnxValue a, OnnxValue b) => Both("Mul", a, b);

    /// <summary>x · number.</summary>
    public OnnxValue Mul(OnnxValue x, float number) => Both("Mul", x, Constant(number));

    /// <summary>a / b, sizes of 1 stretched.</summary>
    public OnnxValue Div(OnnxValue a, OnnxValue b) => Both("Div", a, b);

    /// <summary>a raised to b, sizes of 1 stretched.</summary>
    public OnnxValue Pow(OnnxValue a, OnnxValue b) => Both("Pow", a, b);

    /// <summary>The larger of the two, sizes of 1 stretched.</summary>
    public OnnxValue Max(OnnxValue a, OnnxValue b) => Both("Max", a, b);

    /// <summary>The smaller of the two, sizes of 1 stretched.</summary>
    public OnnxValue Min(OnnxValue a, OnnxValue b) => Both("Min", a, b);

    /// <summary>x held between two numbers.</summary>
    public OnnxValue Clip(OnnxValue x, float low, float high) => Node("Clip", [x, Constant(low), Constant(high)], x.Type, x.Shape);

    /// <summary>Where the condition is true <paramref name="a"/>, elsewhere <paramref name="b"/>; sizes of 1 stretched.</summary>
    public OnnxValue Where(OnnxValue condition, OnnxValue a, OnnxValue b) => Node("Where", [condition, a, b], a.Type,
        Shapes.Broadcast(condition, new OnnxValue(this, "", a.Type, Shapes.Broadcast(a, b))));

    /// <summary>|x|.</summary>
    public OnnxValue Abs(OnnxValue x) => Each("Abs", x);

    /// <summary>-x.</summary>
    public OnnxValue Neg(OnnxValue x) => Each("Neg", x);

    /// <summary>√x.</summary>
    public OnnxValue Sqrt(OnnxValue x) => Each("Sqrt", x);

    /// <summary>eˣ.</summary>
    public OnnxValue Exp(OnnxValue x) => Each("Exp", x);

    /// <summary>The natural logarithm.</summary>
    public OnnxValue Log(OnnxValue x) => Each("Log", x);

    /// <summary>max(x, 0).</summary>
    public OnnxValue Relu(OnnxValue x) => Each("Relu", x);

    /// <summary>x, or slope · x where x is negative.</summary>
    public OnnxValue LeakyRelu(OnnxValue x, float slope = 0.01f) => Each("LeakyRelu", x, OnnxAttribute.Of("alpha", slope));

    /// <summary>x, or alpha (eˣ - 1) where x is negative.</summary>
    public OnnxValue Elu(OnnxValue x, float alpha = 1) => Each("Elu", x, OnnxAttribute.Of("alpha", alpha));

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public OnnxValue Sigmoid(OnnxValue x) => Each("Sigmoid", x);

    /// <summary>tanh x.</summary>
    public OnnxValue Tanh(OnnxValue x) => Each("Tanh", x);

    /// <summary>x/2 (1 + erf(x/√2)): PyTorch's exact form. ONNX's own Gelu comes with opset 20 only.</summary>
    public OnnxValue Gelu(OnnxValue x) => Mul(Mul(x, 0.5f), Add(Each("Erf", Mul(x, (float)Math.Sqrt(0.5))), 1));

    /// <summary>x · sigmoid(x), also called swish.</summary>
    public OnnxValue Silu(OnnxValue x) => Mul(x, Sigmoid(x));

    /// <summary>PyTorch's hard sigmoid: clip(x/6 + 1/2, 0, 1).</summary>
    public OnnxValue HardSigmoid(OnnxValue x) =>
        Each("HardSigmoid", x, OnnxAttribute.Of("alpha", 1f / 6), OnnxAttribute.Of("beta", 0.5f));

    /// <summary>x · hard sigmoid(x).</summary>
    public OnnxValue HardSwish(OnnxValue x) => Each("HardSwish", x);

    /// <summary>Probabilities along an axis.</summary>
    public OnnxValue Softmax(OnnxValue x, int axis = -1) => Each("Softmax", x, OnnxAttribute.Of("axis", x.Axis(axis)));

    /// <summary>Logarithms of probabilities along an axis.</summary>
    public OnnxValue LogSoftmax(OnnxValue x, int axis = -1) => Each("LogSoftmax", x, OnnxAttribute.Of("axis", x.Axis(axis)));

    /// <summary>(x - mean) / deviation with one pair per size of an axis: the front of a network fed raw features.</summary>
    /// <param name="x">The features.</param>
    /// <param name="mean">Means, as many as <paramref name="x"/> has at <paramref name="axis"/>, or one.</param>
    /// <param name="deviation">Standard deviations, as many; none is 0.</param>
    /// <param name="axis">The axis the numbers belong to. Default the last.</param>
    /// <exception cref="OnnxException">The numbers do not fit the axis, or a deviation is 0 or not finite.</exception>
    public OnnxValue Normalise(OnnxValue x, ReadOnlySpan<float> mean, ReadOnlySpan<float> deviation, int axis = -1)
    {
        if (mean.Length != deviation.Length) throw new OnnxException($"{mean.Length} means and {deviation.Length} deviations");
        if (mean.Length != 1) Shapes.Expect(x, axis, mean.Length, "the normalisation");
        foreach (var one in deviation)
            if (one == 0 || !float.IsFinite(one)) throw new OnnxException($"a deviation of {one}: use 1 where a feature is constant");
        var shape = new long[x.Rank - x.Axis(axis)];
        Array.Fill(shape, 1);
        shape[0] = mean.Length;
        return Div(Sub(x, Table("normalisation.mean", mean, shape)), Table("normalisation.deviation", deviation, shape));
    }

    OnnxValue Each(string @operator, OnnxValue x, params OnnxAttribute[] attributes) =>
        Node(@operator, [x], x.Type, x.Shape, attributes);

    OnnxValue Both(string @operator, OnnxValue a, OnnxValue b)
    {
        if (a.Type != b.Type) throw new OnnxException($"{@operator} of {a} and {b}: the types differ");
        return Node(@operator, [a, b], a.Type, Shapes.Broadcast(a, b));
    }
}
