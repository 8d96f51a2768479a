namespace Kymo.Onnx;

/// <summary>A whole model: the graph, its weights, and what is said about it.</summary>
/// <param name="Graph">The graph.</param>
public sealed record OnnxModel(OnnxModelGraph Graph)
{
    /// <summary>Version of the file format. Default 8, which every reader of opset 17 knows.</summary>
    public long IrVersion { get; init; } = 8;

    /// <summary>The operator sets used: domain (empty for ONNX's own) and version. Default ONNX's own, 17.</summary>
    public IReadOnlyList<(string Domain, long Version)> Opsets { get; init; } = [("", 17)];

    /// <summary>The program that wrote the model. Default <c>kymo</c>.</summary>
    public string Producer { get; init; } = "kymo";

    /// <summary>That program's version.</summary>
    public string ProducerVersion { get; init; } = "";

    /// <summary>The model's namespace, in reverse-DNS style, or empty.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The model's own version.</summary>
    public long Version { get; init; }

    /// <summary>What the model is, for a reader.</summary>
    public string Documentation { get; init; } = "";

    /// <summary>Facts for programs: classes, feature settings, hashes, licences. The order is kept.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>The version of ONNX's own operator set, or 0 where the model names none.</summary>
    public long Opset => Opsets.FirstOrDefault(set => set.Domain is "" or "ai.onnx").Version;
}

/// <summary>Nodes in an order in which they can run, weights, inputs and outputs.</summary>
/// <param name="Name">The graph's name.</param>
/// <param name="Nodes">The nodes; each uses only names made before it.</param>
/// <param name="Initialisers">Weights and tables.</param>
/// <param name="Inputs">What a run is given.</param>
/// <param name="Outputs">What a run answers.</param>
public sealed record OnnxModelGraph(string Name, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxTensor> Initialisers,
    IReadOnlyList<OnnxValueInfo> Inputs, IReadOnlyList<OnnxValueInfo> Outputs)
{
    /// <summary>What is known about values between the nodes.</summary>
    public IReadOnlyList<OnnxValueInfo> Values { get; init; } = [];

    /// <summary>What the graph is, for a reader.</summary>
    public string Documentation { get; init; } = "";
}

/// <summary>What is known about a value before the graph runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type; <see cref="OnnxType.Undefined"/> where it is no tensor or nothing is said.</param>
/// <param name="Shape">Its sizes, outermost first; null where not even their number is known.</param>
/// <param name="Documentation">What it means, for a reader.</param>
public sealed record OnnxValueInfo(string Name, OnnxType Type, IReadOnlyList<OnnxDimension>? Shape, string Documentation = "");

/// <summary>One operation.</summary>
/// <param name="Operator">The operator, as <c>Conv</c>.</param>
/// <param name="Inputs">Names of the values used; empty for an optional input left out.</param>
/// <param name="Outputs">Names of the values made; empty for an optional output left out.</param>
/// <param name="Attributes">Settings.</param>
public sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    IReadOnlyList<OnnxAttribute> Attributes)
{
    /// <summary>The node's name, for messages.</summary>
    public string Name { get; init; } = "";

    /// <summary>The operator's domain; empty for ONNX's own.</summary>
    public string Domain { get; init; } = "";

    /// <summary>What the node is for, for a reader.</summary>
    public string Documentation { get; init; } = "";

    /// <summary>The setting of that name, or null.</summary>
    public OnnxAttribute? this[string attribute] => Attributes.FirstOrDefault(one => one.Name == attribute);
}
