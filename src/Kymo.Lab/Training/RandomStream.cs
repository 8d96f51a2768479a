using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Kymo.Lab.Training;

/// <summary>
/// A named stream of random numbers with a state that can be saved: xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom
/// number generators", 2021). Streams of other names are independent, so drawing from one never moves another.
/// </summary>
public sealed class RandomStream
{
    readonly ulong[] _state = new ulong[4];

    /// <summary>Starts a stream.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="name">What the numbers are for: <c>init</c>, <c>shuffle</c>, <c>augment</c>, <c>dropout</c>, <c>teacher</c> ...</param>
    public RandomStream(long seed, string name)
    {
        var hash = Hash(seed, name);
        for (var i = 0; i < 4; i++) _state[i] = BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan(8 * i));
    }

    /// <summary>The position in the stream, 32 bytes.</summary>
    public byte[] State
    {
        get
        {
            var bytes = new byte[32];
            for (var i = 0; i < 4; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8 * i), _state[i]);
            return bytes;
        }
        set
        {
            if (value.Length != 32) throw new ArgumentException($"a state has 32 bytes, not {value.Length}", nameof(value));
            for (var i = 0; i < 4; i++) _state[i] = BinaryPrimitives.ReadUInt64LittleEndian(value.AsSpan(8 * i));
        }
    }

    /// <summary>A seed of its own for an engine's generator: the first 64 bits of the hash of seed and name.</summary>
    public static ulong SeedFor(long seed, string name) => BinaryPrimitives.ReadUInt64LittleEndian(Hash(seed, name));

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_state[1] * 5, 7) * 9;
        var shifted = _state[1] << 17;
        _state[2] ^= _state[0];
        _state[3] ^= _state[1];
        _state[1] ^= _state[2];
        _state[0] ^= _state[3];
        _state[2] ^= shifted;
        _state[3] = BitOperations.RotateLeft(_state[3], 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Uniform(double low, double high) => low + ((high - low) * Uniform());

    /// <summary>Uniform integer in [low, high), without bias.</summary>
    public int Integer(int low, int high)
    {
        if (high <= low) throw new ArgumentOutOfRangeException(nameof(high), high, $"must be above {low}");
        var range = (ulong)((long)high - low);
        var limit = ulong.MaxValue - (ulong.MaxValue % range);
        ulong draw;
        do draw = Next();
        while (draw >= limit);
        return (int)((long)(draw % range) + low);
    }

    /// <summary>Normal with mean 0 and variance 1 (Box and Muller, one of the pair).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Gamma with the given shape and scale 1 (Marsaglia and Tsang 2000).</summary>
    public double Gamma(double shape)
    {
        if (shape < 1) return Gamma(shape + 1) * Math.Pow(1 - Uniform(), 1 / shape);
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(1 - Uniform()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v))) return d * v;
        }
    }

    /// <summary>Beta with both parameters equal, as mixup uses it.</summary>
    public double Beta(double alpha)
    {
        var a = Gamma(alpha);
        var sum = a + Gamma(alpha);
        return sum > 0 ? a / sum : 0.5;
    }

    /// <summary>Puts the items in a random order, in place (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Integer(0, i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    static byte[] Hash(long seed, string name) => SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{name}"));
}
