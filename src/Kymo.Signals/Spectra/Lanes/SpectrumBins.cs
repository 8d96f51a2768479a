using System.Runtime.CompilerServices;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>Keeps each bin's power, re^2 + im^2.</summary>
readonly ref struct PowerBins<T>(ref T power) : IBins<T> where T : unmanaged, ILanes<T>
{
    readonly ref T _power = ref power;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(nint k, T re, T im) => Unsafe.Add(ref _power, k) = T.MultiplyAdd(re, re, im * im);
}

/// <summary>Keeps each bin's real and imaginary part.</summary>
readonly ref struct ComplexBins<T>(ref T real, ref T imaginary) : IBins<T> where T : unmanaged, ILanes<T>
{
    readonly ref T _real = ref real;
    readonly ref T _imaginary = ref imaginary;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(nint k, T re, T im)
    {
        Unsafe.Add(ref _real, k) = re;
        Unsafe.Add(ref _imaginary, k) = im;
    }
}
