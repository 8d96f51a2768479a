using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kymo.Signals.Native;

/// <summary>Finds the system's shared libraries under the names they have on Linux, macOS and Windows.</summary>
static class NativeLibraries
{
    /// <summary>The name libsndfile is imported by.</summary>
    public const string SndFile = "sndfile";

    /// <summary>The name libsoxr is imported by.</summary>
    public const string Soxr = "soxr";

    /// <summary>The name libhdf5 is imported by.</summary>
    public const string Hdf5 = "hdf5";

    static readonly string[] s_sndFileNames =
        ["libsndfile.so.1", "libsndfile.so", "libsndfile.1.dylib", "sndfile.dll", "libsndfile-1.dll"];

    static readonly string[] s_soxrNames = ["libsoxr.so.0", "libsoxr.so", "libsoxr.0.dylib", "soxr.dll", "libsoxr.dll"];

    static readonly string[] s_hdf5Names =
        ["libhdf5_serial.so.103", "libhdf5.so.103", "libhdf5.103.dylib", "libhdf5_serial.so", "libhdf5.so", "hdf5.dll"];

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Makes imports of this assembly look here; called before the first of them.</summary>
    public static void Use() => RuntimeHelpers.RunClassConstructor(typeof(NativeLibraries).TypeHandle);

    /// <summary>libhdf5 itself, for the variables it exports.</summary>
    public static nint OpenHdf5() => Load(s_hdf5Names, "libhdf5 1.10", "libhdf5-103-1");

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) => name switch
    {
        SndFile => Load(s_sndFileNames, "libsndfile", "libsndfile1"),
        Soxr => Load(s_soxrNames, "libsoxr", "libsoxr0"),
        Hdf5 => OpenHdf5(),
        _ => 0,
    };

    /// <summary>The first library that loads.</summary>
    /// <exception cref="DllNotFoundException">None does; the message says what to install.</exception>
    public static nint Load(string[] names, string library, string package)
    {
        foreach (var name in names)
            if (NativeLibrary.TryLoad(name, out var handle)) return handle;
        throw new DllNotFoundException(
            $"{library} is not installed (tried {string.Join(", ", names)}); on Debian and Ubuntu: apt-get install {package}");
    }
}
