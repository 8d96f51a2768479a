using System.Runtime.CompilerServices;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>Floats that begin on a cache line, so that no row of lanes lies across two; all zero at first.</summary>
sealed unsafe class AlignedBuffer
{
    const int LineBytes = 64;

    readonly float[] _array;
    readonly int _start;

    public AlignedBuffer(int length)
    {
        Length = length;
        _array = GC.AllocateArray<float>(length + LineBytes / sizeof(float), pinned: true);
        var address = (nint)Unsafe.AsPointer(ref _array[0]);
        _start = (int)((LineBytes - address % LineBytes) % LineBytes) / sizeof(float);
    }

    public int Length { get; }

    public Span<float> Span => _array.AsSpan(_start, Length);

    /// <summary>The floats as rows of lanes.</summary>
    public ref T Rows<T>() where T : unmanaged, ILanes<T> => ref Unsafe.As<float, T>(ref _array[_start]);
}
