using System.Globalization;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>Where values of a parameter stand on an axis of its distribution.</summary>
static class ParameterScale
{
    /// <summary>Where a value lies between the ends of its distribution, 0 to 1, on the distribution's own scale.</summary>
    public static double Share(Distribution distribution, double number) => distribution switch
    {
        CategoricalDistribution choice => choice.Choices.Count == 1 ? 0.5 : number / (choice.Choices.Count - 1),
        FloatDistribution real => Share(real.Low, real.High, number, real.Log),
        IntDistribution whole => Share(whole.Low, whole.High, number, whole.Log),
        _ => 0.5,
    };

    /// <summary>The two ends as people read them.</summary>
    public static (string Low, string High) Ends(Distribution distribution) => distribution switch
    {
        CategoricalDistribution choice => (Short(choice.Choices[0]), Short(choice.Choices[^1])),
        FloatDistribution real => (real.Low.ToString("G4", CultureInfo.InvariantCulture), real.High.ToString("G4", CultureInfo.InvariantCulture)),
        IntDistribution whole => (whole.Low.ToString(CultureInfo.InvariantCulture), whole.High.ToString(CultureInfo.InvariantCulture)),
        _ => ("", ""),
    };

    /// <summary>A choice in at most sixteen letters.</summary>
    public static string Short(object? choice)
    {
        const int Most = 16;
        var text = SearchView.Text(choice);
        return text.Length <= Most ? text : text[..(Most - 1)] + "…";
    }

    static double Share(double low, double high, double number, bool log) => low == high ? 0.5
        : log ? (Math.Log(number) - Math.Log(low)) / (Math.Log(high) - Math.Log(low)) : (number - low) / (high - low);
}
