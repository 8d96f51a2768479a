using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Kymo.Torch;

/// <summary>Finds libkymo_torch: the file or folder of <c>KYMO_NATIVE</c>, beside the program, or in <c>artifacts/native</c> above it.</summary>
static partial class NativeLoader
{
    const string Remedy =
        "Install LibTorch (Debian: apt-get install libtorch-dev libopenblas0-pthread, or set LIBTORCH to a LibTorch folder) and build the "
        + "library: cmake -S native -B artifacts/native -DCMAKE_BUILD_TYPE=Release && cmake --build artifacts/native";

    static string FileName => OperatingSystem.IsWindows() ? "kymo_torch.dll"
        : OperatingSystem.IsMacOS() ? "libkymo_torch.dylib" : "libkymo_torch.so";

    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Native.Library) return 0;
        var candidates = Candidates().ToArray();
        var found = candidates.FirstOrDefault(File.Exists)
            ?? throw new TorchException($"{FileName} was not found (looked at {string.Join(", ", candidates)}). {Remedy}");
        try
        {
            PrepareEnvironment();
            var library = NativeLibrary.Load(found);
            Prepare(library, found);
            return library;
        }
        catch (DllNotFoundException error)
        {
            throw new TorchException($"{found} could not be loaded, most likely because LibTorch is not where it was: {error.Message}. {Remedy}", error);
        }
    }

    /// <summary>
    /// Sets what the libraries read from the environment when they are loaded; what the user has set stays. Threads of GNU OpenMP wait
    /// for each other in a loop of some milliseconds before they sleep, which on a machine with other work takes the processor from the
    /// thread that is waited for: a loop of some microseconds serves a free machine as well. LibTorch has kernels for AVX-512 but takes
    /// them only when asked.
    /// </summary>
    static void PrepareEnvironment()
    {
        if (!OperatingSystem.IsLinux()) return;
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null) _ = SetEnvironment("GOMP_SPINCOUNT", "1000", overwrite: 0);
        if (Avx512F.VL.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported) _ = SetEnvironment("ATEN_CPU_CAPABILITY", "avx512", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>Compares versions and turns the caching allocator on, before anything else is called.</summary>
    static unsafe void Prepare(nint library, string path)
    {
        var version = ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "kt_interface_version"))();
        if (version != Native.InterfaceVersion)
            throw new TorchException($"{path} has interface {version}, this program needs {Native.InterfaceVersion}. {Remedy}");
        var setCaching = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(library, "kt_memory_set_caching");
        if (setCaching(1) != 0) throw new TorchException($"{path}: the caching allocator could not be turned on");
    }

    static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("KYMO_NATIVE") is { Length: > 0 } named)
        {
            yield return Directory.Exists(named) ? Path.Combine(named, FileName) : named;
            yield break;
        }

        yield return Path.Combine(AppContext.BaseDirectory, FileName);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "artifacts", "native");
            if (Directory.Exists(built)) yield return Path.Combine(built, FileName);
        }
    }
}
