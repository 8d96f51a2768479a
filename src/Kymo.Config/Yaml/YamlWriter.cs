using System.Text;

namespace Kymo.Config;

/// <summary>
/// Writes YAML as <c>OmegaConf.to_yaml</c> does: block style, two blanks, order kept; strings that would be read as something else are
/// quoted; long strings are folded past column 80; other scripts' letters stay as they are.
/// </summary>
public static class YamlWriter
{
    /// <summary>The document of a node, ended by a line break.</summary>
    public static string Write(ConfigNode node)
    {
        var emitter = new YamlEmitter();
        emitter.Document(node);
        return emitter.ToString();
    }

    /// <summary>The text of a scalar and whether it must be quoted for its type to be read back.</summary>
    internal static (string Text, bool Quote) Scalar(object? value) => value switch
    {
        null => ("null", false),
        bool flag => (flag ? "true" : "false", false),
        double number => (Float(number), false),
        string text => (text, IsAmbiguous(text)),
        _ => (PythonText.Of(value), false),
    };

    static bool IsAmbiguous(string text)
        => text is "y" or "Y" or "n" or "N"
        || YamlResolver.Write(text) != YamlTag.String
        || PythonNumbers.TryParseInt(text, 10, out _)
        || PythonNumbers.TryParseFloat(text, out _);

    static string Float(double number)
    {
        if (double.IsNaN(number)) return ".nan";
        if (double.IsInfinity(number)) return number > 0 ? ".inf" : "-.inf";
        var text = PythonText.Of(number);
        return text.Contains('.') ? text : text.Replace("e", ".0e", StringComparison.Ordinal);
    }

    /// <summary>Bytes as base64 in lines of 76 characters.</summary>
    internal static string Base64(byte[] bytes)
    {
        var digits = Convert.ToBase64String(bytes);
        var text = new StringBuilder();
        for (var start = 0; start < digits.Length; start += 76)
            text.Append(digits.AsSpan(start, Math.Min(76, digits.Length - start))).Append('\n');
        return text.ToString();
    }
}
