using System.CommandLine;
using System.Text.Json.Nodes;
using Kymo.Lab.Recipes;

namespace Kymo.App.Verbs;

/// <summary><c>kymo prepare RECIPE</c>: builds the feature cache.</summary>
static class PrepareVerb
{
    public static Command Create(Terminal terminal)
    {
        var recipe = new Argument<string>("recipe") { Description = "a recipe (kymo recipes)" };
        var overrides = TrainVerb.Overrides();
        var command = new Command("prepare", "Builds the feature cache: in parallel, resumable, renamed when it is whole.\n\n"
            + "Example:\n  kymo prepare urban-sounds data.root=data/UrbanSound8K") { recipe, overrides };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var chosen = Registry.Find(parsed.GetValue(recipe)!);
            var typed = parsed.GetValue(overrides) ?? [];
            var composition = Configuration.Compose(chosen, typed, [], null, multirun: false, terminal);
            var folder = chosen.Prepare(Configuration.Resolve(composition, terminal), Configuration.Context(composition, typed, null, false, terminal, cancel));
            terminal.Say(folder);
            terminal.Answer(new JsonObject { ["cache"] = folder });
            return ExitCode.Done;
        });
        return command;
    }
}
