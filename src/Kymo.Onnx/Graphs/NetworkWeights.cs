namespace Kymo.Onnx;

/// <summary>
/// A network's weights under PyTorch's state names (<c>encoder1.conv.weight</c>), row-major single precision. The layer helpers of
/// <see cref="OnnxGraph"/> take theirs from here by prefix.
/// </summary>
public sealed class NetworkWeights
{
    readonly Dictionary<string, OnnxTensor> _tensors = [];

    /// <summary>The names, in no order.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="OnnxException">There is none.</exception>
    public OnnxTensor this[string name] => _tensors.TryGetValue(name, out var tensor) ? tensor
        : throw new OnnxException($"no weight '{name}' among {_tensors.Count}: {Near(name)}");

    /// <summary>Adds a tensor; numbers of other types than single precision belong converted before.</summary>
    /// <exception cref="OnnxException">The shape and the number of values differ, or the name is taken.</exception>
    public NetworkWeights Add(string name, ReadOnlySpan<float> values, params long[] shape) =>
        Add(OnnxTensor.Of(name, values, shape));

    /// <summary>Adds a tensor as it is, without copying its data.</summary>
    /// <exception cref="OnnxException">It is not single precision, its data do not fit its shape, or the name is taken.</exception>
    public NetworkWeights Add(OnnxTensor tensor)
    {
        if (tensor.Type != OnnxType.Float32) throw new OnnxException($"weight '{tensor.Name}' holds {tensor.Type}, expected Float32");
        if (tensor.Data.Length != tensor.Count * 4)
            throw new OnnxException($"weight '{tensor.Name}' ({string.Join(", ", tensor.Shape)}) has {tensor.Data.Length} bytes");
        return _tensors.TryAdd(tensor.Name, tensor) ? this : throw new OnnxException($"weight '{tensor.Name}' is there already");
    }

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>The tensor of that name, or null.</summary>
    public OnnxTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>The tensor of that name, whose number of dimensions is checked.</summary>
    internal OnnxTensor Get(string name, int rank) => this[name] is var tensor && tensor.Shape.Length == rank ? tensor
        : throw new OnnxException($"weight '{name}' has the shape ({string.Join(", ", tensor.Shape)}), expected {rank} dimensions");

    string Near(string name)
    {
        var stem = name.Split('.')[0];
        var near = _tensors.Keys.Where(one => one.StartsWith(stem, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(8).ToList();
        return near.Count > 0 ? "there are " + string.Join(", ", near) : $"none begins with '{stem}'";
    }
}
