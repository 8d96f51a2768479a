using System.Globalization;

namespace Kymo.Signals.Music;

/// <summary>A key.</summary>
/// <param name="Tonic">Pitch class of its first degree, 0 (C) to 11 (B).</param>
/// <param name="IsMinor">Whether it is minor.</param>
public readonly record struct Key(int Tonic, bool IsMinor)
{
    // Krumhansl and Kessler 1982: how well each pitch class, counted from the tonic, fits a major and a minor key.
    static readonly double[] s_major = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88];
    static readonly double[] s_minor = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17];

    /// <summary>0 to 11 for major keys, 12 to 23 for minor ones, by the tonic.</summary>
    public int Index => IsMinor ? 12 + Tonic : Tonic;

    /// <summary>Semitones, -6 to 5, that bring the key to C major or A minor.</summary>
    public int ToNeutral
    {
        get
        {
            var up = ((IsMinor ? 9 : 0) - Tonic + 12) % 12;
            return up > 5 ? up - 12 : up;
        }
    }

    /// <summary>Reads labels such as <c>Gb:maj</c>, <c>F#:min</c>, <c>C</c>, <c>Am</c>; null where the text is none.</summary>
    public static Key? TryParse(string text)
    {
        if (ChordVocabulary.ReadRoot(text) is not (var tonic, var rest)) return null;
        return rest.TrimStart(':') switch
        {
            "" or "maj" or "major" or "M" => new Key(tonic, false),
            "min" or "minor" or "m" => new Key(tonic, true),
            _ => null,
        };
    }

    /// <summary>
    /// The key whose profile correlates best with the time each pitch class sounds; the first of equals, majors before minors.
    /// </summary>
    /// <param name="durations">Twelve sums, C first.</param>
    /// <returns>Null where nothing sounds or all classes sound alike.</returns>
    public static Key? Estimate(ReadOnlySpan<double> durations)
    {
        if (durations.Length != 12) throw new ArgumentException($"has {durations.Length} classes, expected 12", nameof(durations));
        if (Statistics.Deviation(durations) == 0) return null;
        (Key Key, double Fit)? best = null;
        for (var index = 0; index < 24; index++)
        {
            var key = new Key(index % 12, index >= 12);
            var fit = Correlation(durations, key.IsMinor ? s_minor : s_major, key.Tonic);
            if (best is null || fit > best.Value.Fit) best = (key, fit);
        }
        return best!.Value.Key;
    }

    static double Correlation(ReadOnlySpan<double> durations, ReadOnlySpan<double> profile, int tonic)
    {
        var (x, y) = (Statistics.Mean(durations), Statistics.Mean(profile));
        double both = 0, left = 0, right = 0;
        for (var i = 0; i < 12; i++)
        {
            var (a, b) = (durations[(i + tonic) % 12] - x, profile[i] - y);
            both += a * b;
            left += a * a;
            right += b * b;
        }
        return both / Math.Sqrt(left * right);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{ChordVocabulary.PitchClasses[Tonic]}:{(IsMinor ? "min" : "maj")}");
}
