using System.Globalization;

namespace Kymo.Signals.Arrays;

/// <summary>
/// Reads the Python dictionary of an npy header: exactly three keys, a text, a truth value and a tuple of whole numbers.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="text">The header's text.</param>
/// <param name="start">File offset of the text.</param>
ref struct NpyHeaderText(string path, string text, int start)
{
    int _at;

    /// <summary>The three values.</summary>
    public (string Description, bool IsColumnMajor, long[] Shape) Parse()
    {
        string? description = null;
        bool? columnMajor = null;
        long[]? shape = null;
        Expect('{');
        while (!TryTake('}'))
        {
            var at = _at;
            var key = ReadString();
            Expect(':');
            if (key == "descr" && description is null) description = ReadDescription();
            else if (key == "fortran_order" && columnMajor is null) columnMajor = ReadTruth();
            else if (key == "shape" && shape is null) shape = ReadShape();
            else throw Fault(at, $"key '{key}' is unknown or comes twice, expected descr, fortran_order and shape once each");
            if (TryTake(',')) continue;
            Expect('}');
            break;
        }
        SkipBlanks();
        if (_at != text.Length) throw Fault(_at, "more text behind the dictionary");
        return description is null || columnMajor is null || shape is null
            ? throw Fault(0, "the header lacks one of descr, fortran_order and shape")
            : (description, columnMajor.Value, shape);
    }

    string ReadDescription()
    {
        SkipBlanks();
        if (_at < text.Length && text[_at] == '[')
            throw Fault(_at, "a structured array (descr is a list), expected one plain number type");
        return ReadString();
    }

    bool ReadTruth()
    {
        SkipBlanks();
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
        {
            if (!text.AsSpan(_at).StartsWith(word)) continue;
            _at += word.Length;
            return value;
        }
        throw Fault(_at, "expected True or False");
    }

    long[] ReadShape()
    {
        var sizes = new List<long>();
        Expect('(');
        var isTuple = true;
        while (!TryTake(')'))
        {
            sizes.Add(ReadWhole());
            isTuple = TryTake(',');
            if (isTuple) continue;
            Expect(')');
            isTuple = sizes.Count > 1;
            break;
        }
        return isTuple ? [.. sizes] : throw Fault(_at, "shape is a number, expected a tuple such as (3,)");
    }

    long ReadWhole()
    {
        SkipBlanks();
        var from = _at;
        while (_at < text.Length && text[_at] is >= '0' and <= '9') _at++;
        if (!long.TryParse(text.AsSpan(from, _at - from), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw Fault(from, "expected a size from 0 to 2^63 - 1");
        // Python 2 wrote 3L.
        if (_at < text.Length && text[_at] == 'L') _at++;
        return number;
    }

    string ReadString()
    {
        SkipBlanks();
        if (_at >= text.Length || text[_at] is not ('\'' or '"')) throw Fault(_at, "expected a text in quotes");
        var end = text.IndexOf(text[_at], _at + 1);
        if (end < 0) throw Fault(_at, "a text without its closing quote");
        var value = text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    void Expect(char c)
    {
        if (!TryTake(c)) throw Fault(_at, $"expected '{c}'");
    }

    bool TryTake(char c)
    {
        SkipBlanks();
        if (_at >= text.Length || text[_at] != c) return false;
        _at++;
        return true;
    }

    void SkipBlanks()
    {
        while (_at < text.Length && text[_at] is ' ' or '\n' or '\t' or '\r') _at++;
    }

    readonly DataException Fault(int at, string problem) => new(path, $"npy header, offset {start + at}: {problem}");
}
