using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Prediction;
using Kymo.Lab.Recipes;

namespace Kymo.App.Verbs;

/// <summary><c>kymo export RUN</c>: a trained network for other programs.</summary>
static class ExportVerb
{
    public static Command Create(Terminal terminal)
    {
        var run = new Argument<string>("run") { Description = "a run folder, a run's name, or a .safetensors file of a run" };
        var format = new Option<string>("--format") { Description = "onnx, safetensors, pth, or rtneural: the JSON that RTNeural loads (onnx)", DefaultValueFactory = _ => "onnx" };
        format.AcceptOnlyFromAmong([.. Registry.Recipes.SelectMany(recipe => recipe.ExportFormats).Distinct()]);
        var fold = new Option<int>("--fold") { Description = "the network that held out this fold (the one with the best validation score)" };
        var output = new Option<string?>("--out") { Description = "the file to write (the run's name in the present folder)" };
        var int8 = new Option<bool>("--int8") { Description = "ONNX with weights and activations of 8 bits (networks of sound, of a worn sensor, of sleep stages): ranges from the run's training data, accuracy counted on what the network never met" };
        var overrides = new Argument<string[]>("overrides") { Description = "with --int8, settings of the data that differ from the run's, for instance data.root=DIR", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("export", "Writes a trained network: ONNX is run against the network it came from, and the largest difference printed.\n\n"
            + "Examples:\n  kymo export results/runs/RUN --out dog.onnx\n  kymo export RUN --format pth --fold 3\n  kymo export RUN --int8 --out dog-int8.onnx") { run, overrides, format, fold, output, int8 };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var source = parsed.GetValue(run)!;
            if (!File.Exists(source)) source = RunPaths.Find(source);
            var kind = parsed.GetValue(format)!;
            var path = parsed.GetValue(output) ?? Path.GetFileNameWithoutExtension(source) + (kind == "rtneural" ? ".json" : "." + kind);
            var recipe = Registry.Of(source);
            var write = recipe.Export ?? throw new ConfigException($"networks of {recipe.Name} cannot be exported yet");
            if (!recipe.ExportFormats.Contains(kind))
                throw new ConfigException($"--format {kind}: networks of {recipe.Name} are written as {string.Join(", ", recipe.ExportFormats)}");
            if (parsed.GetValue(int8))
            {
                if (kind != "onnx") throw new ConfigException($"--int8 with --format {kind}: only ONNX files hold int8; leave --format out");
                var open = recipe.Int8 ?? throw new ConfigException($"networks of {recipe.Name} are not written as int8; {string.Join(", ", Registry.Recipes.Where(one => one.Int8 is not null).Select(one => one.Name))} are");
                if (File.Exists(source)) throw new ConfigException($"--int8 of {source}: the ranges come from the training data, which only a run folder names; type the run's folder");
                var context = Configuration.Context(null, parsed.GetValue(overrides) ?? [], null, false, terminal, cancel);
                using var data = open(source, parsed.GetValue(fold), parsed.GetValue(overrides) ?? [], context);
                return Quantised(terminal, path, data, whole => write(source, parsed.GetValue(fold), "onnx", whole));
            }
            if (parsed.GetValue(overrides) is [var first, ..]) throw new ConfigException($"{first}: settings are read with --int8 only");
            var export = write(source, parsed.GetValue(fold), kind, path);
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

    static int Quantised(Terminal terminal, string path, Int8Data data, Action<string> write)
    {
        // Under the name that was asked for: the ending of an activity's file says which part of the network it holds.
        var folder = Directory.CreateTempSubdirectory("kymo-int8-").FullName;
        var whole = Path.Combine(folder, Path.GetFileName(path));
        Int8Report report;
        try
        {
            write(whole);
            report = Int8Export.Write(whole, path, data);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        terminal.Say(FormattableString.Invariant(
            $"{report.Path}: {report.Bytes} bytes, {(double)report.FloatBytes / report.Bytes:F2} times smaller than {report.FloatBytes} in float32; {report.Layers} layers, ranges from {report.Calibrated} {report.Unit} of the training"));
        terminal.Say(report.Heard > 0
            ? FormattableString.Invariant($"accuracy on {report.Heard} {report.Unit} it never met {report.Accuracy:F3}, float32 {report.FloatAccuracy:F3}; one takes {report.Milliseconds:F2} ms, in float32 {report.FloatMs:F2} ms")
            : $"accuracy not counted: the network has met the people of all {report.Unit}");
        terminal.Answer(new JsonObject
        {
            ["out"] = report.Path,
            ["bytes"] = report.Bytes,
            ["float_bytes"] = report.FloatBytes,
            ["layers"] = report.Layers,
            ["unit"] = report.Unit,
            ["calibrated_on"] = report.Calibrated,
            ["judged_on"] = report.Heard,
            ["accuracy"] = report.Heard > 0 ? report.Accuracy : null,
            ["float_accuracy"] = report.Heard > 0 ? report.FloatAccuracy : null,
            ["largest_difference"] = report.LargestDifference,
            ["milliseconds"] = report.Milliseconds,
            ["float_milliseconds"] = report.FloatMs,
        });
        return ExitCode.Done;
    }
}
