using System.Globalization;
using Kymo.Tuning.Json;

namespace Kymo.Tuning.Tests;

/// <summary>One study that Optuna 3.1 and this program work on in turn; each lists what both wrote.</summary>
static class OptunaExchange
{
    const string Script = "optuna_studies.py";

    /// <summary>This program starts, Optuna lists and goes on, this program lists and goes on, Optuna lists.</summary>
    public static void StartedHere(Func<IStudyStorage> open, string url, string[] modules)
    {
        using var storage = open();
        var study = Study.Create(storage, "exchange é", [StudyDirection.Minimize], new RandomSampler(1));
        study.SetUserAttribute(
            "note", new Dictionary<string, object?> { ["text"] = "é", ["list"] = new object?[] { 1L, null, 2.5 } });
        study.Enqueue(new Dictionary<string, object?> { ["x"] = 99.0 });
        for (var i = 0; i < 8; i++) RunTrial(study);
        study.Ask().Report(1, 1);
        Assert.Equal(Listed(study), Ask(modules, "list", url, study.Name));
        var continued = Ask(modules, "go-on", url, study.Name, "5");
        Assert.Equal(continued, Listed(study));
        Assert.Equal(14, study.Trials().Count);
        for (var i = 0; i < 3; i++) RunTrial(study);
        Assert.Equal(Listed(study), Ask(modules, "list", url, study.Name));
    }

    /// <summary>Optuna starts, this program lists and goes on, Optuna lists.</summary>
    public static void StartedThere(Func<IStudyStorage> open, string url, string[] modules)
    {
        var started = Ask(modules, "go-on", url, "theirs", "9");
        using var storage = open();
        var study = Study.Open(storage, "theirs", new RandomSampler(1));
        Assert.Equal(started, Listed(study));
        study.Enqueue(new Dictionary<string, object?> { ["x"] = 0.5 });
        for (var i = 0; i < 6; i++) RunTrial(study);
        var text = Listed(study);
        Assert.Equal(text, Ask(modules, "list", url, "theirs"));
        using var again = open();
        Assert.Equal(text, Listed(Study.Open(again, "theirs", new RandomSampler(1))));
    }

    static string Ask(string[] modules, params string[] arguments) =>
        Oracle.Ask(Script, ["optuna", .. modules], arguments).TrimEnd('\n').Replace(
            "}, {\"number\"", "},\n{\"number\"", StringComparison.Ordinal);

    static void RunTrial(Study study)
    {
        var trial = study.Ask();
        var x = trial.SuggestFloat("x", -5, 5);
        var rate = trial.SuggestFloat("lr", 1e-5, 1e-1, log: true);
        trial.SuggestInt("layers", 1, 9, step: 2);
        trial.SuggestCategorical("kind", "a", null, 3, 2.5, true, "[1, 2]");
        trial.SetUserAttribute("run_dir", "trials/é");
        trial.Report(x, 0);
        trial.Report(double.NaN, 2);
        if (trial.Number % 4 == 3) trial.Report(double.PositiveInfinity, 5);
        if (trial.Number % 4 == 1) study.TellFailed(trial, "exit code 1");
        else if (trial.Number % 4 == 3) study.TellPruned(trial);
        else study.Tell(trial, trial.Number == 4 ? double.NegativeInfinity : x * x + rate);
    }

    // The study in the form the script prints.
    static string Listed(Study study) => PythonJson.Write(new Dictionary<string, object?>
    {
        ["directions"] = study.Directions.Select(direction => direction.ToString().ToUpperInvariant()),
        ["user_attrs"] = study.Read().UserAttributes,
        ["best"] = new[] { study.BestTrial()!.Number },
        ["trials"] = study.Trials().Select(Listed),
    }).Replace("}, {\"number\"", "},\n{\"number\"", StringComparison.Ordinal);

    static Dictionary<string, object?> Listed(FrozenTrial trial) => new()
    {
        ["number"] = trial.Number,
        ["state"] = trial.State.ToString().ToUpperInvariant(),
        ["values"] = trial.Values,
        ["start"] = Listed(trial.Started),
        ["complete"] = Listed(trial.Completed),
        ["params"] = trial.Parameters.OrderBy(p => p.Name, StringComparer.Ordinal).ToDictionary(p => p.Name, p => p.Value),
        ["distributions"] = trial.Parameters.OrderBy(p => p.Name, StringComparer.Ordinal)
            .ToDictionary(p => p.Name, p => (object?)p.Distribution.Json),
        ["intermediate"] = trial.IntermediateValues.Select(pair => new object?[] { pair.Key, pair.Value }),
        ["user_attrs"] = Sorted(trial.UserAttributes),
        ["system_attrs"] = Sorted(trial.SystemAttributes),
    };

    static object? Listed(DateTime? time) => time?.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    static Dictionary<string, object?> Sorted(IReadOnlyDictionary<string, object?> attributes) =>
        attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(pair => pair.Key, pair => pair.Value);
}
