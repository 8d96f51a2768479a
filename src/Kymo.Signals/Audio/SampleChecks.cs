using System.Numerics;
using System.Runtime.InteropServices;

namespace Kymo.Signals.Audio;

/// <summary>Questions about samples.</summary>
static class SampleChecks
{
    /// <summary>Index of the first NaN or infinity; -1 where there is none.</summary>
    public static int FirstNotFinite(ReadOnlySpan<float> samples)
    {
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(samples);
        var start = 0;
        // x - x is 0 for finite x and NaN for the others; a block with one of them is searched below.
        foreach (ref readonly var block in blocks)
        {
            if (!Vector.EqualsAll(block - block, Vector<float>.Zero)) break;
            start += Vector<float>.Count;
        }
        for (var i = start; i < samples.Length; i++)
            if (!float.IsFinite(samples[i])) return i;
        return -1;
    }

    /// <summary>Whether every sample is zero.</summary>
    public static bool AreSilent(ReadOnlySpan<float> samples) => !samples.ContainsAnyExcept(0f);
}
