using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.App.Searches;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Tuning;
using Kymo.Tuning.Json;

namespace Kymo.App.Verbs;

/// <summary><c>kymo study list|show|best|upgrade|export|report|delete</c>: studies, of Kymo or of Optuna.</summary>
static class StudyVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("study", "Lists, shows, upgrades and exports studies, whether Kymo or Optuna made them.\n\nExamples:\n"
            + "  kymo study list --storage study.db\n  kymo study best experiments/hpo/NAME\n  kymo study upgrade --storage study.db --to 3.1");
        command.Subcommands.Add(List(terminal));
        command.Subcommands.Add(Show(terminal));
        command.Subcommands.Add(Best(terminal));
        command.Subcommands.Add(Report(terminal));
        command.Subcommands.Add(Export(terminal));
        command.Subcommands.Add(Upgrade(terminal));
        command.Subcommands.Add(Delete(terminal));
        return command;
    }

    /// <summary>The schema that a version stands for.</summary>
    /// <exception cref="ConfigException">It is neither 3.1 nor 3.2.</exception>
    public static OptunaSchema Schema(string version) => version switch
    {
        "3.1" => OptunaSchema.Version31,
        "3.2" => OptunaSchema.Version32,
        _ => throw new ConfigException($"Optuna schema {version}: expected 3.1 (opened by Optuna 3.0 and 3.1) or 3.2 (opened by 3.2 to 4)"),
    };

    static Command List(Terminal terminal)
    {
        var storage = Storage(isRequired: true);
        var command = new Command("list", "Lists the studies of a storage.\n\nExample:\n  kymo study list --storage experiments/hpo/NAME/NAME.db") { storage };
        command.Handle(terminal, (parsed, _) =>
        {
            using var opened = Existing(parsed.GetValue(storage)!);
            var answers = new JsonArray();
            var rows = new List<IReadOnlyList<string>>();
            foreach (var frozen in opened.Studies())
            {
                var study = Study.Open(opened, frozen.Name, new RandomSampler(0));
                var trials = study.Trials();
                var best = study.Directions.Count == 1 ? study.BestTrial() : null;
                var directions = string.Join(",", study.Directions.Select(Word));
                rows.Add([frozen.Name, directions, Text(trials.Count), Text(trials.Count(trial => trial.State == TrialState.Complete)), Number(best?.Value)]);
                answers.Add(new JsonObject
                {
                    ["name"] = frozen.Name,
                    ["directions"] = new JsonArray([.. study.Directions.Select(direction => (JsonNode)Word(direction))]),
                    ["n_trials"] = trials.Count,
                    ["states"] = States(trials),
                    ["best_value"] = Finite(best?.Value),
                });
            }
            terminal.Table(["study", "direction", ">trials", ">complete", ">best"], rows);
            terminal.Answer(answers);
            return ExitCode.Done;
        });
        return command;
    }

    static Command Show(Terminal terminal)
    {
        var (name, storage) = (Name(), Storage(isRequired: false));
        var command = new Command("show", "Shows a study: trials with their values and reasons, importance of parameters.\n\nExamples:\n"
            + "  kymo study show experiments/hpo/NAME\n  kymo study show NAME --storage study.db") { name, storage };
        command.Handle(terminal, (parsed, _) =>
        {
            using var found = Found.Of(parsed, name, storage);
            var (study, trials) = (found.Study, found.Study.Trials());
            terminal.Say($"study {study.Name}, {string.Join(", ", study.Directions.Select(Word))}, in {study.Storage.Location}");
            foreach (var (key, value) in study.Read().UserAttributes) terminal.Say($"{key}: {SearchView.Text(value)}");
            terminal.Table([">trial", "state", ">value", "parameters", "remark"], trials.Select(trial => (IReadOnlyList<string>)
            [
                Text(trial.Number), SearchProgress.Text(trial.State), trial.Values is null ? "" : string.Join(" ", trial.Values.Select(value => Number(value))),
                ParameterText.Line(ParameterText.Overrides(trial)), trial.UserAttributes.GetValueOrDefault(AttributeNames.FailReason) as string ?? "",
            ]));
            var importance = Importance(study, trials, terminal);
            if (importance.Count > 0)
                terminal.Table(["parameter", ">importance (fANOVA)"], importance.Select(pair => (IReadOnlyList<string>)[pair.Key, pair.Value.ToString("0.000", CultureInfo.InvariantCulture)]));
            terminal.Answer(new JsonObject
            {
                ["name"] = study.Name,
                ["directions"] = new JsonArray([.. study.Directions.Select(direction => (JsonNode)Word(direction))]),
                ["storage"] = study.Storage.Location,
                ["user_attrs"] = Json(study.Read().UserAttributes),
                ["states"] = States(trials),
                ["importance"] = new JsonObject(importance.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
                ["trials"] = new JsonArray([.. trials.Select(trial => (JsonNode)Json(trial))]),
            });
            return ExitCode.Done;
        });
        return command;
    }

    static Command Best(Terminal terminal)
    {
        var (name, storage) = (Name(), Storage(isRequired: false));
        var command = new Command("best", "Prints the best trial's parameters as a line of overrides, ready to paste; of several objectives, the Pareto front.\n\nExamples:\n"
            + "  kymo study best experiments/hpo/NAME\n  kymo study best NAME --storage study.db") { name, storage };
        command.Handle(terminal, (parsed, _) =>
        {
            using var found = Found.Of(parsed, name, storage);
            var front = found.Study.Directions.Count == 1 ? found.Study.BestTrial() is { } best ? [best] : [] : found.Study.BestTrials();
            if (front.Count == 0) throw new ConfigException($"study {found.Study.Name} has no complete trial; see kymo study show");
            foreach (var trial in front)
            {
                terminal.Note($"trial {trial.Number}: {string.Join(" ", trial.Values!.Select(value => Number(value)))}");
                terminal.Say(SearchResults.BestLine(trial, found.Ties));
            }
            terminal.Answer(front.Count == 1 && found.Study.Directions.Count == 1 ? Describe(front[0], found.Ties) : new JsonArray([.. front.Select(trial => (JsonNode)Describe(trial, found.Ties))]));
            return ExitCode.Done;
        });
        return command;
    }

    static Command Report(Terminal terminal)
    {
        var (name, storage) = (Name(), Storage(isRequired: false));
        var output = new Option<string?>("--out") { Description = "folder to write to (the search's own; STUDY_report)" };
        var command = new Command("report", "Draws a study's figures and writes its page.\n\nExamples:\n  kymo study report experiments/hpo/NAME\n"
            + "  kymo study report NAME --storage study.db --out NAME_report") { name, storage, output };
        command.Handle(terminal, (parsed, _) =>
        {
            using var found = Found.Of(parsed, name, storage);
            if (found.Study.Directions.Count > 1) throw new ConfigException($"study {found.Study.Name} has {found.Study.Directions.Count} objectives; its page would need one (see kymo study best, kymo study export)");
            var folder = new SearchFolder(parsed.GetValue(output) ?? found.Folder ?? found.Study.Name + "_report");
            Directory.CreateDirectory(folder.Path);
            var page = SearchPage.Write(found.Study, found.Plan, folder, terminal.Warn);
            terminal.Say(page);
            terminal.Answer(new JsonObject { ["report"] = page });
            return ExitCode.Done;
        });
        return command;
    }

    static Command Export(Terminal terminal)
    {
        var (name, storage) = (Name(), Storage(isRequired: false));
        var format = new Option<string>("--format") { Description = "csv, json, journal or rdb (csv)", DefaultValueFactory = _ => "csv" };
        var output = new Option<string?>("--out") { Description = "file to write; csv and json go to standard output without it; rdb takes an address too" };
        var schema = new Option<string>("--optuna-schema") { Description = "for rdb: which Optuna opens it, 3.1 or 3.2", DefaultValueFactory = _ => "3.2" };
        var command = new Command("export", "Writes a study in another form: a table, JSON, or a copy in Optuna's journal or tables.\n\nExamples:\n"
            + "  kymo study export experiments/hpo/NAME --format csv --out trials.csv\n  kymo study export NAME --storage study.db --format journal --out study.log") { name, storage, format, output, schema };
        command.Handle(terminal, (parsed, _) =>
        {
            using var found = Found.Of(parsed, name, storage);
            var (kind, target) = (parsed.GetValue(format)!, parsed.GetValue(output));
            switch (kind)
            {
                case "csv":
                    Write(StudyExport.TrialsCsv(found.Study), target, terminal);
                    break;
                case "json":
                    Write(new JsonArray([.. found.Study.Trials().Select(trial => (JsonNode)Json(trial))]).ToJsonString() + "\n", target, terminal);
                    break;
                case "journal" or "rdb":
                    if (target is null) throw new ConfigException($"--format {kind} needs --out");
                    var address = kind == "journal" ? "journal:" + target : target;
                    using (var copy = StudyStorage.Open(address, TimeProvider.System, Schema(parsed.GetValue(schema)!))) StudyExport.Copy(found.Study, copy);
                    terminal.Say(target);
                    break;
                default:
                    throw new ConfigException($"--format {kind}: expected csv, json, journal or rdb");
            }
            terminal.Answer(new JsonObject { ["study"] = found.Study.Name, ["format"] = kind, ["out"] = target });
            return ExitCode.Done;
        });
        return command;
    }

    static Command Upgrade(Terminal terminal)
    {
        var storage = Storage(isRequired: true);
        var to = new Option<string>("--to") { Description = "3.1 (opened by Optuna 3.0 and 3.1) or 3.2 (opened by 3.2 to 4)", DefaultValueFactory = _ => "3.2" };
        var command = new Command("upgrade", "Makes a storage's tables fit other releases of Optuna, in place; nothing is lost either way.\n\nExamples:\n"
            + "  kymo study upgrade --storage study.db\n  kymo study upgrade --storage study.db --to 3.1") { storage, to };
        command.Handle(terminal, (parsed, _) =>
        {
            var schema = Schema(parsed.GetValue(to)!);
            using var opened = Existing(parsed.GetValue(storage)!);
            if (opened is not SqlStorage tables) throw new ConfigException($"{opened.Location} is no database; journals are the same for all releases");
            var before = tables.Schema;
            tables.ChangeSchema(schema);
            terminal.Say($"{opened.Location}: {(before == schema ? "was" : "is now")} in the tables of Optuna {parsed.GetValue(to)}{(before == schema ? " already" : "")}");
            terminal.Answer(new JsonObject { ["storage"] = opened.Location, ["schema"] = parsed.GetValue(to), ["changed"] = before != schema });
            return ExitCode.Done;
        });
        return command;
    }

    static Command Delete(Terminal terminal)
    {
        var (name, storage) = (Name(), Storage(isRequired: true));
        var sure = new Option<bool>("--yes") { Description = "really delete it, with all its trials" };
        var command = new Command("delete", "Deletes a study from its storage; run folders stay.\n\nExample:\n  kymo study delete NAME --storage study.db --yes") { name, storage, sure };
        command.Handle(terminal, (parsed, _) =>
        {
            using var found = Found.Of(parsed, name, storage);
            var count = found.Study.Trials().Count;
            if (!parsed.GetValue(sure)) throw new ConfigException($"study {found.Study.Name} has {count} trials, which cannot be brought back; type --yes to delete them");
            found.Study.Storage.DeleteStudy(found.Study.Id);
            terminal.Say($"deleted study {found.Study.Name} with {count} trials");
            terminal.Answer(new JsonObject { ["deleted"] = found.Study.Name, ["n_trials"] = count });
            return ExitCode.Done;
        });
        return command;
    }

    static Argument<string> Name() => new("study") { Description = "a search's folder, or with --storage a study's name" };

    static Option<string?> Storage(bool isRequired) => new("--storage")
    {
        Description = "a file, sqlite:///FILE, journal:FILE or postgresql://user:password@host/db",
        Required = isRequired,
    };

    // A storage to read: a file that is not there is not made.
    static IStudyStorage Existing(string address)
    {
        var path = StorageAddress.FileOf(address);
        if (path is not null && !File.Exists(path)) throw new ConfigException($"{path}: no such file; type the storage that a search was given, for instance experiments/hpo/NAME/NAME.db");
        return StudyStorage.Open(address, TimeProvider.System);
    }

    static void Write(string text, string? target, Terminal terminal)
    {
        if (target is null) terminal.Say(text.TrimEnd('\n'));
        else AtomicFile.Write(target, text);
    }

    static IReadOnlyList<KeyValuePair<string, double>> Importance(Study study, IReadOnlyList<FrozenTrial> trials, Terminal terminal)
    {
        if (study.Directions.Count > 1) return [];
        try
        {
            return ParameterImportance.Fanova(trials, 0);
        }
        catch (StudyException error)
        {
            terminal.Note(error.Message);
            return [];
        }
    }

    static JsonObject Describe(FrozenTrial trial, IReadOnlyDictionary<string, string> ties)
    {
        var text = Json(trial);
        text["overrides"] = SearchResults.BestLine(trial, ties);
        return text;
    }

    static JsonObject Json(FrozenTrial trial) => new()
    {
        ["number"] = trial.Number,
        ["state"] = SearchProgress.Text(trial.State),
        ["values"] = trial.Values is null ? null : new JsonArray([.. trial.Values.Select(value => Finite(value))]),
        ["params"] = Json(trial.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value)),
        ["user_attrs"] = Json(trial.UserAttributes),
        ["intermediate_values"] = new JsonObject(trial.IntermediateValues.Select(pair => KeyValuePair.Create(pair.Key.ToString(CultureInfo.InvariantCulture), Finite(pair.Value)))),
        ["started"] = trial.Started?.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        ["completed"] = trial.Completed?.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture),
    };

    static JsonNode? Json(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        long number => number,
        double number => Finite(number),
        string text => text,
        IReadOnlyDictionary<string, object?> map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Json(entry.Value)))),
        IReadOnlyList<object?> list => new JsonArray([.. list.Select(Json)]),
        _ => PythonJson.Write(value),
    };

    static JsonObject States(IReadOnlyList<FrozenTrial> trials) =>
        new(trials.GroupBy(trial => trial.State).OrderBy(group => group.Key).Select(group => KeyValuePair.Create(SearchProgress.Text(group.Key), (JsonNode?)group.Count())));

    // JSON has no infinities; they are text.
    static JsonNode? Finite(double? value) => value is not { } number ? null : double.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture);

    static string Word(StudyDirection direction) => direction.ToString().ToLowerInvariant();

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static string Number(double? value) => value is { } number ? number.ToString("G6", CultureInfo.InvariantCulture) : "";

    // The study that a person names: by a search's folder, or by name and storage.
    sealed record Found(Study Study, SearchPlan? Plan, string? Folder) : IDisposable
    {
        public IReadOnlyDictionary<string, string> Ties => Plan?.Ties ?? new Dictionary<string, string>();

        public static Found Of(ParseResult parsed, Argument<string> name, Option<string?> storage)
        {
            var named = parsed.GetValue(name)!;
            if (parsed.GetValue(storage) is { } address) return Opened(Existing(address), named, null, null);
            var folder = Directory.Exists(named) ? named : Path.Combine("experiments", "hpo", named);
            if (!Directory.Exists(folder)) throw new ConfigException($"{named}: no such folder of a search; type one, or a study's name with --storage");
            var plan = SearchPlan.Read(folder);
            return Opened(Existing(plan.Storage), plan.Study, plan, folder);
        }

        public void Dispose() => Study.Storage.Dispose();

        static Found Opened(IStudyStorage storage, string name, SearchPlan? plan, string? folder)
        {
            try
            {
                return new Found(Study.Open(storage, name, new RandomSampler(0)), plan, folder);
            }
            catch
            {
                storage.Dispose();
                throw;
            }
        }
    }
}
