using System.Globalization;

namespace Kymo.Signals.Music;

/// <summary>
/// Valence in [-1, 1] and arousal in [0, 1] as 64 numbers that can be read back: two rows of 32 Gaussian bumps of width 1.5 whose
/// centre is the value. The rows reach 4.5 steps past both ends of the range, so that reading back by the centre of mass has no bias
/// there, and the mean of codes reads back as the mean of the values.
/// </summary>
public static class EmotionCode
{
    /// <summary>Numbers in a code.</summary>
    public const int Size = 64;

    const int Half = 32;
    const double Width = 1.5;

    /// <summary>What each number is: <c>valence_0</c> to <c>valence_31</c>, <c>arousal_0</c> to <c>arousal_31</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Enumerable.Range(0, Size).Select(i => (i < Half ? "valence_" : "arousal_") + (i % Half).ToString(CultureInfo.InvariantCulture))];

    /// <summary>The code of a pair.</summary>
    /// <param name="valence">-1 to 1.</param>
    /// <param name="arousal">0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range or no number.</exception>
    public static float[] Encode(double valence, double arousal)
    {
        if (!(valence is >= -1 and <= 1)) throw new ArgumentOutOfRangeException(nameof(valence), valence, "expected -1 to 1");
        if (!(arousal is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(arousal), arousal, "expected 0 to 1");
        var code = new float[Size];
        Bump(code.AsSpan(0, Half), (11 * valence) + 15.5);
        Bump(code.AsSpan(Half), (22 * arousal) + 4.5);
        return code;
    }

    /// <summary>Reads a code back by the centre of mass of its positive parts.</summary>
    /// <param name="code">64 numbers.</param>
    /// <returns>Valence and arousal within their ranges; 0 and 0.5 where a half holds nothing.</returns>
    /// <exception cref="ArgumentException">Another number of values.</exception>
    public static (double Valence, double Arousal) Decode(ReadOnlySpan<float> code)
    {
        if (code.Length != Size) throw new ArgumentException($"has {code.Length} numbers, expected {Size}", nameof(code));
        var valence = Centre(code[..Half]) is { } v ? (v - 15.5) / 11 : 0;
        var arousal = Centre(code[Half..]) is { } a ? (a - 4.5) / 22 : 0.5;
        return (Math.Clamp(valence, -1, 1), Math.Clamp(arousal, 0, 1));
    }

    static void Bump(Span<float> target, double centre)
    {
        for (var i = 0; i < target.Length; i++)
        {
            var distance = (centre - i) / Width;
            target[i] = (float)Math.Exp(-0.5 * distance * distance);
        }
    }

    static double? Centre(ReadOnlySpan<float> row)
    {
        double mass = 0, moment = 0;
        for (var i = 0; i < row.Length; i++)
        {
            var value = Math.Max(row[i], 0.0);
            mass += value;
            moment += i * value;
        }
        return mass < 1e-6 ? null : moment / mass;
    }
}
