namespace Kymo.Onnx.Checking;

/// <summary>One walk over a graph in the order of its nodes, following names and types.</summary>
sealed class GraphCheck(OnnxModel model, List<string> faults)
{
    readonly Dictionary<string, OnnxType> _types = [];

    public void Run()
    {
        var graph = model.Graph;
        var initialised = graph.Initialisers.Select(one => one.Name).ToHashSet();
        foreach (var input in graph.Inputs)
        {
            if (input.Type == OnnxType.Undefined) faults.Add($"input '{input.Name}' is no tensor, or its type is not said");
            // Files of IR 3 list the weights among the inputs.
            if (!initialised.Contains(input.Name)) Make(input.Name, input.Type, "input");
        }
        foreach (var tensor in graph.Initialisers) Initialiser(tensor);
        ListUnknown(graph.Nodes);
        for (var i = 0; i < graph.Nodes.Count; i++) Node(graph.Nodes[i], i);
        if (graph.Outputs.Count == 0) faults.Add("the graph has no output");
        foreach (var value in graph.Outputs) Said(value, "output");
        foreach (var value in graph.Values.Where(value => _types.ContainsKey(value.Name))) Said(value, "value");
    }

    void Initialiser(OnnxTensor tensor)
    {
        Make(tensor.Name, tensor.Type, "weight");
        if (tensor.Type == OnnxType.Text) faults.Add($"weight '{tensor.Name}' is text, which is not read");
        else if (tensor.Type.Size() * tensor.Count != tensor.Data.Length)
            faults.Add($"weight '{tensor.Name}' of {tensor.Type} ({string.Join(", ", tensor.Shape)}) has {tensor.Data.Length} bytes");
    }

    void ListUnknown(IReadOnlyList<OnnxNode> nodes)
    {
        var unknown = nodes.Where(node => Rule(node) is null)
            .CountBy(node => node.Domain is "" ? node.Operator : $"{node.Domain}.{node.Operator}")
            .Select(one => one.Value == 1 ? one.Key : $"{one.Key} ({one.Value} nodes)").ToList();
        if (unknown.Count > 0) faults.Add("unknown operators: " + string.Join(", ", unknown));
    }

    void Node(OnnxNode node, int index)
    {
        var place = node.Name.Length > 0 ? $"node {index} '{node.Name}' ({node.Operator})" : $"node {index} ({node.Operator})";
        foreach (var input in node.Inputs)
            if (input.Length > 0 && !_types.ContainsKey(input)) faults.Add($"{place} uses '{input}', which nothing before it makes");
        var rule = Rule(node);
        var types = rule is null ? [] : Inferred(rule, node, place);
        for (var i = 0; i < node.Outputs.Count; i++)
            if (node.Outputs[i].Length > 0) Make(node.Outputs[i], i < types.Length ? types[i] : OnnxType.Undefined, place);
    }

    OnnxType[] Inferred(OperatorRule rule, OnnxNode node, string place)
    {
        if (model.Opset < rule.Since) faults.Add($"{place} exists from opset {rule.Since} on, the model says {model.Opset}");
        if (model.Opset >= 13 && node.Operator is ("Squeeze" or "Unsqueeze" or "ReduceSum") && node["axes"] is not null)
            faults.Add($"{place} has its axes as an attribute; from opset 13 they are an input");
        if (node.Inputs.Count < rule.FewestInputs || node.Inputs.Count > rule.MostInputs)
        {
            faults.Add($"{place} has {node.Inputs.Count} inputs, takes {rule.FewestInputs} to "
                + (rule.MostInputs == int.MaxValue ? "many" : rule.MostInputs.ToString()));
            return [];
        }
        if (node.Outputs.Count == 0 || node.Outputs.Count > rule.MostOutputs && node.Operator is not ("BatchNormalization" or "Dropout"))
            faults.Add($"{place} has {node.Outputs.Count} outputs");
        Dictionary<string, OnnxType> bound = [];
        var given = node.Inputs.Select(name => _types.GetValueOrDefault(name)).ToArray();
        for (var i = 0; i < given.Length; i++) Input(rule, i, given[i], node.Inputs[i], bound, place);
        return [.. node.Outputs.Select((_, i) => Output(OperatorRule.Sign(rule.Outputs, i), node, given, bound))];
    }

    void Input(OperatorRule rule, int index, OnnxType type, string name, Dictionary<string, OnnxType> bound, string place)
    {
        if (name.Length == 0)
        {
            if (index < rule.FewestInputs) faults.Add($"{place} leaves out input {index}, which it needs");
            return;
        }
        if (type == OnnxType.Undefined) return;
        var sign = OperatorRule.Sign(rule.Inputs, index);
        var fits = sign switch
        {
            "F" => type is OnnxType.Float32 or OnnxType.Float16 or OnnxType.Float64 or OnnxType.BFloat16,
            "I" => type is OnnxType.Int64,
            "i" => type is OnnxType.Int64 or OnnxType.Int32,
            "B" => type is OnnxType.Bool,
            "Q" => type is OnnxType.UInt8 or OnnxType.Int8,
            "A" => true,
            _ => bound.TryAdd(sign, type) || bound[sign] == type,
        };
        if (!fits) faults.Add($"{place} is given {type} as '{name}', input {index}" + (bound.TryGetValue(sign, out var first) ? $", beside {first}" : ""));
    }

    static OnnxType Output(string sign, OnnxNode node, OnnxType[] given, Dictionary<string, OnnxType> bound) => sign switch
    {
        "I" => OnnxType.Int64,
        "i" => OnnxType.Int32,
        "B" => OnnxType.Bool,
        "F" => OnnxType.Float32,
        "V" => node["value"]?.Tensor?.Type ?? (node.Operator == "ConstantOfShape" ? OnnxType.Float32 : OnnxType.Undefined),
        ['@', .. var attribute] => node[attribute] is { } type ? (OnnxType)type.Integer : OnnxType.Float32,
        ['=', .. var number] => int.Parse(number) is var index && index < given.Length ? given[index] : OnnxType.UInt8,
        _ => bound.GetValueOrDefault(sign),
    };

    void Said(OnnxValueInfo value, string what)
    {
        if (!_types.TryGetValue(value.Name, out var type)) faults.Add($"{what} '{value.Name}' is made by nothing");
        else if (type != OnnxType.Undefined && value.Type != OnnxType.Undefined && type != value.Type)
            faults.Add($"{what} '{value.Name}' is said to be {value.Type} and is {type}");
    }

    void Make(string name, OnnxType type, string maker)
    {
        if (name.Length == 0) faults.Add($"a {maker} without a name");
        else if (!_types.TryAdd(name, type)) faults.Add($"'{name}' is made a second time, by {maker}");
    }

    static OperatorRule? Rule(OnnxNode node) =>
        node.Domain is "" or "ai.onnx" ? OperatorTable.Rules.GetValueOrDefault(node.Operator) : null;
}
