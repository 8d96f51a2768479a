using System.Globalization;
using System.Text;

namespace Kymo.Config;

/// <summary>Times by the format of C's <c>strftime</c> in the C locale.</summary>
public static class TimeFormat
{
    /// <summary>A time by a format such as <c>%Y-%m-%d/%H-%M-%S</c>. A conversion that C does not know stays as it is.</summary>
    public static string Format(DateTimeOffset time, string format)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length) result.Append(format[i]);
            else result.Append(Conversion(time, format[++i]));
        }
        return result.ToString();
    }

    static string Conversion(DateTimeOffset time, char conversion) => conversion switch
    {
        'a' => Text(time, "ddd"),
        'A' => Text(time, "dddd"),
        'b' or 'h' => Text(time, "MMM"),
        'B' => Text(time, "MMMM"),
        'c' => Format(time, "%a %b %e %H:%M:%S %Y"),
        'C' => Padded(time.Year / 100, 2),
        'd' => Text(time, "dd"),
        'D' or 'x' => Format(time, "%m/%d/%y"),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'F' => Format(time, "%Y-%m-%d"),
        'g' => Padded(ISOWeek.GetYear(time.DateTime) % 100, 2),
        'G' => Padded(ISOWeek.GetYear(time.DateTime), 4),
        'H' => Text(time, "HH"),
        'I' => Text(time, "hh"),
        'j' => Padded(time.DayOfYear, 3),
        'm' => Text(time, "MM"),
        'M' => Text(time, "mm"),
        'n' => "\n",
        'p' => time.Hour < 12 ? "AM" : "PM",
        'r' => Format(time, "%I:%M:%S %p"),
        'R' => Format(time, "%H:%M"),
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'S' => Text(time, "ss"),
        't' => "\t",
        'T' or 'X' => Format(time, "%H:%M:%S"),
        'u' => time.DayOfWeek == DayOfWeek.Sunday ? "7" : Padded((int)time.DayOfWeek, 1),
        'U' => Padded((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2),
        'V' => Padded(ISOWeek.GetWeekOfYear(time.DateTime), 2),
        'w' => Padded((int)time.DayOfWeek, 1),
        'W' => Padded((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7, 2),
        'y' => Text(time, "yy"),
        'Y' => time.Year.ToString(CultureInfo.InvariantCulture),
        'z' => Text(time, "zzz").Replace(":", ""),
        'Z' => time.Offset == TimeSpan.Zero ? "UTC" : Text(time, "zzz").Replace(":", ""),
        '%' => "%",
        _ => "%" + conversion,
    };

    static string Text(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    static string Padded(int value, int digits) => value.ToString("D" + digits, CultureInfo.InvariantCulture);
}
