using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;

namespace Kymo.App;

/// <summary>What <c>--resume</c> means: which run, and the settings that it was begun with.</summary>
/// <param name="Name">The run's name or <c>auto</c>; null when a new run is meant.</param>
/// <param name="Overrides">The overrides that the run was begun with, then those typed now.</param>
sealed record ResumedRun(string? Name, IReadOnlyList<string> Overrides)
{
    const string Root = "run.root";

    /// <summary>Finds the run. A setting typed again replaces the recorded one.</summary>
    /// <param name="resume">A name, a folder, <c>last</c>, <c>auto</c> or null.</param>
    /// <param name="recipe">The recipe that runs.</param>
    /// <param name="typed">The overrides as typed.</param>
    /// <exception cref="ConfigException">No run is unfinished, there is none of that name, or it is of another recipe.</exception>
    public static ResumedRun Of(string? resume, Recipe recipe, IReadOnlyList<string> typed)
    {
        if (resume is null or "auto") return new ResumedRun(resume, typed);
        var said = Override.ParseAll(typed);
        var root = said.LastOrDefault(item => item.KeyOrGroup == Root)?.Text.Split('=', 2)[1] ?? "results";
        var folder = resume == "last" ? Last(Path.Combine(root, "runs"), recipe) : Named(resume, root);
        Check(folder, resume, recipe, typed);
        var keys = said.Select(item => item.KeyAndPackage).ToHashSet();
        List<string> overrides = [.. Override.ParseAll(HydraFolder.Overrides(folder)).Where(item => !keys.Contains(item.KeyAndPackage)).Select(item => item.Text), .. typed];
        // A run that was named by its folder lies under the root that it was begun with, wherever the program stands now.
        if (resume != "last" && Path.IsPathFullyQualified(folder) && !keys.Contains(Root) && Directory.GetParent(folder)?.Parent?.FullName is { } own)
        {
            overrides.RemoveAll(text => text.StartsWith(Root + "=", StringComparison.Ordinal));
            overrides.Add($"{Root}='{own}'");
        }
        return new ResumedRun(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), overrides);
    }

    static string Last(string runs, Recipe recipe)
    {
        var unfinished = Directory.Exists(runs)
            ? Directory.GetDirectories(runs).Where(folder => !File.Exists(Path.Combine(folder, RunFiles.Hashes)) && HydraFolder.JobName(folder) == recipe.Name)
            : [];
        return unfinished.MaxBy(Directory.GetLastWriteTimeUtc) ?? throw new ConfigException($"there is no unfinished run of {recipe.Name} under {runs}");
    }

    // A run's folder, or a link to it (run.dir), is found wherever it lies; a name, under the root.
    static string Named(string resume, string root)
    {
        if (resume != "" && (Directory.Exists(Path.Combine(resume, RunFiles.Hydra)) || IsAmongRuns(resume))) return RunFolder.Real(resume);
        var named = Path.Combine(root, "runs", resume);
        if (RunFolder.IsName(resume) && Directory.Exists(named)) return named;
        throw new ConfigException($"--resume {(resume == "" ? "''" : resume)}: there is no run of that name under {Path.Combine(root, "runs")}, and no run's folder of that path. {RunFolder.Existing(root)}");
    }

    static bool IsAmongRuns(string folder) => Directory.Exists(folder) && Directory.GetParent(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))?.Name == "runs";

    static void Check(string folder, string resume, Recipe recipe, IReadOnlyList<string> typed)
    {
        if (HydraFolder.JobName(folder) is { } other && other != recipe.Name && Registry.Recipes.Any(known => known.Name == other))
            throw new ConfigException($"--resume {resume}: {Path.GetFileName(folder)} is a run of {other}; type kymo train {other} --resume {resume}");
        // What was killed in its first moments has no settings yet; those that are typed count.
        if (typed.Count == 0 && !HydraFolder.HasOverrides(folder))
            throw new ConfigException($"--resume {resume}: {folder} does not say what the run was begun with ({RunFiles.Hydra}/overrides.yaml is missing); "
                + $"type the settings it was begun with, too: kymo train {recipe.Name} KEY=VALUE ... --resume {resume}");
    }
}
