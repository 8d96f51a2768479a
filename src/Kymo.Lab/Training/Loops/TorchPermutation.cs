namespace Kymo.Lab.Training.Loops;

/// <summary>
/// <c>torch.randperm</c> of a CPU generator with a seed: Mersenne Twister 19937 (Matsumoto and Nishimura 1998) seeded with the low 32
/// bits, then a walk that swaps each place with a later one.
/// </summary>
static class TorchPermutation
{
    const int Length = 624, Middle = 397;

    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in the drawn order.</summary>
    public static int[] Of(int count, long seed)
    {
        var state = Seed((uint)seed);
        var next = Length;
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = 0; i < count - 1; i++)
        {
            if (next == Length)
            {
                Twist(state);
                next = 0;
            }
            var j = i + (int)(Temper(state[next++]) % (uint)(count - i));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    static uint[] Seed(uint seed)
    {
        var state = new uint[Length];
        state[0] = seed;
        for (var i = 1u; i < Length; i++) state[i] = (1812433253u * (state[i - 1] ^ (state[i - 1] >> 30))) + i;
        return state;
    }

    static void Twist(uint[] state)
    {
        for (var i = 0; i < Length; i++)
        {
            var bits = (state[i] & 0x8000_0000u) | (state[(i + 1) % Length] & 0x7FFF_FFFFu);
            state[i] = state[(i + Middle) % Length] ^ (bits >> 1) ^ ((bits & 1) == 0 ? 0 : 0x9908_B0DFu);
        }
    }

    static uint Temper(uint value)
    {
        value ^= value >> 11;
        value ^= (value << 7) & 0x9D2C_5680u;
        value ^= (value << 15) & 0xEFC6_0000u;
        return value ^ (value >> 18);
    }
}
