using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>Each person held out in turn, the next one picking the epoch: one run each, then one table.</summary>
static class PersonByPerson
{
    /// <summary>Trains one run for each person and scores all answers together.</summary>
    public static RunResult Run(ActivityConfig config, RunContext context)
    {
        ActivitySeries.Check(config, [[]], context);
        var name = ActivitySeries.NameOf(config, "loso");
        var answers = ActivitySeries.Train(config, name, [], context);
        var interval = answers.Interval(config.Seed);
        var rows = answers.Runs.Select(run => (Run: run, People: run.Metrics["participants"]!.AsObject())).SelectMany(entry => entry.People.Select(person => (entry.Run, person.Key, Scores: person.Value!))).ToArray();
        double[] each = [.. rows.Select(row => (double?)row.Scores["f1_macro_present"] ?? double.NaN)];
        var spread = MeanAndDeviation.Of(each);
        var folder = Path.Combine(config.Run.Root, "leave_one_out", name);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "people.csv"), Csv.Table(
            ["person", "windows", "acc", "f1_macro_present", "mse", "status", "run"],
            rows.Select(row => new[]
            {
                row.Key, Cell(row.Scores["windows"]), Cell(row.Scores["acc"]), Cell(row.Scores["f1_macro_present"]), Cell(row.Scores["mse"]), (string?)row.Run.Metrics["status"] ?? "ok", row.Run.Folder,
            })));
        string[] lines =
        [
            .. rows.Select(row => $"{row.Key,-6} {Cell(row.Scores["windows"]),6} windows  accuracy {Text(row.Scores["acc"])}  macro F1 {Text(row.Scores["f1_macro_present"])}"
                + (row.Scores["mse"] is null ? "" : $"  mse {Text(row.Scores["mse"])}")),
            string.Create(CultureInfo.InvariantCulture, $"{config.Scenario.ExperimentName}, {rows.Length} people held out in turn: macro F1 {interval.Estimate:F3} on all {answers.Truth.Length} windows (95 % interval over people {interval.Range("F3")}); a person {spread.Mean:F3} ± {spread.SampleDeviation:F3}")
                + (double.IsNaN(answers.Mse) ? "" : string.Create(CultureInfo.InvariantCulture, $"; regression {answers.Mse / answers.MeanMse:F3} of the training mean's error")),
        ];
        AtomicFile.Write(Path.Combine(folder, "people.txt"), string.Join('\n', lines) + "\n");
        return new RunResult(Path.GetFullPath(folder), lines, new JsonObject
        {
            ["f1_macro"] = interval.Estimate,
            ["low"] = interval.LowOrNull,
            ["high"] = interval.HighOrNull,
            ["people"] = rows.Length,
            ["windows"] = answers.Truth.Length,
        });
    }

    static string Cell(JsonNode? node) => node?.ToJsonString() ?? "";

    static string Text(JsonNode? node) => node is null ? "-" : ((double)node).ToString("0.000", CultureInfo.InvariantCulture);
}
