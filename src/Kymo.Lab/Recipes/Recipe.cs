using Kymo.Config;

namespace Kymo.Lab.Recipes;

/// <summary>A whole task, from recordings to a report.</summary>
/// <param name="Name">The word to type.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="ConfFolder">Its configuration groups, in Hydra's layout; the primary configuration is <c>config</c>.</param>
/// <param name="Run">Trains and evaluates.</param>
/// <param name="Prepare">Builds the feature cache; answers with its folder.</param>
public sealed record Recipe(
    string Name,
    string Summary,
    string ConfFolder,
    Func<MapNode, RecipeContext, RecipeResult> Run,
    Func<MapNode, RecipeContext, string> Prepare);
