using System.Globalization;

namespace Kymo.Config;

/// <summary>Escapes inside double quotes.</summary>
internal static class YamlEscapes
{
    /// <summary>Whether a character cannot stand as it is. Characters beyond U+FFFF are escaped too, as PyYAML does.</summary>
    public static bool Needed(int c)
        => c is '"' or '\\' or 0x85 or 0x2028 or 0x2029 or 0xFEFF
        || c is not ((>= 0x20 and <= 0x7E) or (>= 0xA0 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD));

    /// <summary>The escape of a character.</summary>
    public static string Of(int c) => c switch
    {
        0 => @"\0",
        7 => @"\a",
        8 => @"\b",
        9 => @"\t",
        10 => @"\n",
        11 => @"\v",
        12 => @"\f",
        13 => @"\r",
        27 => @"\e",
        '"' => "\\\"",
        '\\' => @"\\",
        0x85 => @"\N",
        0x2028 => @"\L",
        0x2029 => @"\P",
        <= 0xFF => string.Create(CultureInfo.InvariantCulture, $"\\x{c:X2}"),
        <= 0xFFFF => string.Create(CultureInfo.InvariantCulture, $"\\u{c:X4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{c:X8}"),
    };
}
