using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Verbs;

/// <summary><c>kymo runs list|show|compare|verify</c>: the evidence.</summary>
static class RunsVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("runs", "Lists, shows, compares and checks runs.\n\n"
            + "Examples:\n  kymo runs list\n  kymo runs show RUN\n  kymo runs compare RUN_A RUN_B\n  kymo runs verify RUN");
        command.Subcommands.Add(List(terminal));
        command.Subcommands.Add(Show(terminal));
        command.Subcommands.Add(Compare(terminal));
        command.Subcommands.Add(Verify(terminal));
        return command;
    }

    static Command List(Terminal terminal)
    {
        var root = new Option<string>("--root") { Description = "results folder (results)", DefaultValueFactory = _ => "results" };
        var command = new Command("list", "Lists the runs below a results folder.\n\nExample:\n  kymo runs list --root results") { root };
        command.Handle(terminal, (parsed, _) =>
        {
            var folder = Path.Combine(parsed.GetValue(root)!, "runs");
            var runs = Directory.Exists(folder)
                ? Directory.GetDirectories(folder).Where(run => Path.GetFileName(run)[0] != '.').Order(StringComparer.Ordinal).ToArray()
                : [];
            var rows = runs.Select(run => (Name: Path.GetFileName(run), Metrics: TryRead(run), Folder: run)).ToArray();
            terminal.Table(["run", "state", "model", ">seed", ">accuracy", ">macro F1", "ended"], rows.Select(row => (IReadOnlyList<string>)(row.Metrics is { } metrics
                ? [row.Name, Text(metrics["status"]), Text(metrics["model"]), Text(metrics["seed"]), Score(metrics, "acc"), Score(metrics, "f1_macro"), Text(metrics["ts_end_utc"])]
                : [row.Name, File.Exists(Path.Combine(row.Folder, RunFiles.ResolvedConfig)) ? "unfinished" : "no run", "", "", "", "", ""])));
            terminal.Answer(new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
            {
                ["name"] = row.Name,
                ["finished"] = row.Metrics is not null,
                ["model"] = row.Metrics?["model"]?.DeepClone(),
                ["seed"] = row.Metrics?["seed"]?.DeepClone(),
                ["test"] = row.Metrics?["test"]?.DeepClone(),
            })]));
            return ExitCode.Done;
        });
        return command;
    }

    static Command Show(Terminal terminal)
    {
        var run = new Argument<string>("run") { Description = "a run folder, or a run's name under results/runs" };
        var command = new Command("show", "Prints a run's scores, baselines and settings.\n\nExample:\n  kymo runs show RUN") { run };
        command.Handle(terminal, (parsed, _) =>
        {
            var folder = RunPaths.Find(parsed.GetValue(run)!);
            var metrics = Read(folder);
            foreach (var key in new[] { "run_id", "task_name", "model", "params", "seed", "device", "ts_start_utc", "duration_s", "status", "config_hash" })
                terminal.Say($"{key,-16} {Text(metrics[key])}");
            terminal.Table(["", .. Scores(metrics).Select(name => ">" + name)],
                [Row("network", metrics["test"]!.AsObject(), metrics), .. metrics["baselines"]!.AsArray().Select(baseline => Row(Text(baseline!["name"]), baseline["test"]!.AsObject(), metrics))]);
            foreach (var warning in metrics["warnings"]!.AsArray()) terminal.Say("warning: " + Text(warning));
            terminal.Answer(metrics.DeepClone());
            return ExitCode.Done;
        });
        return command;
    }

    static Command Compare(Terminal terminal)
    {
        var runs = new Argument<string[]>("runs") { Description = "two or more runs", Arity = new ArgumentArity(2, 100) };
        var command = new Command("compare", "Puts runs side by side; two runs over the same items are compared item by item (McNemar, paired bootstrap).\n\n"
            + "Example:\n  kymo runs compare RUN_A RUN_B") { runs };
        command.Handle(terminal, (parsed, _) =>
        {
            var folders = parsed.GetValue(runs)!.Select(RunPaths.Find).ToArray();
            var metrics = folders.Select(Read).ToArray();
            terminal.Table(["run", .. Scores(metrics[0]).Select(name => ">" + name)],
                folders.Select((folder, i) => Row(Path.GetFileName(folder), metrics[i]["test"]!.AsObject(), metrics[0])));
            var answer = new JsonObject { ["runs"] = new JsonArray([.. metrics.Select(one => one.DeepClone())]) };
            if (folders.Length == 2 && Paired(folders) is { } paired)
            {
                var test = McNemar.Of(paired.Truth, paired.First, paired.Second);
                terminal.Say($"McNemar over {paired.Truth.Length} items: {test}");
                answer["mcnemar"] = test.ToString();
            }
            terminal.Answer(answer);
            return ExitCode.Done;
        });
        return command;
    }

    static Command Verify(Terminal terminal)
    {
        var runs = new Argument<string[]>("runs") { Description = "run folders, or names under results/runs", Arity = ArgumentArity.OneOrMore };
        var command = new Command("verify", "Checks run folders against the contract: files, columns, scores recomputed from the predictions, every byte against its hash.\n"
            + "Ends with 1 when something is wrong.\n\nExample:\n  kymo runs verify results/runs/RUN") { runs };
        command.Handle(terminal, (parsed, _) =>
        {
            var answers = new JsonArray();
            var sound = true;
            foreach (var folder in parsed.GetValue(runs)!.Select(RunPaths.Find))
            {
                var findings = RunVerifier.Verify(folder).ToArray();
                var errors = findings.Count(finding => finding.Severity == Severity.Error);
                sound &= errors == 0;
                foreach (var finding in findings) terminal.Say($"{folder}: {finding}");
                terminal.Say($"{folder}: {(errors == 0 ? "sound" : $"{errors} errors")}");
                answers.Add(new JsonObject { ["run"] = folder, ["sound"] = errors == 0, ["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)finding.ToString())]) });
            }
            terminal.Answer(answers);
            return sound ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    static (int[] Truth, int[] First, int[] Second)? Paired(string[] folders)
    {
        var tables = folders.Select(folder => PredictionTable.ReadClasses(
            Path.Combine(folder, RunFiles.Predictions), RunContract.Read(Path.Combine(folder, RunFiles.Contract)))).ToArray();
        var second = tables[1].ToDictionary(prediction => prediction.Id);
        var common = tables[0].Where(prediction => second.ContainsKey(prediction.Id)).ToArray();
        return common.Length == 0 ? null
            : ([.. common.Select(item => item.Truth)], [.. common.Select(item => item.Predicted)], [.. common.Select(item => second[item.Id].Predicted)]);
    }

    static JsonObject Read(string folder) => TryRead(folder)
        ?? throw new DataException(folder, File.Exists(Path.Combine(folder, RunFiles.ResolvedConfig)) ? "the run is not finished; go on with --resume" : "is no run folder");

    static JsonObject? TryRead(string folder)
    {
        var path = Path.Combine(folder, RunFiles.Metrics);
        return File.Exists(path) ? CanonicalJson.ReadObject(path) : null;
    }

    static IEnumerable<string> Scores(JsonObject metrics) => metrics["test"]!.AsObject().Select(score => score.Key);

    static IReadOnlyList<string> Row(string name, JsonObject scores, JsonObject reference) =>
        [name, .. Scores(reference).Select(score => Number(scores[score]))];

    static string Score(JsonObject metrics, string name) => Number(metrics["test"]?[name]);

    static string Number(JsonNode? node) => node is null ? "" : node.GetValue<double>().ToString("0.000", CultureInfo.InvariantCulture);

    static string Text(JsonNode? node) => node is null ? "" : node.GetValueKind() == System.Text.Json.JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
}
