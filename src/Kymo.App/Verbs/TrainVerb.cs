using System.CommandLine;
using System.Text.Json.Nodes;
using Kymo.App.Searches;
using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Verbs;

/// <summary><c>kymo train RECIPE</c>: one run, or with <c>--multirun</c> one for each combination of a sweep.</summary>
static class TrainVerb
{
    public static Command Create(Terminal terminal)
    {
        var recipe = new Argument<string>("recipe") { Description = "a recipe (kymo recipes)" };
        var overrides = Overrides();
        var resume = new Option<string?>("--resume") { Description = "go on with an unfinished run and its settings: its name, its folder, last, or auto (the run that the settings name)" };
        var anyway = new Option<bool>("--resume-anyway") { Description = "go on although configuration or data have changed" };
        var multirun = new Option<bool>("--multirun", "-m") { Description = "one run for each combination of a sweep (lr=1e-3,3e-4)" };
        var view = new Option<string?>("--cfg", "-c") { Description = "print the configuration and stop: job, hydra or all" };
        var resolve = new Option<bool>("--resolve") { Description = "with --cfg: without interpolations" };
        var package = new Option<string?>("--package", "-p") { Description = "with --cfg: one part of it" };
        var info = new Option<string?>("--info", "-i") { Description = "print how it was composed and stop: defaults, defaults-tree, searchpath, config or all" };
        var folders = new Option<string[]>("--config-dir", "-cd") { Description = "a further folder of configuration groups", AllowMultipleArgumentsPerToken = false };
        var name = new Option<string?>("--config-name", "-cn") { Description = "another primary configuration" };
        var processes = new Option<int>("--nproc") { Description = "processes that share every batch (1); under srun the step's tasks do", DefaultValueFactory = _ => 1 };
        var command = new Command("train", "Trains and evaluates: one run, or a cross-validation where the recipe does that.\n\nExamples:\n"
            + "  kymo train urban-sounds data.root=data/UrbanSound8K\n  kymo train urban-sounds data.root=DIR cv.folds=[1,2,3] trainer.epochs=60 optim.lr=1e-3\n"
            + "  kymo train urban-sounds data=folders data.root=mysounds --cfg job\n  kymo train urban-sounds --resume last\n"
            + "  kymo train urban-sounds data.root=DIR seed=0,1,2 --multirun\n  kymo train urban-sounds data.root=DIR --nproc 2")
        { recipe, overrides, resume, anyway, multirun, processes, view, resolve, package, info, folders, name };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var chosen = Registry.Find(parsed.GetValue(recipe)!);
            if (parsed.GetValue(multirun)) RefuseInSweep(parsed.GetValue(resume), parsed.GetValue(anyway), parsed.GetValue(processes));
            var resumed = ResumedRun.Of(parsed.GetValue(resume), chosen, parsed.GetValue(overrides) ?? []);
            var typed = resumed.Overrides;
            Composition Compose(bool many) => Configuration.Compose(chosen, typed, parsed.GetValue(folders) ?? [], parsed.GetValue(name), many, terminal);
            if (parsed.GetValue(view) is { } part)
            {
                terminal.Say(ConfigReports.Config(Compose(false), View(part), parsed.GetValue(package), parsed.GetValue(resolve)).TrimEnd());
                return ExitCode.Done;
            }
            if (parsed.GetValue(info) is { } topic)
            {
                terminal.Say(Info(Compose(true), topic).TrimEnd());
                return ExitCode.Done;
            }
            cancel = LifeLine.Hold(terminal, cancel);
            if (parsed.GetValue(multirun))
                return Multirun.Run(chosen, typed, parsed.GetValue(folders) ?? [], parsed.GetValue(name), terminal, cancel);
            if (parsed.GetValue(processes) is var size and not 1 && !ProcessTeam.IsMember(terminal.Environment))
                return ProcessTeam.Run(InTeam(size), WithoutTeam(parsed), terminal, cancel);
            var composition = Compose(false);
            using var team = ProcessTeam.Join(terminal.Environment);
            var context = Configuration.Context(composition, typed, resumed.Name, parsed.GetValue(anyway), terminal, cancel) with { Processes = team };
            if (!context.IsWriter) context = context with { Tell = _ => { } };
            var result = Run(chosen, Configuration.Resolve(composition, terminal), context);
            if (context.IsWriter) Print(terminal, result);
            return ExitCode.Done;
        });
        return command;
    }

    // A job that is queued again types the same command, also when it was at its end before.
    static RunResult Run(Recipe recipe, MapNode settings, RunContext context)
    {
        try
        {
            return recipe.Run(settings, context);
        }
        catch (FinishedRunException finished) when (context.Resume == "auto")
        {
            return FinishedRun.Read(finished.Folder) ?? throw new DataException(finished.Folder, $"is sealed, but holds no {RunFiles.Metrics}; see: kymo runs verify {finished.Folder}");
        }
    }

    // What a sweep would not heed.
    static void RefuseInSweep(string? resume, bool anyway, int processes)
    {
        if (resume is not null || anyway)
            throw new ConfigException($"{(resume is null ? "--resume-anyway" : $"--resume {resume}")} with --multirun: a sweep goes on when its own command is typed again, with the same hydra.sweep.dir=DIR; "
                + "leave it out, or go on with one run of the sweep by --resume RUN without --multirun");
        if (processes != 1)
            throw new ConfigException($"--nproc {processes} with --multirun: the runs of a sweep have one process each; leave it out, "
                + $"or type one command with --nproc {processes} for each combination, without --multirun");
    }

    static int InTeam(int size) => size is >= 1 and <= 256 ? size : throw new ConfigException($"--nproc {size}: expected 1 to 256 processes");

    // The command line of one of the team's processes.
    static IReadOnlyList<string> WithoutTeam(ParseResult parsed)
    {
        var words = parsed.Tokens.Select(token => token.Value).ToList();
        var at = words.IndexOf("--nproc");
        words.RemoveRange(at, 2);
        return words;
    }

    /// <summary>The overrides of a command line.</summary>
    public static Argument<string[]> Overrides() => new("overrides") { Description = "key=value, group=option, +key=value, ~key ... as Hydra takes them", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>A run's result; the folder is the last line.</summary>
    public static void Print(Terminal terminal, RunResult result)
    {
        foreach (var line in result.Summary) terminal.Say(line);
        if (result.Folder != "") terminal.Say(result.Folder);
        terminal.Answer(new JsonObject { ["run_dir"] = result.Folder, ["metrics"] = result.Metrics.DeepClone() });
    }

    static ConfigView View(string part) => part switch
    {
        "job" => ConfigView.Job,
        "hydra" => ConfigView.Hydra,
        "all" => ConfigView.All,
        _ => throw new ConfigException($"--cfg {part}: expected job, hydra or all"),
    };

    static string Info(Composition composition, string topic) => topic switch
    {
        "defaults" => ConfigReports.Defaults(composition),
        "defaults-tree" => ConfigReports.DefaultsTree(composition),
        "searchpath" => ConfigReports.SearchPath(composition),
        "config" => ConfigReports.Config(composition, ConfigView.Job),
        "all" => ConfigReports.Info(composition),
        _ => throw new ConfigException($"--info {topic}: expected defaults, defaults-tree, searchpath, config or all"),
    };
}
