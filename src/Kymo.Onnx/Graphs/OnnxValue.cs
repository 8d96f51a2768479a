namespace Kymo.Onnx;

/// <summary>A value in a graph that is being built: an input, a weight, or what a node makes.</summary>
public sealed class OnnxValue
{
    internal OnnxValue(OnnxGraph graph, string name, OnnxType type, IReadOnlyList<OnnxDimension> shape) =>
        (Graph, Name, Type, Shape) = (graph, name, type, shape);

    /// <summary>Its name in the graph. An output takes the name it is given as output.</summary>
    public string Name { get; internal set; }

    /// <summary>Element type.</summary>
    public OnnxType Type { get; }

    /// <summary>Sizes, outermost first. Sizes that a run decides are named or unknown.</summary>
    public IReadOnlyList<OnnxDimension> Shape { get; }

    /// <summary>How many dimensions it has.</summary>
    public int Rank => Shape.Count;

    internal OnnxGraph Graph { get; }

    /// <summary>Name, type and sizes, for messages.</summary>
    public override string ToString() => $"'{Name}' {Type} ({string.Join(", ", Shape)})";

    /// <summary>An axis counted from the front, given one that may count from the back.</summary>
    internal int Axis(int axis) => axis >= -Rank && axis < Rank
        ? (axis + Rank) % Rank
        : throw new OnnxException($"axis {axis} of {this}, which has {Rank} dimensions");

    /// <summary>A size that must be a number.</summary>
    internal long FixedSize(int axis, string why) => Shape[Axis(axis)].Size
        ?? throw new OnnxException($"{why} needs a fixed size at axis {axis} of {this}");
}
