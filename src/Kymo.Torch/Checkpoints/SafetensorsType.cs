namespace Kymo.Torch.Checkpoints;

/// <summary>
/// The element types of the safetensors format, in the format's own order (which its writer sorts by, largest last).
/// </summary>
static class SafetensorsType
{
    static readonly (string Name, int Bits, ElementType? Type)[] s_types =
    [
        ("BOOL", 8, ElementType.Bool), ("F4", 4, null), ("F6_E2M3", 6, null), ("F6_E3M2", 6, null), ("U8", 8, ElementType.UInt8),
        ("I8", 8, ElementType.Int8), ("F8_E5M2", 8, null), ("F8_E4M3", 8, null), ("F8_E8M0", 8, null), ("F8_E4M3FNUZ", 8, null),
        ("F8_E5M2FNUZ", 8, null), ("I16", 16, ElementType.Int16), ("U16", 16, null), ("F16", 16, ElementType.Float16),
        ("BF16", 16, ElementType.BFloat16), ("I32", 32, ElementType.Int32), ("U32", 32, null), ("F32", 32, ElementType.Float32),
        ("C64", 64, null), ("F64", 64, ElementType.Float64), ("I64", 64, ElementType.Int64), ("U64", 64, null),
    ];

    /// <summary>Bits one element takes, or null for a name the format does not have.</summary>
    public static int? Bits(string name) => Find(name) is { } i ? s_types[i].Bits : null;

    /// <summary>The element type Kymo decodes the name to, or null where it does not.</summary>
    public static ElementType? Decode(string name) => Find(name) is { } i ? s_types[i].Type : null;

    /// <summary>The format's name of an element type.</summary>
    public static string Name(ElementType type) => s_types[Rank(type)].Name;

    /// <summary>Place in the format's order.</summary>
    public static int Rank(ElementType type) => Array.FindIndex(s_types, t => t.Type == type);

    /// <summary>All names, for messages.</summary>
    public static string Names { get; } = string.Join(", ", s_types.Select(t => t.Name));

    static int? Find(string name) => Array.FindIndex(s_types, t => t.Name == name) is >= 0 and var i ? i : null;
}
