using System.Globalization;
using System.Text;
using Kymo.Tuning.Json;

namespace Kymo.Tuning;

/// <summary>A study in other forms.</summary>
public static class StudyExport
{
    /// <summary>
    /// All trials as a table: <c>number,value,state,params</c>, the values of several objectives as a JSON list, params as a
    /// JSON map.
    /// </summary>
    public static string TrialsCsv(Study study)
    {
        var text = new StringBuilder("number,value,state,params\n");
        foreach (var trial in study.Trials())
        {
            var value = trial.Value is { } single
                ? PythonJson.Write(single)
                : trial.Values is null ? "" : PythonJson.Write(trial.Values);
            text.Append(CultureInfo.InvariantCulture,
                $"{trial.Number},{Cell(value)},{trial.State.Text()},{Cell(PythonJson.Write(Values(trial)))}\n");
        }
        return text.ToString();
    }

    /// <summary>
    /// The best trial as a JSON map: <c>best_value</c>, <c>best_params</c>, <c>best_trial_number</c>, <c>direction</c>,
    /// <c>metric</c>, <c>storage</c>, <c>study_name</c>, <c>n_trials</c>.
    /// </summary>
    /// <param name="study">A study of one objective.</param>
    /// <param name="metric">Name of the objective.</param>
    /// <exception cref="StudyException">No trial is complete, or the study has several objectives.</exception>
    public static string BestJson(Study study, string metric)
    {
        var best = study.BestTrial() ?? throw new StudyException($"study {study.Name} has no complete trial yet; run some first");
        return PythonJson.Write(new Dictionary<string, object?>
        {
            ["best_value"] = best.Value,
            ["best_params"] = Values(best),
            ["best_trial_number"] = best.Number,
            ["direction"] = study.Directions[0].Text().ToLowerInvariant(),
            ["metric"] = metric,
            ["storage"] = study.Storage.Location,
            ["study_name"] = study.Name,
            ["n_trials"] = (long)study.Trials().Count,
        });
    }

    /// <summary>Copies a study with its attributes and all trials, running ones as failures.</summary>
    /// <param name="study">The study to copy.</param>
    /// <param name="storage">Where to.</param>
    /// <param name="name">Name of the copy; the same by default.</param>
    /// <exception cref="StudyException">The storage has a study of that name.</exception>
    public static void Copy(Study study, IStudyStorage storage, string? name = null)
    {
        var frozen = study.Read();
        var id = storage.CreateStudy(name ?? frozen.Name, frozen.Directions);
        foreach (var (key, value) in frozen.UserAttributes) storage.SetStudyAttribute(id, AttributeOwner.User, key, value);
        foreach (var (key, value) in frozen.SystemAttributes) storage.SetStudyAttribute(id, AttributeOwner.System, key, value);
        foreach (var trial in study.Trials())
        {
            storage.CreateTrial(id, trial.State == TrialState.Running ? trial with
            {
                State = TrialState.Fail,
                Completed = trial.Started
            } : trial);
        }
    }

    static Dictionary<string, object?> Values(FrozenTrial trial) => trial.Parameters.ToDictionary(p => p.Name, p => p.Value);

    static string Cell(string text) =>
        text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
