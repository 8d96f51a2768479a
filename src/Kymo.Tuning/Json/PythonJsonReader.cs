using System.Globalization;
using System.Text;

namespace Kymo.Tuning.Json;

/// <summary>Reads one JSON value with Python's additions <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>.</summary>
ref struct PythonJsonReader(string text, string place)
{
    const int MaxDepth = 64;
    int _at;

    public object? ReadAll()
    {
        var value = ReadValue(0);
        SkipBlanks();
        return _at == text.Length ? value : throw Error("the end");
    }

    object? ReadValue(int depth)
    {
        if (depth > MaxDepth) throw Error($"at most {MaxDepth} levels");
        SkipBlanks();
        if (_at == text.Length) throw Error("a value");
        switch (text[_at])
        {
            case '{': return ReadMap(depth);
            case '[': return ReadList(depth);
            case '"': return ReadString();
            default: return ReadWord();
        }
    }

    Dictionary<string, object?> ReadMap(int depth)
    {
        var map = new Dictionary<string, object?>();
        _at++;
        if (Take('}')) return map;
        do
        {
            SkipBlanks();
            if (_at == text.Length || text[_at] != '"') throw Error("a key in quotes");
            var key = ReadString();
            if (!Take(':')) throw Error("':'");
            map[key] = ReadValue(depth + 1);
        } while (Take(','));
        return Take('}') ? map : throw Error("',' or '}'");
    }

    List<object?> ReadList(int depth)
    {
        var list = new List<object?>();
        _at++;
        if (Take(']')) return list;
        do list.Add(ReadValue(depth + 1)); while (Take(','));
        return Take(']') ? list : throw Error("',' or ']'");
    }

    string ReadString()
    {
        var end = text.AsSpan(++_at).IndexOfAny('"', '\\');
        if (end >= 0 && text[_at + end] == '"')
        {
            var plain = text.Substring(_at, end);
            _at += end + 1;
            return plain;
        }
        var words = new StringBuilder();
        while (_at < text.Length && text[_at] != '"') words.Append(text[_at] == '\\' ? ReadEscape() : text[_at++]);
        if (_at++ >= text.Length) throw Error("a closing quote");
        return words.ToString();
    }

    char ReadEscape()
    {
        if (++_at >= text.Length) throw Error("an escape");
        var letter = text[_at++];
        if (letter == 'u')
        {
            if (_at + 4 > text.Length || !ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out var code))
                throw Error("four hexadecimal digits");
            _at += 4;
            return (char)code;
        }
        return letter switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\b',
            'f' => '\f',
            '"' or '\\' or '/' => letter,
            _ => throw Error("a known escape"),
        };
    }

    object? ReadWord()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '+' or '-' or '.')) _at++;
        var word = text.AsSpan(start, _at - start);
        switch (word)
        {
            case "null": return null;
            case "true": return true;
            case "false": return false;
            case "NaN": return double.NaN;
            case "Infinity": return double.PositiveInfinity;
            case "-Infinity": return double.NegativeInfinity;
        }
        if (word.Length == 0 || !(char.IsAsciiDigit(word[0]) || word[0] == '-')) throw Error("a value", start);
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) return integer;
        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        throw Error("a value", start);
    }

    bool Take(char letter)
    {
        SkipBlanks();
        if (_at == text.Length || text[_at] != letter) return false;
        _at++;
        return true;
    }

    void SkipBlanks()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r') _at++;
    }

    readonly StudyException Error(string expected) => Error(expected, _at);

    readonly StudyException Error(string expected, int at)
    {
        var shown = text.Length <= 60 ? text : text[..60] + "…";
        return new StudyException($"{place}: not JSON at character {at}, where {expected} is expected: {shown}");
    }
}
