namespace Kymo.Signals.Sleep;

/// <summary>
/// The features of one 30 s epoch as Walch et al. compute them (SLEEP 42(12) zsz180, 2019): activity around it, variation of the heart
/// rate around it, and a stand-in for the inner clock. A window reaches from 285 s before the epoch's start to 315 s behind it.
/// </summary>
public static class EpochFeatures
{
    const double Before = 285, Behind = 315;
    const double CountDeviation = 50;
    const int HalfKernel = 142;

    /// <summary>Weights of the count feature for n samples at 1 Hz: a Gaussian of 50 s around the middle that sums to about 1.</summary>
    public static double[] CountWeights(int n)
    {
        var weights = new double[n];
        for (var i = 0; i < n; i++)
        {
            var away = (i - (n - 1) / 2.0) / CountDeviation;
            weights[i] = Math.Exp(-0.5 * away * away) / (CountDeviation * Math.Sqrt(2 * Math.PI));
        }
        return weights;
    }

    /// <summary>The count feature of epochs.</summary>
    /// <param name="counts">Activity counts of 15 s, spread evenly from the first to the last motion time.</param>
    /// <param name="first">First motion time, seconds.</param>
    /// <param name="last">Last motion time.</param>
    /// <param name="epochs">Starts of the epochs.</param>
    public static double[] Counts(ReadOnlySpan<double> counts, double first, double last, ReadOnlySpan<double> epochs)
    {
        var times = new double[counts.Length];
        for (var i = 0; i < times.Length; i++) times[i] = times.Length == 1 ? first : first + (last - first) * i / (times.Length - 1);
        var even = Interpolation.Evenly(times, counts, 1);
        var features = new double[epochs.Length];
        for (var e = 0; e < epochs.Length; e++)
        {
            var (from, to) = Inside(epochs[e], first, even.Length);
            var weights = CountWeights(to - from);
            for (var i = from; i < to; i++) features[e] += weights[i - from] * even[i];
        }
        return features;
    }

    /// <summary>The variation of the heart rate around epochs.</summary>
    /// <param name="times">Seconds, ascending, without repeats.</param>
    /// <param name="beats">Heart rate, beats a minute.</param>
    /// <param name="epochs">Starts of the epochs.</param>
    public static double[] HeartRateVariation(ReadOnlySpan<double> times, ReadOnlySpan<double> beats, ReadOnlySpan<double> epochs)
    {
        var even = Interpolation.Evenly(times, beats, 1);
        var mean = 0.0;
        foreach (var value in even) mean += value;
        mean /= even.Length;
        for (var i = 0; i < even.Length; i++) even[i] -= mean;
        var contrast = Convolve(even);
        var sizes = Array.ConvertAll(contrast, Math.Abs);
        Array.Sort(sizes);
        var place = 0.9 * (sizes.Length - 1);
        var below = (int)place;
        var scale = sizes[below] + (place - below) * (sizes[Math.Min(below + 1, sizes.Length - 1)] - sizes[below]);
        var features = new double[epochs.Length];
        for (var e = 0; e < epochs.Length; e++)
        {
            var (from, to) = Inside(epochs[e], times[0], contrast.Length);
            features[e] = to > from && scale > 0 ? Deviation(contrast.AsSpan(from..to)) / scale : 0;
        }
        return features;
    }

    /// <summary>-cos((t - 5 h) · 2π / 24 h): lowest 5 hours after the first epoch.</summary>
    /// <param name="seconds">Seconds since the first epoch.</param>
    public static double ClockProxy(double seconds) => -Math.Cos((seconds - 5 * 3600) * 2 * Math.PI / (24 * 3600));

    // Samples strictly inside the window, as indices of a 1 Hz grid that begins at `first`.
    static (int From, int To) Inside(double epoch, double first, int length)
    {
        var from = (int)Math.Floor(epoch - Before - first) + 1;
        var to = (int)Math.Ceiling(epoch + Behind - first);
        return (Math.Clamp(from, 0, length), Math.Clamp(Math.Max(to, from), 0, length));
    }

    // A difference of two Gaussians, the signal mirrored at its ends.
    static double[] Convolve(double[] signal)
    {
        var kernel = new double[2 * HalfKernel + 1];
        for (var k = 0; k < kernel.Length; k++)
        {
            double away = (k - HalfKernel) * (k - HalfKernel);
            kernel[k] = Math.Exp(-away / (2 * 120.0 * 120)) - 0.75 * Math.Exp(-away / (2 * 600.0 * 600));
        }
        var padded = Mirror(signal);
        var result = new double[signal.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var sum = 0.0;
            for (var k = 0; k < kernel.Length; k++) sum += kernel[k] * padded[i + k];
            result[i] = sum;
        }
        return result;
    }

    // The first samples reversed in front; behind, the reversed end stands before the last sample, as in the reference.
    static double[] Mirror(double[] signal)
    {
        var (n, half) = (signal.Length, Math.Min(HalfKernel, signal.Length));
        var padded = new double[n + 2 * HalfKernel];
        for (var i = 0; i < HalfKernel; i++) padded[HalfKernel - 1 - i] = signal[Math.Min(i, half - 1)];
        signal.AsSpan(0, n - 1).CopyTo(padded.AsSpan(HalfKernel));
        for (var i = 0; i < HalfKernel; i++) padded[HalfKernel + n - 1 + i] = signal[Math.Max(n - 1 - i, n - half)];
        padded[^1] = signal[n - 1];
        return padded;
    }

    static double Deviation(ReadOnlySpan<double> values)
    {
        double sum = 0, squares = 0;
        foreach (var value in values) sum += value;
        var mean = sum / values.Length;
        foreach (var value in values) squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / values.Length);
    }
}
