namespace Kymo.Onnx.Files;

/// <summary>Lays a model out as protobuf, under the field numbers of ONNX's <c>onnx.proto</c> (IR 8).</summary>
static class ModelEncoder
{
    public static void Model(ProtoWriter writer, OnnxModel model)
    {
        writer.Varint(1, model.IrVersion);
        writer.Text(2, model.Producer);
        writer.Text(3, model.ProducerVersion);
        writer.Text(4, model.Domain);
        writer.Varint(5, model.Version);
        writer.Text(6, model.Documentation);
        writer.Message(7, inner => Graph(inner, model.Graph));
        foreach (var (domain, version) in model.Opsets)
        {
            writer.Message(8, inner =>
            {
                inner.TextAlways(1, domain);
                inner.Varint(2, version);
            });
        }
        foreach (var (key, value) in model.Metadata)
        {
            writer.Message(14, inner =>
            {
                inner.TextAlways(1, key);
                inner.TextAlways(2, value);
            });
        }
    }

    static void Graph(ProtoWriter writer, OnnxModelGraph graph)
    {
        foreach (var node in graph.Nodes) writer.Message(1, inner => Node(inner, node));
        writer.Text(2, graph.Name);
        foreach (var tensor in graph.Initialisers) writer.Message(5, inner => Tensor(inner, tensor));
        writer.Text(10, graph.Documentation);
        foreach (var value in graph.Inputs) writer.Message(11, inner => Value(inner, value));
        foreach (var value in graph.Outputs) writer.Message(12, inner => Value(inner, value));
        foreach (var value in graph.Values) writer.Message(13, inner => Value(inner, value));
    }

    static void Node(ProtoWriter writer, OnnxNode node)
    {
        foreach (var name in node.Inputs) writer.TextAlways(1, name);
        foreach (var name in node.Outputs) writer.TextAlways(2, name);
        writer.Text(3, node.Name);
        writer.Text(4, node.Operator);
        foreach (var attribute in node.Attributes) writer.Message(5, inner => Attribute(inner, attribute));
        writer.Text(6, node.Documentation);
        writer.Text(7, node.Domain);
    }

    static void Attribute(ProtoWriter writer, OnnxAttribute attribute)
    {
        writer.Text(1, attribute.Name);
        switch (attribute.Kind)
        {
            case OnnxAttributeKind.Float: writer.Float(2, attribute.Float); break;
            case OnnxAttributeKind.Integer: writer.Varint(3, attribute.Integer); break;
            case OnnxAttributeKind.Text: writer.TextAlways(4, attribute.Text); break;
            case OnnxAttributeKind.Tensor: writer.Message(5, inner => Tensor(inner, attribute.Tensor!)); break;
            case OnnxAttributeKind.Graph: writer.Message(6, inner => Graph(inner, attribute.Graph!)); break;
            case OnnxAttributeKind.Floats: foreach (var value in attribute.Floats) writer.Float(7, value); break;
            case OnnxAttributeKind.Integers: foreach (var value in attribute.Integers) writer.Varint(8, value); break;
            case OnnxAttributeKind.Texts: foreach (var value in attribute.Texts) writer.TextAlways(9, value); break;
            default:
                throw new OnnxException($"attribute '{attribute.Name}' is of kind {(int)attribute.Kind}, which cannot be written");
        }
        writer.Varint(20, (long)attribute.Kind);
    }

    static void Tensor(ProtoWriter writer, OnnxTensor tensor)
    {
        if (tensor.Type.Size() == 0 || tensor.Data.Length != tensor.Count * tensor.Type.Size())
            throw new OnnxException($"tensor '{tensor.Name}' of {tensor.Type} ({string.Join(", ", tensor.Shape)}) has {tensor.Data.Length} bytes");
        foreach (var size in tensor.Shape) writer.Varint(1, size);
        writer.Varint(2, (long)tensor.Type);
        writer.Text(8, tensor.Name);
        writer.Bytes(9, tensor.Data);
    }

    static void Value(ProtoWriter writer, OnnxValueInfo value)
    {
        writer.Text(1, value.Name);
        if (value.Type != OnnxType.Undefined)
            writer.Message(2, type => type.Message(1, tensor => TensorType(tensor, value)));
        writer.Text(3, value.Documentation);
    }

    static void TensorType(ProtoWriter writer, OnnxValueInfo value)
    {
        writer.Varint(1, (long)value.Type);
        if (value.Shape is not { } shape) return;
        writer.Message(2, inner =>
        {
            foreach (var dimension in shape)
            {
                inner.Message(1, one =>
                {
                    if (dimension.Size is { } size) one.Varint(1, size);
                    else one.Text(2, dimension.Name ?? "");
                });
            }
        });
    }
}
