namespace Kymo.Lab.Metrics;

/// <summary>
/// The SplitMix64 generator (Steele, Lea, Flood 2014): one word of state, the same numbers from the same seed on every machine
/// and every version of the runtime. For resampling, not for secrets.
/// </summary>
/// <param name="seed">The state to start from.</param>
struct SplitMix64(ulong seed)
{
    ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>
    /// A whole number from 0 to <paramref name="bound"/> - 1, each equally likely (Lemire 2019, with rejection).
    /// </summary>
    public int Below(int bound)
    {
        var range = (ulong)bound;
        var high = Math.BigMul(Next(), range, out var low);
        if (low < range)
        {
            var threshold = (0 - range) % range;
            while (low < threshold) high = Math.BigMul(Next(), range, out low);
        }
        return (int)high;
    }
}
