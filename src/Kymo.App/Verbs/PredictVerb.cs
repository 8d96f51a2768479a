using System.CommandLine;
using System.Text.Json.Nodes;
using Kymo.Lab.Prediction;
using Kymo.Lab.Recipes;
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
        var hop = new Option<double?>("--hop") { Description = "seconds between the windows of a long recording (half a window)" };
        var top = new Option<int>("--top") { Description = "classes shown (3)", DefaultValueFactory = _ => 3 };
        var command = new Command("predict", "Names the sounds in recordings. Long ones are heard in overlapping windows; the networks of all folds answer together.\n\n"
            + "Examples:\n  kymo predict results/runs/RUN dog.wav street.flac\n  kymo predict results/runs/RUN --json hour.wav --hop 1\n  kymo predict dog.onnx dog.wav") { run, files, fold, hop, top };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var source = parsed.GetValue(run)!;
            var path = File.Exists(source) ? source : RunPaths.Find(source);
            using var predictor = Registry.Open(path, parsed.GetValue(fold));
            var options = new PredictionOptions(parsed.GetValue(hop), parsed.GetValue(top));
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
            terminal.Answer(new JsonObject { ["run"] = source, ["networks"] = predictor.Networks, ["predictions"] = answers });
            return failed == 0 ? ExitCode.Done : ExitCode.Data;
        });
        return command;
    }
}
