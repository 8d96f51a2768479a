using System.Globalization;
using Kymo.Signals.Features;

namespace Kymo.Signals.Music;

/// <summary>How a clip becomes 128 numbers.</summary>
public enum MelMeanKind
{
    /// <summary>Seconds 15 to 45, dB re a fixed power, (dB + 20) / 60 within [-1, 1]: loudness is kept.</summary>
    Fixed,

    /// <summary>The seed's: the first 30 s, mel power, its mean over time, then the z-score over the clip's own 128 bands.</summary>
    ZScore30,

    /// <summary>The seed's other one: the first 2 s in dB re the clip's own maximum, at most 80 below; mean / 80 within [-1, 1].</summary>
    Decibel80,
}

/// <summary>
/// The average log-mel spectrum of a clip: 22,050 Hz mono, 2,048-sample periodic Hann window every 512 samples, centred with zeros
/// outside, power, 128 Slaney filters from 0 to 11,025 Hz with area norm. The spectra are computed in single precision, means in double.
/// </summary>
public sealed class MelMean
{
    /// <summary>Numbers of a clip.</summary>
    public const int Size = 128;

    /// <summary>Samples per second of the input, in Hz.</summary>
    public const int SampleRate = 22050;

    /// <summary>Steps of a clip in <see cref="Steps"/>, one a second.</summary>
    public const int MostSteps = 30;

    const int HopLength = 512;
    static readonly LogMelOptions s_fixed = new() { Duration = null, Reference = DecibelReference.Fixed, TopDb = 1000 };
    static readonly LogMelOptions s_clip = new() { Duration = null, Reference = DecibelReference.ClipMaximum, TopDb = 80 };
    readonly LogMelExtractor _extractor;

    /// <summary>Prepares the transform.</summary>
    /// <param name="kind">Which of the definitions; <see cref="MelMeanKind.Fixed"/> by default.</param>
    public MelMean(MelMeanKind kind = MelMeanKind.Fixed) =>
        (Kind, _extractor) = (kind, new LogMelExtractor(kind == MelMeanKind.Decibel80 ? s_clip : s_fixed));

    /// <summary>What each number is: <c>mel_0</c> to <c>mel_127</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Enumerable.Range(0, Size).Select(i => "mel_" + i.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Which definition.</summary>
    public MelMeanKind Kind { get; }

    /// <summary>The clip's 128 numbers.</summary>
    /// <param name="samples">Mono at <see cref="SampleRate"/>, at least one second.</param>
    /// <exception cref="ArgumentException">Less than one second, or samples that are not finite.</exception>
    public float[] Extract(ReadOnlySpan<float> samples)
    {
        var window = Window(samples);
        var mel = _extractor.Extract(window);
        var frames = mel.Length / Size;
        var values = new double[Size];
        for (var band = 0; band < Size; band++) values[band] = Mean(mel.AsSpan(band * frames, frames), Kind == MelMeanKind.ZScore30);
        return Kind switch
        {
            MelMeanKind.Fixed => [.. values.Select(Scale)],
            MelMeanKind.Decibel80 => [.. values.Select(value => (float)Math.Clamp(value / 80, -1, 1))],
            _ => ZScore(values),
        };
    }

    /// <summary>The average spectrum in dB before it is scaled; of <see cref="MelMeanKind.Fixed"/> only.</summary>
    /// <param name="samples">Mono at <see cref="SampleRate"/>, at least one second.</param>
    public double[] Decibels(ReadOnlySpan<float> samples)
    {
        var mel = _extractor.Extract(Window(samples));
        var frames = mel.Length / Size;
        return [.. Enumerable.Range(0, Size).Select(band => Mean(mel.AsSpan(band * frames, frames), power: false))];
    }

    /// <summary>
    /// One row a second: step s is the mean over the frames whose centre lies in [s, s + 1) of the window; as many steps as the window
    /// has whole seconds, 30 at most. Scaled as <see cref="MelMeanKind.Fixed"/>.
    /// </summary>
    /// <param name="samples">Mono at <see cref="SampleRate"/>, at least one second.</param>
    /// <returns>(time, mel), row by row.</returns>
    public float[] Steps(ReadOnlySpan<float> samples)
    {
        if (Kind != MelMeanKind.Fixed) throw new InvalidOperationException("steps are defined for the fixed reference only");
        var window = Window(samples);
        var mel = _extractor.Extract(window);
        var frames = mel.Length / Size;
        var steps = Math.Min(MostSteps, window.Length / SampleRate);
        var rows = new float[steps * Size];
        for (var step = 0; step < steps; step++)
        {
            var first = FirstFrame(step);
            var last = Math.Min(FirstFrame(step + 1), frames);
            for (var band = 0; band < Size; band++)
                rows[(step * Size) + band] = Scale(Mean(mel.AsSpan((band * frames) + first, last - first), power: false));
        }
        return rows;
    }

    // The first frame whose centre is at or after the second.
    static int FirstFrame(int second) => ((second * SampleRate) + HopLength - 1) / HopLength;

    ReadOnlySpan<float> Window(ReadOnlySpan<float> samples)
    {
        if (samples.Length < SampleRate)
            throw new ArgumentException($"has {samples.Length} samples, expected at least one second ({SampleRate})", nameof(samples));
        if (Kind == MelMeanKind.ZScore30) return samples[..Math.Min(samples.Length, 30 * SampleRate)];
        if (Kind == MelMeanKind.Decibel80) return samples[..Math.Min(samples.Length, 2 * SampleRate)];
        if (samples.Length >= 45 * SampleRate) return samples[(15 * SampleRate)..(45 * SampleRate)];
        return samples.Length > 30 * SampleRate ? samples[^(30 * SampleRate)..] : samples;
    }

    static double Mean(ReadOnlySpan<float> decibels, bool power)
    {
        var sum = 0.0;
        foreach (var value in decibels) sum += power ? Math.Pow(10, value / 10.0) : value;
        return sum / decibels.Length;
    }

    static float Scale(double decibels) => (float)Math.Clamp((decibels + 20) / 60, -1, 1);

    static float[] ZScore(double[] values)
    {
        var (mean, deviation) = (Statistics.Mean(values), Statistics.Deviation(values));
        return [.. values.Select(value => (float)((value - mean) / (deviation + 1e-8)))];
    }
}
