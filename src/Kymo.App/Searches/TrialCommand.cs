using System.Globalization;
using Kymo.Lab.Runs;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>The overrides and the command line of a trial's training.</summary>
static class TrialCommand
{
    /// <summary>The overrides of a trial: those all share, its parameters, its ties, its place.</summary>
    /// <param name="plan">The search.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="parameters">The trial's parameters.</param>
    /// <param name="name">The run's name.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="isTrial">Whether it is a trial of the search, not a repetition of the best.</param>
    public static IReadOnlyList<string> Overrides(
        SearchPlan plan, SearchFolder folder, IReadOnlyList<TrialParameter> parameters, string name, uint seed, bool isTrial)
    {
        List<string> overrides = [.. plan.Overrides];
        if (plan.GivesSeed) overrides.Add(string.Create(CultureInfo.InvariantCulture, $"seed={seed}"));
        if (plan.GivesThreads) overrides.Add(string.Create(CultureInfo.InvariantCulture, $"trainer.threads={Threads(plan)}"));
        if (plan.GivesGroup && isTrial) overrides.Add("run.group=hpo");
        foreach (var parameter in parameters) overrides.Add(ParameterText.Override(parameter.Name, parameter.Value));
        foreach (var (tied, to) in plan.Ties)
            if (parameters.FirstOrDefault(parameter => parameter.Name == to) is { } other) overrides.Add(ParameterText.Override(tied, other.Value));
        overrides.Add(ParameterText.Override("run.root", folder.Path));
        overrides.Add($"run.name={name}");
        return overrides;
    }

    /// <summary>The command line after <c>kymo</c>; a run that was begun before is gone on with.</summary>
    public static IReadOnlyList<string> Line(SearchPlan plan, IReadOnlyList<string> overrides, bool resume) =>
        ["train", plan.Recipe, .. overrides, .. plan.ConfigFolders.SelectMany(dir => new[] { "--config-dir", dir }), .. resume ? (string[])["--resume", "auto"] : []];

    /// <summary>Whether a run is finished: its evidence is sealed.</summary>
    public static bool IsFinished(string run) => File.Exists(Path.Combine(run, RunFiles.Hashes)) && File.Exists(Path.Combine(run, RunFiles.Metrics));

    // The cores that SLURM gave, else this worker's share of the machine.
    static int Threads(SearchPlan plan) =>
        int.TryParse(Environment.GetEnvironmentVariable("SLURM_CPUS_PER_TASK"), CultureInfo.InvariantCulture, out var given) && given > 0
            ? given
            : Math.Max(1, Environment.ProcessorCount / (plan.Launcher == "local" ? plan.Workers : 1));
}
