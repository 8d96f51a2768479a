using System.Globalization;
using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>What was typed after <c>kymo tune</c>; null where an option was left out.</summary>
sealed record SearchRequest
{
    const int DefaultTrials = 10, DefaultJobTrials = 60;

    static readonly string[] s_minimized = ["loss", "mse", "mae", "rmse", "error", "nll", "perplexity", "distance"];
    static readonly string[] s_networkDisks = ["nfs", "nfs4", "lustre", "beegfs", "cifs", "smb2", "smbfs", "gpfs", "ceph", "fuse.sshfs", "glusterfs", "afs"];

    public required Recipe Recipe { get; init; }

    public required IReadOnlyList<string> Overrides { get; init; }

    public IReadOnlyList<string> ConfigFolders { get; init; } = [];

    public int? Trials { get; init; }

    public string? Metric { get; init; }

    public string? Direction { get; init; }

    public string? Study { get; init; }

    public string? Storage { get; init; }

    public string? SpaceFile { get; init; }

    public string? OutputRoot { get; init; }

    public uint? Seed { get; init; }

    public string Sampler { get; init; } = "tpe";

    public string Pruner { get; init; } = "none";

    public string Launcher { get; init; } = "local";

    public int Workers { get; init; } = 1;

    public int? Retries { get; init; }

    public double Heartbeat { get; init; } = 60;

    public bool InProcess { get; init; }

    public int? RepeatBest { get; init; }

    /// <summary>Makes the plan of the search, checked as far as that is possible before anything runs.</summary>
    /// <returns>The plan, its folder and the number of trials to run.</returns>
    /// <exception cref="ConfigException">Something typed, or in the search-space file, is wrong.</exception>
    public (SearchPlan Plan, SearchFolder Folder, int Trials) Plan(Terminal terminal)
    {
        CheckOptions();
        const int DefaultLostRetries = 3;
        var environment = new SearchEnvironment(terminal, Launcher == "slurm");
        var (slurm, typed) = Slurm.Settings(environment.Overrides(Overrides), environment["CONTAINER_IMAGE"]);
        var parsed = Override.ParseAll(typed);
        foreach (var key in new[] { "run.root", "run.name", "run.dir" })
            if (parsed.Any(item => item.KeyOrGroup == key)) throw new ConfigException($"{key} is given by the search to each trial; type --output-root DIR instead");
        var file = SpaceOf(environment, isRequired: !parsed.Any(item => item.IsSweep));
        var space = Merge(file, parsed, terminal);
        string[] overrides = [.. (file?.Overrides ?? []).Where(text => parsed.All(item => item.KeyOrGroup != text.Split('=')[0])), .. parsed.Where(item => !item.IsSweep).Select(item => item.Text)];
        var metric = Metric ?? file?.Metric ?? "val_f1";
        if (TrialScores.IsHeldOut(metric)) throw new ConfigException($"--metric {metric}: a search must not look at test data, or its result means nothing; type a validation metric, for instance val_{metric["test_".Length..]}");
        var study = Study ?? environment["STUDY_NAME"] ?? file?.StudyName ?? (file is null ? Recipe.Name : Path.GetFileNameWithoutExtension(file.Path));
        var root = OutputRoot ?? environment["OUTPUT_ROOT"] ?? Path.Combine(environment["PROJECT_ROOT"] ?? ".", "experiments", "hpo", FolderName(study));
        var folder = new SearchFolder(root);
        var config = SearchSetup.Compose(Recipe, overrides, space, ConfigFolders, terminal);
        bool Gives(string key) => parsed.All(item => item.KeyOrGroup != key) && space.Find(key) is null && Has(config, key);
        var plan = new SearchPlan
        {
            Recipe = Recipe.Name,
            Overrides = overrides,
            ConfigFolders = [.. ConfigFolders.Select(Path.GetFullPath)],
            Metric = metric,
            Direction = DirectionOf(metric, file),
            Study = study,
            Storage = Absolute(Storage ?? environment["STORAGE"] ?? file?.Storage ?? folder[FolderName(study) + ".db"]),
            Seed = Seed ?? (uint?)environment.Count("SEED") ?? 0,
            Sampler = Sampler,
            Pruner = Pruner,
            Workers = Workers,
            LostRetries = Retries is > 0 and var retries ? retries : DefaultLostRetries,
            Retries = Retries ?? 0,
            Heartbeat = Heartbeat,
            InProcess = InProcess,
            RepeatBest = RepeatBest ?? file?.RepeatBest ?? 0,
            Space = [.. space.Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value.Json))],
            Ties = file?.Ties ?? new Dictionary<string, string>(),
            GivesSeed = Gives("seed"),
            GivesThreads = Gives("trainer.threads"),
            GivesGroup = Gives("run.group"),
            WorkingDirectory = Directory.GetCurrentDirectory(),
            Launcher = Launcher,
            Slurm = slurm,
        };
        SearchMethods.Sampler(plan.Sampler, plan.Seed, space, isParallel: Workers > 1);
        SearchMethods.Pruner(plan.Pruner);
        CheckStorage(plan, terminal);
        return (plan, folder, Trials ?? environment.Count("N_TRIALS") ?? (environment["HPO"] is null ? DefaultTrials : DefaultJobTrials));
    }

    void CheckOptions()
    {
        if (Trials < 1) throw new ConfigException($"--n-trials {Trials}: expected 1 or more");
        if (Workers is < 1 or > 10_000) throw new ConfigException($"--workers {Workers}: expected 1 to 10000");
        if (Retries is < 0) throw new ConfigException($"--retries {Retries}: expected 0 or more");
        if (RepeatBest is < 0) throw new ConfigException($"--repeat-best {RepeatBest}: expected 0 or more");
        if (!(Heartbeat is >= 0.1 and <= 86_400)) throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"--heartbeat {Heartbeat}: expected 0.1 to 86400 seconds"));
        if (Launcher is not ("local" or "slurm")) throw new ConfigException($"--launcher {Launcher}: expected local or slurm");
        if (Direction is not (null or "maximize" or "minimize")) throw new ConfigException($"--direction {Direction}: expected maximize or minimize");
        if (InProcess && (Workers > 1 || Launcher == "slurm")) throw new ConfigException("--in-process runs one trial at a time in this process; leave it out to have several workers");
    }

    SearchSpaceFile? SpaceOf(SearchEnvironment environment, bool isRequired)
    {
        var typed = SpaceFile ?? environment["SPACE_CONFIG"] ?? (environment["HPO"] is { } name ? $"conf/hpo/{name}.yaml" : null);
        if (typed is null && Study is not null && isRequired) typed = $"conf/hpo/{Study}.yaml";
        if (typed is null && isRequired)
            throw new ConfigException("nothing to search: give --space-config FILE, or sweeps such as 'optim.lr=tag(log,interval(1e-5,1e-2))' 'model.width=choice(16,32)'");
        return typed is null ? null : SearchSpaceFile.Read(SearchSpaceFile.Find(typed, Recipe.ConfFolder));
    }

    // The file's parameters and those typed; what was typed wins.
    static SearchSpace Merge(SearchSpaceFile? file, IReadOnlyList<Override> typed, Terminal terminal)
    {
        if (file is not null)
            terminal.Note($"search space {file.Path}: {file.Space.Count} parameters, dialect {(file.Dialect == SpaceDialect.Activity ? "activity (a range is a choice, its stop excluded)" : "hydra-optuna (a range includes its stop)")}");
        var parameters = new List<KeyValuePair<string, Distribution>>();
        foreach (var (name, distribution) in file?.Space ?? (IEnumerable<KeyValuePair<string, Distribution>>)[])
        {
            if (typed.FirstOrDefault(item => item.KeyAndPackage == name) is { } fixedBy) terminal.Note($"{name} is not searched: {fixedBy.Text} was typed");
            else parameters.Add(new(name, distribution));
        }
        foreach (var sweep in typed.Where(item => item.IsSweep))
        {
            try
            {
                parameters.Add(new(sweep.KeyElement, ParameterSpec.Of(sweep.Value!)));
            }
            catch (Exception error) when (error is ConfigException or StudyException)
            {
                throw new ConfigException($"{sweep.Text}: {error.Message}", error);
            }
        }
        foreach (var (name, _) in parameters.Where(parameter => parameter.Key.EndsWith("num_workers", StringComparison.Ordinal)))
            terminal.Warn($"{name} is searched, which changes speed and not the result; leave it out");
        if (parameters.Count == 0) throw new ConfigException("nothing is left to search: every parameter was typed as a fixed value");
        return new SearchSpace(parameters);
    }

    string DirectionOf(string metric, SearchSpaceFile? file)
    {
        var stated = Direction ?? (Metric is null || Metric == file?.Metric ? file?.Direction : null);
        return stated switch
        {
            "maximize" or "max" => "maximize",
            "minimize" or "min" => "minimize",
            null => s_minimized.Any(word => metric.EndsWith(word, StringComparison.Ordinal)) ? "minimize" : "maximize",
            _ => throw new ConfigException($"{file!.Path}: direction '{stated}'; expected maximize or minimize"),
        };
    }

    // SQLite on a disk of the network corrupts sooner or later.
    static void CheckStorage(SearchPlan plan, Terminal terminal)
    {
        if (plan.Storage == "memory") throw new ConfigException("--storage memory keeps nothing; type a file name, journal:FILE or postgresql://user:password@host/database");
        if (plan.Storage.Contains("://", StringComparison.Ordinal) && !plan.Storage.StartsWith("sqlite", StringComparison.Ordinal)) return;
        var path = plan.Storage[(plan.Storage.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart('/').Insert(0, "/");
        var isJournal = plan.Storage.StartsWith("journal:", StringComparison.Ordinal) || Path.GetExtension(path) is ".log" or ".journal" or ".jsonl";
        if (isJournal || plan.Workers == 1) return;
        var disk = DriveInfo.GetDrives().Where(drive => path.StartsWith(drive.Name, StringComparison.Ordinal)).MaxBy(drive => drive.Name.Length);
        if (disk is not null && s_networkDisks.Contains(FormatOf(disk)))
            throw new ConfigException($"{plan.Storage} lies on a disk of the network ({disk.DriveFormat}), where SQLite files of several workers corrupt; type --storage postgresql://... or a journal file (NAME.log)");
        if (plan.Launcher == "slurm") terminal.Warn("SQLite is safe for workers of one machine; for several nodes type --storage postgresql://... or a journal file (NAME.log)");
    }

    static string FormatOf(DriveInfo disk)
    {
        try
        {
            return disk.DriveFormat;
        }
        catch (IOException)
        {
            return "";
        }
    }

    static string Absolute(string storage)
    {
        foreach (var prefix in new[] { "sqlite:///", "journal:" })
            if (storage.StartsWith(prefix, StringComparison.Ordinal)) return prefix + Path.GetFullPath(storage[prefix.Length..]);
        return storage == "memory" || storage.Contains("://", StringComparison.Ordinal) ? storage : Path.GetFullPath(storage);
    }

    static string FolderName(string study) => string.Concat(study.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '_')).TrimStart('.') is { Length: > 0 } name
        ? name
        : "study";

    static bool Has(MapNode config, string key)
    {
        ConfigNode? node = config;
        foreach (var part in key.Split('.')) node = (node as MapNode)?[part];
        return node is not null;
    }
}
