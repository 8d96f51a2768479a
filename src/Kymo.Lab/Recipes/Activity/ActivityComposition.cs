using Kymo.Config;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>The recipe's configuration composed from overrides, as the program composes it from the command line.</summary>
static class ActivityComposition
{
    /// <summary>Composes.</summary>
    /// <param name="overrides">As typed.</param>
    /// <returns>The composition, and its configuration with every reference resolved.</returns>
    /// <exception cref="ConfigException">An override that does not fit.</exception>
    public static (Composition Composition, MapNode Job) Of(IReadOnlyList<string> overrides)
    {
        var composition = new ConfigComposer().Compose(new ComposeRequest
        {
            SearchPath = [new SearchPathEntry(SearchPathEntry.Main, Registry.Find(ActivityRecipe.Name).ConfFolder)],
            ConfigName = "config",
            Overrides = Override.ParseAll(overrides),
            JobName = ActivityRecipe.Name,
            WorkingDirectory = Directory.GetCurrentDirectory(),
        });
        return (composition, (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config));
    }
}
