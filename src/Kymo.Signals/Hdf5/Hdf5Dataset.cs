using Kymo.Signals.Native;

namespace Kymo.Signals.Hdf5;

/// <summary>A dataset of an HDF5 file: rows along its first axis, read and written as float32 or int32 whatever lies in the file.</summary>
public sealed unsafe class Hdf5Dataset
{
    const int MostAxes = 32;

    readonly Hdf5File _file;
    readonly long _dataset;
    readonly LzfChunks? _lzf;
    bool _closed;

    Hdf5Dataset(Hdf5File file, string name, long dataset, long[] shape, LzfChunks? lzf) =>
        (_file, Name, _dataset, Shape, _lzf) = (file, name, dataset, shape, lzf);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its sizes.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Numbers of one row.</summary>
    public int RowLength => checked((int)Shape.Skip(1).Aggregate(1L, (product, size) => checked(product * size)));

    /// <summary>Reads rows as numbers.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="rows">Receives whole rows.</param>
    /// <exception cref="DataException">The rows are not there, or the file is damaged.</exception>
    public void Read(long first, Span<float> rows)
    {
        if (_lzf is not null)
        {
            CheckRows(first, rows.Length);
            _lzf.Read(first, rows);
            return;
        }
        fixed (float* place = rows) Move(first, rows.Length, "H5T_NATIVE_FLOAT_g", place, isWrite: false);
    }

    /// <summary>Reads rows as whole numbers.</summary>
    public void Read(long first, Span<int> rows)
    {
        fixed (int* place = rows) Move(first, rows.Length, "H5T_NATIVE_INT_g", place, isWrite: false);
    }

    /// <summary>Writes whole rows.</summary>
    public void Write(long first, ReadOnlySpan<float> rows)
    {
        fixed (float* place = rows) Move(first, rows.Length, "H5T_NATIVE_FLOAT_g", place, isWrite: true);
    }

    /// <summary>Writes whole rows.</summary>
    public void Write(long first, ReadOnlySpan<int> rows)
    {
        fixed (int* place = rows) Move(first, rows.Length, "H5T_NATIVE_INT_g", place, isWrite: true);
    }

    /// <summary>A text or number of the dataset, or null where it has no such attribute.</summary>
    public object? Attribute(string name) => Hdf5File.ReadAttribute(_dataset, _file.Path, name);

    /// <summary>Gives the dataset a number.</summary>
    public void SetAttribute(string name, double value) =>
        Hdf5File.WriteNumber(_dataset, _file.Path, name, "H5T_IEEE_F64LE_g", "H5T_NATIVE_DOUBLE_g", &value);

    internal static Hdf5Dataset OfOpen(Hdf5File file, string name, long dataset)
    {
        var space = H5.DatasetSpace(dataset);
        var rank = H5.SpaceRank(space);
        if (rank is < 1 or > MostAxes) throw new DataException(file.Path, $"'{name}' has {rank} axes; expected 1 to {MostAxes}");
        var sizes = new ulong[rank];
        fixed (ulong* place = sizes) H5.SpaceSizes(space, place, null);
        H5.CloseSpace(space);
        return new Hdf5Dataset(file, name, dataset, [.. sizes.Select(size => checked((long)size))], Packing(file, name, dataset, rank));
    }

    internal void Close()
    {
        if (_closed) return;
        _closed = true;
        lock (H5.Gate) H5.CloseDataset(_dataset);
    }

    // What the library unpacks itself is its business; LZF is h5py's own and unpacked here.
    static LzfChunks? Packing(Hdf5File file, string name, long dataset, int rank)
    {
        var properties = H5.DatasetProperties(dataset);
        try
        {
            var filters = new List<int>();
            for (uint i = 0; i < H5.FilterCount(properties); i++)
            {
                uint flags = 0, config = 0;
                nuint values = 0;
                filters.Add(H5.Filter(properties, i, &flags, &values, null, 0, null, &config));
            }
            var unknown = filters.Where(filter => filter != H5.FilterLzf && H5.FilterIsThere(filter) <= 0).ToArray();
            if (unknown.Length > 0)
                throw new DataException(file.Path, $"'{name}' is packed by filter {string.Join(", ", unknown)}, which this libhdf5 does not have; repack it: h5repack -f GZIP=4 IN OUT");
            if (!filters.Contains(H5.FilterLzf)) return null;
            if (filters is not ([H5.FilterLzf] or [H5.FilterShuffle, H5.FilterLzf]))
                throw new DataException(file.Path, $"'{name}' is packed by LZF together with filters {string.Join(", ", filters)}; repack it: h5repack -f GZIP=4 IN OUT");
            var type = H5.DatasetType(dataset);
            var (kind, size, order) = (H5.TypeClass(type), (int)H5.TypeSize(type), H5.TypeOrder(type));
            H5.CloseType(type);
            if (kind != H5.ClassFloat || size != sizeof(float) || order != 0)
                throw new DataException(file.Path, $"'{name}' is packed by LZF and not of little-endian float32; repack it: h5repack -f GZIP=4 IN OUT");
            var chunk = new ulong[rank];
            fixed (ulong* place = chunk) H5.GetChunk(properties, rank, place);
            return new LzfChunks(file.Path, name, dataset, [.. chunk.Select(value => checked((long)value))], isShuffled: filters.Count == 2);
        }
        finally
        {
            H5.CloseProperties(properties);
        }
    }

    void CheckRows(long first, int numbers)
    {
        if (numbers % RowLength != 0) throw new ArgumentException($"{numbers} numbers are no whole rows of {RowLength}");
        if (first < 0 || first + (numbers / RowLength) > Shape[0])
            throw new DataException(_file.Path, $"'{Name}' has {Shape[0]} rows; asked for {first} to {first + (numbers / RowLength)}");
        ObjectDisposedException.ThrowIf(_closed, this);
    }

    void Move(long first, int numbers, string memoryType, void* values, bool isWrite)
    {
        CheckRows(first, numbers);
        if (numbers == 0) return;
        lock (H5.Gate)
        {
            long[] start = [first, .. Shape.Skip(1).Select(_ => 0L)], count = [numbers / RowLength, .. Shape.Skip(1)];
            var fileSpace = H5.DatasetSpace(_dataset);
            var memorySpace = Hdf5File.Space(count);
            int status;
            fixed (ulong* from = Hdf5File.Sizes(start))
            fixed (ulong* size = Hdf5File.Sizes(count))
            {
                status = H5.SelectSlab(fileSpace, 0, from, null, size, null);
                if (status >= 0)
                    status = isWrite
                        ? H5.Write(_dataset, H5.Type(memoryType), memorySpace, fileSpace, H5.Default, values)
                        : H5.Read(_dataset, H5.Type(memoryType), memorySpace, fileSpace, H5.Default, values);
            }
            H5.CloseSpace(memorySpace);
            H5.CloseSpace(fileSpace);
            if (status < 0)
                throw new DataException(_file.Path, isWrite ? $"'{Name}' could not be written; is the disk full?" : $"'{Name}' cannot be read at row {first}: damaged, or not of numbers");
        }
    }
}
