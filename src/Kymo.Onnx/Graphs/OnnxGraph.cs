using System.Globalization;

namespace Kymo.Onnx;

/// <summary>
/// Builds a graph of opset 17 layer by layer. The layer helpers take PyTorch's conventions (argument meanings, state names, weight
/// and gate orders) and write ONNX's. Shapes are followed while building, so that a layer that does not fit is an error here.
/// </summary>
/// <param name="name">The graph's name, as <c>urban-cnn</c>.</param>
/// <param name="documentation">What the model is, for a reader.</param>
public sealed partial class OnnxGraph(string name, string documentation = "")
{
    readonly List<Step> _steps = [];
    readonly List<(OnnxValue Value, string Documentation)> _inputs = [];
    readonly List<(OnnxValue Value, string Documentation)> _outputs = [];
    readonly List<KeyValuePair<string, string>> _metadata = [];
    readonly Dictionary<string, (OnnxTensor Tensor, OnnxValue Value)> _tensors = [];
    readonly Dictionary<string, OnnxValue> _constants = [];
    readonly HashSet<string> _names = [];

    /// <summary>The operator set the helpers write.</summary>
    public const long Opset = 17;

    /// <summary>The graph's name.</summary>
    public string Name { get; } = name;

    /// <summary>The version of the program that writes the model, for the file's header. Default empty.</summary>
    public string ProducerVersion { get; set; } = "";

    /// <summary>An input of single-precision numbers. Sizes are numbers, or names for those a run decides (<c>"batch"</c>).</summary>
    /// <exception cref="OnnxException">The name is taken.</exception>
    public OnnxValue Input(string name, params OnnxDimension[] shape) => Input(name, OnnxType.Float32, shape);

    /// <summary>An input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Sizes, outermost first: numbers, or names for those a run decides.</param>
    /// <param name="documentation">What it means, for a reader.</param>
    /// <exception cref="OnnxException">The name is taken.</exception>
    public OnnxValue Input(string name, OnnxType type, OnnxDimension[] shape, string documentation = "")
    {
        if (!_names.Add(name)) throw new OnnxException($"the name '{name}' is taken in graph '{Name}'");
        var value = new OnnxValue(this, name, type, shape);
        _inputs.Add((value, documentation));
        return value;
    }

    /// <summary>Makes a value an output of that name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The value.</param>
    /// <param name="documentation">What it means, for a reader.</param>
    /// <exception cref="OnnxException">The name is taken, or the value belongs to another graph.</exception>
    public void Output(string name, OnnxValue value, string documentation = "")
    {
        var made = _steps.Exists(step => step.Outputs.Contains(value)) && !_outputs.Exists(one => one.Value == value);
        if (!made) value = Node("Identity", [value], value.Type, value.Shape);
        if (value.Name != name && !_names.Add(name)) throw new OnnxException($"the name '{name}' is taken in graph '{Name}'");
        value.Name = name;
        _outputs.Add((value, documentation));
    }

    /// <summary>Writes a fact into the model for programs to read: classes, feature settings, hashes, licences.</summary>
    public OnnxGraph Metadata(string key, string value)
    {
        _metadata.RemoveAll(one => one.Key == key);
        _metadata.Add(new(key, value));
        return this;
    }

    /// <summary>A tensor kept in the graph under its own name; the same tensor is kept once however often it is used.</summary>
    /// <exception cref="OnnxException">Another tensor or value has the name.</exception>
    public OnnxValue Weight(OnnxTensor tensor)
    {
        if (_tensors.TryGetValue(tensor.Name, out var kept))
        {
            return kept.Tensor.Data.Span.SequenceEqual(tensor.Data.Span) && kept.Tensor.Shape.AsSpan().SequenceEqual(tensor.Shape)
                ? kept.Value
                : throw new OnnxException($"two different weights are called '{tensor.Name}'");
        }
        if (!_names.Add(tensor.Name)) throw new OnnxException($"the name '{tensor.Name}' is taken in graph '{Name}'");
        var value = new OnnxValue(this, tensor.Name, tensor.Type, [.. tensor.Shape.Select(OnnxDimension.Fixed)]);
        _tensors[tensor.Name] = (tensor, value);
        return value;
    }

    /// <summary>A single-precision number without dimensions.</summary>
    public OnnxValue Constant(float value) =>
        Kept("number_" + value.ToString("R", CultureInfo.InvariantCulture), name => OnnxTensor.Of(name, [value]));

    /// <summary>A row of integers: axes, sizes, indices.</summary>
    public OnnxValue Integers(params long[] values) =>
        Kept("integers_" + string.Join("_", values), name => OnnxTensor.Of(name, values, values.Length));

    /// <summary>An integer without dimensions: an index that takes its dimension away.</summary>
    public OnnxValue Integer(long value) => Kept($"integer_{value}", name => OnnxTensor.Of(name, [value]));

    /// <summary>A table of single-precision numbers.</summary>
    /// <param name="name">A name for it; made unique where it is taken.</param>
    /// <param name="values">The numbers, row-major.</param>
    /// <param name="shape">Sizes, outermost first.</param>
    /// <exception cref="OnnxException">The shape and the number of values differ.</exception>
    public OnnxValue Table(string name, ReadOnlySpan<float> values, params long[] shape) =>
        Weight(OnnxTensor.Of(FreeName(name), values, shape));

    /// <summary>Any operation with one output; the helpers are made of it, and it stands in for those that are missing.</summary>
    /// <param name="operator">The operator, as <c>Conv</c>.</param>
    /// <param name="inputs">Values used; null for an optional input left out.</param>
    /// <param name="type">The output's element type.</param>
    /// <param name="shape">The output's sizes.</param>
    /// <param name="attributes">Settings.</param>
    /// <exception cref="OnnxException">A value belongs to another graph.</exception>
    public OnnxValue Node(string @operator, OnnxValue?[] inputs, OnnxType type, IReadOnlyList<OnnxDimension> shape,
        params OnnxAttribute[] attributes) => Nodes(@operator, inputs, [(type, shape)], attributes)[0];

    /// <summary>Any operation with several outputs.</summary>
    /// <param name="operator">The operator, as <c>LSTM</c>.</param>
    /// <param name="inputs">Values used; null for an optional input left out.</param>
    /// <param name="outputs">Element type and sizes of each output.</param>
    /// <param name="attributes">Settings.</param>
    /// <exception cref="OnnxException">A value belongs to another graph.</exception>
    public OnnxValue[] Nodes(string @operator, OnnxValue?[] inputs, (OnnxType Type, IReadOnlyList<OnnxDimension> Shape)[] outputs,
        params OnnxAttribute[] attributes)
    {
        foreach (var input in inputs)
            if (input is not null && input.Graph != this) throw new OnnxException($"{input} belongs to another graph");
        var made = outputs.Select(one => new OnnxValue(this, TakeName(@operator), one.Type, one.Shape)).ToArray();
        _steps.Add(new(@operator, inputs, made, attributes));
        return made;
    }

    /// <summary>The model as built so far.</summary>
    public OnnxModel ToModel()
    {
        var nodes = _steps.Select((step, index) => new OnnxNode(step.Operator, [.. step.Inputs.Select(one => one?.Name ?? "")],
            [.. step.Outputs.Select(one => one.Name)], step.Attributes)
        { Name = $"{step.Operator}_{index + 1}" });
        var between = _steps.SelectMany(step => step.Outputs).Where(value => !_outputs.Exists(one => one.Value == value));
        var graph = new OnnxModelGraph(Name, [.. nodes], [.. _tensors.Values.Select(one => one.Tensor)],
            [.. _inputs.Select(one => Info(one.Value, one.Documentation))], [.. _outputs.Select(one => Info(one.Value, one.Documentation))])
        {
            Values = [.. between.Select(value => Info(value, ""))],
            Documentation = documentation,
        };
        return new OnnxModel(graph) { ProducerVersion = ProducerVersion, Documentation = documentation, Metadata = [.. _metadata] };
    }

    /// <summary>Checks the model and writes it: <see cref="OnnxChecker.Require"/> and <see cref="OnnxModelFile.Write"/>.</summary>
    /// <returns>The file's size in bytes.</returns>
    /// <exception cref="OnnxException">The model is not sound, or over 2 GB.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public long Save(string path)
    {
        var model = ToModel();
        OnnxChecker.Require(model, path);
        return OnnxModelFile.Write(model, path);
    }

    static OnnxValueInfo Info(OnnxValue value, string documentation) => new(value.Name, value.Type, value.Shape, documentation);

    /// <summary>A constant kept once per name, which says its value.</summary>
    OnnxValue Kept(string name, Func<string, OnnxTensor> make)
    {
        if (_constants.TryGetValue(name, out var kept)) return kept;
        return _constants[name] = Weight(make(FreeName(name)));
    }

    string TakeName(string stem)
    {
        var name = FreeName(stem.ToLowerInvariant() + "_1");
        _names.Add(name);
        return name;
    }

    string FreeName(string wished)
    {
        if (!_names.Contains(wished)) return wished;
        var stem = wished.EndsWith("_1", StringComparison.Ordinal) ? wished[..^2] : wished;
        var number = _next.GetValueOrDefault(stem, 2);
        while (_names.Contains($"{stem}_{number}")) number++;
        _next[stem] = number + 1;
        return $"{stem}_{number}";
    }

    readonly Dictionary<string, int> _next = [];

    sealed record Step(string Operator, OnnxValue?[] Inputs, OnnxValue[] Outputs, OnnxAttribute[] Attributes);
}
