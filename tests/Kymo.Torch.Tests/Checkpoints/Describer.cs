using System.Text;
using Kymo.Torch.Checkpoints;

namespace Kymo.Torch.Tests.Checkpoints;

/// <summary>A value as one line of text, the same line tests/Oracles/checkpoints.py prints for the Python value.</summary>
sealed class Describer
{
    readonly Dictionary<TensorStorage, int> _storages = new(ReferenceEqualityComparer.Instance);

    public static string Describe(PickleValue value) => new Describer().Line(value);

    /// <summary>The line of a state dictionary without metadata, in which no tensor shares a storage.</summary>
    public static string Describe(IEnumerable<(string Name, StoredTensor Tensor)> tensors)
    {
        var state = new PickleDictionary(isOrdered: true);
        foreach (var (name, tensor) in tensors) state.Add(name, tensor);
        return Describe(state);
    }

    string Line(PickleValue value) => value switch
    {
        PickleNone => "None",
        PickleBoolean b => b.Value ? "True" : "False",
        PickleInteger i => $"i{i.Value}",
        PickleFloat f => "f" + BitConverter.DoubleToInt64Bits(f.Value).ToString("x16"),
        PickleText t => "s" + Hex(Encoding.UTF8.GetBytes(t.Value)),
        PickleBytes b => "b" + Hex(b.Value.Span),
        PickleTensor t => Tensor(t),
        PickleArray a => $"A{a.DType}[{string.Join(',', a.Shape)}]:{Hex(a.Data.Span)}",
        PickleTuple t => $"({Lines(t)})",
        PickleList l => $"[{Lines(l)}]",
        PickleSet s => $"S({string.Join(',', s.Items.Select(Line).Order(StringComparer.Ordinal))})",
        PickleDictionary { IsOrdered: true } d => "O" + Pairs(d) + (d.Attributes is null ? "" : "@" + Pairs(d.Attributes)),
        PickleDictionary d => "D" + Pairs(d),
        _ => throw new InvalidOperationException(value.GetType().Name),
    };

    string Lines(IEnumerable<PickleValue> values) => string.Join(',', values.Select(Line));

    string Pairs(PickleDictionary d) => "{" + string.Join(',', d.Select(e => $"{Line(e.Key)}={Line(e.Value)}")) + "}";

    string Tensor(PickleTensor t)
    {
        var number = t.Storage.ElementCount == 0 ? "-" : Number(t.Storage);
        var gradient = t.RequiresGradient ? "g" : "";
        return $"T{t.Storage.Type.ToString().ToLowerInvariant()}[{string.Join(',', t.Shape)}]"
            + $"#{number}+{t.Offset}/{string.Join(',', t.Strides)}{gradient}:{Hex(t.Value.Data.Span)}";
    }

    string Number(TensorStorage storage)
    {
        if (!_storages.TryGetValue(storage, out var number)) _storages[storage] = number = _storages.Count;
        return number.ToString();
    }

    static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
