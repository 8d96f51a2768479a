using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Recipes;
using Kymo.Lab.Recipes.UrbanSounds;

namespace Kymo.App.Verbs;

/// <summary><c>kymo demo</c>: the main job from real recordings to a prediction.</summary>
static class DemoVerb
{
    // Beside a developer's checkout; where it is absent the distribution's drum kits are used.
    const string SharedHits = "../shared/data/drum-hits";

    public static Command Create(Terminal terminal)
    {
        var synthetic = new Option<bool>("--synthetic") { Description = "made-up tones instead of recordings" };
        var root = new Option<string>("--root") { Description = "where results go (results)", DefaultValueFactory = _ => "results" };
        var command = new Command("demo", "Trains on real drum recordings, evaluates on kits it has not heard, exports to ONNX and listens to a file: about two minutes.\n\n"
            + "Examples:\n  kymo demo\n  kymo demo --synthetic") { synthetic, root };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var recipe = Registry.Find(UrbanSoundsRecipe.Name);
            string[] overrides =
            [
                .. Source(parsed.GetValue(synthetic)), "features=logmel_1s5", "trainer=quick", "cv.count=3", $"run.root={parsed.GetValue(root)}",
                "run.name=demo_" + DateTime.Now.ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture),
            ];
            terminal.Note("kymo train urban-sounds " + string.Join(' ', overrides));
            var composition = Configuration.Compose(recipe, overrides, [], null, multirun: false, terminal);
            var result = recipe.Run(Configuration.Resolve(composition, terminal), Configuration.Context(composition, overrides, null, false, terminal, cancel));
            foreach (var line in result.Summary) terminal.Say(line);

            var onnx = Path.Combine(result.Folder, "..", Path.GetFileName(result.Folder) + ".onnx");
            var export = UrbanSoundsExport.Write(result.Folder, 0, "onnx", Path.GetFullPath(onnx));
            terminal.Say($"exported: {export.Path}" + (export.LargestDifference is { } difference
                ? $", largest difference {difference.ToString("0.0e+00", CultureInfo.InvariantCulture)}" : $" ({export.Remark})"));

            var settings = ConfigBinder.Bind<UrbanSoundsConfig>(Configuration.Resolve(composition, terminal));
            var held = UrbanSoundsRecipe.HeldOutRecording(settings);
            using var predictor = UrbanSoundsPredictor.Open(result.Folder, held.Fold);
            var prediction = predictor.Predict(held.Path);
            terminal.Say($"predicted: {held.Id} is {prediction.Class} ({prediction.Confidence.ToString("0.000", CultureInfo.InvariantCulture)}); the kit's table says {held.Class}");
            terminal.Say($"report: {Path.Combine(result.Folder, "report.html")}");
            terminal.Say(result.Folder);
            terminal.Answer(new JsonObject
            {
                ["run_dir"] = result.Folder,
                ["metrics"] = result.Metrics.DeepClone(),
                ["onnx"] = export.Path,
                ["largest_difference"] = export.LargestDifference,
                ["predicted"] = prediction.Class,
            });
            return ExitCode.Done;
        });
        return command;
    }

    static string[] Source(bool synthetic) =>
        synthetic ? ["data=synthetic"]
        : File.Exists(Path.Combine(SharedHits, "labels.csv")) ? ["data=drum_hits", $"data.root={SharedHits}"]
        : Directory.Exists(DrumKits.DebianRoot) ? ["data=drumkits"]
        : throw new ConfigException("no recordings here; type: sudo apt-get install hydrogen-drumkits   (or, for made-up tones: kymo demo --synthetic)");
}
