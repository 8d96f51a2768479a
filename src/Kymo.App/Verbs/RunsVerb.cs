using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kymo.Config;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Verbs;

/// <summary><c>kymo runs list|show|compare|verify</c>: the evidence.</summary>
static class RunsVerb
{
    const int MostScores = 4;
    static readonly string[] s_mainScores = ["acc", "balanced_acc", "f1_macro", "loss"];
    static readonly string[] s_facts =
    [
        "run_id", "task_name", "model", "params", "macs", "optimizer", "seed", "device", "device_name", "ts_start_utc", "duration_s",
        "best_epoch", "epochs_ran", "status", "config_hash",
    ];

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
        var root = Root();
        var where = new Option<string[]>("--where") { Description = "only runs whose metrics.json says so: model=urban-cnn, seed=0" };
        var command = new Command("list", "Lists the runs of a results folder with their scores on held-out items.\n\n"
            + "Examples:\n  kymo runs list\n  kymo runs list --root results --where model=urban-cnn --where seed=0") { root, where };
        command.Handle(terminal, (parsed, _) =>
        {
            var conditions = (parsed.GetValue(where) ?? []).Select(Condition).ToArray();
            var runs = RunIndex.Read(parsed.GetValue(root)!)
                .Where(run => Array.TrueForAll(conditions, one => Text(At(run.Metrics, one.Key)) == one.Value)).ToArray();
            var scores = MainScores(runs);
            terminal.Table(["run", "state", "task", "model", ">seed", .. scores.Select(name => ">" + name), "ended"],
                runs.Select(run => (IReadOnlyList<string>)[
                    run.Name, State(run), run.Text("task_name"), run.Text("model"), Text(run.Metrics["seed"]),
                    .. scores.Select(name => Number(At(run.Metrics, "test." + name))), run.Text("ts_end_utc")]));
            foreach (var run in runs.Where(run => run.Problem != "")) terminal.Warn(run.Problem);
            if (runs.Length == 0) terminal.Say($"no runs under {Path.Combine(parsed.GetValue(root)!, "runs")}; make one: kymo train urban-sounds data.root=DIR");
            terminal.Answer(new JsonArray([.. runs.Select(Describe)]));
            return ExitCode.Done;
        });
        return command;
    }

    static Command Show(Terminal terminal)
    {
        var (root, run) = (Root(), new Argument<string>("run") { Description = "a run's folder, or its name under ROOT/runs" });
        var command = new Command("show", "Prints a run's scores with intervals, its baselines and facts.\n\nExample:\n  kymo runs show RUN") { run, root };
        command.Handle(terminal, (parsed, _) =>
        {
            var folder = Find(parsed.GetValue(root)!, parsed.GetValue(run)!);
            var metrics = Metrics(folder);
            foreach (var key in s_facts.Where(metrics.ContainsKey)) terminal.Say($"{key,-16} {Text(metrics[key])}");
            terminal.Say();
            var scores = Scores(metrics);
            terminal.Table(["on held-out items", .. scores.Select(name => ">" + name)],
            [
                Row("network", metrics["test"], scores),
                IntervalRow(metrics["intervals"] as JsonObject, scores),
                .. (metrics["baselines"] as JsonArray ?? []).Select(baseline => Row(Text(baseline?["name"]), baseline?["test"], scores)),
            ]);
            foreach (var warning in metrics["warnings"] as JsonArray ?? []) terminal.Say("warning: " + Text(warning));
            terminal.Say("\n" + folder);
            terminal.Answer(metrics);
            return ExitCode.Done;
        });
        return command;
    }

    static Command Compare(Terminal terminal)
    {
        var root = Root();
        var runs = new Argument<string[]>("runs") { Description = "two or more runs", Arity = new ArgumentArity(2, 100) };
        var groups = new Option<string?>("--group-by") { Description = "two runs: a pattern whose first group in an item's id names its recording or person; those are resampled (as the first run's item_groups.csv says)" };
        var command = new Command("compare", "Puts runs side by side. Two classification runs over the same items are compared item by item:\n"
            + "McNemar's test and a paired bootstrap of the difference (second minus first).\n\nExamples:\n  kymo runs compare RUN_A RUN_B\n"
            + "  kymo runs compare RUN_A RUN_B --group-by '^([0-9]+)-'") { runs, root, groups };
        command.Handle(terminal, (parsed, _) =>
        {
            string[] folders = [.. parsed.GetValue(runs)!.Select(name => Find(parsed.GetValue(root)!, name))];
            JsonObject[] metrics = [.. folders.Select(Metrics)];
            string[] scores = [.. metrics.SelectMany(Scores).Distinct()];
            terminal.Table(["run", .. scores.Select(name => ">" + name)], folders.Select((folder, i) => Row(Path.GetFileName(folder), metrics[i]["test"], scores)));
            var answer = new JsonObject
            {
                ["runs"] = new JsonArray([.. folders.Select((folder, i) => (JsonNode)new JsonObject
                {
                    ["name"] = Path.GetFileName(folder), ["path"] = folder, ["test"] = metrics[i]["test"]?.DeepClone(),
                })]),
            };
            if (folders.Length == 2) Pair(terminal, folders, parsed.GetValue(groups), answer);
            terminal.Answer(answer);
            return ExitCode.Done;
        });
        return command;
    }

    static void Pair(Terminal terminal, string[] folders, string? pattern, JsonObject answer)
    {
        RunComparison comparison;
        try
        {
            comparison = RunComparison.Of(folders[0], folders[1], Grouping(pattern), new BootstrapOptions());
        }
        catch (ConfigException error)
        {
            terminal.Note("not compared item by item: " + error.Message);
            answer["paired"] = null;
            return;
        }
        var test = comparison.Test;
        terminal.Say($"\n{comparison.Items} items in both runs, {comparison.OnlyInFirst} only in the first, {comparison.OnlyInSecond} only in the second");
        terminal.Say($"right in one only: first {test.OnlyFirstRight}, second {test.OnlySecondRight}; McNemar mid-p {P(test.MidP)}, exact p {P(test.ExactP)}");
        terminal.Table(["second minus first", ">difference", ">low", ">high", ">p"],
            [Row("accuracy", comparison.Accuracy), Row("macro F1", comparison.MacroF1)]);
        var units = comparison.IsGrouped ? "groups" : "items, taken as independent";
        terminal.Say($"{comparison.Accuracy.Difference.Resamples} resamples of {comparison.Accuracy.Difference.Groups} {units}; "
            + $"interval of {comparison.Accuracy.Difference.Level:P0}");
        if (comparison.Configuration.Count > 0)
            terminal.Table(["setting", "first", "second"], comparison.Configuration.Select(one => (IReadOnlyList<string>)[one.Key, one.First, one.Second]));
        answer["paired"] = Answer(comparison);
    }

    static Command Verify(Terminal terminal)
    {
        var root = Root();
        var runs = new Argument<string[]>("runs") { Description = "run folders, or names under ROOT/runs", Arity = ArgumentArity.OneOrMore };
        var command = new Command("verify", "Checks run folders against the contract: files, columns, scores computed again from the predictions,\n"
            + "every byte against its hash. Ends with 1 when something is wrong.\n\nExample:\n  kymo runs verify results/runs/RUN") { runs, root };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var answers = new JsonArray();
            var sound = true;
            foreach (var folder in parsed.GetValue(runs)!.Select(name => Find(parsed.GetValue(root)!, name)).ToArray())
            {
                cancel.ThrowIfCancellationRequested();
                var findings = RunVerifier.Verify(folder);
                var errors = findings.Count(finding => finding.Severity == Severity.Error);
                sound &= errors == 0;
                foreach (var finding in findings) terminal.Say($"{folder}: {finding}");
                terminal.Say($"{folder}: {(errors == 0 ? "sound" : $"{errors} errors")}");
                answers.Add(new JsonObject
                {
                    ["run"] = folder,
                    ["sound"] = errors == 0,
                    ["findings"] = new JsonArray([.. findings.Select(Answer)]),
                });
            }
            terminal.Answer(answers);
            return sound ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    static Option<string> Root() => new("--root") { Description = "results folder (results)", DefaultValueFactory = _ => "results" };

    // A run's folder, by path or name. A folder in which no file of a run lies is none.
    static string Find(string root, string run)
    {
        var named = Path.Combine(root, "runs", run);
        var folder = Directory.Exists(run) ? run : Directory.Exists(named) ? named
            : throw new DataException(run, $"no such run folder, and none of that name under {Path.Combine(root, "runs")}; see: kymo runs list");
        string[] marks = [RunFiles.Contract, RunFiles.ResolvedConfig, RunFiles.Metrics];
        return Array.Exists(marks, file => File.Exists(Path.Combine(folder, file)))
            ? Path.TrimEndingDirectorySeparator(folder)
            : throw new DataException(folder, $"is no run folder: expected {string.Join(", ", marks)} in it; see: kymo runs list");
    }

    static JsonObject Metrics(string folder)
    {
        var path = Path.Combine(folder, RunFiles.Metrics);
        return File.Exists(path) ? CanonicalJson.ReadObject(path) : throw new DataException(folder, "the run is not finished; go on with --resume");
    }

    static Func<string, string>? Grouping(string? pattern)
    {
        if (pattern is null) return null;
        try
        {
            var regex = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return id => regex.Match(id) is { Success: true, Groups.Count: > 1 } match ? match.Groups[1].Value
                : throw new ConfigException($"--group-by '{pattern}' finds no group in the item '{id}'; write one pair of brackets around the part that names it");
        }
        catch (ArgumentException error)
        {
            throw new ConfigException($"--group-by '{pattern}' is no pattern: {error.Message}");
        }
    }

    static KeyValuePair<string, string> Condition(string text) => text.IndexOf('=') is > 0 and var equals
        ? KeyValuePair.Create(text[..equals], text[(equals + 1)..])
        : throw new ConfigException($"--where {text}: expected key=value, for instance model=urban-cnn");

    static string[] MainScores(IEnumerable<IndexedRun> runs)
    {
        var names = runs.SelectMany(run => Scores(run.Metrics)).Distinct().ToArray();
        return [.. s_mainScores.Where(names.Contains).Concat(names.Except(s_mainScores)).Take(MostScores)];
    }

    static string State(IndexedRun run) => run.State switch
    {
        RunState.Running => "running",
        RunState.Finished => "finished",
        RunState.Interrupted => "unfinished",
        _ => "broken",
    };

    static string[] Scores(JsonObject metrics) => metrics["test"] is JsonObject test ? [.. test.Select(score => score.Key)] : [];

    static IReadOnlyList<string> Row(string name, JsonNode? scores, IEnumerable<string> names) =>
        [name, .. names.Select(score => Number((scores as JsonObject)?[score]))];

    static IReadOnlyList<string> IntervalRow(JsonObject? intervals, IEnumerable<string> names) =>
        ["interval", .. names.Select(name => intervals?[name] is JsonObject one && one["low"] is not null ? $"{Number(one["low"])} to {Number(one["high"])}" : "")];

    static IReadOnlyList<string> Row(string name, PairedBootstrap score) =>
        [name, Signed(score.Difference.Estimate), Signed(score.Difference.Low), Signed(score.Difference.High), P(score.P)];

    static JsonNode Describe(IndexedRun run) => new JsonObject
    {
        ["name"] = run.Name,
        ["path"] = run.Path,
        ["state"] = State(run),
        ["problem"] = run.Problem,
        ["task"] = run.Metrics["task_name"]?.DeepClone(),
        ["model"] = run.Metrics["model"]?.DeepClone(),
        ["seed"] = run.Metrics["seed"]?.DeepClone(),
        ["test"] = run.Metrics["test"]?.DeepClone(),
    };

    static JsonNode Answer(RunFinding finding) => new JsonObject
    {
        ["severity"] = finding.Severity == Severity.Error ? "error" : "warning",
        ["file"] = finding.File,
        ["message"] = finding.Message,
    };

    static JsonObject Answer(RunComparison comparison) => new()
    {
        ["items"] = comparison.Items,
        ["only_in_first"] = comparison.OnlyInFirst,
        ["only_in_second"] = comparison.OnlyInSecond,
        ["mcnemar"] = new JsonObject
        {
            ["only_first_right"] = comparison.Test.OnlyFirstRight,
            ["only_second_right"] = comparison.Test.OnlySecondRight,
            ["exact_p"] = comparison.Test.ExactP,
            ["mid_p"] = comparison.Test.MidP,
        },
        ["accuracy"] = Answer(comparison.Accuracy),
        ["f1_macro"] = Answer(comparison.MacroF1),
        ["configuration"] = new JsonArray([.. comparison.Configuration.Select(one => (JsonNode)new JsonObject
        {
            ["key"] = one.Key, ["first"] = one.First, ["second"] = one.Second,
        })]),
    };

    static JsonObject Answer(PairedBootstrap score) => new()
    {
        ["difference"] = score.Difference.Estimate,
        ["low"] = score.Difference.LowOrNull,
        ["high"] = score.Difference.HighOrNull,
        ["level"] = score.Difference.Level,
        ["resamples"] = score.Difference.Resamples,
        ["groups"] = score.Difference.Groups,
        ["p"] = double.IsFinite(score.P) ? score.P : null,
    };

    static JsonNode? At(JsonObject metrics, string path)
    {
        JsonNode? node = metrics;
        foreach (var key in path.Split('.')) node = (node as JsonObject)?[key];
        return node;
    }

    static string Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out double number)
        ? number.ToString("0.000", CultureInfo.InvariantCulture) : "";

    static string Signed(double value) => double.IsFinite(value) ? value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture) : "";

    static string P(double value) => double.IsFinite(value) ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "";

    static string Text(JsonNode? node) =>
        node is null ? "" : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
}
