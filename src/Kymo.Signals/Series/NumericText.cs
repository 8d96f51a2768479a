using System.Runtime.CompilerServices;
using System.Text;

namespace Kymo.Signals.Series;

/// <summary>Takes a row of numbers.</summary>
/// <param name="line">Line in the file, counted from 1.</param>
/// <param name="values">One number a column; valid during the call only.</param>
public delegate void NumericRow(long line, ReadOnlySpan<double> values);

/// <summary>Takes a line that is no row of numbers.</summary>
/// <param name="line">Line in the file, counted from 1.</param>
/// <param name="problem">What was found and what was expected.</param>
public delegate void BadLine(long line, string problem);

/// <summary>
/// Tables of numbers without a header, one row a line, read as a stream in fixed memory. Empty lines are passed over; a line may end
/// with CR LF.
/// </summary>
public static class NumericText
{
    const int BufferSize = 1 << 18;

    /// <summary>Lines longer than this are bad lines.</summary>
    public const int LongestLine = 4096;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="separator">What stands between two columns, once.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="row">Takes every row, in the file's order.</param>
    /// <param name="bad">Takes every line that is none; reading goes on behind it.</param>
    /// <exception cref="DataException">The file cannot be opened or read.</exception>
    public static void Read(string path, char separator, int columns, NumericRow row, BadLine bad)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
            var position = 0L;
            Read(buffer =>
            {
                var read = RandomAccess.Read(file, buffer, position);
                position += read;
                return read;
            }, separator, columns, row, bad);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, "cannot be read: " + error.Message, error);
        }
    }

    /// <summary>Fills the beginning of a buffer; 0 at the end.</summary>
    internal delegate int Source(Span<byte> buffer);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Read(Source source, char separator, int columns, NumericRow row, BadLine bad, int bufferSize = BufferSize)
    {
        var buffer = new byte[bufferSize];
        var values = new double[columns];
        var (line, kept, tooLong, first) = (0L, 0, false, true);
        while (true)
        {
            var read = source(buffer.AsSpan(kept));
            var end = kept + read;
            var start = first && buffer.AsSpan(0, end).StartsWith("\uFEFF"u8) ? 3 : 0;
            first = false;
            while (buffer.AsSpan(start, end - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                line++;
                if (tooLong || length > LongestLine) bad(line, $"longer than {LongestLine} bytes; expected {columns} numbers");
                else Line(buffer.AsSpan(start, end - start), length, line, (byte)separator, values, row, bad);
                tooLong = false;
                start += length + 1;
            }
            if (read == 0)
            {
                if (tooLong) bad(line + 1, $"longer than {LongestLine} bytes; expected {columns} numbers");
                else if (end > start) Line(buffer.AsSpan(start, end - start), end - start, line + 1, (byte)separator, values, row, bad);
                return;
            }
            kept = end - start;
            if (kept > LongestLine) (tooLong, kept) = (true, 0);
            else buffer.AsSpan(start, kept).CopyTo(buffer);
        }
    }

    // Numbers may look beyond their line, into the rest of the buffer, but a line's end is no part of a number.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Line(ReadOnlySpan<byte> text, int length, long line, byte separator, double[] values, NumericRow row, BadLine bad)
    {
        var place = 0;
        for (var column = 0; column < values.Length; column++)
        {
            var read = 0;
            if (column == 0 || (place < length && text[place++] == separator)) read = DecimalNumber.Read(text[place..], out values[column]);
            if (read == 0)
            {
                Refuse(text[..length], line, separator, values.Length, bad);
                return;
            }
            place += read;
        }
        if (place == length || text[place..length].IndexOfAnyExcept((byte)'\r', (byte)' ', (byte)'\t') < 0) row(line, values);
        else Refuse(text[..length], line, separator, values.Length, bad);
    }

    static void Refuse(ReadOnlySpan<byte> text, long line, byte separator, int columns, BadLine bad)
    {
        if (text.IndexOfAnyExcept((byte)'\r', (byte)' ', (byte)'\t') < 0) return;
        const int shown = 60;
        var quoted = Encoding.UTF8.GetString(text.Length > shown ? text[..shown] : text).TrimEnd('\r');
        var printable = new string([.. quoted.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter)]);
        bad(line, $"'{printable}{(text.Length > shown ? "..." : "")}': expected {columns} numbers separated by {(separator == ' ' ? "a space" : "a comma")}");
    }
}
