using System.Runtime.InteropServices;

namespace Kymo.Signals.Native;

/// <summary>The part of libsoxr's C interface (soxr.h, version 0.1) that resampling a signal, whole or in blocks, needs.</summary>
static unsafe partial class Soxr
{
    /// <summary>SOXR_HQ: 20 bits, linear phase.</summary>
    public const uint HighQuality = 4;

    static Soxr() => NativeLibraries.Use();

    [StructLayout(LayoutKind.Sequential)]
    public struct QualitySpec
    {
        public double Precision;
        public double PhaseResponse;
        public double PassbandEnd;
        public double StopbandBegin;
        public nint Reserved;
        public CULong Flags;
    }

    [LibraryImport(NativeLibraries.Soxr, EntryPoint = "soxr_quality_spec")]
    public static partial QualitySpec Quality(CULong recipe, CULong flags);

    /// <summary>
    /// Null specifications mean interleaved 32-bit floats and one thread. Returns 0 or a text of the library's own.
    /// </summary>
    [LibraryImport(NativeLibraries.Soxr, EntryPoint = "soxr_oneshot")]
    public static partial nint Oneshot(
        double inputRate, double outputRate, uint channels, float* input, nuint inputLength, nuint* inputDone, float* output,
        nuint outputLength, nuint* outputDone, void* ioSpec, QualitySpec* quality, void* runtimeSpec);

    /// <summary>A resampler for blocks; interleaved 32-bit floats and one thread as above.</summary>
    [LibraryImport(NativeLibraries.Soxr, EntryPoint = "soxr_create")]
    public static partial nint Create(
        double inputRate, double outputRate, uint channels, nint* error, void* ioSpec, QualitySpec* quality, void* runtimeSpec);

    /// <summary>Takes a block, null at the end, and gives what is ready; lengths in frames.</summary>
    [LibraryImport(NativeLibraries.Soxr, EntryPoint = "soxr_process")]
    public static partial nint Process(
        nint resampler, float* input, nuint inputLength, nuint* inputDone, float* output, nuint outputLength, nuint* outputDone);

    /// <summary>Frees a resampler.</summary>
    [LibraryImport(NativeLibraries.Soxr, EntryPoint = "soxr_delete")]
    public static partial void Delete(nint resampler);
}
