using System.CommandLine;
using System.Text.Json.Nodes;
using Kymo.Lab.Recipes;

namespace Kymo.App.Verbs;

/// <summary><c>kymo recipes</c>: the tasks there are.</summary>
static class RecipesVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("recipes", "Lists the recipes: whole tasks from recordings to a report.\n\nExample:\n  kymo recipes");
        command.Handle(terminal, (_, _) =>
        {
            terminal.Table(["recipe", "what it does", "choices"], Registry.Recipes.Select(recipe =>
                (IReadOnlyList<string>)[recipe.Name, recipe.Summary, Choices(recipe)]));
            terminal.Say("\nSee one composed:  kymo train NAME --cfg job      Its groups:  kymo train NAME --info defaults");
            terminal.Answer(new JsonArray([.. Registry.Recipes.Select(recipe => (JsonNode)new JsonObject
            {
                ["name"] = recipe.Name,
                ["summary"] = recipe.Summary,
                ["groups"] = new JsonObject(Groups(recipe).Select(group =>
                    KeyValuePair.Create(group.Name, (JsonNode?)new JsonArray([.. group.Options.Select(option => (JsonNode)option)])))),
            })]));
            return ExitCode.Done;
        });
        return command;
    }

    static string Choices(Recipe recipe) => string.Join(" ", Groups(recipe).Select(group => $"{group.Name}={string.Join('|', group.Options)}"));

    static IEnumerable<(string Name, string[] Options)> Groups(Recipe recipe) =>
        Directory.GetDirectories(recipe.ConfFolder).Order(StringComparer.Ordinal).Select(folder => (
            Path.GetFileName(folder)!,
            Directory.GetFiles(folder, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal).ToArray()));
}
