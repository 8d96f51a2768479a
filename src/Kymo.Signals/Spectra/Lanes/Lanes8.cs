using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>Eight floats: eight frames at a time, on processors with 256-bit vectors.</summary>
readonly struct Lanes8(Vector256<float> value) : ILanes<Lanes8>
{
    readonly Vector256<float> _value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 left, Lanes8 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 left, Lanes8 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 left, Lanes8 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 value) => new(-value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MultiplyAdd(Lanes8 left, Lanes8 right, Lanes8 addend) =>
        new(Vector256.MultiplyAddEstimate(left._value, right._value, addend._value));

    public static void LoadFrames(ref readonly float signal, nint hop, ref readonly float window, int length, ref Lanes8 rows)
    {
        Frames.Load8(in signal, hop, in window, length, ref Unsafe.As<Lanes8, float>(ref rows), rowWidth: 8);
    }
}
