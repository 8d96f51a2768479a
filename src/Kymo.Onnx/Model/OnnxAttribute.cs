namespace Kymo.Onnx;

/// <summary>The kinds of setting a node can have. The values are those of ONNX's <c>AttributeProto.AttributeType</c>.</summary>
public enum OnnxAttributeKind
{
    /// <summary>Not said.</summary>
    Undefined = 0,

    /// <summary>One single-precision number.</summary>
    Float = 1,

    /// <summary>One integer.</summary>
    Integer = 2,

    /// <summary>Text.</summary>
    Text = 3,

    /// <summary>A tensor.</summary>
    Tensor = 4,

    /// <summary>A graph: the branch of an <c>If</c>, the body of a <c>Loop</c>.</summary>
    Graph = 5,

    /// <summary>Single-precision numbers.</summary>
    Floats = 6,

    /// <summary>Integers.</summary>
    Integers = 7,

    /// <summary>Texts.</summary>
    Texts = 8,
}

/// <summary>One setting of a node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Which of the values below counts. Kinds this program does not know are kept as their number, without value.</param>
public sealed record OnnxAttribute(string Name, OnnxAttributeKind Kind)
{
    /// <summary>The number of a <see cref="OnnxAttributeKind.Float"/>.</summary>
    public float Float { get; init; }

    /// <summary>The number of an <see cref="OnnxAttributeKind.Integer"/>.</summary>
    public long Integer { get; init; }

    /// <summary>The text of a <see cref="OnnxAttributeKind.Text"/>.</summary>
    public string Text { get; init; } = "";

    /// <summary>The numbers of <see cref="OnnxAttributeKind.Floats"/>.</summary>
    public IReadOnlyList<float> Floats { get; init; } = [];

    /// <summary>The numbers of <see cref="OnnxAttributeKind.Integers"/>.</summary>
    public IReadOnlyList<long> Integers { get; init; } = [];

    /// <summary>The texts of <see cref="OnnxAttributeKind.Texts"/>.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>The tensor of a <see cref="OnnxAttributeKind.Tensor"/>.</summary>
    public OnnxTensor? Tensor { get; init; }

    /// <summary>The graph of a <see cref="OnnxAttributeKind.Graph"/>.</summary>
    public OnnxModelGraph? Graph { get; init; }

    /// <summary>A setting that is one number.</summary>
    public static OnnxAttribute Of(string name, float value) => new(name, OnnxAttributeKind.Float) { Float = value };

    /// <summary>A setting that is one integer.</summary>
    public static OnnxAttribute Of(string name, long value) => new(name, OnnxAttributeKind.Integer) { Integer = value };

    /// <summary>A setting that is one integer.</summary>
    public static OnnxAttribute Of(string name, int value) => Of(name, (long)value);

    /// <summary>A setting that is text.</summary>
    public static OnnxAttribute Of(string name, string value) => new(name, OnnxAttributeKind.Text) { Text = value };

    /// <summary>A setting that is a list of integers.</summary>
    public static OnnxAttribute Of(string name, params long[] values) => new(name, OnnxAttributeKind.Integers) { Integers = values };

    /// <summary>A setting that is a list of texts.</summary>
    public static OnnxAttribute Of(string name, params string[] values) => new(name, OnnxAttributeKind.Texts) { Texts = values };

    /// <summary>A setting that is a tensor.</summary>
    public static OnnxAttribute Of(string name, OnnxTensor value) => new(name, OnnxAttributeKind.Tensor) { Tensor = value };
}
