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
        ForbidTelemetry();
        Api = OrtApi.Load(file);
        Environment = Api.CreateEnvironment(&Drop, FatalOnly);
        Api.DisableTelemetry(Environment);
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

    /// <summary>
    /// Newer builds of the library report home from the moment they are loaded, unless this variable is set. The native environment is
    /// another one than the managed.
    /// </summary>
    static void ForbidTelemetry()
    {
        if (OperatingSystem.IsWindows()) System.Environment.SetEnvironmentVariable("ORT_DISABLE_TELEMETRY", "1");
        else setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    }

    [DllImport("libc")]
    static extern int setenv([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Drop(nint parameter, int severity, byte* category, byte* id, byte* place, byte* message)
    {
    }
}
