using System.Runtime.InteropServices;

namespace Kymo.Signals.Native;

/// <summary>The part of libhdf5's C interface (hdf5.h, version 1.10) that caches need. The library is not safe for threads: hold <see cref="Gate"/>.</summary>
static unsafe partial class H5
{
    public const int All = 0, Default = 0;
    public const uint ReadOnly = 0, Truncate = 2;
    public const int LinkExternal = 64, ClassInteger = 0, ClassFloat = 1, ClassString = 3;
    public const int FilterDeflate = 1, FilterShuffle = 2, FilterFletcher32 = 3, FilterLzf = 32000;

    /// <summary>Held by every call.</summary>
    public static readonly Lock Gate = new();

    static readonly nint s_library = Prepare();

    /// <summary>A type that the library keeps in a variable of its own, for instance <c>H5T_IEEE_F32LE_g</c>.</summary>
    public static long Type(string variable) => Marshal.ReadInt64(NativeLibrary.GetExport(s_library, variable));

    /// <summary>A class of property lists, for instance <c>H5P_CLS_DATASET_CREATE_ID_g</c>.</summary>
    public static long PropertyClass(string variable) => Type(variable);

    static nint Prepare()
    {
        NativeLibraries.Use();
        var library = NativeLibraries.OpenHdf5();
        Open();
        SetErrorPrinter(0, 0, 0);
        return library;
    }

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5open")]
    private static partial int Open();

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Eset_auto2")]
    private static partial int SetErrorPrinter(long stack, nint function, nint data);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Fcreate", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long CreateFile(string path, uint flags, long creation, long access);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Fopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long OpenFile(string path, uint flags, long access);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Fflush")]
    public static partial int Flush(long file, int scope);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Fclose")]
    public static partial int CloseFile(long file);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Lexists", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkExists(long place, string name, long access);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Lget_info", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkInfo(long place, string name, int* info, long access);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Screate")]
    public static partial long CreateScalarSpace(int kind);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Screate_simple")]
    public static partial long CreateSpace(int rank, ulong* sizes, ulong* largest);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Sget_simple_extent_ndims")]
    public static partial int SpaceRank(long space);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Sget_simple_extent_dims")]
    public static partial int SpaceSizes(long space, ulong* sizes, ulong* largest);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Sselect_hyperslab")]
    public static partial int SelectSlab(long space, int operation, ulong* start, ulong* stride, ulong* count, ulong* block);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Sclose")]
    public static partial int CloseSpace(long space);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Pcreate")]
    public static partial long CreateProperties(long kind);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Pset_chunk")]
    public static partial int SetChunk(long properties, int rank, ulong* sizes);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Pget_chunk")]
    public static partial int GetChunk(long properties, int rank, ulong* sizes);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Pset_shuffle")]
    public static partial int SetShuffle(long properties);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Pset_deflate")]
    public static partial int SetDeflate(long properties, uint level);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Pget_nfilters")]
    public static partial int FilterCount(long properties);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Pget_filter2")]
    public static partial int Filter(long properties, uint index, uint* flags, nuint* count, uint* values, nuint nameLength, byte* name, uint* config);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Zfilter_avail")]
    public static partial int FilterIsThere(int filter);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Pclose")]
    public static partial int CloseProperties(long properties);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Dcreate2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long CreateDataset(long place, string name, long type, long space, long link, long creation, long access);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Dopen2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long OpenDataset(long place, string name, long access);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Dget_space")]
    public static partial long DatasetSpace(long dataset);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Dget_type")]
    public static partial long DatasetType(long dataset);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Dget_create_plist")]
    public static partial long DatasetProperties(long dataset);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Dread")]
    public static partial int Read(long dataset, long memoryType, long memorySpace, long fileSpace, long transfer, void* values);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Dwrite")]
    public static partial int Write(long dataset, long memoryType, long memorySpace, long fileSpace, long transfer, void* values);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Dget_chunk_storage_size")]
    public static partial int ChunkSize(long dataset, ulong* offset, ulong* bytes);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Dread_chunk")]
    public static partial int ReadChunk(long dataset, long transfer, ulong* offset, uint* skipped, void* bytes);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Dclose")]
    public static partial int CloseDataset(long dataset);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Acreate2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long CreateAttribute(long place, string name, long type, long space, long creation, long access);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Aopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial long OpenAttribute(long place, string name, long access);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Aexists", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AttributeExists(long place, string name);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Adelete", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DeleteAttribute(long place, string name);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Aget_type")]
    public static partial long AttributeType(long attribute);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Aget_space")]
    public static partial long AttributeSpace(long attribute);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Awrite")]
    public static partial int WriteAttribute(long attribute, long memoryType, void* values);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Aread")]
    public static partial int ReadAttribute(long attribute, long memoryType, void* values);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Aclose")]
    public static partial int CloseAttribute(long attribute);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Tcopy")]
    public static partial long CopyType(long type);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Tget_class")]
    public static partial int TypeClass(long type);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Tget_size")]
    public static partial nuint TypeSize(long type);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Tget_order")]
    public static partial int TypeOrder(long type);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Tset_size")]
    public static partial int SetTypeSize(long type, nuint size);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Tset_cset")]
    public static partial int SetCharacters(long type, int set);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Tset_fields")]
    public static partial int SetFields(long type, nuint sign, nuint exponent, nuint exponentSize, nuint mantissa, nuint mantissaSize);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Tset_ebias")]
    public static partial int SetBias(long type, nuint bias);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Tis_variable_str")]
    public static partial int IsVariableText(long type);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5Tclose")]
    public static partial int CloseType(long type);

    [LibraryImport(NativeLibraries.Hdf5, EntryPoint = "H5free_memory")]
    public static partial int FreeMemory(nint memory);
}
