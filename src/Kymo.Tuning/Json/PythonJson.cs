using System.Globalization;
using System.Text;

namespace Kymo.Tuning.Json;

/// <summary>
/// Values as Optuna stores them: the text of Python's <c>json.dumps</c> with its defaults (a blank after each comma and colon,
/// ASCII only, <c>NaN</c> and <c>Infinity</c> allowed). In memory a value is null, <see cref="bool"/>, <see cref="long"/>,
/// <see cref="double"/>, <see cref="string"/>, <see cref="IReadOnlyList{T}"/> or <see cref="IReadOnlyDictionary{TKey,
/// TValue}"/> of such.
/// </summary>
public static class PythonJson
{
    /// <summary>The text of a value.</summary>
    /// <exception cref="StudyException">The value holds something JSON has no form for.</exception>
    public static string Write(object? value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    /// <summary>The value of a text.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="place">What the text is, for the error message.</param>
    /// <exception cref="StudyException">The text is not JSON, or nested deeper than 64.</exception>
    public static object? Read(string text, string place) => new PythonJsonReader(text, place).ReadAll();

    /// <summary>
    /// Whether two values are equal as Python compares them (<c>1 == 1.0</c>), not-a-number being equal to itself.
    /// </summary>
    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (string a, string b) => a == b,
        (IReadOnlyDictionary<string, object?> a, IReadOnlyDictionary<string, object?> b) =>
            a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var other) && AreEqual(pair.Value, other)),
        (IReadOnlyList<object?> a, IReadOnlyList<object?> b) =>
            a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
        _ => Number(left) is { } x && Number(right) is { } y && x.Equals(y),
    };

    /// <summary>A value that counts as a number for Python (a bool is 0 or 1), or null.</summary>
    public static double? Number(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        int number => number,
        long number => number,
        float number => number,
        double number => number,
        _ => null,
    };

    internal static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null: text.Append("null"); break;
            case bool flag: text.Append(flag ? "true" : "false"); break;
            case int number: text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case long number: text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case float number: text.Append(PythonNumber.Text(number)); break;
            case double number: text.Append(PythonNumber.Text(number)); break;
            case string words: AppendString(text, words); break;
            case IReadOnlyDictionary<string, object?> map: AppendMap(text, map); break;
            case System.Collections.IEnumerable items: AppendList(text, items); break;
            default:
                throw new StudyException(
                $"{value.GetType().Name} cannot be stored; give null, true or false, a number, text, a list or a map");
        }
    }

    static void AppendMap(StringBuilder text, IReadOnlyDictionary<string, object?> map)
    {
        var separator = "{";
        foreach (var (key, item) in map)
        {
            text.Append(separator);
            AppendString(text, key);
            text.Append(": ");
            Append(text, item);
            separator = ", ";
        }
        text.Append(map.Count == 0 ? "{}" : "}");
    }

    static void AppendList(StringBuilder text, System.Collections.IEnumerable items)
    {
        text.Append('[');
        var first = true;
        foreach (var item in items)
        {
            if (!first) text.Append(", ");
            Append(text, item);
            first = false;
        }
        text.Append(']');
    }

    static void AppendString(StringBuilder text, string words)
    {
        text.Append('"');
        foreach (var letter in words)
        {
            switch (letter)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case >= ' ' and <= '~': text.Append(letter); break;
                default: text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"); break;
            }
        }
        text.Append('"');
    }
}
