namespace Kymo.Config;

/// <summary>The tokens of unquoted values: numbers, words, escapes and single characters. Lengths are 0 where nothing fits.</summary>
internal static class ValueLexer
{
    /// <summary>The longest token at an index; among equally long ones numbers come before words.</summary>
    public static (TokenKind Kind, int Length) Longest(string text, int at)
    {
        var best = (Kind: TokenKind.End, Length: 0);
        Take(TokenKind.Float, Float(text, at));
        Take(TokenKind.Int, Int(text, at));
        Take(TokenKind.Bool, Math.Max(Word(text, at, "true"), Word(text, at, "false")));
        Take(TokenKind.Null, Word(text, at, "null"));
        Take(TokenKind.Character, "/-\\+.$%*@?|".Contains(text[at]) ? 1 : 0);
        Take(TokenKind.Identifier, Identifier(text, at));
        Take(TokenKind.Escape, Escape(text, at));
        return best;

        void Take(TokenKind kind, int length)
        {
            if (length > best.Length) best = (kind, length);
        }
    }

    /// <summary>A letter or <c>_</c>, then letters, digits, <c>_</c> and <c>-</c>.</summary>
    public static int Identifier(string text, int at)
    {
        if (!char.IsAsciiLetter(text[at]) && text[at] != '_') return 0;
        var end = at + 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-')) end++;
        return end - at;
    }

    /// <summary>A sign, then a whole number, or one with a point or an exponent, or inf or nan.</summary>
    static int Float(string text, int at)
    {
        var start = at + Sign(text, at);
        var special = Math.Max(Word(text, start, "inf"), Word(text, start, "nan"));
        if (special > 0) return start + special - at;
        var whole = Whole(text, start);
        var end = start + whole;
        var isFloat = false;
        if (end < text.Length && text[end] == '.')
        {
            var fraction = Digits(text, end + 1);
            if (whole == 0 && fraction == 0) return 0;
            end += 1 + fraction;
            isFloat = true;
        }
        else if (whole == 0) return 0;
        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var exponent = end + 1 + Sign(text, end + 1);
            var digits = Digits(text, exponent);
            if (digits > 0) return exponent + digits - at;
        }
        return isFloat ? end - at : 0;
    }

    static int Int(string text, int at)
    {
        var sign = Sign(text, at);
        var whole = Whole(text, at + sign);
        return whole == 0 ? 0 : sign + whole;
    }

    static int Sign(string text, int at) => at < text.Length && text[at] is '+' or '-' ? 1 : 0;

    /// <summary>0, or a digit from 1 and further digits with single underscores between them.</summary>
    static int Whole(string text, int at)
    {
        if (at >= text.Length) return 0;
        return text[at] == '0' ? 1 : Digits(text, at);
    }

    static int Digits(string text, int at)
    {
        if (at >= text.Length || !char.IsAsciiDigit(text[at])) return 0;
        var end = at + 1;
        while (end < text.Length)
        {
            if (char.IsAsciiDigit(text[end])) end++;
            else if (text[end] == '_' && end + 1 < text.Length && char.IsAsciiDigit(text[end + 1])) end += 2;
            else break;
        }
        return end - at;
    }

    static int Word(string text, int at, string word)
        => string.Compare(text, at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0 ? word.Length : 0;

    /// <summary>A run of backslashes each before one of <c>\ ( ) [ ] { } : = ,</c>, a blank or a tab.</summary>
    static int Escape(string text, int at)
    {
        var end = at;
        while (end + 1 < text.Length && text[end] == '\\' && "\\()[]{}:=, \t".Contains(text[end + 1])) end += 2;
        return end - at;
    }
}
