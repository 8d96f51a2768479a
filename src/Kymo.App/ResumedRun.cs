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
    /// <exception cref="ConfigException">No run is unfinished.</exception>
    public static ResumedRun Of(string? resume, Recipe recipe, IReadOnlyList<string> typed)
    {
        if (resume is null or "auto") return new ResumedRun(resume, typed);
        var said = Override.ParseAll(typed);
        var runs = Path.Combine(said.LastOrDefault(item => item.KeyOrGroup == Root)?.Text.Split('=', 2)[1] ?? "results", "runs");
        var folder = resume == "last" ? Last(runs, recipe)
            : Directory.Exists(Path.Combine(resume, RunFiles.Hydra)) ? Path.GetFullPath(resume) : Path.Combine(runs, resume);
        var keys = said.Select(item => item.KeyAndPackage).ToHashSet();
        List<string> overrides = [.. Override.ParseAll(HydraFolder.Overrides(folder)).Where(item => !keys.Contains(item.KeyAndPackage)).Select(item => item.Text), .. typed];
        // A run that was named by its folder lies under the root that it was begun with, wherever the program stands now.
        if (resume != "last" && Path.IsPathFullyQualified(folder) && !keys.Contains(Root) && Directory.GetParent(folder)?.Parent?.FullName is { } root)
        {
            overrides.RemoveAll(text => text.StartsWith(Root + "=", StringComparison.Ordinal));
            overrides.Add($"{Root}='{root}'");
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
}
