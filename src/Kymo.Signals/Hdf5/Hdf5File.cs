using System.Runtime.InteropServices;
using System.Text;
using Kymo.Signals.Native;

namespace Kymo.Signals.Hdf5;

/// <summary>
/// An HDF5 file, read or written through libhdf5. Whoever writes one writes to a temporary name, disposes this and renames: a torn file
/// is an error for who opens it, never a crash.
/// </summary>
public sealed unsafe class Hdf5File : IDisposable
{
    const long LargestText = 1 << 20;

    readonly long _file;
    readonly List<Hdf5Dataset> _datasets = [];
    bool _disposed;

    Hdf5File(string path, long file) => (Path, _file) = (path, file);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Begins a file; one that is there is replaced.</summary>
    /// <exception cref="DataException">It cannot be made.</exception>
    public static Hdf5File Create(string path)
    {
        lock (H5.Gate)
        {
            var file = H5.CreateFile(path, H5.Truncate, H5.Default, H5.Default);
            return file >= 0 ? new Hdf5File(path, file) : throw new DataException(path, "cannot be written; is its folder there and is there room?");
        }
    }

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="DataException">No such file, none of HDF5, or a torn one.</exception>
    public static Hdf5File Open(string path)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such file");
        lock (H5.Gate)
        {
            var file = H5.OpenFile(path, H5.ReadOnly, H5.Default);
            return file >= 0 ? new Hdf5File(path, file)
                : throw new DataException(path, "is no HDF5 file, or was never closed by its writer; make it again");
        }
    }

    /// <summary>Whether there is a dataset, or a link of that name.</summary>
    public bool Has(string name)
    {
        lock (H5.Gate) return H5.LinkExists(_file, name, H5.Default) > 0;
    }

    /// <summary>Opens a dataset; it lives as long as this file.</summary>
    /// <exception cref="DataException">There is none of that name, it lies in another file, or it is packed in a way that cannot be read.</exception>
    public Hdf5Dataset Dataset(string name)
    {
        lock (H5.Gate)
        {
            if (H5.LinkExists(_file, name, H5.Default) <= 0) throw new DataException(Path, $"no dataset '{name}'");
            Span<int> info = stackalloc int[16];
            fixed (int* place = info)
                if (H5.LinkInfo(_file, name, place, H5.Default) >= 0 && place[0] == H5.LinkExternal)
                    throw new DataException(Path, $"'{name}' is a link into another file; only what lies in this file is read");
            var dataset = H5.OpenDataset(_file, name, H5.Default);
            if (dataset < 0) throw new DataException(Path, $"'{name}' cannot be read: it is no dataset, or damaged");
            return Kept(Hdf5Dataset.OfOpen(this, name, dataset));
        }
    }

    /// <summary>Begins a dataset of a fixed shape.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="element">How its numbers lie in the file.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="chunk">Sizes of a chunk; empty for one piece.</param>
    /// <param name="gzip">Level of compression, 1 to 9, after shuffling bytes; 0 for none. Needs chunks.</param>
    public Hdf5Dataset CreateDataset(string name, Hdf5Element element, ReadOnlySpan<long> shape, ReadOnlySpan<long> chunk = default, int gzip = 0)
    {
        if (gzip > 0 && chunk.Length == 0) throw new ArgumentException("compression needs chunks", nameof(gzip));
        lock (H5.Gate)
        {
            var space = Space(shape);
            var properties = H5.CreateProperties(H5.PropertyClass("H5P_CLS_DATASET_CREATE_ID_g"));
            var type = TypeOf(element);
            try
            {
                fixed (ulong* sizes = Sizes(chunk))
                    if (chunk.Length > 0 && H5.SetChunk(properties, chunk.Length, sizes) < 0)
                        throw new ArgumentException("no such chunk", nameof(chunk));
                if (gzip > 0 && (H5.SetShuffle(properties) < 0 || H5.SetDeflate(properties, (uint)gzip) < 0))
                    throw new DataException(Path, "this libhdf5 cannot compress");
                var dataset = H5.CreateDataset(_file, name, type, space, H5.Default, properties, H5.Default);
                if (dataset < 0) throw new DataException(Path, $"the dataset '{name}' cannot be made");
                return Kept(Hdf5Dataset.OfOpen(this, name, dataset));
            }
            finally
            {
                H5.CloseType(type);
                H5.CloseProperties(properties);
                H5.CloseSpace(space);
            }
        }
    }

    /// <summary>A text or number (long, double) of the file itself, or null where it has no such attribute.</summary>
    /// <exception cref="DataException">It is neither.</exception>
    public object? Attribute(string name) => ReadAttribute(_file, Path, name);

    /// <summary>Gives the file a text.</summary>
    public void SetAttribute(string name, string value) => WriteText(_file, Path, name, value);

    /// <summary>Gives the file a whole number.</summary>
    public void SetAttribute(string name, long value) => WriteNumber(_file, Path, name, "H5T_STD_I64LE_g", "H5T_NATIVE_INT64_g", &value);

    /// <summary>Gives the file a number.</summary>
    public void SetAttribute(string name, double value) =>
        WriteNumber(_file, Path, name, "H5T_IEEE_F64LE_g", "H5T_NATIVE_DOUBLE_g", &value);

    /// <summary>Hands what was written to the system.</summary>
    public void Flush()
    {
        lock (H5.Gate)
            if (H5.Flush(_file, 1) < 0) throw new DataException(Path, "could not be written; is the disk full?");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var dataset in _datasets) dataset.Close();
        lock (H5.Gate) H5.CloseFile(_file);
    }

    internal static object? ReadAttribute(long place, string path, string name)
    {
        lock (H5.Gate)
        {
            if (H5.AttributeExists(place, name) <= 0) return null;
            var attribute = H5.OpenAttribute(place, name, H5.Default);
            if (attribute < 0) throw new DataException(path, $"the attribute '{name}' is damaged");
            var type = H5.AttributeType(attribute);
            var space = H5.AttributeSpace(attribute);
            try
            {
                if (H5.SpaceRank(space) != 0) throw new DataException(path, $"the attribute '{name}' is a list; expected one value");
                switch (H5.TypeClass(type))
                {
                    case H5.ClassInteger:
                        long whole;
                        return H5.ReadAttribute(attribute, H5.Type("H5T_NATIVE_INT64_g"), &whole) >= 0 ? whole : throw new DataException(path, $"the attribute '{name}' is damaged");
                    case H5.ClassFloat:
                        double number;
                        return H5.ReadAttribute(attribute, H5.Type("H5T_NATIVE_DOUBLE_g"), &number) >= 0 ? number : throw new DataException(path, $"the attribute '{name}' is damaged");
                    case H5.ClassString:
                        return Text(attribute, type, path, name);
                    default:
                        throw new DataException(path, $"the attribute '{name}' is neither a text nor a number");
                }
            }
            finally
            {
                H5.CloseSpace(space);
                H5.CloseType(type);
                H5.CloseAttribute(attribute);
            }
        }
    }

    internal static void WriteNumber(long place, string path, string name, string fileType, string memoryType, void* value)
    {
        lock (H5.Gate) Write(place, path, name, H5.Type(fileType), H5.Type(memoryType), value);
    }

    static void WriteText(long place, string path, string name, string value)
    {
        lock (H5.Gate)
        {
            var type = H5.CopyType(H5.Type("H5T_C_S1_g"));
            H5.SetTypeSize(type, nuint.MaxValue);
            H5.SetCharacters(type, 1);
            fixed (byte* text = Encoding.UTF8.GetBytes(value + "\0"))
            {
                var pointer = text;
                Write(place, path, name, type, type, &pointer);
            }
            H5.CloseType(type);
        }
    }

    static void Write(long place, string path, string name, long fileType, long memoryType, void* value)
    {
        if (H5.AttributeExists(place, name) > 0) H5.DeleteAttribute(place, name);
        var space = H5.CreateScalarSpace(0);
        var attribute = H5.CreateAttribute(place, name, fileType, space, H5.Default, H5.Default);
        var isWritten = attribute >= 0 && H5.WriteAttribute(attribute, memoryType, value) >= 0;
        if (attribute >= 0) H5.CloseAttribute(attribute);
        H5.CloseSpace(space);
        if (!isWritten) throw new DataException(path, $"the attribute '{name}' cannot be written");
    }

    static string Text(long attribute, long type, string path, string name)
    {
        if (H5.IsVariableText(type) > 0)
        {
            nint pointer;
            if (H5.ReadAttribute(attribute, type, &pointer) < 0 || pointer == 0)
                throw new DataException(path, $"the attribute '{name}' is damaged");
            var text = Marshal.PtrToStringUTF8(pointer)!;
            H5.FreeMemory(pointer);
            return text;
        }
        var size = (long)H5.TypeSize(type);
        if (size is <= 0 or > LargestText) throw new DataException(path, $"the attribute '{name}' is a text of {size} bytes");
        var bytes = new byte[size];
        fixed (byte* place = bytes)
            if (H5.ReadAttribute(attribute, type, place) < 0) throw new DataException(path, $"the attribute '{name}' is damaged");
        return Encoding.UTF8.GetString(bytes).TrimEnd('\0', ' ');
    }

    static long TypeOf(Hdf5Element element)
    {
        if (element != Hdf5Element.Float16)
            return H5.CopyType(H5.Type(element switch { Hdf5Element.Float32 => "H5T_IEEE_F32LE_g", Hdf5Element.Int32 => "H5T_STD_I32LE_g", _ => "H5T_STD_U8LE_g" }));
        var type = H5.CopyType(H5.Type("H5T_IEEE_F32LE_g"));
        H5.SetFields(type, 15, 10, 5, 0, 10);
        H5.SetTypeSize(type, 2);
        H5.SetBias(type, 15);
        return type;
    }

    internal static ulong[] Sizes(ReadOnlySpan<long> shape)
    {
        var sizes = new ulong[shape.Length];
        for (var i = 0; i < sizes.Length; i++) sizes[i] = checked((ulong)shape[i]);
        return sizes;
    }

    internal static long Space(ReadOnlySpan<long> shape)
    {
        fixed (ulong* sizes = Sizes(shape)) return H5.CreateSpace(shape.Length, sizes, null);
    }

    Hdf5Dataset Kept(Hdf5Dataset dataset)
    {
        _datasets.Add(dataset);
        return dataset;
    }
}
