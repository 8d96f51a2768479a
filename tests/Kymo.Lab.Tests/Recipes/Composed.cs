using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Tests.Recipes;

/// <summary>A recipe's configuration as the program composes it.</summary>
static class Composed
{
    /// <summary>The resolved job, and what a run of it is given besides.</summary>
    public static (MapNode Job, RunContext Context) Of(
        string recipe, IReadOnlyList<string> overrides, string? resume = null, Action<RunEvent>? tell = null, CancellationToken cancel = default)
    {
        var composition = new ConfigComposer().Compose(new ComposeRequest
        {
            SearchPath = [new SearchPathEntry(SearchPathEntry.Main, Registry.Find(recipe).ConfFolder)],
            ConfigName = "config",
            Overrides = Override.ParseAll(overrides),
        });
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        return (job, new RunContext(composition.Config, composition.Hydra, overrides, resume, false, tell ?? (_ => { }), TimeProvider.System, cancel));
    }
}
