using Kymo.Config;
using Kymo.Lab.Recipes.UrbanSounds;

namespace Kymo.Lab.Recipes;

/// <summary>The recipes.</summary>
public static class Registry
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Recipe> Recipes { get; } =
    [
        new("urban-sounds", "names short sounds; cross-validated, small network on log-mel", Conf("UrbanSounds"), UrbanSoundsRecipe.Run, UrbanSoundsRecipe.Prepare),
    ];

    /// <summary>A recipe by name.</summary>
    /// <exception cref="ConfigException">There is none of that name.</exception>
    public static Recipe Find(string name) => Recipes.FirstOrDefault(recipe => recipe.Name == name)
        ?? throw new ConfigException($"no recipe '{name}'; there are {string.Join(", ", Recipes.Select(recipe => recipe.Name))}");

    static string Conf(string folder) => Path.Combine(AppContext.BaseDirectory, "Recipes", folder, "conf");
}
