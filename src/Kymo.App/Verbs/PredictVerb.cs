using System.CommandLine;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Prediction;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Verbs;

/// <summary><c>kymo predict RUN FILE...</c>: what a trained network hears.</summary>
static class PredictVerb
{
    public static Command Create(Terminal terminal)
    {
        var run = new Argument<string>("run") { Description = "a run folder, a run's name, a .safetensors file of a run, or an ONNX export (which needs no LibTorch)" };
        var files = new Argument<string[]>("files") { Description = "recordings", Arity = ArgumentArity.OneOrMore };
        var fold = new Option<int>("--fold") { Description = "only the network that held out this fold (all networks of the run answer together)" };
        var hop = new Option<double?>("--hop") { Description = "seconds between the windows of a long recording of sound or of a worn sensor (half a window)" };
        var top = new Option<int?>("--top") { Description = "classes shown (3)" };
        var smooth = new Option<double?>("--smooth") { Description = "seconds over which the probabilities of windows, or of a night's epochs, are averaged (0)" };
        var csv = new Option<string?>("--csv") { Description = "a table of all windows or epochs to write: times, classes, probabilities, hashes" };
        var command = new Command("predict", "Says what a network makes of files. Long recordings are heard in overlapping windows; the networks of all folds answer together.\n\n"
            + "Examples:\n  kymo predict results/runs/RUN dog.wav street.flac\n  kymo predict results/runs/RUN --json hour.wav --hop 1\n  kymo predict dog.onnx day.wav --smooth 10 --csv day.csv") { run, files, fold, hop, top, smooth, csv };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var source = parsed.GetValue(run)!;
            var path = File.Exists(source) ? source : RunPaths.Find(source);
            using var predictor = Registry.Open(path, parsed.GetValue(fold));
            var options = new PredictionOptions(parsed.GetValue(hop), parsed.GetValue(top), parsed.GetValue(smooth));
            if (options.Hop is <= 0 || !double.IsFinite(options.Hop ?? 1)) throw new ConfigException($"--hop {options.Hop}: expected seconds above 0");
            if (options.Smooth is < 0 || !double.IsFinite(options.Smooth ?? 0)) throw new ConfigException($"--smooth {options.Smooth}: expected seconds, 0 or more");
            if (options.Top is < 1) throw new ConfigException($"--top {options.Top}: expected a count of classes, 1 or more");
            foreach (var option in new Option[] { hop, top, smooth, csv })
                if (parsed.GetResult(option) is not null) Registry.CheckHeeded(predictor.Recipe, option.Name);
            var answers = new JsonArray();
            var failed = 0;
            foreach (var file in parsed.GetValue(files)!)
            {
                cancel.ThrowIfCancellationRequested();
                try
                {
                    var prediction = predictor.Predict(file, options);
                    foreach (var line in prediction.Lines) terminal.Say(line);
                    answers.Add(prediction.Json);
                }
                catch (DataException error)
                {
                    failed++;
                    terminal.Note("kymo: " + error.Message);
                    answers.Add(new JsonObject { ["file"] = file, ["error"] = error.Message });
                }
            }
            if (parsed.GetValue(csv) is { } table)
                AtomicFile.Write(table, PredictionCsv.Of(answers.Select(answer => answer!.AsObject()), predictor.ModelHash, predictor.FeatureHash));
            terminal.Answer(new JsonObject
            {
                ["run"] = source,
                ["networks"] = predictor.Networks,
                ["model_hash"] = predictor.ModelHash,
                ["feature_hash"] = predictor.FeatureHash == "" ? null : predictor.FeatureHash,
                ["predictions"] = answers,
            });
            return failed == 0 ? ExitCode.Done : ExitCode.Data;
        });
        return command;
    }
}
