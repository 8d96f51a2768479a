using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Recipes.UrbanSounds;
using Kymo.Signals;

namespace Kymo.App.Verbs;

/// <summary><c>kymo predict RUN FILE...</c>: what a trained network hears.</summary>
static class PredictVerb
{
    public static Command Create(Terminal terminal)
    {
        var run = new Argument<string>("run") { Description = "a run folder, a run's name, or a .safetensors file of a run" };
        var files = new Argument<string[]>("files") { Description = "recordings", Arity = ArgumentArity.OneOrMore };
        var fold = new Option<int>("--fold") { Description = "only the network that held out this fold (all networks of the run answer together)" };
        var hop = new Option<double?>("--hop") { Description = "seconds between the windows of a long recording (half a window)" };
        var top = new Option<int>("--top") { Description = "classes shown (3)", DefaultValueFactory = _ => 3 };
        var command = new Command("predict", "Names the sounds in recordings. Long ones are heard in overlapping windows; the networks of all folds answer together.\n\n"
            + "Examples:\n  kymo predict results/runs/RUN dog.wav street.flac\n  kymo predict results/runs/RUN --json hour.wav --hop 1") { run, files, fold, hop, top };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var source = parsed.GetValue(run)!;
            using var predictor = UrbanSoundsPredictor.Open(File.Exists(source) ? source : RunPaths.Find(source), parsed.GetValue(fold));
            var answers = new JsonArray();
            var failed = 0;
            foreach (var file in parsed.GetValue(files)!)
            {
                cancel.ThrowIfCancellationRequested();
                try
                {
                    var prediction = predictor.Predict(file, parsed.GetValue(hop));
                    Show(terminal, prediction, parsed.GetValue(top));
                    answers.Add(Json(prediction));
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

    static void Show(Terminal terminal, Prediction prediction, int top)
    {
        var best = prediction.Probabilities.Select((probability, label) => (prediction.Classes[label], probability)).OrderByDescending(pair => pair.probability).Take(top);
        terminal.Say($"{prediction.Path}: " + string.Join(", ", best.Select(pair => $"{pair.Item1} {pair.probability.ToString("0.000", CultureInfo.InvariantCulture)}")));
        if (prediction.Windows.Count < 2) return;
        foreach (var window in prediction.Windows)
        {
            var label = Array.IndexOf(window.Probabilities, window.Probabilities.Max());
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"  {window.Start,8:F2} to {window.End,8:F2} s  {prediction.Classes[label]} {window.Probabilities[label]:F3}"));
        }
    }

    static JsonObject Json(Prediction prediction) => new()
    {
        ["file"] = prediction.Path,
        ["class"] = prediction.Class,
        ["confidence"] = prediction.Confidence,
        ["probabilities"] = Probabilities(prediction.Classes, prediction.Probabilities),
        ["windows"] = new JsonArray([.. prediction.Windows.Select(window => (JsonNode)new JsonObject
        {
            ["start"] = window.Start,
            ["end"] = window.End,
            ["probabilities"] = Probabilities(prediction.Classes, window.Probabilities),
        })]),
    };

    static JsonObject Probabilities(IReadOnlyList<string> classes, float[] probabilities) =>
        new(classes.Select((name, label) => KeyValuePair.Create(name, (JsonNode?)probabilities[label])));
}
