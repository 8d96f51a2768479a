using System.Buffers;
using System.Text;

namespace Kymo.Config;

/// <summary>
/// Reads one YAML 1.1 document as OmegaConf does: PyYAML's safe loader with wider floats (<c>1e3</c>), dates as text, and duplicate keys
/// as errors. Hostile documents end in an error with a position: size, depth, and nodes after aliases are bounded.
/// </summary>
public static class YamlReader
{
    /// <summary>Largest document, in bytes.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The value in a file's bytes; a scalar of null where there is none.</summary>
    /// <param name="bytes">UTF-8, with or without a byte-order mark.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="ConfigException">Not UTF-8, not YAML, a duplicate key, an unknown tag, too large or too deep.</exception>
    public static ConfigNode Read(ReadOnlySpan<byte> bytes, string file) => Read(Decode(bytes, file), file);

    /// <summary>The value in a text; a scalar of null where there is none.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="ConfigException">See <see cref="Read(ReadOnlySpan{byte}, string)"/>.</exception>
    public static ConfigNode Read(string text, string file) => new YamlParser(text, file).Parse() is { } graph
        ? new YamlConstructor().Construct(graph)
        : new ScalarNode(null) { Position = new SourcePosition(file, 1, 1) };

    /// <summary>The configuration in a file's bytes.</summary>
    /// <param name="bytes">UTF-8, with or without a byte-order mark.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="ConfigException">See <see cref="ReadConfig(string, string)"/>; or not UTF-8, or too large.</exception>
    public static ConfigNode ReadConfig(ReadOnlySpan<byte> bytes, string file) => ReadConfig(Decode(bytes, file), file);

    /// <summary>
    /// The document as a configuration (<c>OmegaConf.create</c>): a map or a list; an empty document is an empty map, a lone string
    /// is a key without a value.
    /// </summary>
    /// <param name="text">The document.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="ConfigException">As <see cref="Read(string, string)"/>; or another lone scalar, null as a key, or a text whose
    /// interpolations cannot be parsed.</exception>
    public static ConfigNode ReadConfig(string text, string file)
    {
        var node = Read(text, file);
        switch (node)
        {
            case ScalarNode { Value: null }:
                return new MapNode { Position = node.Position };
            case ScalarNode { Value: string key }:
                var map = new MapNode { Position = node.Position };
                map.Add(key, new ScalarNode(null) { Position = node.Position });
                return map;
            case ScalarNode scalar:
                throw new ConfigException($"{node.Position}: expected a map or a list, but found {scalar}");
        }
        ConfigRules.Check(node);
        return node;
    }

    static string Decode(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.Length > MaxBytes) throw new ConfigException($"{file}: {bytes.Length} bytes; at most {MaxBytes} are read");
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[3..];
        var valid = 0;
        while (System.Text.Rune.DecodeFromUtf8(bytes[valid..], out _, out var length) == OperationStatus.Done) valid += length;
        if (valid == bytes.Length) return Encoding.UTF8.GetString(bytes);
        var line = 1 + bytes[..valid].Count((byte)'\n');
        var lineStart = bytes[..valid].LastIndexOf((byte)'\n') + 1;
        var column = 1 + Encoding.UTF8.GetCharCount(bytes[lineStart..valid]);
        throw new ConfigException($"{file}:{line}:{column}: byte 0x{bytes[valid]:X2} is not UTF-8; save the file as UTF-8");
    }
}
