using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>Four floats: four frames at a time, on processors with 128-bit vectors.</summary>
readonly struct Lanes4(Vector128<float> value) : ILanes<Lanes4>
{
    readonly Vector128<float> _value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 left, Lanes4 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 left, Lanes4 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 left, Lanes4 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 value) => new(-value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MultiplyAdd(Lanes4 left, Lanes4 right, Lanes4 addend) =>
        new(Vector128.MultiplyAddEstimate(left._value, right._value, addend._value));

    public static void LoadFrames(ref readonly float signal, nint hop, ref readonly float window, int length, ref Lanes4 rows)
    {
        Frames.Load4(in signal, hop, in window, length, ref Unsafe.As<Lanes4, float>(ref rows));
    }
}
