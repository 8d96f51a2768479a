using System.Formats.Tar;
using System.IO.Compression;
using Kymo.Signals;

namespace Kymo.Lab.Data.Fetching;

/// <summary>
/// Unpacks zip, tar and tar.gz archives that nobody vouches for: only plain files and folders, only below the target, within a bound of
/// size and number; the target appears when all of it is there.
/// </summary>
public static class SafeArchive
{
    /// <summary>Most entries an archive may hold.</summary>
    public const int MaxEntries = 2_000_000;

    /// <summary>Unpacks.</summary>
    /// <param name="archive">The archive; its content says what it is, not its name.</param>
    /// <param name="target">A folder that does not exist yet.</param>
    /// <param name="maxBytes">Most bytes it may unpack to.</param>
    /// <param name="cancel">Stops; nothing is left.</param>
    /// <exception cref="DataException">A damaged archive, an entry that leaves the target, a link, or too much of anything.</exception>
    public static void Extract(string archive, string target, long maxBytes, CancellationToken cancel)
    {
        if (Path.Exists(target)) throw new DataException(target, "exists already; delete it to unpack again");
        var building = target + ".unpacking";
        if (Directory.Exists(building)) Directory.Delete(building, recursive: true);
        Directory.CreateDirectory(building);
        try
        {
            var writer = new EntryWriter(archive, Path.GetFullPath(building), maxBytes);
            if (IsZip(archive)) ExtractZip(archive, writer, cancel);
            else ExtractTar(archive, writer, cancel);
            if (writer.Files == 0) throw new DataException(archive, "holds no file");
            Directory.Move(building, target);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new DataException(archive, "is damaged or no zip or tar archive: " + error.Message, error);
        }
        finally
        {
            if (Directory.Exists(building)) Directory.Delete(building, recursive: true);
        }
    }

    static bool IsZip(string archive)
    {
        using var stream = File.OpenRead(archive);
        return stream.ReadByte() == 'P' && stream.ReadByte() == 'K';
    }

    static void ExtractZip(string archive, EntryWriter writer, CancellationToken cancel)
    {
        using var zip = ZipFile.OpenRead(archive);
        foreach (var entry in zip.Entries)
        {
            cancel.ThrowIfCancellationRequested();
            var unixType = (entry.ExternalAttributes >> 16) & 0xF000;
            if (unixType is not (0 or 0x8000 or 0x4000)) throw writer.Fault(entry.FullName, "is no plain file");
            if (entry.FullName.EndsWith('/')) continue;
            using var content = entry.Open();
            writer.Write(entry.FullName, content);
        }
    }

    static void ExtractTar(string archive, EntryWriter writer, CancellationToken cancel)
    {
        using var file = File.OpenRead(archive);
        var packed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream plain = packed ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var tar = new TarReader(plain);
        while (tar.GetNextEntry() is { } entry)
        {
            cancel.ThrowIfCancellationRequested();
            switch (entry.EntryType)
            {
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    writer.Write(entry.Name, entry.DataStream ?? Stream.Null);
                    break;
                case TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes:
                    break;
                default:
                    throw writer.Fault(entry.Name, $"is a {entry.EntryType}, no plain file");
            }
        }
    }

    sealed class EntryWriter(string archive, string root, long maxBytes)
    {
        long _bytes;

        public int Files { get; private set; }

        public DataException Fault(string entry, string problem) => new(archive, $"entry '{entry}' {problem}; nothing was unpacked");

        public void Write(string name, Stream content)
        {
            if (++Files > MaxEntries) throw new DataException(archive, $"holds more than {MaxEntries} files");
            var path = Path.GetFullPath(Path.Combine(root, name.Replace('\\', '/')));
            if (!path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw Fault(name, "leads outside the target");
            if (Path.Exists(path)) throw Fault(name, "stands there a second time");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new FileStream(path, FileMode.CreateNew);
            var block = new byte[1 << 16];
            for (int read; (read = content.Read(block)) > 0;)
            {
                _bytes += read;
                if (_bytes > maxBytes) throw new DataException(archive, $"unpacks to more than {maxBytes} bytes");
                file.Write(block.AsSpan(0, read));
            }
        }
    }
}
