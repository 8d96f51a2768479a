using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>Trains several scenarios on the same data and compares them: macro-F1 with intervals over people, and paired differences to the first.</summary>
static class ScenarioAblation
{
    const string Everything = "all", NeedsSkeletons = "scenario3";

    static readonly string[] s_all = ["real_only", "pose_only", "scenario2", "scenario22", "scenario25", "scenario23", "scenario24", NeedsSkeletons, "scenario4", "scenario42", "scenario5"];

    sealed record Row(string Scenario, SeriesAnswers Answers, Interval F1, PairedBootstrap? Difference)
    {
        public double MseRatio => Answers.Mse / Answers.MeanMse;

        /// <summary>What a reader must not overlook: a collapse, or a rival that costs nothing and is as good.</summary>
        public string Remark => Answers.Status != "ok" ? Answers.Status : F1.Estimate <= Answers.RivalF1 ? "no better than " + Answers.Rival : "";
    }

    /// <summary>One run for each scenario (and with <c>leave_one_out=true</c> for each person), then the table.</summary>
    public static RunResult Run(ActivityConfig config, RunContext context)
    {
        var scenarios = Scenarios(config);
        ActivitySeries.Check(config, [.. scenarios.Select(scenario => new[] { $"scenario={scenario}" })], context);
        var name = ActivitySeries.NameOf(config, "ablation");
        var rows = new List<Row>();
        foreach (var scenario in scenarios)
        {
            context.Tell(new RunEvent.Stage($"--- {scenario} ({rows.Count + 1} of {scenarios.Count})"));
            var answers = ActivitySeries.Train(config, $"{name}_{scenario}", [$"scenario={scenario}"], context);
            rows.Add(new Row(scenario, answers, answers.Interval(config.Seed), rows.Count > 0 ? Difference(rows[0].Answers, answers, config.Seed) : null));
        }
        var folder = Path.Combine(config.Run.Root, "ablations", name);
        Directory.CreateDirectory(folder);
        string[] lines = [.. Lines(rows), .. config.Ablation is [Everything] && !scenarios.Contains(NeedsSkeletons) ? [$"{NeedsSkeletons} is left out: its second task needs skeletons of NTU RGB+D; type data.secondary_dir=DIR"] : Array.Empty<string>()];
        AtomicFile.Write(Path.Combine(folder, "ablation.csv"), Table(rows));
        AtomicFile.Write(Path.Combine(folder, "ablation.txt"), string.Join('\n', lines) + "\n");
        return new RunResult(Path.GetFullPath(folder), lines, new JsonObject
        {
            ["ablation"] = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
            {
                ["scenario"] = row.Scenario,
                ["f1_macro"] = row.F1.Estimate,
                ["low"] = row.F1.LowOrNull,
                ["high"] = row.F1.HighOrNull,
                ["run_dir"] = row.Answers.Runs[0].Folder,
            })]),
        });
    }

    static IReadOnlyList<string> Scenarios(ActivityConfig config)
    {
        if (config.Ablation is [Everything]) return [.. s_all.Where(scenario => scenario != NeedsSkeletons || config.Data.SecondaryDir is not null || config.Data.Name == "synthetic")];
        var conf = Path.Combine(Registry.Find(ActivityRecipe.Name).ConfFolder, "scenario");
        foreach (var scenario in config.Ablation)
            if (!File.Exists(Path.Combine(conf, scenario + ".yaml")))
                throw new ConfigException($"ablation: there is no scenario '{scenario}'; there are {string.Join(", ", Directory.GetFiles(conf).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal))}, and all");
        return [.. config.Ablation.Distinct()];
    }

    static PairedBootstrap Difference(SeriesAnswers first, SeriesAnswers second, long seed) => PairedBootstrap.Of(
        first.Truth, first.Predicted, second.Predicted, first.People, first.Classes.Count, SeriesAnswers.Score, new BootstrapOptions { Seed = (ulong)seed });

    static string Table(IReadOnlyList<Row> rows) => Csv.Table(
        ["scenario", "f1_macro", "f1_low", "f1_high", "difference", "difference_low", "difference_high", "p", "f1_macro_pure", "mse", "mse_ratio", "people", "windows", "status", "remark", "run"],
        rows.Select(row => new[]
        {
            row.Scenario, Cell(row.F1.Estimate), Cell(row.F1.Low), Cell(row.F1.High), Cell(row.Difference?.Difference.Estimate), Cell(row.Difference?.Difference.Low),
            Cell(row.Difference?.Difference.High), Cell(row.Difference?.P), Cell(row.Answers.PureF1), Cell(row.Answers.Mse), Cell(row.MseRatio), row.F1.Groups.ToString(CultureInfo.InvariantCulture),
            row.Answers.Truth.Length.ToString(CultureInfo.InvariantCulture), row.Answers.Status, row.Remark, row.Answers.Runs[0].Folder,
        }));

    static string[] Lines(IReadOnlyList<Row> rows) =>
    [
        $"macro F1 on {rows[0].Answers.Truth.Length} held-out windows, 95 % intervals over {rows[0].F1.Groups} people; differences to {rows[0].Scenario}",
        $"{"scenario",-12} {"macro F1",8}  {"interval",-16} {"difference",-26} {"one label",9} {"mse ratio",9}",
        .. rows.Select(row => $"{row.Scenario,-12} {Text(row.F1.Estimate),8}  {row.F1.Range("0.000"),-16} "
            + $"{(row.Difference is { } d ? $"{Text(d.Difference.Estimate)} ({d.Difference.Range("0.000")})" : "-"),-26} {Text(row.Answers.PureF1),9} {Text(row.MseRatio),9}"
            + (row.Remark == "" ? "" : "  " + row.Remark)),
    ];

    static string Cell(double? value) => value is { } number && double.IsFinite(number) ? NumberText.Of(number) : "";

    static string Text(double value) => double.IsFinite(value) ? value.ToString("0.000", CultureInfo.InvariantCulture) : "-";
}
