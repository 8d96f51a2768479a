using Kymo.Tuning;
using Kymo.Tuning.Json;

namespace Kymo.App.Searches;

/// <summary>A study as figures, pages and tables show it; read once.</summary>
sealed class SearchView
{
    /// <summary>Reads a study of one objective.</summary>
    /// <param name="study">The study.</param>
    /// <param name="metric">What its values are; null for <c>value</c>.</param>
    public SearchView(Study study, string? metric)
    {
        (Study, Metric, IsMaximized) = (study.Name, metric ?? "value", study.Directions[0] == StudyDirection.Maximize);
        Trials = study.Trials();
        Best = study.BestTrial();
        Scored = [.. Trials.Where(trial => trial is { State: TrialState.Complete, Value: { } value } && double.IsFinite(value))];
        Distributions = Trials.SelectMany(trial => trial.Parameters).GroupBy(parameter => parameter.Name)
            .ToDictionary(group => group.Key, group => group.Last().Distribution);
        try
        {
            Importance = ParameterImportance.Fanova(Trials, 0);
        }
        catch (StudyException error)
        {
            (Importance, WithoutImportance) = ([], error.Message);
        }
        var ranked = Importance.Select(pair => pair.Key).ToList();
        Parameters = [.. ranked, .. Distributions.Keys.Except(ranked)];
        Parameters = [.. Parameters.Where(name => !Distributions[name].IsSingle)];
    }

    /// <summary>Name of the study.</summary>
    public string Study { get; }

    /// <summary>What its values are.</summary>
    public string Metric { get; }

    /// <summary>Whether more is better.</summary>
    public bool IsMaximized { get; }

    /// <summary>All trials, in order.</summary>
    public IReadOnlyList<FrozenTrial> Trials { get; }

    /// <summary>The complete trials of finite value.</summary>
    public IReadOnlyList<FrozenTrial> Scored { get; }

    /// <summary>The best trial, or null.</summary>
    public FrozenTrial? Best { get; }

    /// <summary>The share of each parameter, the largest first; empty where it cannot be measured.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Importance { get; }

    /// <summary>Why importance cannot be measured, or empty.</summary>
    public string WithoutImportance { get; } = "";

    /// <summary>Parameters that vary, the most important first.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>The latest distribution of each parameter.</summary>
    public IReadOnlyDictionary<string, Distribution> Distributions { get; }

    /// <summary>Number of trials in each state, in Optuna's words.</summary>
    public IEnumerable<(string State, int Count)> States => Trials.GroupBy(trial => trial.State).OrderBy(group => group.Key)
        .Select(group => (SearchProgress.Text(group.Key), group.Count()));

    /// <summary>A value of a parameter as people read it.</summary>
    public static string Text(object? value) => value is string text ? text : PythonJson.Write(value);
}
