using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>Trains several scenarios on the same data and compares them: macro-F1 with intervals over people, and paired differences to the first.</summary>
static class ScenarioAblation
{
    sealed record Row(string Scenario, string Folder, Interval F1, PairedBootstrap? Difference, double Mse, double MseRatio, string Status);

    /// <summary>One run for each scenario, then the table.</summary>
    public static RunResult Run(ActivityConfig config, RunContext context)
    {
        var name = config.Run.Name != "" ? config.Run.Name : string.Create(CultureInfo.InvariantCulture, $"activity_ablation_{config.Data.DatasetName}_seed{config.Seed}");
        var folder = Path.Combine(config.Run.Root, "ablations", name);
        if (Directory.Exists(folder)) throw new ConfigException($"ablation '{name}' exists already in {folder}; choose another run.name");
        var conf = Registry.Find(ActivityRecipe.Name).ConfFolder;
        foreach (var scenario in config.Ablation)
            if (!File.Exists(Path.Combine(conf, "scenario", scenario + ".yaml")))
                throw new ConfigException($"ablation: there is no scenario '{scenario}'; there are {string.Join(", ", Directory.GetFiles(Path.Combine(conf, "scenario")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal))}");

        var rows = new List<Row>();
        (int[] Truth, int[] Predicted, string[] Groups)? first = null;
        foreach (var scenario in config.Ablation)
        {
            context.Cancel.ThrowIfCancellationRequested();
            context.Tell(new RunEvent.Stage($"--- {scenario} ({rows.Count + 1} of {config.Ablation.Count})"));
            var result = RunOne(conf, scenario, $"{name}_{scenario}", context);
            var answers = Answers(result.Folder);
            var classes = answers.Classes;
            Func<ConfusionMatrix, double> score = matrix => MacroScores.Of(matrix).F1;
            var options = new BootstrapOptions { Seed = (ulong)config.Seed };
            var interval = BootstrapInterval.Of(answers.Truth, answers.Predicted, answers.Groups, classes, score, options);
            var difference = first is { } base0 ? PairedBootstrap.Of(base0.Truth, base0.Predicted, answers.Predicted, base0.Groups, classes, score, options) : null;
            first ??= (answers.Truth, answers.Predicted, answers.Groups);
            var regression = result.Metrics["regression"];
            rows.Add(new Row(scenario, result.Folder, interval, difference, Number(regression?["mse"]), Number(regression?["mse_ratio"]), (string?)result.Metrics["status"] ?? "ok"));
        }
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "ablation.csv"), Csv.Table(
            ["scenario", "f1_macro", "f1_low", "f1_high", "difference", "difference_low", "difference_high", "p", "mse", "mse_ratio", "people", "status", "run"],
            rows.Select(row => new[]
            {
                row.Scenario, Cell(row.F1.Estimate), Cell(row.F1.Low), Cell(row.F1.High), Cell(row.Difference?.Difference.Estimate), Cell(row.Difference?.Difference.Low),
                Cell(row.Difference?.Difference.High), Cell(row.Difference?.P), Cell(row.Mse), Cell(row.MseRatio), row.F1.Groups.ToString(CultureInfo.InvariantCulture), row.Status, row.Folder,
            })));
        string[] lines =
        [
            $"macro F1 on held-out windows, 95 % intervals over {rows[0].F1.Groups} people; differences to {rows[0].Scenario}",
            $"{"scenario",-12} {"macro F1",8}  {"interval",-16} {"difference",-26} {"mse ratio",9}",
            .. rows.Select(row => $"{row.Scenario,-12} {Text(row.F1.Estimate),8}  {Text(row.F1.Low)} to {Text(row.F1.High),-7} "
                + $"{(row.Difference is { } d ? $"{Text(d.Difference.Estimate)} ({Text(d.Difference.Low)} to {Text(d.Difference.High)})" : "-"),-26} {Text(row.MseRatio),9}"
                + (row.Status == "ok" ? "" : "  " + row.Status)),
        ];
        AtomicFile.Write(Path.Combine(folder, "ablation.txt"), string.Join('\n', lines) + "\n");
        return new RunResult(Path.GetFullPath(folder), lines, new JsonObject
        {
            ["ablation"] = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
            {
                ["scenario"] = row.Scenario,
                ["f1_macro"] = row.F1.Estimate,
                ["low"] = row.F1.Low,
                ["high"] = row.F1.High,
                ["run_dir"] = row.Folder,
            })]),
        });
    }

    // The same overrides with another scenario: whatever was typed wins over the scenario's own settings, as in a single run.
    static RunResult RunOne(string conf, string scenario, string name, RunContext context)
    {
        string[] overrides =
        [
            .. context.Overrides.Where(text => !text.StartsWith("ablation", StringComparison.Ordinal) && !text.StartsWith("scenario=", StringComparison.Ordinal)
                && !text.StartsWith("run.name=", StringComparison.Ordinal)),
            $"scenario={scenario}", $"run.name={name}",
        ];
        var composition = new ConfigComposer().Compose(new ComposeRequest
        {
            SearchPath = [new SearchPathEntry(SearchPathEntry.Main, conf)],
            ConfigName = "config",
            Overrides = Override.ParseAll(overrides),
            JobName = ActivityRecipe.Name,
            WorkingDirectory = Directory.GetCurrentDirectory(),
        });
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        return ActivityRecipe.Run(job, context with { Job = composition.Config, Hydra = composition.Hydra, Overrides = overrides, Resume = null });
    }

    // Truth, answers and people as the run's own table has them.
    static (int[] Truth, int[] Predicted, string[] Groups, int Classes) Answers(string run)
    {
        var contract = RunContract.Read(Path.Combine(run, RunFiles.Contract));
        var predictions = PredictionTable.ReadClasses(Path.Combine(run, RunFiles.Predictions), contract);
        if (predictions.Count == 0) throw new DataException(run, "has no held-out answer");
        return ([.. predictions.Select(p => p.Truth)], [.. predictions.Select(p => p.Predicted)], [.. predictions.Select(p => p.Id.Split('/')[0])], contract.Classes.Count);
    }

    static double Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? number : double.NaN;

    static string Cell(double? value) => value is { } number && double.IsFinite(number) ? NumberText.Of(number) : "";

    static string Text(double value) => double.IsFinite(value) ? value.ToString("0.000", CultureInfo.InvariantCulture) : "-";
}
