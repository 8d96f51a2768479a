using System.Text;
using System.Text.RegularExpressions;

namespace Kymo.Lab.Runs;

/// <summary>
/// Files that are either wholly there or not at all: written under a temporary name in the same folder, flushed to the disk, then
/// renamed over the old one. A reader, a kill or a full disk never meets a half-written file.
/// </summary>
public static partial class AtomicFile
{
    /// <summary>How the name of an unfinished file ends; such files may be deleted when nobody holds the run.</summary>
    public const string TemporaryEnding = ".tmp~";

    /// <summary>UTF-8 without a byte-order mark.</summary>
    public static Encoding Utf8 { get; } = new UTF8Encoding(false);

    /// <summary>Writes a text in UTF-8.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the old file is untouched.</exception>
    public static void Write(string path, string text) => Write(path, Utf8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the old file is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = TemporaryName(path);
        try
        {
            using (var stream = OpenNew(temporary))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e)
        {
            TryDelete(temporary);
            if (e is IOException io && DiskFull.Is(io)) throw DiskFull.Error(path, bytes.Length, io);
            throw;
        }
    }

    /// <summary>Writes what <paramref name="fill"/> puts into the stream it is given.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the old file is untouched.</exception>
    public static void Write(string path, Action<Stream> fill)
    {
        var temporary = TemporaryName(path);
        try
        {
            using (var stream = OpenNew(temporary))
            {
                fill(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e)
        {
            TryDelete(temporary);
            if (e is IOException io && DiskFull.Is(io)) throw DiskFull.Error(path, null, io);
            throw;
        }
    }

    /// <summary>
    /// Deletes what writers that were killed left in a folder and below it. Only for who holds the folder's lock.
    /// </summary>
    /// <returns>The deleted paths.</returns>
    public static IReadOnlyList<string> SweepTemporaries(string folder)
    {
        // Weights are written under a name with 32 hexadecimal digits before the ending (Kymo.Torch).
        var swept = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(TemporaryEnding, StringComparison.Ordinal) || WeightsTemporary().IsMatch(Path.GetFileName(path))).ToArray();
        foreach (var path in swept) File.Delete(path);
        return swept;
    }

    [GeneratedRegex(@"\.[0-9a-f]{32}\.tmp\z")]
    private static partial Regex WeightsTemporary();

    static string TemporaryName(string path) => Path.Combine(
        Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}{TemporaryEnding}");

    static FileStream OpenNew(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);

    static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to report; the leftover is swept when the run is opened again.
        }
    }
}
