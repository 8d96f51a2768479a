using System.Globalization;

namespace Kymo.Signals.Music;

/// <summary>What a net is told of the music it shall make, as 64 numbers. A third form is <see cref="EmotionCode"/>.</summary>
public static class Conditions
{
    /// <summary>Numbers of a condition.</summary>
    public const int Size = 64;

    /// <summary>The primary styles of Groove, in the alphabet's order.</summary>
    public static IReadOnlyList<string> Styles { get; } =
    [
        "afrobeat", "afrocuban", "blues", "country", "dance", "funk", "gospel", "highlife", "hiphop", "jazz", "latin", "middleeastern",
        "neworleans", "pop", "punk", "reggae", "rock", "soul",
    ];

    /// <summary>The metres of Groove, as its table writes them.</summary>
    public static IReadOnlyList<string> Metres { get; } = ["3-4", "4-4", "5-4", "5-8", "6-8"];

    /// <summary>What each number of <see cref="OfKey"/> is.</summary>
    public static IReadOnlyList<string> KeyNames { get; } =
    [
        .. Enumerable.Range(0, 24).Select(i => "key_" + new Key(i % 12, i >= 12)),
        .. Enumerable.Range(24, 40).Select(i => "unused_" + i.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>What each number of <see cref="OfStyle"/> is.</summary>
    public static IReadOnlyList<string> StyleNames { get; } =
    [
        .. Styles.Select(style => "style_" + style), "beat", .. Metres.Select(metre => "metre_" + metre),
        .. Enumerable.Range(0, 32).Select(i => string.Create(CultureInfo.InvariantCulture, $"bpm_{40 + (8 * i)}")),
        .. Enumerable.Range(56, 8).Select(i => "unused_" + i.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>One at the key's index, zeros elsewhere.</summary>
    public static float[] OfKey(Key key)
    {
        var condition = new float[Size];
        condition[key.Index] = 1;
        return condition;
    }

    /// <summary>Style, beat or fill, metre, and tempo as a bump over 40 to 288 beats a minute.</summary>
    /// <param name="style">One of <see cref="Styles"/>; what follows a slash is a substyle and not seen.</param>
    /// <param name="isBeat">Whether it is a beat, not a fill.</param>
    /// <param name="metre">One of <see cref="Metres"/>.</param>
    /// <param name="bpm">Beats a minute, above 0.</param>
    /// <exception cref="ArgumentException">An unknown style or metre.</exception>
    public static float[] OfStyle(string style, bool isBeat, string metre, double bpm)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bpm);
        var condition = new float[Size];
        condition[IndexOf(Styles, style.Split('/')[0], nameof(style))] = 1;
        condition[18] = isBeat ? 1 : 0;
        condition[19 + IndexOf(Metres, metre, nameof(metre))] = 1;
        for (var i = 0; i < 32; i++)
        {
            var distance = (((bpm - 40) / 8) - i) / 1.5;
            condition[24 + i] = (float)Math.Exp(-0.5 * distance * distance);
        }
        return condition;
    }

    static int IndexOf(IReadOnlyList<string> names, string name, string argument)
    {
        for (var i = 0; i < names.Count; i++)
            if (names[i] == name) return i;
        throw new ArgumentException($"'{name}' is unknown, expected {string.Join(", ", names)}", argument);
    }
}
