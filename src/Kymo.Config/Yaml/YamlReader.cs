using System.Numerics;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kymo.Config;

/// <summary>
/// Reads one YAML 1.1 document as OmegaConf does: PyYAML's types with wider floats, dates as text, duplicate keys refused. Hostile
/// documents end in an error with a position: depth, size after aliases and bytes are bounded, nothing recurses.
/// </summary>
public static class YamlReader
{
    /// <summary>Deepest nesting.</summary>
    public const int MaxDepth = 400;

    /// <summary>Most nodes, aliases expanded.</summary>
    public const int MaxNodes = 2_000_000;

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="bytes">UTF-8, with or without a byte-order mark.</param>
    /// <param name="file">Name for messages.</param>
    /// <returns>The document; a scalar of null where it is empty.</returns>
    /// <exception cref="ConfigException">Not UTF-8, not YAML, a duplicate key, an unknown tag, or too deep.</exception>
    public static ConfigNode Read(byte[] bytes, string file)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            var line = 1 + bytes.AsSpan(0, Math.Clamp(error.Index, 0, bytes.Length)).Count((byte)'\n');
            throw new ConfigException($"{file}:{line}: byte {error.Index} is not UTF-8", error);
        }
        return Read(text, file);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="ConfigException">See <see cref="Read(byte[], string)"/>.</exception>
    public static ConfigNode Read(string text, string file)
    {
        if (text.StartsWith('\uFEFF')) text = text[1..];
        CheckCharacters(text, file);
        try
        {
            CheckTabs(text, file);
            var builder = new YamlTreeBuilder(file);
            var parser = new Parser(new StringReader(text));
            while (parser.MoveNext()) builder.Take(parser.Current!);
            return builder.Result;
        }
        catch (YamlException error)
        {
            throw new ConfigException($"{file}:{error.Start.Line}:{error.Start.Column}: {error.Message}", error);
        }
    }

    // PyYAML takes a tab only inside quotes, block scalars and comments; YamlDotNet is more lenient.
    static void CheckTabs(string text, string file)
    {
        if (!text.Contains('\t')) return;
        var scanner = new Scanner(new StringReader(text), skipComments: false);
        long end = 0;
        while (scanner.MoveNext())
        {
            var token = scanner.Current!;
            var from = token is YamlDotNet.Core.Tokens.Scalar { Style: ScalarStyle.Plain } ? token.Start.Index : long.MaxValue;
            CheckTab(text, file, end, token.Start.Index);
            if (from < token.End.Index) CheckTab(text, file, from, token.End.Index);
            end = Math.Max(end, token.End.Index);
        }
        CheckTab(text, file, end, text.Length);
    }

    static void CheckTab(string text, string file, long from, long to)
    {
        var start = (int)Math.Clamp(from, 0, text.Length);
        var at = text.AsSpan(start, (int)Math.Clamp(to - start, 0, text.Length - start)).IndexOf('\t');
        if (at < 0) return;
        at += start;
        var line = 1 + text.AsSpan(0, at).Count('\n');
        throw new ConfigException($"{file}:{line}:{at - text.LastIndexOf('\n', at)}: a tab cannot stand between words; use blanks");
    }

    // PyYAML's reader refuses control characters anywhere.
    static void CheckCharacters(string text, string file)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\t' or '\n' or '\r' or '\u0085' or (>= ' ' and <= '~') or (>= '\u00A0' and <= '\uFFFD')) continue;
            var line = 1 + text.AsSpan(0, i).Count('\n');
            throw new ConfigException($"{file}:{line}:{i - text.LastIndexOf('\n', Math.Max(i - 1, 0))}: the character U+{(int)c:X4} may not stand in YAML");
        }
    }
}

/// <summary>Puts parser events together to a tree, with a stack of its own instead of recursion.</summary>
sealed class YamlTreeBuilder(string file)
{
    readonly Stack<Frame> _open = new();
    readonly Dictionary<string, ConfigNode> _anchors = [];
    ConfigNode? _result;
    int _documents;
    long _nodes;

    public ConfigNode Result => _result ?? new ScalarNode(null);

    public void Take(ParsingEvent parsed)
    {
        switch (parsed)
        {
            case DocumentStart when ++_documents > 1:
                throw Fault(parsed, "a second document begins here; expected one");
            case Scalar scalar:
                Place(Anchored(scalar.Anchor, ScalarOf(scalar)), scalar, IsPlainMerge(scalar));
                break;
            case SequenceStart start:
                Open(start, Anchored(start.Anchor, new ListNode { Position = At(start) }), "seq");
                break;
            case MappingStart start:
                Open(start, Anchored(start.Anchor, new MapNode { Position = At(start) }), "map");
                break;
            case SequenceEnd or MappingEnd:
                Close(parsed);
                break;
            case AnchorAlias alias:
                if (!_anchors.TryGetValue(alias.Value.Value, out var node)) throw Fault(alias, $"no anchor &{alias.Value.Value} stands before this alias");
                if (_open.Any(frame => ReferenceEquals(frame.Node, node))) throw Fault(alias, $"the anchor &{alias.Value.Value} holds an alias of itself");
                Count(alias, node);
                Place(node.Copy(), alias, false);
                break;
        }
    }

    void Open(NodeEvent start, ConfigNode node, string kind)
    {
        if (!start.Tag.IsEmpty && start.Tag.Value is not ("tag:yaml.org,2002:" or "!" or "?") && start.Tag.Value != "tag:yaml.org,2002:" + kind)
            throw Fault(start, $"could not determine a constructor for the tag '{start.Tag.Value}'");
        if (_open.Count >= YamlReader.MaxDepth) throw Fault(start, $"nested deeper than {YamlReader.MaxDepth} levels");
        _open.Push(new Frame(node));
    }

    void Close(ParsingEvent parsed)
    {
        var frame = _open.Pop();
        if (frame.Node is MapNode map && frame.Merges is { } merges) ApplyMerges(parsed, map, merges);
        Place(frame.Node, parsed, false);
    }

    void Place(ConfigNode node, ParsingEvent parsed, bool isMerge)
    {
        if (++_nodes > YamlReader.MaxNodes) throw Fault(parsed, $"more than {YamlReader.MaxNodes} nodes");
        if (!_open.TryPeek(out var frame))
        {
            _result = node;
            return;
        }
        if (frame.Node is ListNode list)
        {
            if (isMerge) throw Fault(parsed, "could not determine a constructor for a plain '<<'");
            list.Add(node);
            return;
        }
        var map = (MapNode)frame.Node;
        if (frame.Key is null)
        {
            if (node is not ScalarNode scalar) throw Fault(parsed, "found an unhashable key: a list or a map cannot be a key");
            frame.Key = new ConfigKey(scalar.Value);
            frame.KeyPosition = At(parsed);
            frame.IsMerge = isMerge;
            return;
        }
        if (isMerge) throw Fault(parsed, "could not determine a constructor for a plain '<<'");
        var key = frame.Key.Value;
        frame.Key = null;
        if (frame.IsMerge)
        {
            (frame.Merges ??= []).Add(node);
            return;
        }
        if (map.TryGet(key, out _))
            throw Fault(parsed, $"found duplicate key {key}: it stands in line {frame.Lines[key]} and again in line {frame.KeyPosition.Line}");
        frame.Lines[key] = frame.KeyPosition.Line;
        map.Add(key, node);
        node.Position ??= frame.KeyPosition;
    }

    // Own keys win over merged ones; of several merged maps the first wins. Merged keys come first.
    void ApplyMerges(ParsingEvent parsed, MapNode map, List<ConfigNode> merges)
    {
        var merged = new MapNode();
        foreach (var source in merges.SelectMany(merge => merge is ListNode list ? list : (IEnumerable<ConfigNode>)[merge]))
        {
            if (source is not MapNode from) throw Fault(parsed, "expected a map or a list of maps for merging (<<)");
            foreach (var (key, value) in from)
                if (!merged.Contains(key)) merged.Add(key, value.Copy());
        }
        foreach (var (key, value) in map.ToArray())
        {
            map.Remove(key);
            merged[key] = value;
        }
        foreach (var (key, value) in merged.ToArray())
        {
            merged.Remove(key);
            map.Add(key, value);
        }
    }

    ScalarNode ScalarOf(Scalar scalar)
    {
        var plain = scalar.IsPlainImplicit && scalar.Style is ScalarStyle.Plain;
        var tag = scalar.Tag.IsEmpty ? null : scalar.Tag.Value;
        object? value = tag switch
        {
            null or "?" => plain ? Implicit(scalar) : scalar.Value,
            "!" or "tag:yaml.org,2002:str" => scalar.Value,
            "tag:yaml.org,2002:null" => null,
            "tag:yaml.org,2002:bool" => Bool(scalar),
            "tag:yaml.org,2002:int" => Integer(scalar),
            "tag:yaml.org,2002:float" => Float(scalar),
            _ => throw Fault(scalar, $"could not determine a constructor for the tag '{tag}'"),
        };
        return new ScalarNode(value) { Position = At(scalar) };
    }

    object? Implicit(Scalar scalar) => YamlResolver.Read(scalar.Value) switch
    {
        YamlTag.Null => null,
        YamlTag.Bool => Bool(scalar),
        YamlTag.Int => Integer(scalar),
        YamlTag.Float => Float(scalar),
        YamlTag.Value => throw Fault(scalar, "could not determine a constructor for a plain '='"),
        YamlTag.Yaml => throw Fault(scalar, $"could not determine a constructor for a plain '{scalar.Value}'"),
        _ => scalar.Value,
    };

    static bool IsPlainMerge(Scalar scalar) => scalar.Style is ScalarStyle.Plain && scalar.Tag.IsEmpty && scalar.Value == "<<";

    object Bool(Scalar scalar) => scalar.Value.ToLowerInvariant() switch
    {
        "yes" or "true" or "on" => true,
        "no" or "false" or "off" => false,
        _ => throw Fault(scalar, $"'{scalar.Value}' is no bool"),
    };

    object Integer(Scalar scalar)
    {
        var text = scalar.Value.Replace("_", "", StringComparison.Ordinal);
        var negative = text.StartsWith('-');
        if (text.Length > 0 && text[0] is '-' or '+') text = text[1..];
        BigInteger value;
        if (text == "0") value = 0;
        else if (text.StartsWith("0b", StringComparison.Ordinal)) value = Digits(scalar, text[2..], 2);
        else if (text.StartsWith("0x", StringComparison.Ordinal)) value = Digits(scalar, text[2..], 16);
        else if (text.StartsWith('0')) value = Digits(scalar, text, 8);
        else if (text.Contains(':')) value = text.Split(':').Aggregate(BigInteger.Zero, (sum, part) => (sum * 60) + Digits(scalar, part, 10));
        else value = Digits(scalar, text, 10);
        return ScalarNode.Normalize(negative ? -value : value)!;
    }

    BigInteger Digits(Scalar scalar, string text, int radix) =>
        PythonNumbers.TryParseInt(text, radix, out var value) ? value is BigInteger big ? big : (long)value : throw Fault(scalar, $"'{scalar.Value}' is no integer");

    object Float(Scalar scalar)
    {
        var text = scalar.Value.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        var sign = text.StartsWith('-') ? -1.0 : 1.0;
        if (text.Length > 0 && text[0] is '-' or '+') text = text[1..];
        if (text == ".inf") return sign * double.PositiveInfinity;
        if (text == ".nan") return double.NaN;
        if (text.Contains(':')) return sign * text.Split(':').Aggregate(0.0, (sum, part) => (sum * 60) + Number(scalar, part));
        return sign * Number(scalar, text);
    }

    double Number(Scalar scalar, string text) =>
        PythonNumbers.TryParseFloat(text, out var value) ? value : throw Fault(scalar, $"'{scalar.Value}' is no number");

    // An alias copies what it names; a document of aliases of aliases would otherwise grow without bound.
    void Count(ParsingEvent parsed, ConfigNode node)
    {
        var pending = new Stack<ConfigNode>([node]);
        while (pending.TryPop(out var next))
        {
            if (++_nodes > YamlReader.MaxNodes) throw Fault(parsed, $"more than {YamlReader.MaxNodes} nodes after aliases");
            foreach (var child in next is MapNode map ? map.Values : next is ListNode list ? list : (IEnumerable<ConfigNode>)[]) pending.Push(child);
        }
    }

    ConfigNode Anchored(AnchorName anchor, ConfigNode node)
    {
        if (!anchor.IsEmpty) _anchors[anchor.Value] = node;
        return node;
    }

    SourcePosition At(ParsingEvent parsed) => new(file, (int)parsed.Start.Line, (int)parsed.Start.Column);

    ConfigException Fault(ParsingEvent parsed, string problem) => new($"{At(parsed)}: {problem}");

    sealed class Frame(ConfigNode node)
    {
        public ConfigNode Node { get; } = node;

        public ConfigKey? Key { get; set; }

        public SourcePosition KeyPosition { get; set; }

        public bool IsMerge { get; set; }

        public List<ConfigNode>? Merges { get; set; }

        public Dictionary<ConfigKey, int> Lines { get; } = [];
    }
}
