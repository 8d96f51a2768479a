using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Models;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Recipes.SleepEvents;

/// <summary>Whole runs on made-up tones: scored again, taught by a run and by bare weights, with damaged clips.</summary>
public sealed class EventRunTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evaluation_gives_the_held_out_score_again_and_keeps_the_network()
    {
        var run = Run("scored");
        var recipe = Registry.Find("sleep-events");
        var again = recipe.Evaluate!(run, [], Context([], new MapNode(), new MapNode())).Metrics;
        Assert.Equal((double)CanonicalJson.ReadObject(Path.Combine(run, RunFiles.Metrics))["test"]!["f1_macro"]!, (double)again["test"]!["f1_macro"]!, 1e-9);
        Assert.Throws<ConfigException>(() => recipe.Evaluate!(run, ["model.name=crnn"], Context([], new MapNode(), new MapNode())));
    }

    [Fact]
    public void Network_that_does_not_hear_padding_is_trained_exported_and_read_again()
    {
        var run = Run("sounding", "model.pooling=sounding");
        var export = Registry.Find("sleep-events").Export!(run, 0, "onnx", _folder["sounding.onnx"]);
        Assert.InRange(export.LargestDifference!.Value, 0, 1e-4);
        Assert.Contains("pooling.silence", WeightFiles.Read(Path.Combine(run, RunFiles.BestModel)).Keys);
        Assert.Contains("compat=original", Assert.Throws<ConfigException>(() => Run("refused", "model.pooling=sounding", "compat=original")).Message);
    }

    [Fact]
    public void Bare_weights_teach_what_their_run_teaches()
    {
        var teacher = Run("teacher", "features.standardize=none");
        string[] settings = ["features.standardize=none", "distill.alpha=0.6", "distill.temperature=3"];
        var bare = _folder["bare.pth"];
        File.Copy(Path.Combine(teacher, RunFiles.BestModel), bare);
        var one = Run("of_a_run", [.. settings, "distill.teacher=" + teacher]);
        var other = Run("of_weights", [.. settings, "distill.teacher=" + bare, "distill.teacher_model=extremetinycnn"]);
        Assert.Equal(File.ReadAllBytes(Path.Combine(one, RunFiles.Predictions)), File.ReadAllBytes(Path.Combine(other, RunFiles.Predictions)));
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(teacher, RunFiles.BestModel)), File.ReadAllBytes(Path.Combine(one, RunFiles.BestModel)));
        Assert.Contains("distill.teacher_model=crnn", Assert.Throws<DataException>(() => Run("of_no_name", [.. settings, "distill.teacher=" + bare])).Message);
    }

    [Fact]
    public void Every_file_of_a_run_teaches_by_its_card()
    {
        var teacher = Run("carded");
        string[] settings = ["distill.alpha=1", "distill.temperature=3"];
        var one = File.ReadAllBytes(Path.Combine(Run("by_run", [.. settings, "distill.teacher=" + teacher, "distill.teacher_model=extremetinycnn"]), RunFiles.Predictions));
        foreach (var (name, file) in new[] { ("by_pth", RunFiles.BestModel), ("by_safetensors", RunFiles.BestModelSafetensors) })
            Assert.Equal(one, File.ReadAllBytes(Path.Combine(Run(name, [.. settings, "distill.teacher=" + Path.Combine(teacher, file)]), RunFiles.Predictions)));
        var misnamed = Assert.Throws<ConfigException>(() => Run("misnamed", [.. settings, "distill.teacher=" + teacher, "distill.teacher_model=crnn"]));
        Assert.Contains("says that it is extremetinycnn", misnamed.Message);
    }

    [Fact]
    public void Teacher_that_has_heard_what_is_reported_is_refused()
    {
        var teacher = Run("leaking");
        var error = Assert.Throws<ConfigException>(() => Run("leaked", "distill.teacher=" + teacher, "distill.alpha=0.5", "split.test=[1]"));
        Assert.Contains("of the recordings that the student is reported on", error.Message);
        Assert.Throws<DataException>(() => Run("of_nothing", "distill.teacher=" + _folder["nothing"], "distill.alpha=0.5"));
    }

    [Fact]
    public void Damaged_clips_are_left_out_unless_the_originals_rule_is_asked_for()
    {
        var tones = SyntheticTones.Write(_folder["tones"], 16_000, 1);
        File.WriteAllLines(_folder["tones/labels.csv"], tones.Recordings.Select(tone => $"{tone.Id},{tones.Classes[tone.Label]},{tone.Fold},{tone.Group}").Prepend("file,class,fold,group"));
        File.WriteAllBytes(tones.Recordings[3].Path, []);
        string[] table = ["data=table", "data.root=" + _folder["tones"], "data.max_excluded=0.5"];
        var without = Facts(Run("without", table));
        Assert.Equal(1, (int)without["excluded"]!);
        var original = Facts(Run("original", [.. table, "compat=original", "objective.class_weights=none", "data.unusable=skip"]));
        Assert.Equal((int)without["recordings"]! + 1, (int)original["recordings"]!);
        Assert.Contains(_warnings, text => text.Contains("stand in for 1 of", StringComparison.Ordinal));
        Assert.Contains("compat=original", Assert.Throws<ConfigException>(() => Run("refused", [.. table, "data.unusable=zero"])).Message);
    }

    static JsonObject Facts(string run) => CanonicalJson.ReadObject(Path.Combine(run, RunFiles.DataFingerprint));

    RunContext Context(string[] overrides, MapNode config, MapNode hydra) => new(config, hydra, overrides, null, false,
        told => { if (told is RunEvent.Warning warning) _warnings.Add(warning.Text); }, TimeProvider.System, CancellationToken.None);

    string Run(string name, params string[] settings)
    {
        var recipe = Registry.Find("sleep-events");
        string[] overrides = [.. settings.Any(setting => setting.StartsWith("data=", StringComparison.Ordinal)) ? (string[])[] : ["data=synthetic"],
            "features.duration=0.5", "model=extremetinycnn", "split.count=3", "trainer.batch_size=8", "trainer.epochs=2", "trainer.threads=1", "optim.lr=0.003",
            "trainer.micro_batch='off'", "trainer.logger=null", $"run.root={_folder.Path}", $"run.name={name}", .. settings];
        var composition = new ConfigComposer().Compose(new ComposeRequest
        {
            SearchPath = [new SearchPathEntry(SearchPathEntry.Main, recipe.ConfFolder)],
            ConfigName = "config",
            Overrides = Override.ParseAll(overrides),
        });
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        return recipe.Run(job, Context(overrides, composition.Config, composition.Hydra)).Folder;
    }
}
