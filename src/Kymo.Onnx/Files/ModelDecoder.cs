namespace Kymo.Onnx.Files;

/// <summary>Makes a model of protobuf bytes, under the field numbers of ONNX's <c>onnx.proto</c>. Unknown fields are passed over.</summary>
static class ModelDecoder
{
    public static OnnxModel Model(ProtoReader reader)
    {
        OnnxModelGraph? graph = null;
        var model = new OnnxModel(new OnnxModelGraph("", [], [], [], [])) { IrVersion = 0, Producer = "" };
        List<(string, long)> opsets = [];
        List<KeyValuePair<string, string>> metadata = [];
        for (int field; (field = reader.NextField()) != 0;)
        {
            switch (field)
            {
                case 1: model = model with { IrVersion = reader.Varint() }; break;
                case 2: model = model with { Producer = reader.Text() }; break;
                case 3: model = model with { ProducerVersion = reader.Text() }; break;
                case 4: model = model with { Domain = reader.Text() }; break;
                case 5: model = model with { Version = reader.Varint() }; break;
                case 6: model = model with { Documentation = reader.Text() }; break;
                case 7 when graph is not null: throw reader.Problem("a second graph");
                case 7: graph = Graph(reader.Message()); break;
                case 8: opsets.Add(Opset(reader.Message())); break;
                case 14: metadata.Add(Pair(reader.Message())); break;
                case 25: throw reader.Problem("model-local functions, which this program does not read");
                default: reader.Skip(); break;
            }
        }
        return model with
        {
            Graph = graph ?? throw reader.Problem("no graph"),
            Opsets = opsets,
            Metadata = metadata,
        };
    }

    static OnnxModelGraph Graph(ProtoReader reader)
    {
        List<OnnxNode> nodes = [];
        List<OnnxTensor> tensors = [];
        List<OnnxValueInfo> inputs = [], outputs = [], values = [];
        string name = "", documentation = "";
        for (int field; (field = reader.NextField()) != 0;)
        {
            switch (field)
            {
                case 1: nodes.Add(Node(reader.Message())); break;
                case 2: name = reader.Text(); break;
                case 5: tensors.Add(TensorDecoder.Tensor(reader.Message())); break;
                case 10: documentation = reader.Text(); break;
                case 11: inputs.Add(Value(reader.Message())); break;
                case 12: outputs.Add(Value(reader.Message())); break;
                case 13: values.Add(Value(reader.Message())); break;
                case 15: throw reader.Problem("sparse weights, which this program does not read");
                default: reader.Skip(); break;
            }
        }
        return new(name, nodes, tensors, inputs, outputs) { Values = values, Documentation = documentation };
    }

    static OnnxNode Node(ProtoReader reader)
    {
        List<string> inputs = [], outputs = [];
        List<OnnxAttribute> attributes = [];
        string name = "", type = "", domain = "", documentation = "";
        for (int field; (field = reader.NextField()) != 0;)
        {
            switch (field)
            {
                case 1: inputs.Add(reader.Text()); break;
                case 2: outputs.Add(reader.Text()); break;
                case 3: name = reader.Text(); break;
                case 4: type = reader.Text(); break;
                case 5: attributes.Add(Attribute(reader.Message())); break;
                case 6: documentation = reader.Text(); break;
                case 7: domain = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }
        return new(type, inputs, outputs, attributes) { Name = name, Domain = domain, Documentation = documentation };
    }

    static OnnxAttribute Attribute(ProtoReader reader)
    {
        var attribute = new OnnxAttribute("", OnnxAttributeKind.Undefined);
        List<long> integers = [];
        List<byte> floats = [];
        List<string> texts = [];
        for (int field; (field = reader.NextField()) != 0;)
        {
            switch (field)
            {
                case 1: attribute = attribute with { Name = reader.Text() }; break;
                case 2: attribute = attribute with { Float = reader.Float() }; break;
                case 3: attribute = attribute with { Integer = reader.Varint() }; break;
                case 4: attribute = attribute with { Text = reader.Text() }; break;
                case 5: attribute = attribute with { Tensor = TensorDecoder.Tensor(reader.Message()) }; break;
                case 6: attribute = attribute with { Graph = Graph(reader.Message()) }; break;
                case 7: reader.Fixed(4, floats); break;
                case 8: reader.Varints(integers); break;
                case 9: texts.Add(reader.Text()); break;
                case 20: attribute = attribute with { Kind = (OnnxAttributeKind)reader.Varint() }; break;
                default: reader.Skip(); break;
            }
        }
        if (attribute is { Kind: OnnxAttributeKind.Tensor, Tensor: null } or { Kind: OnnxAttributeKind.Graph, Graph: null })
            throw reader.Problem($"attribute '{attribute.Name}' says it is a {attribute.Kind} and holds none");
        var numbers = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(floats.ToArray()).ToArray();
        return attribute with { Integers = integers, Floats = numbers, Texts = texts };
    }

    static (string, long) Opset(ProtoReader reader)
    {
        var domain = "";
        long version = 0;
        for (int field; (field = reader.NextField()) != 0;)
        {
            if (field == 1) domain = reader.Text();
            else if (field == 2) version = reader.Varint();
            else reader.Skip();
        }
        return (domain, version);
    }

    static KeyValuePair<string, string> Pair(ProtoReader reader)
    {
        string key = "", value = "";
        for (int field; (field = reader.NextField()) != 0;)
        {
            if (field == 1) key = reader.Text();
            else if (field == 2) value = reader.Text();
            else reader.Skip();
        }
        return new(key, value);
    }

    static OnnxValueInfo Value(ProtoReader reader)
    {
        string name = "", documentation = "";
        var type = OnnxType.Undefined;
        IReadOnlyList<OnnxDimension>? shape = null;
        for (int field; (field = reader.NextField()) != 0;)
        {
            if (field == 1) name = reader.Text();
            else if (field == 2) (type, shape) = TensorDecoder.Type(reader.Message());
            else if (field == 3) documentation = reader.Text();
            else reader.Skip();
        }
        return new(name, type, shape, documentation);
    }
}
