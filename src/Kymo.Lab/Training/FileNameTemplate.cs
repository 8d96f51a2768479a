using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Kymo.Config;

namespace Kymo.Lab.Training;

/// <summary>
/// A checkpoint's name with scores in braces, as Lightning expands it: <c>best-{epoch}-{val_f1:.4f}</c> becomes
/// <c>best-epoch=7-val_f1=0.8123</c>, or <c>best-7-0.8123</c> without names.
/// </summary>
public static partial class FileNameTemplate
{
    /// <summary>What is wrong with a template, or null.</summary>
    public static string? Fault(string template) =>
        template.Length is 0 or > 150 || template.Contains('/', StringComparison.Ordinal) || template[0] == '.' ? "expected a file name without folders"
        : Field().Replace(template, "").AsSpan().IndexOfAny('{', '}') >= 0 ? "expected braces around a name, for instance {epoch} or {val_loss:.4f}"
        : null;

    /// <summary>Fills a template in.</summary>
    /// <param name="template">The name with braces.</param>
    /// <param name="insertNames">Whether <c>{epoch}</c> becomes <c>epoch=7</c>.</param>
    /// <param name="value">The number of a name, or null where there is none.</param>
    /// <param name="names">All names there are, for the message.</param>
    /// <exception cref="ConfigException">A name that nothing is logged under.</exception>
    public static string Expand(string template, bool insertNames, Func<string, double?> value, IEnumerable<string> names)
    {
        var text = new StringBuilder();
        var start = 0;
        foreach (Match field in Field().Matches(template))
        {
            text.Append(template, start, field.Index - start);
            start = field.Index + field.Length;
            var name = field.Groups[1].Value;
            var number = value(name) ?? throw new ConfigException($"trainer.checkpoint.filename: nothing is logged as '{name}'; there are {string.Join(", ", names)}");
            if (insertNames) text.Append(name).Append('=');
            text.Append(Format(number, field.Groups[2].Value));
        }
        return text.Append(template, start, template.Length - start).ToString();
    }

    static string Format(double number, string format)
    {
        if (format.Length == 0)
            return number == Math.Floor(number) && Math.Abs(number) < 1e15 ? number.ToString("0", CultureInfo.InvariantCulture) : number.ToString("0.00", CultureInfo.InvariantCulture);
        if (format is ['0', .., 'd'] or ['d']) return ((long)number).ToString("D" + format.Trim('d').TrimStart('0'), CultureInfo.InvariantCulture);
        return number.ToString((format[^1] == 'e' ? "e" : "F") + format.Trim('.', 'f', 'e'), CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\{([A-Za-z_][A-Za-z0-9_]*)(?::(\.\d{1,2}[fe]|0?\d{0,2}d))?\}")]
    private static partial Regex Field();
}
