namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>A score that others report.</summary>
/// <param name="Source">Who, and by what.</param>
/// <param name="Data">On which data, split how.</param>
/// <param name="Classes">Classes told apart.</param>
/// <param name="Score">Which score.</param>
/// <param name="Value">Its value.</param>
sealed record PublishedFigure(string Source, string Data, int Classes, string Score, double Value)
{
    /// <summary>Whether it is of the same people.</summary>
    public bool IsSameData => Data.StartsWith("Sleep-Accel", StringComparison.Ordinal);
}

/// <summary>What others report, on the same and on other data; for comparison, not a target.</summary>
static class PublishedFigures
{
    const string Walch = "Walch et al., SLEEP 42(12) zsz180, 2019, network of 3 x 15";
    const string Splits50 = "Sleep-Accel, 50 random 70/30 splits by person", Splits20 = "Sleep-Accel, 20 random splits by person";
    const string Grouped = "Sleep-Accel, grouped 5-fold, 31 people", Fonseca = "Fonseca 2017, wrist PPG and acceleration (cited by Walch et al.)";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PublishedFigure> All { get; } =
    [
        new(Walch, Splits50, 2, "auc", 0.878),
        new(Walch + ", at sleep sensitivity 0.93", Splits50, 2, "acc", 0.901),
        new(Walch + ", at sleep sensitivity 0.93", Splits50, 2, "wake specificity", 0.596),
        new(Walch + ", at sleep sensitivity 0.93", Splits50, 2, "kappa", 0.449),
        new(Walch + ", best accuracy", Splits20, 3, "acc", 0.723),
        new(Walch + ", best accuracy", Splits20, 3, "kappa", 0.277),
        new("Walch et al. 2019, random forest", Splits20, 3, "kappa", 0.302),
        new("ChouaibB, wearables-ml-examples, balanced logistic regression", Grouped, 5, "f1_macro", 0.442),
        new("ChouaibB, wearables-ml-examples, boosting", Grouped, 5, "f1_macro", 0.436),
        new("ChouaibB, wearables-ml-examples, boosting", Grouped, 3, "f1_macro", 0.557),
        new("Walch et al. 2019 on MESA", "MESA, 188 people", 2, "kappa", 0.525),
        new("Walch et al. 2019 on MESA", "MESA, 188 people", 3, "kappa", 0.403),
        new(Fonseca, "other data", 2, "kappa", 0.55),
        new(Fonseca, "other data", 3, "kappa", 0.46),
        new(Fonseca, "other data", 4, "kappa", 0.42),
        new("Beattie 2017, Fitbit (cited by Walch et al.)", "other data", 4, "kappa", 0.52),
    ];
}
