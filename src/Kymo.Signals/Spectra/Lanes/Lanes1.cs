using System.Runtime.CompilerServices;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>One float: a single frame.</summary>
readonly struct Lanes1(float value) : ILanes<Lanes1>
{
    readonly float _value = value;

    public static int Count => 1;

    public static Lanes1 Broadcast(float value) => new(value);

    public static Lanes1 operator +(Lanes1 left, Lanes1 right) => new(left._value + right._value);

    public static Lanes1 operator -(Lanes1 left, Lanes1 right) => new(left._value - right._value);

    public static Lanes1 operator *(Lanes1 left, Lanes1 right) => new(left._value * right._value);

    public static Lanes1 operator -(Lanes1 value) => new(-value._value);

    public static Lanes1 MultiplyAdd(Lanes1 left, Lanes1 right, Lanes1 addend) =>
        new(float.MultiplyAddEstimate(left._value, right._value, addend._value));

    public static void LoadFrames(ref readonly float signal, nint hop, ref readonly float window, int length, ref Lanes1 rows)
    {
        for (nint n = 0; n < length; n++)
        {
            var product = Unsafe.Add(ref Unsafe.AsRef(in signal), n) * Unsafe.Add(ref Unsafe.AsRef(in window), n);
            Unsafe.Add(ref rows, n) = new(product);
        }
    }
}
