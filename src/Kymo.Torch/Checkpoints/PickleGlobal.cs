namespace Kymo.Torch.Checkpoints;

/// <summary>Values that exist only while a pickle is read.</summary>
abstract record PickleInternal : PickleValue;

/// <summary>A name of the allow-list, as the GLOBAL opcode brings it.</summary>
sealed record PickleGlobal : PickleInternal
{
    static readonly Dictionary<(string, string), PickleGlobal> s_allowed = Allow();

    PickleGlobal(string module, string name, ElementType? storage = null) =>
        (Module, Name, StorageType) = (module, name, storage);

    public string Module { get; }

    public string Name { get; }

    /// <summary>The element type of a storage class.</summary>
    public ElementType? StorageType { get; }

    internal override string Kind => $"global '{this}'";

    /// <summary>The storage class of an element type.</summary>
    public static PickleGlobal Storage(ElementType type) => s_allowed.Values.Single(g => g.StorageType == type);

    /// <summary>The global of that name.</summary>
    public static PickleGlobal Find(string module, string name) => s_allowed.TryGetValue((module, name), out var global)
        ? global
        : throw new PickleFault($"global '{module} {name}' is not allowed in a weights file; nothing was executed. "
            + "Save a state_dict (names and tensors) instead of whole objects");

    public override string ToString() => $"{Module} {Name}";

    static Dictionary<(string, string), PickleGlobal> Allow()
    {
        PickleGlobal[] globals =
        [
            new("collections", "OrderedDict"), new("__builtin__", "set"), new("_codecs", "encode"),
            new("torch._utils", "_rebuild_tensor"), new("torch._utils", "_rebuild_tensor_v2"),
            new("torch._utils", "_rebuild_parameter"),
            new("torch", "Size"), new("torch", "device"),
            new("torch", "FloatStorage", ElementType.Float32), new("torch", "DoubleStorage", ElementType.Float64),
            new("torch", "HalfStorage", ElementType.Float16), new("torch", "BFloat16Storage", ElementType.BFloat16),
            new("torch", "LongStorage", ElementType.Int64), new("torch", "IntStorage", ElementType.Int32),
            new("torch", "ShortStorage", ElementType.Int16), new("torch", "CharStorage", ElementType.Int8),
            new("torch", "ByteStorage", ElementType.UInt8), new("torch", "BoolStorage", ElementType.Bool),
            new("numpy.core.multiarray", "scalar"), new("numpy.core.multiarray", "_reconstruct"),
            new("numpy._core.multiarray", "scalar"), new("numpy._core.multiarray", "_reconstruct"),
            new("numpy", "dtype"), new("numpy", "ndarray"),
        ];
        return globals.ToDictionary(g => (g.Module, g.Name));
    }
}

/// <summary>A storage a persistent id names, not yet part of a tensor.</summary>
sealed record PickleStorage(TensorStorage Value, long Offset, long Count) : PickleInternal
{
    internal override string Kind => "storage";
}

/// <summary>A NumPy element type; BUILD sets its byte order.</summary>
sealed record PickleDType(string Code) : PickleInternal
{
    public bool IsBigEndian { get; set; }

    internal override string Kind => "NumPy element type";

    public bool Equals(PickleDType? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
