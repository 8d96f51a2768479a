using System.Text;
using Kymo.Signals;

namespace Kymo.Lab.Data.Motion;

/// <summary>The rows of one sensor file: six channels, a time in milliseconds, a label.</summary>
/// <param name="Values">(row, 6): acceleration x, y, z in m/s², rate of turn x, y, z in rad/s.</param>
/// <param name="Times">Unix time in ms; never goes back.</param>
/// <param name="Labels">Index into the classes.</param>
sealed record SensorRows(double[] Values, long[] Times, byte[] Labels)
{
    /// <summary>Channels of a row.</summary>
    public const int Channels = 6;
}

/// <summary>Reads the sensor files of sp-sw-har straight from their bytes.</summary>
static class SensorCsv
{
    const string Header = "x_acc,y_acc,z_acc,x_gyro,y_gyro,z_gyro,timestamp,label";

    static readonly double[] s_powers = [.. Enumerable.Range(0, 16).Select(i => Math.Pow(10, i))];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classes">Names that a label may have.</param>
    /// <exception cref="DataException">Another header, a row of another length, no number, a time that goes back or jumps, an unknown label.</exception>
    public static SensorRows Read(string path, IReadOnlyList<string> classes)
    {
        if (!File.Exists(path)) throw new DataException(path, $"no such file; expected a table with the columns {Header}");
        ReadOnlySpan<byte> text = File.ReadAllBytes(path);
        if (text.StartsWith(Encoding.UTF8.Preamble)) text = text[3..];
        var names = classes.Select(Encoding.UTF8.GetBytes).ToArray();
        var at = text.IndexOf((byte)'\n');
        var header = Encoding.UTF8.GetString(at < 0 ? text : text[..at]).TrimEnd('\r');
        if (header != Header) throw new DataException(path, $"line 1: '{Cut(header)}'; expected the header {Header}");
        var rest = at < 0 ? [] : text[(at + 1)..];
        // The shortest possible row has 18 bytes; most have 70.
        var capacity = (rest.Length / 60) + 8;
        var (values, times, labels) = (new double[capacity * SensorRows.Channels], new long[capacity], new byte[capacity]);
        var rows = 0;
        while (!rest.IsEmpty)
        {
            if (rows == times.Length)
            {
                Array.Resize(ref values, values.Length * 2);
                Array.Resize(ref times, times.Length * 2);
                Array.Resize(ref labels, labels.Length * 2);
            }
            var position = 0;
            for (var channel = 0; channel < SensorRows.Channels; channel++)
                values[(rows * SensorRows.Channels) + channel] = Number(rest, ref position, path, rows, channel);
            times[rows] = Time(rest, ref position, path, rows);
            labels[rows] = Label(rest, ref position, names, path, rows, classes);
            if (rows > 0 && times[rows] < times[rows - 1])
                throw Fault(path, rows, $"the time goes back from {times[rows - 1]} to {times[rows]}; expected times that never fall");
            if (rows > 0 && RecordingClock.Fault(times[0] / 1e3, times[rows - 1] / 1e3, times[rows] / 1e3) is { } jump) throw Fault(path, rows, jump);
            rows++;
            rest = rest[position..];
        }
        if (rows == 0) throw new DataException(path, "no rows below the header");
        return new SensorRows(values[..(rows * SensorRows.Channels)], times[..rows], labels[..rows]);
    }

    // Sign, digits, point, digits: a whole number below 2^53 over a power of ten is rounded once, so it is the nearest double.
    static double Number(ReadOnlySpan<byte> text, ref int position, string path, int row, int column)
    {
        var from = position;
        var negative = position < text.Length && text[position] == '-';
        if (negative) position++;
        long whole = 0;
        var (digits, decimals, point) = (0, 0, false);
        for (; position < text.Length; position++)
        {
            var digit = text[position] - '0';
            if ((uint)digit <= 9)
            {
                whole = (whole * 10) + digit;
                digits++;
                if (point) decimals++;
            }
            else if (text[position] == '.' && !point) point = true;
            else break;
            if (digits > 15) return Slow(text, from, ref position, path, row, column);
        }
        if (position >= text.Length || text[position] != ',' || digits == 0) return Slow(text, from, ref position, path, row, column);
        position++;
        var value = whole / s_powers[decimals];
        return negative ? -value : value;
    }

    static double Slow(ReadOnlySpan<byte> text, int from, ref int position, string path, int row, int column)
    {
        var field = text[from..];
        var end = field.IndexOfAny((byte)',', (byte)'\n');
        if (end < 0 || field[end] != ',') throw Fault(path, row, $"{column + 1} fields; expected 8 ({Header})");
        if (!double.TryParse(field[..end], System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            throw Fault(path, row, $"column {Header.Split(',')[column]} is '{Cut(Encoding.UTF8.GetString(field[..end]))}'; expected a finite number");
        position = from + end + 1;
        return value;
    }

    static long Time(ReadOnlySpan<byte> text, ref int position, string path, int row)
    {
        var from = position;
        long time = 0;
        while (position < text.Length && (uint)(text[position] - '0') <= 9 && position - from < 18) time = (time * 10) + (text[position++] - '0');
        if (position == from || position >= text.Length || text[position] != ',')
            throw Fault(path, row, $"column timestamp is '{Cut(Field(text[from..]))}'; expected whole milliseconds and a label behind them");
        position++;
        return time;
    }

    static byte Label(ReadOnlySpan<byte> text, ref int position, byte[][] names, string path, int row, IReadOnlyList<string> classes)
    {
        var end = text[position..].IndexOf((byte)'\n');
        var field = end < 0 ? text[position..] : text.Slice(position, end);
        position += end < 0 ? field.Length : end + 1;
        if (!field.IsEmpty && field[^1] == '\r') field = field[..^1];
        for (var i = 0; i < names.Length; i++)
            if (field.SequenceEqual(names[i])) return (byte)i;
        throw Fault(path, row, $"label '{Cut(Encoding.UTF8.GetString(field))}'; expected one of {string.Join(", ", classes)}");
    }

    static string Field(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)',', (byte)'\n');
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "...";

    static DataException Fault(string path, int row, string problem) => new(path, $"line {row + 2}: {problem}");
}
