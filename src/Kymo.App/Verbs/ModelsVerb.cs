using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Models;

namespace Kymo.App.Verbs;

/// <summary><c>kymo models</c>: the architectures there are.</summary>
static class ModelsVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("models", "Lists the architectures with their parameter counts.\n\nExample:\n  kymo models");
        command.Handle(terminal, (_, _) =>
        {
            var rows = ModelRegistry.Models.Select(model =>
            {
                using var network = model.Create(new Dictionary<string, string>(), 0);
                return (Model: model, Parameters: network.ParameterCount);
            }).ToArray();
            terminal.Table(["model", ">parameters", "input", "what it is"], rows.Select(row => (IReadOnlyList<string>)[
                row.Model.Name, row.Parameters.ToString("N0", CultureInfo.InvariantCulture), row.Model.Input, row.Model.Summary]));
            terminal.Answer(new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
            {
                ["name"] = row.Model.Name,
                ["parameters"] = row.Parameters,
                ["input"] = row.Model.Input,
                ["summary"] = row.Model.Summary,
                ["settings"] = new JsonArray([.. row.Model.Settings.Select(setting => (JsonNode)setting)]),
            })]));
            return ExitCode.Done;
        });
        return command;
    }
}
