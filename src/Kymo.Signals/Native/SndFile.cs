using System.Runtime.InteropServices;

namespace Kymo.Signals.Native;

/// <summary>The part of libsndfile's C interface (sndfile.h, version 1) that reading needs.</summary>
static unsafe partial class SndFile
{
    public const int ModeRead = 0x10;
    public const int TypeMask = 0x0FFF0000;
    public const int EncodingMask = 0x0000FFFF;

    static SndFile() => NativeLibraries.Use();

    [StructLayout(LayoutKind.Sequential)]
    public struct Info
    {
        public long Frames;
        public int SampleRate;
        public int Channels;
        public int Format;
        public int Sections;
        public int Seekable;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct VirtualIo
    {
        public delegate* unmanaged[Cdecl]<nint, long> GetLength;
        public delegate* unmanaged[Cdecl]<long, int, nint, long> Seek;
        public delegate* unmanaged[Cdecl]<byte*, long, nint, long> Read;
        public delegate* unmanaged[Cdecl]<byte*, long, nint, long> Write;
        public delegate* unmanaged[Cdecl]<nint, long> Tell;
    }

    [LibraryImport(NativeLibraries.SndFile, EntryPoint = "sf_open_virtual")]
    public static partial nint OpenVirtual(VirtualIo* io, int mode, Info* info, nint userData);

    [LibraryImport(NativeLibraries.SndFile, EntryPoint = "sf_close")]
    public static partial int Close(nint file);

    [LibraryImport(NativeLibraries.SndFile, EntryPoint = "sf_readf_float")]
    public static partial long ReadFrames(nint file, float* samples, long frames);

    [LibraryImport(NativeLibraries.SndFile, EntryPoint = "sf_seek")]
    public static partial long Seek(nint file, long frames, int whence);

    [LibraryImport(NativeLibraries.SndFile, EntryPoint = "sf_error")]
    public static partial int Error(nint file);

    [LibraryImport(NativeLibraries.SndFile, EntryPoint = "sf_strerror")]
    private static partial nint ErrorText(nint file);

    /// <summary>What libsndfile says about the last error of a file (of opening, where <paramref name="file"/> is 0).</summary>
    public static string Message(nint file) =>
        Marshal.PtrToStringUTF8(ErrorText(file))?.TrimEnd('.', ' ', '\n') ?? "unknown error";
}
