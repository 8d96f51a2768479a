using System.Runtime.InteropServices;
using Kymo.Signals.Native;

namespace Kymo.Signals.Hdf5;

/// <summary>Rows of a float32 dataset whose chunks h5py has packed by LZF (its filter 32000), with or without shuffled bytes. The last chunk is kept unpacked.</summary>
sealed unsafe class LzfChunks
{
    const long LargestChunk = 1L << 30;

    readonly string _path, _name;
    readonly long _dataset;
    readonly long[] _chunk;
    readonly bool _isShuffled;
    readonly float[] _numbers;
    readonly int _rowLength;
    long _current = -1;

    public LzfChunks(string path, string name, long dataset, long[] chunk, bool isShuffled)
    {
        (_path, _name, _dataset, _chunk, _isShuffled) = (path, name, dataset, chunk, isShuffled);
        var length = chunk.Aggregate(1L, (product, size) => checked(product * size));
        if (length is <= 0 or > LargestChunk / sizeof(float)) throw new DataException(path, $"'{name}' has chunks of {length} numbers");
        _numbers = new float[length];
        _rowLength = (int)(length / chunk[0]);
    }

    /// <summary>Reads whole rows; chunks must hold whole rows.</summary>
    public void Read(long first, Span<float> rows)
    {
        lock (H5.Gate)
        {
            for (var done = 0; done < rows.Length; done += _rowLength, first++)
            {
                if (first / _chunk[0] != _current) Load(first / _chunk[0]);
                if (done + _rowLength > rows.Length)
                    throw new DataException(_path, $"'{_name}' has chunks that hold parts of rows; repack it: h5repack -f GZIP=4 IN OUT");
                _numbers.AsSpan((int)(first % _chunk[0]) * _rowLength, _rowLength).CopyTo(rows[done..]);
            }
        }
    }

    void Load(long index)
    {
        var offset = new ulong[_chunk.Length];
        offset[0] = (ulong)(index * _chunk[0]);
        ulong size = 0;
        uint skipped = 0;
        fixed (ulong* place = offset)
        {
            if (H5.ChunkSize(_dataset, place, &size) < 0 || size is 0 or > LargestChunk) throw Damaged(index);
            var packed = new byte[size];
            fixed (byte* bytes = packed)
                if (H5.ReadChunk(_dataset, H5.Default, place, &skipped, bytes) < 0) throw Damaged(index);
            Unpack(packed, skipped, index);
        }
        _current = index;
    }

    // A bit of the mask says that the filter of that place was left out for this chunk.
    void Unpack(byte[] packed, uint skipped, long index)
    {
        var lzf = _isShuffled ? 1 : 0;
        var target = MemoryMarshal.AsBytes(_numbers.AsSpan());
        var plain = new byte[target.Length];
        if ((skipped & (1u << lzf)) == 0)
        {
            if (!TryUnpack(packed, plain)) throw Damaged(index);
        }
        else if (packed.Length == plain.Length) plain = packed;
        else throw Damaged(index);
        if (!_isShuffled || (skipped & 1) != 0)
        {
            plain.CopyTo(target);
            return;
        }
        for (int i = 0, count = _numbers.Length; i < count; i++)
            for (var part = 0; part < sizeof(float); part++) target[(i * sizeof(float)) + part] = plain[(part * count) + i];
    }

    // LZF: a control byte below 32 copies that many bytes and one; otherwise its upper bits are a length and the rest a distance back.
    internal static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> plain)
    {
        int from = 0, to = 0;
        while (from < packed.Length)
        {
            int control = packed[from++];
            if (control < 32)
            {
                var run = control + 1;
                if (from + run > packed.Length || to + run > plain.Length) return false;
                packed.Slice(from, run).CopyTo(plain[to..]);
                (from, to) = (from + run, to + run);
                continue;
            }
            var length = control >> 5;
            if (length == 7)
            {
                if (from >= packed.Length) return false;
                length += packed[from++];
            }
            if (from >= packed.Length) return false;
            var back = to - (((control & 31) << 8) | packed[from++]) - 1;
            length += 2;
            if (back < 0 || to + length > plain.Length) return false;
            for (var i = 0; i < length; i++) plain[to++] = plain[back++];
        }
        return to == plain.Length;
    }

    DataException Damaged(long index) => new(_path, $"'{_name}' cannot be read at chunk {index}: damaged");
}
