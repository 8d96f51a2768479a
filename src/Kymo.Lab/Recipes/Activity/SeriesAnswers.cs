using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>What the networks of one or several runs answer on people that they have not seen.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Truth">True class of each held-out window.</param>
/// <param name="Predicted">The class it was given.</param>
/// <param name="People">The person.</param>
/// <param name="Classes">Class names.</param>
/// <param name="Mse">Mean squared error of the acceleration; not a number where nothing was regressed.</param>
/// <param name="MeanMse">That of the training mean.</param>
sealed record SeriesAnswers(
    IReadOnlyList<RunResult> Runs, int[] Truth, int[] Predicted, string[] People, IReadOnlyList<string> Classes, double Mse, double MeanMse)
{
    /// <summary><c>ok</c>, or what the first run that is not says of itself.</summary>
    public string Status => Runs.Select(run => (string?)run.Metrics["status"] ?? "ok").FirstOrDefault(status => status != "ok") ?? "ok";

    /// <summary>The strongest rival that costs nothing, of a single run; empty for several.</summary>
    public string Rival => Strongest?["name"]?.GetValue<string>() ?? "";

    /// <summary>Its macro-F1; not a number for several runs.</summary>
    public double RivalF1 => Number(Strongest?["test"]?["f1_macro"]);

    JsonNode? Strongest => Runs is [var run] && run.Metrics["baselines"] is JsonArray { Count: > 0 } rivals ? rivals.MaxBy(rival => Number(rival!["test"]?["f1_macro"])) : null;

    /// <summary>Macro-F1 on windows of one label; not a number for several runs, whose tables do not say which windows those are.</summary>
    public double PureF1 => Runs is [var run] ? Number(run.Metrics["pure_windows"]?["f1_macro"]) : double.NaN;

    /// <summary>Macro-F1 over all classes.</summary>
    public static double Score(ConfusionMatrix matrix) => MacroScores.Of(matrix).F1;

    /// <summary>Its value on all windows with the interval over people.</summary>
    public Interval Interval(long seed) => BootstrapInterval.Of(Truth, Predicted, People, Classes.Count, Score, new BootstrapOptions { Seed = (ulong)seed });

    /// <summary>Truth, answers and people as the runs' own tables have them.</summary>
    /// <exception cref="DataException">A run without held-out answers.</exception>
    public static SeriesAnswers Of(IReadOnlyList<RunResult> runs)
    {
        var (truth, predicted, people) = (new List<int>(), new List<int>(), new List<string>());
        var (mse, mean, windows) = (0.0, 0.0, 0);
        IReadOnlyList<string> classes = [];
        foreach (var run in runs)
        {
            var contract = RunContract.Read(Path.Combine(run.Folder, RunFiles.Contract));
            var answers = PredictionTable.ReadClasses(Path.Combine(run.Folder, RunFiles.Predictions), contract);
            if (answers.Count == 0) throw new DataException(run.Folder, "has no held-out answer");
            classes = contract.Classes;
            truth.AddRange(answers.Select(answer => answer.Truth));
            predicted.AddRange(answers.Select(answer => answer.Predicted));
            people.AddRange(answers.Select(answer => answer.Id.Split('/')[0]));
            var regression = run.Metrics["regression"];
            mse += answers.Count * Number(regression?["mse"]);
            mean += answers.Count * Number(regression?["baselines"]?["training mean"]);
            windows += answers.Count;
        }
        return new SeriesAnswers(runs, [.. truth], [.. predicted], [.. people], classes, mse / windows, mean / windows);
    }

    static double Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number : double.NaN;
}
