namespace Kymo.Onnx.Quantisation;

/// <summary>Puts quantised weights and QuantizeLinear/DequantizeLinear pairs into a graph.</summary>
sealed class QuantisingRewriter
{
    // These hand numbers on unchanged: one step for both sides lets a runtime work on the codes.
    static readonly HashSet<string> s_passing = ["MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity"];

    readonly OnnxModel _model;
    readonly QuantisationOptions _options;
    readonly Dictionary<string, OnnxTensor> _weights;
    readonly Dictionary<string, OnnxNode> _makers = [];
    readonly ILookup<string, OnnxNode> _users;
    readonly HashSet<string> _outputs;
    readonly HashSet<OnnxNode> _quantised = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<string> _activations = [];
    readonly Dictionary<string, (float Scale, byte Zero)> _steps = [];
    readonly HashSet<string> _paired = [];
    readonly List<OnnxNode> _nodes = [];
    readonly Dictionary<string, OnnxTensor> _added = [];

    public QuantisingRewriter(OnnxModel model, QuantisationOptions options)
    {
        (_model, _options) = (model, options);
        var graph = model.Graph;
        _weights = graph.Initialisers.Where(one => one.Type == OnnxType.Float32).ToDictionary(one => one.Name);
        _users = graph.Nodes.SelectMany(node => node.Inputs.Distinct().Select(input => (input, node))).ToLookup(one => one.input, one => one.node);
        _outputs = [.. graph.Outputs.Select(one => one.Name)];
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs) _makers[output] = node;
            if (options.Kept.Contains(node.Name) || !(IsLayer(node) || IsRecurrent(node))) continue;
            _quantised.Add(node);
            if (IsRecurrent(node)) continue;
            _activations.Add(node.Inputs[0]);
            if (node.Operator == "Conv" && Finished(node) is var value && !_outputs.Contains(value)) _activations.Add(value);
        }
    }

    /// <summary>How many nodes take int8 weights.</summary>
    public int NodeCount => _quantised.Count;

    /// <summary>Values whose ranges are needed.</summary>
    public IReadOnlyCollection<string> Activations => _activations;

    int LargestCode => _options.ReducedRange ? 63 : 127;

    public OnnxModel Rewrite(IReadOnlyDictionary<string, ValueRange> ranges)
    {
        foreach (var name in _activations) _steps[name] = ranges[Source(name)].Steps();
        foreach (var input in _model.Graph.Inputs) Pair(input.Name);
        foreach (var node in _model.Graph.Nodes)
        {
            var rewritten = !_quantised.Contains(node) ? node : IsRecurrent(node) ? Recurrent(node) : Layer(node);
            _nodes.Add(rewritten with { Inputs = [.. rewritten.Inputs.Select(Paired)] });
            foreach (var output in node.Outputs) Pair(output);
        }
        var used = _nodes.SelectMany(node => node.Inputs).Concat(_outputs).ToHashSet();
        var tensors = _model.Graph.Initialisers.Where(one => used.Contains(one.Name)).Concat(_added.Values);
        return _model with { Graph = _model.Graph with { Nodes = [.. _nodes], Initialisers = [.. tensors] } };
    }

    bool IsLayer(OnnxNode node) => node.Operator switch
    {
        "Conv" => HasWeight(node, 1) && HasWeightOrNone(node, 2),
        "Gemm" => HasWeight(node, 1) && HasWeightOrNone(node, 2) && (node["alpha"]?.Float ?? 1) == 1 && (node["beta"]?.Float ?? 1) == 1
            && (node["transA"]?.Integer ?? 0) == 0 && (node.Inputs.Count < 3 || _weights[node.Inputs[2]].Shape.Length == 1),
        "MatMul" => HasWeight(node, 1) && _weights[node.Inputs[1]].Shape.Length == 2,
        _ => false,
    } && !_weights.ContainsKey(node.Inputs[0]);

    bool IsRecurrent(OnnxNode node) =>
        _options.RecurrentWeights && node.Operator is "LSTM" or "GRU" or "RNN" && HasWeight(node, 1) && HasWeight(node, 2);

    bool HasWeight(OnnxNode node, int input) => node.Inputs.Count > input && _weights.ContainsKey(node.Inputs[input]);

    bool HasWeightOrNone(OnnxNode node, int input) => node.Inputs.Count <= input || _weights.ContainsKey(node.Inputs[input]);

    /// <summary>The value to quantise after a convolution: that of the Relu which alone uses it, else its own.</summary>
    string Finished(OnnxNode node) => !_outputs.Contains(node.Outputs[0]) && _users[node.Outputs[0]].ToList() is [{ Operator: "Relu" } relu]
        ? relu.Outputs[0] : node.Outputs[0];

    /// <summary>Where the range of a value comes from: through nodes that hand numbers on, as far as values are quantised.</summary>
    string Source(string name) => _makers.TryGetValue(name, out var maker) && s_passing.Contains(maker.Operator)
        && _activations.Contains(maker.Inputs[0]) ? Source(maker.Inputs[0]) : name;

    string Paired(string name) => _paired.Contains(name) ? name + ".dequantised" : name;

    /// <summary>Quantises a value that is ready and makes it a float again, for whoever uses it.</summary>
    void Pair(string name)
    {
        if (!_steps.TryGetValue(name, out var steps) || !_paired.Add(name)) return;
        var scale = Added(OnnxTensor.Of(name + ".scale", [steps.Scale]));
        var zero = Added(OnnxTensor.Of(name + ".zero", [steps.Zero]));
        Make("QuantizeLinear", [name, scale, zero], name + ".quantised");
        Make("DequantizeLinear", [name + ".quantised", scale, zero], name + ".dequantised");
    }

    OnnxNode Layer(OnnxNode node)
    {
        var weight = _weights[node.Inputs[1]];
        var axis = node.Operator == "MatMul" || node.Operator == "Gemm" && (node["transB"]?.Integer ?? 0) == 0 ? 1 : 0;
        var bias = node.Inputs.Count > 2 ? _weights[node.Inputs[2]] : null;
        var step = _steps[node.Inputs[0]].Scale;
        // A bias is a code of 32 bits in steps of input step times weight step: no weight step may be so small that it overflows.
        var least = bias is null ? [] : bias.AsFloat32().ToArray().Select(one => Math.Abs(one) / step / (1 << 30)).ToArray();
        var codes = WeightCodes.Of(weight, axis, LargestCode, least);
        List<string> inputs = [node.Inputs[0], Dequantised(weight.Name, node, codes, axis)];
        if (bias is not null) inputs.Add(Bias(node, bias, step, codes.Scales));
        return node with { Inputs = inputs };
    }

    OnnxNode Recurrent(OnnxNode node)
    {
        string Codes(string name) => Dequantised(name, node, WeightCodes.Of(_weights[name], 1, LargestCode), 1);
        return node with { Inputs = [node.Inputs[0], Codes(node.Inputs[1]), Codes(node.Inputs[2]), .. node.Inputs.Skip(3)] };
    }

    string Dequantised(string name, OnnxNode node, WeightCodes codes, int axis)
    {
        // A weight that two nodes share gets codes for each: the steps may differ.
        var stem = _added.ContainsKey(name + ".int8") ? $"{name}.{node.Outputs[0]}" : name;
        Added(codes.Codes with { Name = stem + ".int8" });
        var scale = Added(OnnxTensor.Of(stem + ".scale", codes.Scales, codes.Scales.Length));
        var zero = Added(OnnxTensor.Of(stem + ".zero", new sbyte[codes.Scales.Length], codes.Scales.Length));
        return Make("DequantizeLinear", [stem + ".int8", scale, zero], stem + ".dequantised", OnnxAttribute.Of("axis", axis));
    }

    string Bias(OnnxNode node, OnnxTensor bias, float step, float[] weightScales)
    {
        var stem = $"{bias.Name}.{node.Outputs[0]}";
        var scales = Array.ConvertAll(weightScales, scale => scale * step);
        var values = bias.AsFloat32();
        var codes = new int[scales.Length];
        for (var i = 0; i < codes.Length; i++)
            codes[i] = (int)Math.Clamp(Math.Round(values[values.Length == 1 ? 0 : i] / (double)scales[i]), int.MinValue, int.MaxValue);
        Added(OnnxTensor.Of(stem + ".int32", codes, codes.Length));
        var scale = Added(OnnxTensor.Of(stem + ".scale", scales, scales.Length));
        return Make("DequantizeLinear", [stem + ".int32", scale], stem + ".dequantised", OnnxAttribute.Of("axis", 0));
    }

    string Added(OnnxTensor tensor)
    {
        if (!_added.TryAdd(tensor.Name, tensor)) throw new OnnxException($"the name '{tensor.Name}' is taken");
        return tensor.Name;
    }

    string Make(string @operator, string[] inputs, string output, params OnnxAttribute[] attributes)
    {
        _nodes.Add(new OnnxNode(@operator, inputs, [output], attributes) { Name = $"{@operator}:{output}" });
        return output;
    }
}
