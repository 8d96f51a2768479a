using System.Globalization;

namespace Kymo.Lab.Runs;

/// <summary>
/// Numbers as every file of a run writes them: the shortest digits that read back as the same number, in Python's notation
/// (<c>1.0</c>, <c>0.001</c>, <c>1e-05</c>), in any culture.
/// </summary>
public static class NumberText
{
    /// <summary>A finite double.</summary>
    /// <exception cref="ArgumentException">The value is infinite or not a number.</exception>
    public static string Of(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentException($"{value} has no text");
        return InPythonNotation(value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>A finite float, with the fewer digits that a float needs.</summary>
    /// <exception cref="ArgumentException">The value is infinite or not a number.</exception>
    public static string Of(float value)
    {
        if (!float.IsFinite(value)) throw new ArgumentException($"{value} has no text");
        return InPythonNotation(value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>A double for a table cell: blank where it is not finite.</summary>
    public static string Cell(double value) => double.IsFinite(value) ? Of(value) : "";

    static string InPythonNotation(string text)
    {
        var e = text.IndexOf('E', StringComparison.Ordinal);
        if (e < 0) return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
        var exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent is < 0 or >= 16) return text.Replace('E', 'e');
        var (sign, mantissa) = text[0] == '-' ? ("-", text[1..e]) : ("", text[..e]);
        return sign + mantissa.Replace(".", "", StringComparison.Ordinal).PadRight(exponent + 1, '0') + ".0";
    }
}
