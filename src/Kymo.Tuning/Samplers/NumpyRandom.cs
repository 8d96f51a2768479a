namespace Kymo.Tuning;

/// <summary>
/// The stream of NumPy's <c>RandomState(seed)</c>: MT19937 (Matsumoto and Nishimura 1998) seeded by its <c>init_genrand</c>,
/// doubles of
/// 53 bits. Bit-equal to NumPy for the methods here.
/// </summary>
public sealed class NumpyRandom
{
    const int Length = 624, Shift = 397;

    readonly uint[] _state = new uint[Length];
    int _next = Length;
    double? _spare;

    /// <summary>Starts the stream.</summary>
    /// <param name="seed">Any 32-bit seed.</param>
    public NumpyRandom(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Length; i++) _state[i] = 1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
    }

    /// <summary>The next 32 bits.</summary>
    public uint NextUInt32()
    {
        if (_next == Length) Renew();
        var word = _state[_next++];
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c5680;
        word ^= (word << 15) & 0xefc60000;
        return word ^ (word >> 18);
    }

    /// <summary>A number in [0, 1), as <c>random_sample</c> and <c>rand</c>.</summary>
    public double NextDouble()
    {
        var high = NextUInt32() >> 5;
        return (high * 67108864.0 + (NextUInt32() >> 6)) / 9007199254740992.0;
    }

    /// <summary>A number in [low, high), as <c>uniform</c>.</summary>
    public double NextUniform(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>An integer in [0, count), as <c>randint</c> and <c>choice</c> without weights.</summary>
    /// <param name="count">At least 1.</param>
    public int NextInt(int count)
    {
        var highest = (uint)(count - 1);
        if (highest == 0) return 0;
        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(highest);
        uint word;
        do word = NextUInt32() & mask; while (word > highest);
        return (int)word;
    }

    /// <summary>
    /// A number of the standard normal distribution by the polar method, as <c>randn</c>; spare numbers are kept.
    /// </summary>
    public double NextNormal()
    {
        if (_spare is { } spare)
        {
            _spare = null;
            return spare;
        }
        double x, y, square;
        do
        {
            x = 2.0 * NextDouble() - 1.0;
            y = 2.0 * NextDouble() - 1.0;
            square = x * x + y * y;
        } while (square is >= 1.0 or 0.0);
        var factor = Math.Sqrt(-2.0 * Math.Log(square) / square);
        _spare = factor * x;
        return factor * y;
    }

    void Renew()
    {
        for (var i = 0; i < Length; i++)
        {
            var word = (_state[i] & 0x80000000) | (_state[(i + 1) % Length] & 0x7fffffff);
            _state[i] = _state[(i + Shift) % Length] ^ (word >> 1) ^ ((word & 1) == 0 ? 0 : 0x9908b0df);
        }
        _next = 0;
    }
}
