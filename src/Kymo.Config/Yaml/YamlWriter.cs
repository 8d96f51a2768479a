using System.Globalization;
using System.Text;

namespace Kymo.Config;

/// <summary>
/// Writes a tree as <c>OmegaConf.to_yaml</c> does: block style, two blanks, keys in their order, texts that would read as something
/// else in quotes, long texts folded at 80 columns.
/// </summary>
public static class YamlWriter
{
    const int MaxSimpleKey = 128;

    /// <summary>The text of a tree.</summary>
    public static string Write(ConfigNode node)
    {
        var output = new YamlOutput();
        switch (node)
        {
            case MapNode { Count: 0 }:
                return "{}\n";
            case ListNode { Count: 0 }:
                return "[]\n";
            case MapNode map:
                WriteMap(output, map, 0);
                break;
            case ListNode list:
                WriteList(output, list, 0);
                break;
            case ScalarNode scalar:
                WriteScalar(output, scalar, 0, isKey: false);
                output.NewLine();
                if (!output.EndsInQuote) output.Put("...\n");
                break;
        }
        return output.ToString();
    }

    static void WriteMap(YamlOutput output, MapNode map, int indent)
    {
        foreach (var (key, value) in map)
        {
            output.Indent(indent);
            var name = new ScalarNode(key.Value);
            var isSimple = IsSimple(name);
            if (!isSimple) output.Put("? ");
            WriteScalar(output, name, indent + 2, isSimple);
            if (!isSimple) output.Indent(indent);
            output.Put(":");
            WriteValue(output, value, indent, inMap: true);
        }
    }

    static void WriteList(YamlOutput output, ListNode list, int indent)
    {
        foreach (var value in list)
        {
            output.Indent(indent);
            output.Put("-");
            WriteValue(output, value, indent, inMap: false);
        }
    }

    static void WriteValue(YamlOutput output, ConfigNode value, int indent, bool inMap)
    {
        switch (value)
        {
            case MapNode { Count: 0 }:
                output.Put(" {}\n");
                break;
            case ListNode { Count: 0 }:
                output.Put(" []\n");
                break;
            case MapNode map when inMap:
                output.NewLine();
                WriteMap(output, map, indent + 2);
                break;
            case MapNode map:
                output.Put(" ");
                WriteMap(output, map, indent + 2);
                break;
            case ListNode list when inMap:
                // A list in a map is not indented.
                output.NewLine();
                WriteList(output, list, indent);
                break;
            case ListNode list:
                output.Put(" ");
                WriteList(output, list, indent + 2);
                break;
            case ScalarNode scalar:
                output.Put(" ");
                WriteScalar(output, scalar, indent + 2, isKey: false);
                output.NewLine();
                break;
        }
    }

    static bool IsSimple(ScalarNode key) => key.Value is not string text || (text.Length < MaxSimpleKey && !text.AsSpan().ContainsAny("\n\u0085\u2028\u2029"));

    static void WriteScalar(YamlOutput output, ScalarNode scalar, int indent, bool isKey)
    {
        if (scalar.Value is string text) YamlText.Write(output, text, indent, isKey);
        else output.Put(Plain(scalar.Value));
    }

    static string Plain(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        double.PositiveInfinity => ".inf",
        double.NegativeInfinity => "-.inf",
        double number when double.IsNaN(number) => ".nan",
        double number => WithPoint(PythonText.Of(number)),
        byte[] bytes => "!!binary " + Convert.ToBase64String(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    // 1e-05 would read as text in plain YAML 1.1: it is written 1.0e-05.
    static string WithPoint(string number) =>
        number.Contains('.') || !number.Contains('e') ? number : number.Replace("e", ".0e", StringComparison.Ordinal);
}

/// <summary>The text so far, and the column it has reached.</summary>
sealed class YamlOutput
{
    readonly StringBuilder _text = new();
    int _lineStart;

    public int Column => _text.Length - _lineStart;

    public bool EndsInQuote => _text.Length > 1 && _text[^2] is '\'' or '"';

    /// <summary>Adds a text.</summary>
    public void Put(string text)
    {
        _text.Append(text);
        var last = text.LastIndexOf('\n');
        if (last >= 0) _lineStart = _text.Length - (text.Length - last - 1);
    }

    /// <summary>Begins a new line.</summary>
    public void NewLine() => Put("\n");

    /// <summary>Goes to a column: on this line if it is not reached yet, on the next otherwise.</summary>
    public void Indent(int column)
    {
        if (Column > column) NewLine();
        Put(new string(' ', column - Column));
    }

    public override string ToString() => _text.ToString();
}
