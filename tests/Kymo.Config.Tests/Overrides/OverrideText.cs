using System.Text;

namespace Kymo.Config.Tests;

/// <summary>Makes random overrides by the rules of the grammar, some of them damaged.</summary>
sealed class OverrideText(Random random)
{
    static readonly string[] s_names = ["a", "lr", "db-2", "x_1", "_p", "Group", "model", "true", "null", "inf"];
    static readonly string[] s_keys = ["k", "a.b", "a.0.b", "db/sub", "$k", "", "a$.b", "db-2/x_1/y"];
    static readonly string[] s_scalars =
    [
        "1", "-5", "1_000", "017", "0x1f", "1.", ".5e3", "-1.5E+4", "inf", "NaN", "true", "FALSE", "null", "abc", "a b  c", "C:\\\\d",
        "${a.b}", "a${b}c", "\\,\\=", "a:b", "*.txt", "50%", "a?b|c@d", "'a,b'", "\"it\\\"s\"", "'\\\\'", "'é ; #'", "a\\ b", "$x", "1e400",
        "123456789012345678901234567890", "-", "+", "\\[x\\]",
    ];

    static readonly string[] s_functions = ["int", "float", "str", "bool", "choice", "range", "interval", "glob", "tag", "sort", "shuffle", "foo"];

    public string Next()
    {
        var text = new StringBuilder(Pick(["", "", "", "+", "++", "~"])).Append(Pick(s_keys));
        if (random.Next(5) == 0) text.Append('@').Append(Pick(["", "pkg", "a.b", "_global_"]));
        if (random.Next(20) > 0) text.Append('=');
        Element(text, 3);
        while (random.Next(4) == 0) Element(text.Append(Comma()), 2);
        if (random.Next(4) == 0) Damage(text);
        return text.ToString();
    }

    void Element(StringBuilder text, int depth)
    {
        switch (depth == 0 ? 0 : random.Next(8))
        {
            case 1:
                List(text.Append('['), depth, named: false).Append(']');
                break;
            case 2:
                Dict(text, depth);
                break;
            case 3:
                List(text.Append(Pick(s_functions)).Append(Pick(["(", " (", "( "])), depth, named: true).Append(Pick([")", " )"]));
                break;
            default:
                text.Append(Pick(s_scalars));
                break;
        }
    }

    StringBuilder List(StringBuilder text, int depth, bool named)
    {
        for (var i = random.Next(4); i > 0; i--)
        {
            if (named && random.Next(6) == 0) text.Append(Pick(["start=", "stop =", "step=", "reverse= ", "list=", "value=", "sweep="]));
            Element(text, depth - 1);
            if (i > 1) text.Append(Comma());
        }
        return text;
    }

    void Dict(StringBuilder text, int depth)
    {
        text.Append(Pick(["{", "{ "]));
        for (var i = random.Next(4); i > 0; i--)
        {
            Element(text.Append(Pick(["a", "1", "1.5", "null", "true", "x y", "\\,", "a|b", .. s_names])).Append(Pick([":", ": ", " : "])), depth - 1);
            if (i > 1) text.Append(Comma());
        }
        text.Append(Pick(["}", " }"]));
    }

    void Damage(StringBuilder text)
    {
        for (var i = random.Next(1, 4); i > 0 && text.Length > 0; i--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(3))
            {
                case 0:
                    text.Remove(at, 1);
                    break;
                case 1:
                    text.Insert(at, Pick(["(", ")", "[", "]", "{", "}", ",", ":", "=", "'", "\"", "\\", " ", "\t", "$", "${", "~", "#", "é", "\uD83D", "\0", "\n"]));
                    break;
                default:
                    text.Length = at;
                    break;
            }
        }
    }

    string Comma() => Pick([",", ", ", " ,", " , "]);

    string Pick(ReadOnlySpan<string> from) => from[random.Next(from.Length)];
}
