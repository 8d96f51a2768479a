using System.Buffers.Binary;
using System.Text;

namespace Kymo.Torch.Checkpoints;

/// <summary>
/// Reads the central directory of a zip archive (APPNOTE 6.3, zip64 included) and believes nothing: every offset and size must
/// lie in the file, local headers must say the same as the directory, and no two entries may share bytes.
/// </summary>
ref struct ZipDirectory
{
    const uint EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50;
    const uint CentralSignature = 0x02014b50, LocalSignature = 0x04034b50;
    const int EndLength = 22, LocatorLength = 20, End64Length = 56, CentralLength = 46, LocalLength = 30;

    readonly CheckpointSource _file;
    long _count, _size, _offset;

    ZipDirectory(CheckpointSource file) => _file = file;

    /// <summary>Every entry, in the order of the directory.</summary>
    public static List<ZipEntry> Read(CheckpointSource file)
    {
        var directory = new ZipDirectory(file);
        var limit = directory.FindDirectory();
        if (directory._offset < 0 || directory._size < 0 || directory._offset > limit - directory._size)
            throw file.Fault($"zip directory of {directory._size} bytes at offset {directory._offset} runs past its end at "
                + $"{limit}");
        if (directory._count < 0 || directory._count > directory._size / CentralLength)
            throw file.Fault($"zip directory claims {directory._count} entries in {directory._size} bytes");
        var entries = directory.ReadEntries(file.Read(directory._offset, directory._size));
        CheckOverlap(file, entries);
        return entries;
    }

    /// <summary>
    /// Finds the end record (and the 64-bit one where there is one) and returns the offset the directory must end before.
    /// </summary>
    long FindDirectory()
    {
        var tailStart = Math.Max(0, _file.Length - EndLength - ushort.MaxValue);
        var tail = _file.Read(tailStart, _file.Length - tailStart).AsSpan();
        for (var i = tail.Length - EndLength; i >= 0; i--)
        {
            if (U32(tail[i..]) != EndSignature || U16(tail[(i + 20)..]) != tail.Length - i - EndLength) continue;
            var end = tail[i..];
            if (U16(end[4..]) is not (0 or 0xFFFF) || U16(end[6..]) is not (0 or 0xFFFF) || U16(end[8..]) != U16(end[10..]))
                throw _file.Fault($"zip end record at offset {tailStart + i} speaks of several disks, expected one");
            (_count, _size, _offset) = (U16(end[10..]), U32(end[12..]), U32(end[16..]));
            return FindDirectory64(tailStart + i);
        }
        throw _file.Fault($"no zip end record in the last {tail.Length} bytes: the file is cut short or no zip archive");
    }

    long FindDirectory64(long end)
    {
        var saturated = _count == 0xFFFF || _size == uint.MaxValue || _offset == uint.MaxValue;
        if (end < LocatorLength) return end;
        var locator = _file.Read(end - LocatorLength, LocatorLength).AsSpan();
        if (U32(locator) != Locator64Signature)
            return saturated ? throw _file.Fault($"zip end record at offset {end} needs a 64-bit one, and there is none") : end;
        var place = I64(locator[8..]);
        if (place < 0 || place > end - LocatorLength - End64Length)
            throw _file.Fault($"64-bit zip end record at offset {place} lies outside the file");
        var record = _file.Read(place, End64Length).AsSpan();
        if (U32(record) != End64Signature)
            throw _file.Fault($"no 64-bit zip end record at offset {place}, where the locator points");
        if (U32(record[16..]) != 0 || U32(record[20..]) != 0 || I64(record[24..]) != I64(record[32..]))
            throw _file.Fault($"64-bit zip end record at offset {place} speaks of several disks, expected one");
        var (count, size, offset) = (I64(record[32..]), I64(record[40..]), I64(record[48..]));
        if (!Agrees(_count, count, 0xFFFF) || !Agrees(_size, size, uint.MaxValue) || !Agrees(_offset, offset, uint.MaxValue))
            throw _file.Fault($"the two zip end records at offsets {place} and {end} contradict each other");
        (_count, _size, _offset) = (count, size, offset);
        return place;
    }

    static bool Agrees(long narrow, long wide, long saturated) => narrow == saturated || narrow == wide;

    readonly List<ZipEntry> ReadEntries(ReadOnlySpan<byte> directory)
    {
        var entries = new List<ZipEntry>((int)_count);
        var names = new HashSet<string>();
        var place = 0;
        for (long i = 0; i < _count; i++)
        {
            var at = _offset + place;
            var rest = directory[place..];
            if (rest.Length < CentralLength || U32(rest) != CentralSignature)
                throw _file.Fault($"zip directory entry {i} of {_count} is missing at offset {at}");
            var (nameLength, extraLength) = (U16(rest[28..]), U16(rest[30..]));
            var length = CentralLength + nameLength + extraLength + U16(rest[32..]);
            if (length > rest.Length) throw _file.Fault($"zip directory entry at offset {at} runs past the directory's end");
            var entry = ReadEntry(rest, rest.Slice(CentralLength, nameLength),
                rest.Slice(CentralLength + nameLength, extraLength), at);
            if (!names.Add(entry.Name)) throw _file.Fault($"zip entry '{entry.Name}' comes twice (directory offset {at})");
            entries.Add(WithLocalHeader(entry, rest));
            place += length;
        }
        if (place != directory.Length)
            throw _file.Fault($"zip directory has {directory.Length - place} bytes behind its {_count} entries (offset "
                + $"{_offset + place})");
        return entries;
    }

    readonly ZipEntry ReadEntry(ReadOnlySpan<byte> central, ReadOnlySpan<byte> nameBytes, ReadOnlySpan<byte> extra, long at)
    {
        var name = Text(nameBytes);
        var method = U16(central[10..]);
        if ((U16(central[8..]) & 0x2041) != 0) throw _file.Fault($"zip entry '{name}' (directory offset {at}) is encrypted");
        if (method is not (ZipEntry.Stored or ZipEntry.Deflated))
            throw _file.Fault($"zip entry '{name}' (directory offset {at}) has compression method {method}, expected 0 or 8");
        long packed = U32(central[20..]), size = U32(central[24..]), header = U32(central[42..]);
        Widen(extra, ref size, ref packed, ref header, name, at);
        if (size < 0 || packed < 0 || header < 0 || method == ZipEntry.Stored && size != packed)
            throw _file.Fault($"zip entry '{name}' (directory offset {at}) has impossible sizes {packed} and {size} or offset "
                + $"{header}");
        return new ZipEntry(name, method, U32(central[16..]), packed, size, header);
    }

    /// <summary>Takes 64-bit values from the extra field 0x0001 for those that are all ones.</summary>
    readonly void Widen(ReadOnlySpan<byte> extra, ref long size, ref long packed, ref long header, string name, long at)
    {
        if (size != uint.MaxValue && packed != uint.MaxValue && header != uint.MaxValue) return;
        while (extra.Length >= 4)
        {
            var (id, length) = (U16(extra), U16(extra[2..]));
            if (length > extra.Length - 4) break;
            if (id == 1)
            {
                var values = extra.Slice(4, length);
                if (Take(ref values, ref size) && Take(ref values, ref packed) && Take(ref values, ref header)) return;
                break;
            }
            extra = extra[(4 + length)..];
        }
        throw _file.Fault($"zip entry '{name}' (directory offset {at}) needs 64-bit sizes and has none");
    }

    static bool Take(ref ReadOnlySpan<byte> values, ref long value)
    {
        if (value != uint.MaxValue) return true;
        if (values.Length < 8) return false;
        value = I64(values);
        values = values[8..];
        return true;
    }

    /// <summary>Reads the entry's local header, which must tell the same story, and finds where the content begins.</summary>
    readonly ZipEntry WithLocalHeader(ZipEntry entry, ReadOnlySpan<byte> central)
    {
        var at = entry.HeaderOffset;
        if (at > _offset - LocalLength)
            throw _file.Fault($"zip entry '{entry.Name}': its local header at offset {at} lies outside the entries");
        var local = _file.Read(at, LocalLength).AsSpan();
        if (U32(local) != LocalSignature) throw _file.Fault($"zip entry '{entry.Name}': no local header at offset {at}");
        var (nameLength, extraLength) = (U16(local[26..]), U16(local[28..]));
        var data = at + LocalLength + nameLength + extraLength;
        if (data > _offset - entry.PackedSize)
            throw _file.Fault($"zip entry '{entry.Name}': its {entry.PackedSize} bytes from offset {data} run into the "
                + $"directory at {_offset}");
        var sizesFollow = (U16(local[6..]) & 8) != 0;
        var differs = U16(local[6..]) != U16(central[8..]) || U16(local[8..]) != entry.Method
            || Text(_file.Read(at + LocalLength, nameLength)) != entry.Name
            || !sizesFollow && (U32(local[14..]) != entry.Checksum || !Agrees(U32(local[18..]), entry.PackedSize, uint.MaxValue)
                || !Agrees(U32(local[22..]), entry.Size, uint.MaxValue));
        if (differs) throw _file.Fault($"zip entry '{entry.Name}': its local header at offset {at} contradicts the directory");
        return entry with { DataOffset = data };
    }

    static void CheckOverlap(CheckpointSource file, List<ZipEntry> entries)
    {
        ZipEntry? last = null;
        foreach (var entry in entries.OrderBy(e => e.HeaderOffset))
        {
            if (last is not null && entry.HeaderOffset < last.DataEnd)
                throw file.Fault($"zip entries '{last.Name}' and '{entry.Name}' overlap at offset {entry.HeaderOffset}");
            last = entry;
        }
    }

    static string Text(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name);

    static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    static long I64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);
}
