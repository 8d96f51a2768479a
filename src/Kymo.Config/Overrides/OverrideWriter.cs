using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kymo.Config;

/// <summary>How values are written as override text.</summary>
public enum OverrideStyle
{
    /// <summary>
    /// Reading the text gives the value again: bools in lower case, quotes where text needs them. Only a comma list that stands
    /// inside another value (the result of a cast) becomes <c>choice(...)</c>.
    /// </summary>
    Exact,

    /// <summary>
    /// As Hydra's basic sweeper writes the overrides of its jobs: <c>True</c> and <c>False</c>, text escaped but never quoted
    /// unless it was typed in quotes.
    /// </summary>
    Hydra,
}

/// <summary>Writes values as override text.</summary>
public static class OverrideWriter
{
    static readonly SearchValues<char> s_escaped = SearchValues.Create("\\()[]{}:=, \t");

    /// <summary>The text of a value, as it stands after the <c>=</c>.</summary>
    /// <param name="value">The value; null (no value) is written <c>null</c>.</param>
    /// <param name="style">How to write it.</param>
    public static string Write(OverrideValue? value, OverrideStyle style = OverrideStyle.Exact)
    {
        if (value is null) return "null";
        var result = new StringBuilder();
        Write(result, value, style, inList: false);
        return result.ToString();
    }

    static void Write(StringBuilder result, OverrideValue value, OverrideStyle style, bool inList)
    {
        switch (value)
        {
            case NullValue:
                result.Append("null");
                break;
            case BoolValue flag:
                result.Append(style == OverrideStyle.Hydra ? (flag.Value ? "True" : "False") : flag.Value ? "true" : "false");
                break;
            case IntValue number:
                result.Append(number.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case FloatValue number:
                result.Append(PythonText.Of(number.Value));
                break;
            case QuotedValue quoted:
                result.Append(QuotedText.Write(quoted.Text, quoted.Quote));
                break;
            case TextValue text:
                result.Append(WriteText(text.Text, style, inList));
                break;
            case ListValue list:
                WriteItems(result.Append('['), list.Items, style).Append(']');
                break;
            case DictValue dict:
                WriteDict(result, dict, style);
                break;
            default:
                WriteSweep(result, value, style, inList);
                break;
        }
    }

    static StringBuilder WriteItems(StringBuilder result, IReadOnlyList<OverrideValue> items, OverrideStyle style)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) result.Append(',');
            Write(result, items[i], style, inList: true);
        }
        return result;
    }

    static void WriteDict(StringBuilder result, DictValue dict, OverrideStyle style)
    {
        result.Append('{');
        for (var i = 0; i < dict.Items.Count; i++)
        {
            if (i > 0) result.Append(',');
            // A key cannot be quoted, so text that is no key stays as it is.
            if (dict.Items[i].Key is TextValue key) result.Append(Escape(key.Text));
            else Write(result, dict.Items[i].Key, style, inList: true);
            Write(result.Append(':'), dict.Items[i].Value, style, inList: true);
        }
        result.Append('}');
    }

    static void WriteSweep(StringBuilder result, OverrideValue value, OverrideStyle style, bool inList)
    {
        if (style == OverrideStyle.Hydra) throw new ConfigException("Cannot convert sweep to str");
        if (value is Sweep { Tags: [_, ..] } tagged)
        {
            result.Append("tag(");
            foreach (var tag in tagged.Tags) result.Append(WriteText(tag, style, inList: true)).Append(',');
            WriteSweep(result, tagged with { Tags = [] }, style, inList: true);
            result.Append(')');
            return;
        }
        switch (value)
        {
            case ChoiceSweep { Items: [] } empty:
                // choice() is refused; without members there is only what is left of shuffle().
                var members = empty.Shuffle ? "shuffle()" : "int(shuffle())";
                result.Append(empty.IsSimple ? members : $"choice({members})");
                break;
            case ChoiceSweep { Shuffle: true, IsSimple: true } choice:
                WriteItems(result.Append("shuffle("), choice.Items, style).Append(')');
                break;
            case ChoiceSweep { Shuffle: true } choice:
                WriteSweep(result.Append("shuffle("), choice with { Shuffle = false }, style, inList: true);
                result.Append(')');
                break;
            case ChoiceSweep choice:
                var bare = choice.IsSimple && !inList;
                WriteItems(bare ? result : result.Append("choice("), choice.Items, style).Append(bare ? "" : ")");
                break;
            case RangeSweep range:
                WriteItems(result.Append(range.Shuffle ? "shuffle(range(" : "range("), [range.Start, range.Stop, range.Step],
                    style)
                    .Append(range.Shuffle ? "))" : ")");
                break;
            case IntervalSweep interval:
                WriteInterval(result, interval, style);
                break;
            case GlobSweep glob:
                WriteItems(result.Append("glob(["), glob.Include, style);
                WriteItems(result.Append("],["), glob.Exclude, style).Append("])");
                break;
        }
    }

    static void WriteInterval(StringBuilder result, IntervalSweep interval, OverrideStyle style)
    {
        var whole = interval.Start is IntValue;
        WriteItems(result.Append(whole ? "int(interval(" : "interval("), [interval.Start, interval.End], style)
            .Append(whole ? "))" : ")");
    }

    static string WriteText(string text, OverrideStyle style, bool inList)
    {
        var escaped = Escape(text);
        if (style == OverrideStyle.Hydra || IsPlain(text, escaped, inList)) return escaped;
        return QuotedText.Write(text, text.Contains('\'') && !text.Contains('"') ? QuoteKind.Double : QuoteKind.Single);
    }

    /// <summary>
    /// Whether escaped text reads as the same text again and not as a number, a function, or something ill formed.
    /// </summary>
    static bool IsPlain(string text, string escaped, bool inList)
    {
        if (text.Length == 0) return !inList;
        try
        {
            return new OverrideParser("=" + escaped).Parse().Value is TextValue read && read.Text == text;
        }
        catch (ConfigException)
        {
            return false;
        }
    }

    static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAny(s_escaped)) return text;
        var result = new StringBuilder(text.Length + 8);
        foreach (var character in text)
        {
            if (s_escaped.Contains(character)) result.Append('\\');
            result.Append(character);
        }
        return result.ToString();
    }
}
