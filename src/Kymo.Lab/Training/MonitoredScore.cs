using Kymo.Config;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Training;

/// <summary>A logged score that decides something, and which way is better.</summary>
/// <param name="Name"><c>train_</c> or <c>val_</c> and a score, <c>lr</c>, or an extra column of the epoch table.</param>
/// <param name="Largest">Whether larger is better.</param>
public readonly record struct MonitoredScore(string Name, bool Largest)
{
    static readonly string[] s_smallest = ["loss", "mse", "mae", "rmse", "error", "nll", "perplexity", "lr"];

    /// <summary>The worst value there is.</summary>
    public double Worst => Largest ? double.NegativeInfinity : double.PositiveInfinity;

    /// <summary>A monitor by its name and mode.</summary>
    /// <param name="name">The score.</param>
    /// <param name="mode"><c>min</c>, <c>max</c> or <c>auto</c>.</param>
    public static MonitoredScore Of(string name, string mode) =>
        new(name, mode == "max" || (mode == "auto" && !s_smallest.Any(part => name.EndsWith(part, StringComparison.Ordinal))));

    /// <summary>The names an epoch logs.</summary>
    public static IReadOnlyList<string> Names(EpochRow row) =>
        [.. row.Train.Keys.Select(key => "train_" + key), .. row.Validation.Keys.Select(key => "val_" + key), "lr", .. row.Extra.Keys];

    /// <summary>The value under a name, or null where the epoch has none.</summary>
    public static double? ValueOf(EpochRow row, string name) =>
        name == "lr" ? row.LearningRate
        : name.StartsWith("train_", StringComparison.Ordinal) && row.Train.TryGetValue(name[6..], out var train) ? train
        : name.StartsWith("val_", StringComparison.Ordinal) && row.Validation.TryGetValue(name[4..], out var validation) ? validation
        : row.Extra.TryGetValue(name, out var extra) ? extra : null;

    /// <summary>The value of an epoch.</summary>
    /// <exception cref="ConfigException">The epoch logs no such score.</exception>
    public double ValueOf(EpochRow row) => ValueOf(row, Name)
        ?? throw new ConfigException($"nothing is logged as '{Name}'; there are {string.Join(", ", Names(row))}");

    /// <summary>The value of an epoch where epochs are put in order: what is no number is the worst.</summary>
    /// <exception cref="ConfigException">The epoch logs no such score.</exception>
    public double RankOf(EpochRow row) => ValueOf(row) is var value && double.IsNaN(value) ? Worst : value;

    /// <summary>Whether a value is better than another; what is no number never is.</summary>
    public bool IsBetter(double value, double than, double by = 0) => Largest ? value > than + by : value < than - by;
}
