using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kymo.Onnx.Runtime;

/// <summary>The loaded native library and its one environment. Both live as long as the process: the library allows no more.</summary>
sealed unsafe class OnnxRuntime
{
    /// <summary>Only what ends the process is logged; every other error is a status and becomes an exception.</summary>
    public const int FatalOnly = 4;

    static readonly Lock s_loading = new();
    static OnnxRuntime? s_shared;

    OnnxRuntime(string file)
    {
        File = file;
        Api = OrtApi.Load(file);
        Environment = Api.CreateEnvironment(&Drop, FatalOnly);
        MemoryInfo = Api.CreateCpuMemoryInfo();
    }

    public string File { get; }

    public OrtApi Api { get; }

    public nint Environment { get; }

    public nint MemoryInfo { get; }

    /// <summary>The runtime, loaded by the first call that finds it.</summary>
    public static OnnxRuntime Shared()
    {
        lock (s_loading) return s_shared ??= new OnnxRuntime(RuntimeLibrary.Locate());
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Drop(nint parameter, int severity, byte* category, byte* id, byte* place, byte* message)
    {
    }
}
