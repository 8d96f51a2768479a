using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Recipes;

namespace Kymo.App.Verbs;

/// <summary><c>kymo export RUN</c>: a trained network for other programs.</summary>
static class ExportVerb
{
    public static Command Create(Terminal terminal)
    {
        var run = new Argument<string>("run") { Description = "a run folder, a run's name, or a .safetensors file of a run" };
        var format = new Option<string>("--format") { Description = "onnx, safetensors or pth (onnx)", DefaultValueFactory = _ => "onnx" };
        format.AcceptOnlyFromAmong("onnx", "safetensors", "pth");
        var fold = new Option<int>("--fold") { Description = "the network that held out this fold (the one with the best validation score)" };
        var output = new Option<string?>("--out") { Description = "the file to write (the run's name in the present folder)" };
        var command = new Command("export", "Writes a trained network: ONNX is run against the network it came from, and the largest difference printed.\n\n"
            + "Examples:\n  kymo export results/runs/RUN --out dog.onnx\n  kymo export RUN --format pth --fold 3") { run, format, fold, output };
        command.Handle(terminal, (parsed, _) =>
        {
            var source = parsed.GetValue(run)!;
            if (!File.Exists(source)) source = RunPaths.Find(source);
            var path = parsed.GetValue(output) ?? Path.GetFileNameWithoutExtension(source) + "." + parsed.GetValue(format);
            var recipe = Registry.Of(source);
            var write = recipe.Export ?? throw new ConfigException($"networks of {recipe.Name} cannot be exported yet");
            var export = write(source, parsed.GetValue(fold), parsed.GetValue(format)!, path);
            terminal.Say($"{export.Path}: {export.Bytes} bytes, " + (export.LargestDifference is { } difference
                ? "largest difference to the network itself " + difference.ToString("0.0e+00", CultureInfo.InvariantCulture)
                : export.Remark));
            terminal.Answer(new JsonObject
            {
                ["out"] = export.Path,
                ["bytes"] = export.Bytes,
                ["largest_difference"] = export.LargestDifference,
                ["remark"] = export.Remark,
            });
            return ExitCode.Done;
        });
        return command;
    }
}
