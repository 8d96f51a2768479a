using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>Sixteen floats: sixteen frames at a time, on processors with 512-bit vectors.</summary>
readonly struct Lanes16(Vector512<float> value) : ILanes<Lanes16>
{
    readonly Vector512<float> _value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 left, Lanes16 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 left, Lanes16 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 left, Lanes16 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 value) => new(-value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MultiplyAdd(Lanes16 left, Lanes16 right, Lanes16 addend) =>
        new(Vector512.MultiplyAddEstimate(left._value, right._value, addend._value));

    public static void LoadFrames(ref readonly float signal, nint hop, ref readonly float window, int length, ref Lanes16 rows)
    {
        ref var first = ref Unsafe.As<Lanes16, float>(ref rows);
        Frames.Load8(in signal, hop, in window, length, ref first, rowWidth: 16);
        ref var ninth = ref Unsafe.Add(ref Unsafe.AsRef(in signal), 8 * hop);
        Frames.Load8(ref ninth, hop, in window, length, ref Unsafe.Add(ref first, 8), rowWidth: 16);
    }
}
