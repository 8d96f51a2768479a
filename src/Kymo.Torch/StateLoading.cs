using Kymo.Torch.Checkpoints;

namespace Kymo.Torch;

/// <summary>Compares stored weights with a network's and copies them in.</summary>
static class StateLoading
{
    internal static void Load(IReadOnlyList<NamedTensor> targets, IReadOnlyDictionary<string, StoredTensor> state, string source)
    {
        var problems = new List<string>();
        var names = targets.Select(t => t.Name).ToHashSet();
        problems.AddRange(targets.Where(t => !state.ContainsKey(t.Name)).Select(t => $"{t.Name} is missing, expected {t.Tensor.Type} {t.Tensor.Shape}"));
        problems.AddRange(state.Where(s => !names.Contains(s.Key)).Select(s => $"{s.Key} {new Shape(s.Value.Shape)} is not part of the network"));
        foreach (var (name, tensor, _) in targets)
            if (state.TryGetValue(name, out var stored) && Difference(tensor, stored) is { } difference) problems.Add($"{name} {difference}");
        if (problems.Count > 0)
            throw new CheckpointException(source, $"does not fit the network in {problems.Count} place(s): {string.Join("; ", problems)}");

        using var _ = Autograd.NoGrad();
        foreach (var (name, tensor, _) in targets) Copy(tensor, state[name]);
    }

    /// <summary>Copies a stored tensor into one of the same shape, converting the element type.</summary>
    internal static void Copy(Tensor target, StoredTensor stored)
    {
        if (stored.Type == target.Type)
        {
            target.FromBytes(stored.Data.Span);
            return;
        }

        using var scope = new TensorScope();
        var source = scope.Empty(stored.Type, stored.Shape);
        source.FromBytes(stored.Data.Span);
        target.CopyFrom(source);
    }

    static string? Difference(Tensor tensor, StoredTensor stored)
    {
        if (!tensor.Shape.Is(stored.Shape)) return $"has the shape {new Shape(stored.Shape)}, expected {tensor.Shape}";
        if (IsFloat(tensor.Type) != IsFloat(stored.Type)) return $"holds {stored.Type}, expected {tensor.Type}";
        var bytes = tensor.Count * stored.Type.Size();
        return stored.Data.Length == bytes ? null : $"has {stored.Data.Length} bytes, expected {bytes}";
    }

    static bool IsFloat(ElementType type) => type is ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64;
}
