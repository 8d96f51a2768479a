using System.Text.RegularExpressions;

namespace Kymo.Config;

/// <summary>What a plain scalar is: the implicit tags of YAML 1.1 as PyYAML finds them, with OmegaConf's wider floats when reading.</summary>
internal static partial class YamlResolver
{
    /// <summary>The tag of a plain scalar in a document that OmegaConf reads: dates are text, <c>1e3</c> is a float.</summary>
    public static YamlTag Read(string text) => Resolve(text, ReadFloat(), dates: false);

    /// <summary>The tag PyYAML's writer expects a reader to find: dates count, <c>1e3</c> is text.</summary>
    public static YamlTag Write(string text) => Resolve(text, WriteFloat(), dates: true);

    static YamlTag Resolve(string text, Regex @float, bool dates)
    {
        if (text.Length == 0) return YamlTag.Null;
        switch (text[0])
        {
            case '=':
                return text is "=" or "=\n" ? YamlTag.Value : YamlTag.String;
            case '<':
                return text is "<<" or "<<\n" ? YamlTag.Merge : YamlTag.String;
            case '~':
                return text is "~" or "~\n" ? YamlTag.Null : YamlTag.String;
            case '!' or '&' or '*':
                return text is "!" or "&" or "*" ? YamlTag.Yaml : YamlTag.String;
            case 'y' or 'Y' or 'n' or 'N' or 't' or 'T' or 'f' or 'F' or 'o' or 'O':
                if (Bool().IsMatch(text)) return YamlTag.Bool;
                return Null().IsMatch(text) ? YamlTag.Null : YamlTag.String;
            case '-' or '+' or '.' or (>= '0' and <= '9'):
                if (@float.IsMatch(text)) return YamlTag.Float;
                if (Int().IsMatch(text)) return YamlTag.Int;
                return dates && Timestamp().IsMatch(text) ? YamlTag.Timestamp : YamlTag.String;
            default:
                return YamlTag.String;
        }
    }

    [GeneratedRegex("^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$")]
    private static partial Regex Bool();

    [GeneratedRegex("^(?:null|Null|NULL)$")]
    private static partial Regex Null();

    [GeneratedRegex("""
        ^(?:[-+]?0b[01_]+
        |[-+]?0[0-7_]+
        |[-+]?(?:0|[1-9][0-9_]*)
        |[-+]?0x[0-9a-fA-F_]+
        |[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Int();

    [GeneratedRegex("""
        ^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?
        |[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+
        |\.[0-9_]+(?:[eE][-+][0-9]+)?
        |[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*
        |[-+]?\.(?:inf|Inf|INF)
        |\.(?:nan|NaN|NAN))$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex ReadFloat();

    [GeneratedRegex("""
        ^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?
        |\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?
        |[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*
        |[-+]?\.(?:inf|Inf|INF)
        |\.(?:nan|NaN|NAN))$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex WriteFloat();

    [GeneratedRegex("""
        ^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}
        |[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?
        (?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?
        (?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?)$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Timestamp();
}
