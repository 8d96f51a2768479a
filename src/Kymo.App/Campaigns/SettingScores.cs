using System.Globalization;
using Kymo.Lab.Metrics;

namespace Kymo.App.Campaigns;

/// <summary>The runs of one setting, one a seed.</summary>
/// <param name="Name">Its name: a run's without the seed.</param>
/// <param name="Runs">Its finished runs.</param>
sealed record SettingScores(string Name, IReadOnlyList<RunScores> Runs)
{
    /// <summary>One of its runs as it was planned.</summary>
    public PlannedRun Plan => Runs[0].Run;

    /// <summary>Mean validation macro F1.</summary>
    public double Validation => Runs.Average(run => run.Validation);

    /// <summary>Mean held-out macro F1.</summary>
    public double Test => Runs.Average(run => run.Test);

    /// <summary>Its deviation over seeds (n - 1); not a number for one seed.</summary>
    public double Deviation => MeanAndDeviation.Of([.. Runs.Select(run => run.Test)]).SampleDeviation;

    /// <summary>Whether one of its runs collapsed.</summary>
    public bool Collapsed => Runs.Any(run => run.Collapsed);

    /// <summary>Mean of a number of <c>metrics.json</c>.</summary>
    public double Mean(string path) => Runs.Average(run => run.Number(path));

    /// <summary>A row: name, seeds, validation, held-out, deviation, parameters.</summary>
    public string[] Cells() =>
    [
        Name + (Collapsed ? " (collapsed)" : ""), Runs.Count.ToString(CultureInfo.InvariantCulture), RunScores.Text(Validation), RunScores.Text(Test),
        RunScores.Text(Deviation), Mean("params").ToString("N0", CultureInfo.InvariantCulture),
    ];
}
