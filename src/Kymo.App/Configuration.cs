using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;

namespace Kymo.App;

/// <summary>Composes a recipe's configuration from its groups and the command line.</summary>
static class Configuration
{
    /// <summary>Composes.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="overrides">The overrides as typed.</param>
    /// <param name="folders">Further folders of groups (<c>--config-dir</c>).</param>
    /// <param name="configName">The primary configuration; null for <c>config</c>.</param>
    /// <param name="multirun">Whether sweeps are allowed.</param>
    /// <param name="terminal">Gives environment variables and takes warnings.</param>
    public static Composition Compose(
        Recipe recipe, IReadOnlyList<string> overrides, IReadOnlyList<string> folders, string? configName, bool multirun, Terminal terminal)
    {
        var composition = new ConfigComposer().Compose(Request(recipe, Override.ParseAll(overrides), folders, configName, multirun, terminal));
        foreach (var warning in composition.Warnings) terminal.Warn(warning);
        return composition;
    }

    /// <summary>What the composer is asked.</summary>
    public static ComposeRequest Request(
        Recipe recipe, IReadOnlyList<Override> overrides, IReadOnlyList<string> folders, string? configName, bool multirun, Terminal terminal) => new()
        {
            SearchPath = [new SearchPathEntry(SearchPathEntry.Main, recipe.ConfFolder), .. folders.Select(folder => new SearchPathEntry(SearchPathEntry.CommandLine, folder))],
            ConfigName = configName ?? "config",
            Overrides = overrides,
            IsMultirun = multirun,
            JobName = recipe.Name,
            WorkingDirectory = Directory.GetCurrentDirectory(),
            Environment = terminal.Environment,
        };

    /// <summary>The job's settings without interpolations.</summary>
    public static MapNode Resolve(Composition composition, Terminal terminal) =>
        (MapNode)ConfigResolver.Of(composition.Config, terminal.Environment, TimeProvider.System, composition.Hydra).ResolveAll(composition.Config);

    /// <summary>What a recipe is given to work with.</summary>
    public static RunContext Context(
        Composition? composition, IReadOnlyList<string> overrides, string? resume, bool resumeAnyway, Terminal terminal, CancellationToken cancel) => new(
        composition?.Config ?? [], composition?.Hydra ?? [], overrides, resume, resumeAnyway, happening => Tell(terminal, happening), TimeProvider.System, cancel);

    static void Tell(Terminal terminal, RunEvent happening)
    {
        switch (happening)
        {
            case RunEvent.Stage stage:
                terminal.Note(stage.Text);
                break;
            case RunEvent.Warning warning:
                terminal.Warn(warning.Text);
                break;
            case RunEvent.Opened opened:
                terminal.OpenRun = opened.Root == Path.GetFullPath("results") ? opened.Name : Path.Combine(opened.Root, "runs", opened.Name);
                break;
            case RunEvent.Progress progress:
                terminal.Progress(progress.What, progress.Done, progress.Total, progress.Detail);
                break;
        }
    }
}
