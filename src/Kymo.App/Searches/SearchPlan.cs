using System.Text.Json;
using System.Text.Json.Serialization;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>What jobs of SLURM are given (<c>launcher.slurm.*</c>); null leaves a matter to the cluster.</summary>
sealed record SlurmSettings
{
    /// <summary>Partition.</summary>
    public string? Partition { get; init; }

    /// <summary>Account to charge.</summary>
    public string? Account { get; init; }

    /// <summary>GPUs of a worker.</summary>
    public int? Gpus { get; init; }

    /// <summary>Processors of a worker; its threads follow.</summary>
    public int? Cpus { get; init; }

    /// <summary>Memory of a worker, for instance <c>48G</c>.</summary>
    public string? Memory { get; init; }

    /// <summary>Longest time of a worker, for instance <c>06:00:00</c>.</summary>
    public string? Time { get; init; }

    /// <summary>Workers that run at once; default all.</summary>
    public int? Throttle { get; init; }

    /// <summary>Seconds before the end of its time at which a worker is told to stop.</summary>
    public int Notice { get; init; } = 120;

    /// <summary>Container image that the worker runs in, for instance <c>docker://…</c>.</summary>
    public string? Container { get; init; }
}

/// <summary>
/// All that the workers of a search need to know, kept as <c>tune.json</c> in its folder, so that <c>status</c>, <c>cancel</c> and
/// <c>resume</c> work from any shell.
/// </summary>
sealed record SearchPlan
{
    static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The recipe that trials train.</summary>
    public required string Recipe { get; init; }

    /// <summary>Settings that all trials share, as overrides.</summary>
    public required IReadOnlyList<string> Overrides { get; init; }

    /// <summary>Further folders of configuration groups.</summary>
    public IReadOnlyList<string> ConfigFolders { get; init; } = [];

    /// <summary>Column of the epoch tables that trials are judged by.</summary>
    public required string Metric { get; init; }

    /// <summary><c>maximize</c> or <c>minimize</c>.</summary>
    public required string Direction { get; init; }

    /// <summary>Name of the study.</summary>
    public required string Study { get; init; }

    /// <summary>Where the study is kept, paths absolute.</summary>
    public required string Storage { get; init; }

    /// <summary>Seed of the sampler and of every trial.</summary>
    public required uint Seed { get; init; }

    /// <summary>What chooses values, with its settings.</summary>
    public required string Sampler { get; init; }

    /// <summary>What stops trials early, with its settings.</summary>
    public required string Pruner { get; init; }

    /// <summary>Workers at once.</summary>
    public required int Workers { get; init; }

    /// <summary>How often a trial whose worker was lost is repeated.</summary>
    public required int LostRetries { get; init; }

    /// <summary>How often a trial that failed is repeated.</summary>
    public required int Retries { get; init; }

    /// <summary>Seconds between signs of life of a worker.</summary>
    public required double Heartbeat { get; init; }

    /// <summary>Whether trials run in the worker's own process.</summary>
    public bool InProcess { get; init; }

    /// <summary>How often the best trial is repeated with other seeds at the end.</summary>
    public int RepeatBest { get; init; }

    /// <summary>The search space: name and Optuna's text of the distribution, in order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Space { get; init; }

    /// <summary>Parameters that take another one's value.</summary>
    public IReadOnlyDictionary<string, string> Ties { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the recipe's configuration has <c>seed</c>, which trials are then given.</summary>
    public bool GivesSeed { get; init; }

    /// <summary>Whether it has <c>trainer.threads</c>, so that workers share the cores.</summary>
    public bool GivesThreads { get; init; }

    /// <summary>Whether it has <c>run.group</c>, which is then <c>hpo</c>.</summary>
    public bool GivesGroup { get; init; }

    /// <summary>The folder that the search was started in; relative paths of overrides are meant from there.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary><c>local</c> or <c>slurm</c>.</summary>
    public string Launcher { get; init; } = "local";

    /// <summary>What jobs are given.</summary>
    public SlurmSettings Slurm { get; init; } = new();

    /// <summary>Jobs that were submitted, the newest last.</summary>
    public IReadOnlyList<string> Jobs { get; init; } = [];

    /// <summary>The search space as distributions.</summary>
    [JsonIgnore]
    public SearchSpace SearchSpace => new(Space.Select(entry => KeyValuePair.Create(entry.Key, DistributionJson.Read(entry.Value))));

    /// <summary>Which way the metric is better.</summary>
    [JsonIgnore]
    public StudyDirection StudyDirection => Direction == "maximize" ? StudyDirection.Maximize : StudyDirection.Minimize;

    /// <summary>Reads the plan of a search's folder.</summary>
    /// <exception cref="ConfigException">The folder has none, or a damaged one.</exception>
    public static SearchPlan Read(string folder)
    {
        var path = Path.Combine(folder, SearchFolder.PlanFile);
        if (!File.Exists(path)) throw new ConfigException($"{folder} is no folder of a search: it has no {SearchFolder.PlanFile}; start one by kymo tune RECIPE --output-root {folder}");
        try
        {
            return JsonSerializer.Deserialize<SearchPlan>(File.ReadAllBytes(path), s_json) ?? throw new ConfigException($"{path} is empty");
        }
        catch (JsonException error)
        {
            throw new ConfigException($"{path}:{error.LineNumber + 1}: not the plan of a search: {error.Message}", error);
        }
    }

    /// <summary>Keeps the plan; only its owner may read it, since an address may hold a password.</summary>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, SearchFolder.PlanFile);
        AtomicFile.Write(path, JsonSerializer.Serialize(this, s_json) + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
