using System.Runtime.InteropServices;
using System.Text;

namespace Kymo.Onnx.Runtime;

/// <summary>
/// ONNX Runtime's C API: a table of function pointers whose order never changes (onnxruntime_c_api.h). Each member calls the entry
/// at its index; a status that is not null becomes an <see cref="OnnxException"/>.
/// </summary>
sealed unsafe class OrtApi
{
    /// <summary>The newest of the functions below came with version 1.5; the C API is asked for at this version.</summary>
    const uint ApiVersion = 11;

    readonly nint* _table;

    OrtApi(nint* table, string version)
    {
        _table = table;
        Version = version;
    }

    /// <summary>The runtime's version, as <c>1.30.0</c>.</summary>
    public string Version { get; }

    public static OrtApi Load(string file)
    {
        nint library;
        try
        {
            library = NativeLibrary.Load(file);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new OnnxException($"cannot be loaded as ONNX Runtime's library: {error.Message}", file, error);
        }
        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var entry))
            throw new OnnxException("has no OrtGetApiBase: this is not ONNX Runtime's library", file);
        var functions = (nint*)((delegate* unmanaged[Cdecl]<nint>)entry)();
        var table = (nint*)((delegate* unmanaged[Cdecl]<uint, nint>)functions[0])(ApiVersion);
        var version = Text(((delegate* unmanaged[Cdecl]<byte*>)functions[1])());
        return table is not null
            ? new(table, version)
            : throw new OnnxException($"is ONNX Runtime {version}, version 1.{ApiVersion} or newer is needed", file);
    }

    public static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    public nint CreateEnvironment(delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, byte*, byte*, void> log, int level)
    {
        nint environment;
        fixed (byte* name = "kymo\0"u8)
            Check(((delegate* unmanaged[Cdecl]<void*, nint, int, byte*, nint*, nint>)_table[4])(log, 0, level, name, &environment));
        return environment;
    }

    public void DisableTelemetry(nint environment) => Check(((delegate* unmanaged[Cdecl]<nint, nint>)_table[6])(environment));

    public nint CreateSession(nint environment, ReadOnlySpan<byte> model, nint options)
    {
        nint session;
        fixed (byte* bytes = model)
            Check(((delegate* unmanaged[Cdecl]<nint, byte*, nuint, nint, nint*, nint>)_table[8])(environment, bytes,
                (nuint)model.Length, options, &session));
        return session;
    }

    public void Run(nint session, byte** inputNames, nint* inputs, int inputCount, byte** outputNames, int outputCount, nint* outputs) =>
        Check(((delegate* unmanaged[Cdecl]<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint>)_table[9])(session, 0,
            inputNames, inputs, (nuint)inputCount, outputNames, (nuint)outputCount, outputs));

    public nint CreateSessionOptions() => Made(10);

    public void SetLogSeverity(nint options, int level) => Set(22, options, level);

    public void SetOptimisationLevel(nint options, int level) => Set(23, options, level);

    public void SetIntraOperatorThreads(nint options, int count) => Set(24, options, count);

    public void SetInterOperatorThreads(nint options, int count) => Set(25, options, count);

    public void AddConfigEntry(nint options, string key, string value)
    {
        fixed (byte* keyBytes = Encoding.UTF8.GetBytes(key + "\0"), valueBytes = Encoding.UTF8.GetBytes(value + "\0"))
            Check(((delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)_table[130])(options, keyBytes, valueBytes));
    }

    public int InputCount(nint session) => (int)Number(30, session);

    public int OutputCount(nint session) => (int)Number(31, session);

    public string InputName(nint session, int index) => NameAt(36, session, index);

    public string OutputName(nint session, int index) => NameAt(37, session, index);

    public OnnxValueInfo InputInfo(nint session, int index) => InfoAt(33, session, index, InputName(session, index));

    public OnnxValueInfo OutputInfo(nint session, int index) => InfoAt(34, session, index, OutputName(session, index));

    public nint CreateTensor(nint memoryInfo, void* data, long bytes, ReadOnlySpan<long> shape, OnnxType type)
    {
        nint value;
        fixed (long* sizes = shape)
            Check(((delegate* unmanaged[Cdecl]<nint, void*, nuint, long*, nuint, int, nint*, nint>)_table[49])(memoryInfo, data,
                (nuint)bytes, sizes, (nuint)shape.Length, (int)type, &value));
        return value;
    }

    public void* TensorData(nint value)
    {
        void* data;
        Check(((delegate* unmanaged[Cdecl]<nint, void**, nint>)_table[51])(value, &data));
        return data;
    }

    /// <summary>A value's element type and sizes; <see cref="OnnxType.Undefined"/> where it is no tensor.</summary>
    public (OnnxType Type, long[] Shape) TensorShape(nint value)
    {
        nint isTensor = 0;
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)_table[50])(value, &isTensor));
        if ((int)isTensor == 0) return (OnnxType.Undefined, []);
        nint info;
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)_table[65])(value, &info));
        try
        {
            return (ElementType(info), Dimensions(info));
        }
        finally
        {
            Release(99, info);
        }
    }

    public nint CreateCpuMemoryInfo()
    {
        nint info;
        Check(((delegate* unmanaged[Cdecl]<int, int, nint*, nint>)_table[69])(0, 0, &info));
        return info;
    }

    public List<KeyValuePair<string, string>> Metadata(nint session, out string producer, out string graph, out string description)
    {
        nint metadata;
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)_table[111])(session, &metadata));
        try
        {
            producer = MetadataText(112, metadata);
            graph = MetadataText(113, metadata);
            description = MetadataText(115, metadata);
            byte** keys;
            long count;
            Check(((delegate* unmanaged[Cdecl]<nint, nint, byte***, long*, nint>)_table[123])(metadata, Allocator, &keys, &count));
            List<KeyValuePair<string, string>> entries = [];
            for (var i = 0; i < count; i++)
            {
                byte* value;
                Check(((delegate* unmanaged[Cdecl]<nint, nint, byte*, byte**, nint>)_table[116])(metadata, Allocator, keys[i], &value));
                entries.Add(new(Text(keys[i]), Owned(value)));
                Free(keys[i]);
            }
            if (keys is not null) Free(keys);
            return entries;
        }
        finally
        {
            Release(118, metadata);
        }
    }

    public void ReleaseSession(nint session) => Release(95, session);

    public void ReleaseValue(nint value) => Release(96, value);

    public void ReleaseSessionOptions(nint options) => Release(100, options);

    nint Allocator => Made(78);

    nint Made(int index)
    {
        nint made;
        Check(((delegate* unmanaged[Cdecl]<nint*, nint>)_table[index])(&made));
        return made;
    }

    void Set(int index, nint options, int value) => Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)_table[index])(options, value));

    nuint Number(int index, nint of)
    {
        nuint number;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)_table[index])(of, &number));
        return number;
    }

    string NameAt(int table, nint session, int index)
    {
        byte* name;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint, nint, byte**, nint>)_table[table])(session, (nuint)index, Allocator, &name));
        return Owned(name);
    }

    string MetadataText(int index, nint metadata)
    {
        byte* text;
        Check(((delegate* unmanaged[Cdecl]<nint, nint, byte**, nint>)_table[index])(metadata, Allocator, &text));
        return Owned(text);
    }

    OnnxValueInfo InfoAt(int table, nint session, int index, string name)
    {
        nint typeInfo, tensorInfo;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)_table[table])(session, (nuint)index, &typeInfo));
        try
        {
            Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)_table[55])(typeInfo, &tensorInfo));
            if (tensorInfo == 0) return new(name, OnnxType.Undefined, null);
            var sizes = Dimensions(tensorInfo);
            var names = new nint[sizes.Length];
            fixed (nint* namePointers = names)
                Check(((delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint>)_table[63])(tensorInfo, namePointers, (nuint)names.Length));
            var shape = sizes.Zip(names, (size, symbol) => size >= 0 ? size
                : Text((byte*)symbol) is { Length: > 0 } text ? text : OnnxDimension.Unknown);
            return new(name, ElementType(tensorInfo), [.. shape]);
        }
        finally
        {
            Release(98, typeInfo);
        }
    }

    OnnxType ElementType(nint tensorInfo)
    {
        int type;
        Check(((delegate* unmanaged[Cdecl]<nint, int*, nint>)_table[60])(tensorInfo, &type));
        return (OnnxType)type;
    }

    long[] Dimensions(nint tensorInfo)
    {
        var sizes = new long[Number(61, tensorInfo)];
        fixed (long* pointer = sizes)
            Check(((delegate* unmanaged[Cdecl]<nint, long*, nuint, nint>)_table[62])(tensorInfo, pointer, (nuint)sizes.Length));
        return sizes;
    }

    string Owned(byte* text)
    {
        var copy = Text(text);
        if (text is not null) Free(text);
        return copy;
    }

    void Free(void* memory) => Check(((delegate* unmanaged[Cdecl]<nint, void*, nint>)_table[76])(Allocator, memory));

    void Release(int index, nint handle) => ((delegate* unmanaged[Cdecl]<nint, void>)_table[index])(handle);

    void Check(nint status)
    {
        if (status == 0) return;
        var text = Text(((delegate* unmanaged[Cdecl]<nint, byte*>)_table[2])(status));
        Release(93, status);
        throw new OnnxException("ONNX Runtime: " + text);
    }
}
