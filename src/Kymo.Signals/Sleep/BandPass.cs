using System.Numerics;

namespace Kymo.Signals.Sleep;

/// <summary>
/// A Butterworth band-pass as SciPy's <c>butter(order, [low, high], "bandpass")</c> designs it (bilinear transform with warped corners)
/// and <c>filtfilt</c> applies it: forward and backward, no delay, the ends continued by odd reflection.
/// </summary>
public sealed class BandPass
{
    readonly double[] _initial;

    /// <summary>Designs the filter.</summary>
    /// <param name="order">Order of the low-pass it is made from; the band-pass has twice as many poles.</param>
    /// <param name="low">Lower corner, Hz.</param>
    /// <param name="high">Upper corner, Hz, below half the rate.</param>
    /// <param name="rate">Samples a second.</param>
    public BandPass(int order, double low, double high, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        if (!(low > 0 && high > low && high < rate / 2))
            throw new ArgumentException($"corners {low} and {high} Hz at {rate} Hz: expected 0 < low < high < {rate / 2}");
        var (warpedLow, warpedHigh) = (4 * Math.Tan(Math.PI * low / rate), 4 * Math.Tan(Math.PI * high / rate));
        var (width, centre) = (warpedHigh - warpedLow, Math.Sqrt(warpedLow * warpedHigh));
        var poles = new List<Complex>();
        Complex gain = Math.Pow(width, order);
        for (var k = 0; k < order; k++)
        {
            var prototype = -Complex.Exp(Complex.ImaginaryOne * Math.PI * (2 * k - order + 1) / (2 * order)) * width / 2;
            var root = Complex.Sqrt(prototype * prototype - centre * centre);
            foreach (var pole in new[] { prototype + root, prototype - root })
            {
                poles.Add((4 + pole) / (4 - pole));
                gain /= 4 - pole;
            }
        }
        // One zero at 0 Hz and one at half the rate for each pole of the low-pass.
        gain *= Math.Pow(4, order);
        var zeros = Enumerable.Repeat(Complex.One, order).Concat(Enumerable.Repeat(-Complex.One, order));
        Numerator = [.. Polynomial(zeros).Select(c => (gain * c).Real)];
        Denominator = [.. Polynomial(poles).Select(c => c.Real)];
        _initial = SteadyState();
    }

    /// <summary>Coefficients b of the transfer function, of falling powers of z.</summary>
    public IReadOnlyList<double> Numerator { get; }

    /// <summary>Coefficients a, the first of them 1.</summary>
    public IReadOnlyList<double> Denominator { get; }

    /// <summary>Samples beyond each end that the filter makes up; a signal must be longer.</summary>
    public int Padding => 3 * Denominator.Count;

    /// <summary>Filters forward and backward.</summary>
    /// <exception cref="ArgumentException">The signal is no longer than <see cref="Padding"/>.</exception>
    public double[] Apply(ReadOnlySpan<double> signal)
    {
        var (pad, n) = (Padding, signal.Length);
        if (n <= pad) throw new ArgumentException($"{n} samples; the filter needs more than {pad}");
        var extended = new double[n + 2 * pad];
        for (var i = 0; i < pad; i++)
        {
            extended[i] = 2 * signal[0] - signal[pad - i];
            extended[pad + n + i] = 2 * signal[n - 1] - signal[n - 2 - i];
        }
        signal.CopyTo(extended.AsSpan(pad));
        Run(extended);
        Array.Reverse(extended);
        Run(extended);
        Array.Reverse(extended);
        return extended.AsSpan(pad, n).ToArray();
    }

    // Direct form II transposed, from the steady state of the first sample.
    void Run(double[] x)
    {
        var (b, a) = (Numerator.ToArray(), Denominator.ToArray());
        var order = b.Length - 1;
        var state = new double[order + 1];
        for (var k = 0; k < order; k++) state[k] = _initial[k] * x[0];
        for (var i = 0; i < x.Length; i++)
        {
            var input = x[i];
            var output = b[0] * input + state[0];
            for (var k = 1; k <= order; k++) state[k - 1] = b[k] * input - a[k] * output + state[k];
            x[i] = output;
        }
    }

    // The state in which a constant 1 passes without a transient: the sums behind SciPy's lfilter_zi.
    double[] SteadyState()
    {
        var (b, a) = (Numerator, Denominator);
        var order = b.Count - 1;
        var state = new double[order];
        var first = Enumerable.Range(1, order).Sum(k => b[k] - a[k] * b[0]) / a.Sum();
        state[0] = first;
        var (sumA, sumB) = (1.0, 0.0);
        for (var k = 1; k < order; k++)
        {
            sumA += a[k];
            sumB += b[k] - a[k] * b[0];
            state[k] = sumA * first - sumB;
        }
        return state;
    }

    static Complex[] Polynomial(IEnumerable<Complex> roots)
    {
        Complex[] coefficients = [Complex.One];
        foreach (var root in roots)
        {
            var next = new Complex[coefficients.Length + 1];
            for (var i = 0; i < coefficients.Length; i++)
            {
                next[i] += coefficients[i];
                next[i + 1] -= coefficients[i] * root;
            }
            coefficients = next;
        }
        return coefficients;
    }
}
