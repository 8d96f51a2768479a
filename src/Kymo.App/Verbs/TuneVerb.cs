using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.App.Searches;
using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;
using Kymo.Tuning;

namespace Kymo.App.Verbs;

/// <summary><c>kymo tune RECIPE</c>: a hyper-parameter search; <c>status</c>, <c>cancel</c> and <c>resume</c> of one that was begun.</summary>
static class TuneVerb
{
    const string Description = "Searches hyper-parameters: trials are trainings of a recipe, kept in a study that Optuna's tools open.\n\n"
        + "To compare models fairly: the same number of trials, epochs and stopping for each; never search num_workers; splits by person or\n"
        + "recording; no test data in a search (metrics of held-out data are refused).\n\nExamples:\n"
        + "  kymo tune urban-sounds --n-trials 20 --metric val_acc data.root=DIR 'optim.lr=tag(log,interval(1e-4,1e-2))' 'trainer.batch_size=choice(16,32)'\n"
        + "  kymo tune activity --n-trials 50 --metric val_f1 --space-config conf/hpo/scenario2_mmfit.yaml --prune --workers 2 data=mmfit trainer.epochs=30\n"
        + "  kymo tune activity --n-trials 200 --launcher slurm --workers 8 --storage postgresql://user:password@host/db launcher.slurm.gpus=1 launcher.slurm.time=06:00:00\n"
        + "  kymo tune status experiments/hpo/NAME";

    public static Command Create(Terminal terminal)
    {
        var recipe = new Argument<string?>("recipe") { Description = "a recipe (kymo recipes)", Arity = ArgumentArity.ZeroOrOne };
        var overrides = TrainVerb.Overrides();
        var trials = new Option<int?>("--n-trials") { Description = "trials to run now (10; 60 where HPO is set); a study that exists grows by them" };
        var metric = new Option<string?>("--metric") { Description = "column of the runs' epoch tables, at the epoch whose weights are kept (the file's; val_f1)" };
        var direction = new Option<string?>("--direction") { Description = "maximize or minimize (the file's; by the metric's name)" };
        var study = new Option<string?>("--study-name") { Description = "name of the study (the file's; the file's own name)" };
        var storage = new Option<string?>("--storage") { Description = "where the study is kept: a file, sqlite:///FILE, journal:FILE, postgresql://user:password@host/db (OUTPUT_ROOT/STUDY.db)" };
        var space = new Option<string?>("--space-config") { Description = "search-space file (conf/hpo/$HPO.yaml, conf/hpo/STUDY.yaml); sweeps typed as overrides add to it" };
        var root = new Option<string?>("--output-root") { Description = "folder of the search (experiments/hpo/STUDY)" };
        var seed = new Option<uint?>("--seed") { Description = "seed of the sampler and of every trial (0)" };
        var sampler = new Option<string>("--sampler") { Description = SearchMethods.Samplers, DefaultValueFactory = _ => "tpe" };
        var prune = new Option<bool>("--prune") { Description = "stop trials that are worse than the median of the others: --pruner median" };
        var pruner = new Option<string?>("--pruner") { Description = SearchMethods.Pruners };
        var launcher = new Option<string>("--launcher") { Description = "local, or slurm: workers are jobs, steered by launcher.slurm.{partition,account,gpus,cpus,memory,time,throttle,notice,container}=", DefaultValueFactory = _ => "local" };
        var workers = new Option<int>("--workers") { Description = "trials at once (1)", DefaultValueFactory = _ => 1 };
        var retries = new Option<int?>("--retries") { Description = "how often a trial that failed is repeated (0), and one whose worker was lost (3)" };
        var heartbeat = new Option<double>("--heartbeat") { Description = "seconds between a worker's signs of life; after twice as long it counts as lost (60)", DefaultValueFactory = _ => 60 };
        var inProcess = new Option<bool>("--in-process") { Description = "train in this process, one trial at a time, instead of a process for each trial" };
        var repeat = new Option<int?>("--repeat-best") { Description = "then train the best trial again with so many seeds; mean and deviation" };
        var accept = new Option<bool>("--accept-changes") { Description = "go on with a study although search space, metric or settings differ" };
        var dry = new Option<bool>("--dry-run", "--dry") { Description = "print the trials' command lines; run and store nothing" };
        var schema = new Option<string>("--optuna-schema") { Description = "which Optuna opens a new study: 3.1 (3.0 and 3.1) or 3.2 (3.2 to 4)", DefaultValueFactory = _ => "3.2" };
        var folders = new Option<string[]>("--config-dir", "-cd") { Description = "a further folder of configuration groups", AllowMultipleArgumentsPerToken = false };
        var command = new Command("tune", Description)
        {
            recipe, overrides, trials, metric, direction, study, storage, space, root, seed, sampler, prune, pruner, launcher, workers, retries, heartbeat, inProcess,
            repeat, accept, dry, schema, folders,
        };
        command.Subcommands.Add(Status(terminal));
        command.Subcommands.Add(Cancel(terminal));
        command.Subcommands.Add(Resume(terminal));
        command.Subcommands.Add(Work(terminal));
        command.Handle(terminal, (parsed, cancel) =>
        {
            var chosen = Registry.Find(parsed.GetValue(recipe) ?? throw new ConfigException("which recipe? type kymo tune RECIPE ..., or kymo tune --help"));
            var request = new SearchRequest
            {
                Recipe = chosen,
                Overrides = parsed.GetValue(overrides) ?? [],
                ConfigFolders = parsed.GetValue(folders) ?? [],
                Trials = parsed.GetValue(trials),
                Metric = parsed.GetValue(metric),
                Direction = parsed.GetValue(direction),
                Study = parsed.GetValue(study),
                Storage = parsed.GetValue(storage),
                SpaceFile = parsed.GetValue(space),
                OutputRoot = parsed.GetValue(root),
                Seed = parsed.GetValue(seed),
                Sampler = parsed.GetValue(sampler)!,
                Pruner = parsed.GetValue(pruner) ?? (parsed.GetValue(prune) ? "median" : "none"),
                Launcher = parsed.GetValue(launcher)!,
                Workers = parsed.GetValue(workers),
                Retries = parsed.GetValue(retries),
                Heartbeat = parsed.GetValue(heartbeat),
                InProcess = parsed.GetValue(inProcess),
                RepeatBest = parsed.GetValue(repeat),
            };
            var (plan, folder, count) = request.Plan(terminal);
            if (parsed.GetValue(dry)) return DryRun(plan, folder, count, terminal);
            SearchSetup.Begin(plan, folder, count, parsed.GetValue(accept), StudyVerb.Schema(parsed.GetValue(schema)!), terminal);
            return plan.Launcher == "slurm" ? Submit(plan, folder, terminal) : RunHere(plan, folder, terminal, cancel);
        });
        return command;
    }

    static Command Status(Terminal terminal)
    {
        var folder = Folder();
        var command = new Command("status", "Says how far a search is: its trials, its best, its workers and jobs.\n\nExample:\n  kymo tune status experiments/hpo/NAME") { folder };
        command.Handle(terminal, (parsed, _) =>
        {
            var (place, plan) = Found(parsed.GetValue(folder)!);
            using var storage = SearchRunner.Open(plan);
            var study = Study.Open(storage, plan.Study, new RandomSampler(0));
            var (trials, beats) = (study.Trials(), storage.SinceBeat(study.Id));
            var jobs = Slurm.States(plan.Jobs);
            foreach (var group in trials.GroupBy(trial => trial.State).OrderBy(group => group.Key)) terminal.Say($"{SearchProgress.Text(group.Key),-9} {group.Count()}");
            foreach (var trial in trials.Where(trial => trial.State == TrialState.Running))
                terminal.Say($"trial {trial.Number} runs since {trial.Started:yyyy-MM-dd HH:mm:ss}" + (beats.TryGetValue(trial.Id, out var age) ? $"; its worker spoke {DurationText.Of(age)} ago" : ""));
            var best = study.BestTrial();
            if (best is not null) terminal.Say(string.Create(CultureInfo.InvariantCulture, $"best {plan.Metric} {best.Value:G6} in trial {best.Number}: {SearchResults.BestLine(best, plan.Ties)}"));
            foreach (var (job, state) in jobs) terminal.Say($"job {job} {state}");
            if (plan.Jobs.Count > 0 && jobs.Count == 0) terminal.Say($"job {plan.Jobs[^1]} is no longer queued");
            if (place.IsStopped) terminal.Say("told to stop (kymo tune cancel); go on: kymo tune resume " + parsed.GetValue(folder));
            terminal.Answer(new JsonObject
            {
                ["study"] = plan.Study,
                ["states"] = new JsonObject(trials.GroupBy(trial => trial.State).Select(group => KeyValuePair.Create(SearchProgress.Text(group.Key), (JsonNode?)group.Count()))),
                ["best_value"] = best?.Value,
                ["best_trial_number"] = best?.Number,
                ["jobs"] = new JsonObject(jobs.Select(job => KeyValuePair.Create(job.Job, (JsonNode?)job.State))),
                ["stopped"] = place.IsStopped,
            });
            return ExitCode.Done;
        });
        return command;
    }

    static Command Cancel(Terminal terminal)
    {
        var folder = Folder();
        var command = new Command("cancel", "Stops a search, here or on the cluster: trials stop at their next safe point and wait with their checkpoints.\n\nExample:\n  kymo tune cancel experiments/hpo/NAME") { folder };
        command.Handle(terminal, (parsed, _) =>
        {
            var (place, plan) = Found(parsed.GetValue(folder)!);
            place.Stop();
            if (plan.Launcher == "slurm") Slurm.Cancel(Slurm.States(plan.Jobs).Where(job => job.State is "PENDING" or "SUSPENDED").Select(job => job.Job));
            terminal.Say("told the workers to stop; go on: kymo tune resume " + parsed.GetValue(folder));
            terminal.Answer(new JsonObject { ["stopped"] = true, ["jobs"] = new JsonArray([.. plan.Jobs.Select(job => (JsonNode)job)]) });
            return ExitCode.Done;
        });
        return command;
    }

    static Command Resume(Terminal terminal)
    {
        var folder = Folder();
        var workers = new Option<int?>("--workers") { Description = "trials at once (as before)" };
        var command = new Command("resume", "Goes on with the trials of a search that wait, adding none; interrupted ones go on from their checkpoints.\n\nExample:\n  kymo tune resume experiments/hpo/NAME") { folder, workers };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var (place, plan) = Found(parsed.GetValue(folder)!);
            if (parsed.GetValue(workers) is { } count) plan = plan with { Workers = count > 0 ? count : throw new ConfigException($"--workers {count}: expected 1 or more") };
            place.Prepare();
            place.AllowWork();
            plan.Write(place.Path);
            if (plan.Launcher != "slurm") return RunHere(plan, place, terminal, cancel);
            var alive = Slurm.States(plan.Jobs).Where(job => job.State is "PENDING" or "RUNNING" or "COMPLETING" or "CONFIGURING" or "SUSPENDED" or "REQUEUED").ToArray();
            if (alive.Length == 0) return Submit(plan, place, terminal);
            terminal.Say($"{alive.Length} workers are queued or at work: {string.Join(", ", alive.Select(job => job.Job + " " + job.State))}");
            terminal.Answer(new JsonObject { ["jobs"] = new JsonArray([.. alive.Select(job => (JsonNode)job.Job)]) });
            return ExitCode.Done;
        });
        return command;
    }

    // One worker of a search: what the jobs of a cluster run.
    static Command Work(Terminal terminal)
    {
        var folder = Folder();
        var worker = new Option<int>("--worker") { Description = "the worker's number, from 0" };
        var command = new Command("work", "Runs waiting trials of a search as one of its workers.\n\nExample:\n  kymo tune work experiments/hpo/NAME --worker 3") { folder, worker };
        command.Hidden = true;
        command.Handle(terminal, (parsed, cancel) =>
        {
            var (place, plan) = Found(parsed.GetValue(folder)!);
            if (place.IsStopped)
            {
                terminal.Note("the search was told to stop; go on: kymo tune resume " + parsed.GetValue(folder));
                return ExitCode.Done;
            }
            Directory.SetCurrentDirectory(plan.WorkingDirectory);
            new SearchRunner(plan, place, terminal).Run(parsed.GetValue(worker), 1, cancel);
            // The worker that comes first does what is left; the others have nothing more to do.
            using var alone = FileLock.TryTake(place["report.lock"]);
            return alone is null ? ExitCode.Done : Finish(plan, place, terminal, cancel);
        });
        return command;
    }

    static int RunHere(SearchPlan plan, SearchFolder folder, Terminal terminal, CancellationToken cancel)
    {
        terminal.GoOn = "kymo tune resume " + ParameterText.Line([Path.GetRelativePath(".", folder.Path)]);
        Directory.SetCurrentDirectory(plan.WorkingDirectory);
        new SearchRunner(plan, folder, terminal).Run(0, plan.Workers, cancel);
        return Finish(plan, folder, terminal, cancel);
    }

    static int Finish(SearchPlan plan, SearchFolder folder, Terminal terminal, CancellationToken cancel)
    {
        using var storage = SearchRunner.Open(plan);
        var study = Study.Open(storage, plan.Study, new RandomSampler(0));
        SearchResults.WriteTables(study, plan, folder);
        var best = study.BestTrial();
        var repeats = plan.RepeatBest > 0 && best is not null ? new BestRepeats(plan, folder, terminal).Run(study, plan.RepeatBest, cancel) : null;
        var page = SearchPage.Write(study, plan, folder, terminal.Warn);
        var trials = study.Trials();
        int Count(TrialState state) => trials.Count(trial => trial.State == state);
        terminal.Say($"study {plan.Study}: {trials.Count} trials, {Count(TrialState.Complete)} complete, {Count(TrialState.Pruned)} pruned, {Count(TrialState.Fail)} failed");
        if (best is not null)
        {
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"best {plan.Metric} {best.Value:G6} in trial {best.Number} ({folder.RunOf(SearchFolder.TrialName(best.Number))})"));
            terminal.Say($"kymo train {plan.Recipe} {ParameterText.Line(plan.Overrides)}{(plan.Overrides.Count > 0 ? " " : "")}{SearchResults.BestLine(best, plan.Ties)}");
        }
        if (repeats?[plan.Metric] is JsonObject held)
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"repeated with {held["n"]} seeds: {plan.Metric} {held["mean"]?.GetValue<double>():G6} ± {held["deviation"]?.GetValue<double>():G3}"));
        foreach (var trial in trials.Where(trial => trial.State == TrialState.Fail).TakeLast(3))
            terminal.Note($"trial {trial.Number} failed: {trial.UserAttributes.GetValueOrDefault(AttributeNames.FailReason) ?? "no reason is known"}");
        if (best is null) terminal.Note($"kymo: no trial is complete; their outputs are in {folder["logs"]}");
        terminal.Say($"report: {page}");
        terminal.Say(folder.Path);
        terminal.Answer(new JsonObject
        {
            ["study"] = plan.Study,
            ["storage"] = storage.Location,
            ["output_root"] = folder.Path,
            ["n_trials"] = trials.Count,
            ["complete"] = Count(TrialState.Complete),
            ["pruned"] = Count(TrialState.Pruned),
            ["failed"] = Count(TrialState.Fail),
            ["metric"] = plan.Metric,
            ["best_value"] = best?.Value,
            ["best_trial_number"] = best?.Number,
            ["best_overrides"] = best is null ? null : SearchResults.BestLine(best, plan.Ties),
            ["repeats"] = repeats?.DeepClone(),
            ["report"] = page,
        });
        return best is null ? ExitCode.Failed : ExitCode.Done;
    }

    static int Submit(SearchPlan plan, SearchFolder folder, Terminal terminal)
    {
        var job = Slurm.Submit(plan, folder);
        (plan with { Jobs = [.. plan.Jobs, job] }).Write(folder.Path);
        var place = ParameterText.Line([Path.GetRelativePath(".", folder.Path)]);
        terminal.Say($"submitted job {job}: {plan.Workers} workers, logs in {Path.Combine(folder.Path, "slurm", "logs")}");
        terminal.Say($"kymo tune status {place}\nkymo tune cancel {place}\nkymo tune resume {place}");
        terminal.Say(folder.Path);
        terminal.Answer(new JsonObject { ["study"] = plan.Study, ["job"] = job, ["output_root"] = folder.Path });
        return ExitCode.Done;
    }

    static int DryRun(SearchPlan plan, SearchFolder folder, int count, Terminal terminal)
    {
        using var storage = new MemoryStorage(TimeProvider.System);
        var space = plan.SearchSpace;
        var study = Study.Create(storage, plan.Study, [plan.StudyDirection], SearchMethods.Sampler(plan.Sampler, plan.Seed, space, isParallel: false));
        var lines = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            var trial = study.Ask(space);
            var overrides = TrialCommand.Overrides(plan, folder, trial.Frozen.Parameters, SearchFolder.TrialName(trial.Number), plan.Seed, isTrial: true);
            var line = "kymo " + ParameterText.Line(TrialCommand.Line(plan, overrides, resume: false));
            terminal.Say(line);
            lines.Add(line);
        }
        terminal.Answer(new JsonObject { ["study"] = plan.Study, ["commands"] = lines });
        return ExitCode.Done;
    }

    static Argument<string> Folder() => new("folder") { Description = "the search's folder (its --output-root)" };

    static (SearchFolder Folder, SearchPlan Plan) Found(string folder)
    {
        if (!Directory.Exists(folder) && Directory.Exists(Path.Combine("experiments", "hpo", folder))) folder = Path.Combine("experiments", "hpo", folder);
        return (new SearchFolder(folder), SearchPlan.Read(folder));
    }
}
