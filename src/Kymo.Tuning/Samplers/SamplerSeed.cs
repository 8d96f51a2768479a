namespace Kymo.Tuning;

/// <summary>Seeds of samplers that belong together.</summary>
public static class SamplerSeed
{
    /// <summary>
    /// The seed for one worker of a study that has trials already: the study's own seed for the first worker of a new study,
    /// else one
    /// whose stream does not repeat what was drawn before.
    /// </summary>
    /// <param name="seed">The study's seed.</param>
    /// <param name="trials">Trials the study has.</param>
    /// <param name="worker">Number of the worker, from 0.</param>
    public static uint Of(uint seed, int trials, int worker)
    {
        if (trials == 0 && worker == 0) return seed;
        // SplitMix64 (Steele, Lea and Flood 2014).
        var state = seed + ((ulong)(uint)trials << 32) + (ulong)(uint)worker * 0x9e3779b97f4a7c15 + 0x9e3779b97f4a7c15;
        state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
        state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
        return (uint)(state ^ (state >> 31));
    }
}
