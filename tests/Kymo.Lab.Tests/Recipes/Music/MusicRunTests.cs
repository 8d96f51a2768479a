using System.Text.Json;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Prediction;
using Kymo.Lab.Recipes;
using Kymo.Lab.Recipes.Music;
using Kymo.Lab.Runs;
using Kymo.Lab.Tests.Data.Music;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Recipes.Music;

/// <summary>Whole runs of the music recipes: planted relations, made-up trees, real songs, files that cannot be used, exports.</summary>
public sealed class MusicRunTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Loss of the reported items over that of the mean, as the specification states it.
    [Theory]
    [InlineData("emotion", 0.15), InlineData("harmony", 0.02), InlineData("dynamics", 0.05), InlineData("groove", 0.01)]
    public void Planted_relation_is_learned(string kind, double largest)
    {
        var result = Run("music-" + kind, "planted", "data=synthetic", "model=original", "data.synthetic_items=2000", "data.select_split=0.05",
            "trainer.epochs=20", "trainer.batch_size=64", "optim.lr=0.001", "optim.schedule=none");
        var against = result.Metrics["music"]!["against"]!["mean"]!.AsObject();
        var score = against.First(entry => !entry.Key.EndsWith("_reduction", StringComparison.Ordinal)).Key;
        var own = (double)result.Metrics["test"]![score]!;
        // The emotion net is judged by what its code says; a code near enough reads back almost exactly.
        Assert.InRange(own / (double)against[score]!, 0, largest);
        Assert.Equal("synthetic", (string?)result.Metrics["music"]!["data_source"]);
        Assert.Contains(result.Summary, line => line.Contains("planted relation", StringComparison.Ordinal));
        Assert.Equal("synthetic", (string?)CanonicalJson.ReadObject(Path.Combine(result.Folder, RunFiles.DataFingerprint))["data_source"]);
    }

    [Fact]
    public void Emotion_learns_from_a_tree_in_deams_layout_and_says_that_it_is_not_for_commerce()
    {
        // Pitch follows valence and loudness arousal.
        MusicTrees.Deam(_folder["deam"], 120, seconds: 1.05);
        var result = Run("music-emotion", "deam", "data=deam", $"data.root={_folder["deam"]}", "trainer.epochs=30", "trainer.batch_size=16", "features.norm=train", "optim.lr=0.005");
        var targets = result.Metrics["music"]!["targets"]!;
        Assert.True((double)targets["arousal"]!["r2"]! > 0.3 && (double)targets["valence"]!["r2"]! > 0.3, targets.ToJsonString());
        Assert.Contains(result.Summary, line => line.Contains("forbids commercial use", StringComparison.Ordinal));
        var clip = Path.Combine(_folder.Path, "deam", "DEAM_audio", "MEMD_audio", "2.wav");
        using var predictor = Registry.Of(result.Folder).OpenPredictor!(result.Folder, 0);
        Assert.InRange((double)predictor.Predict(clip, new PredictionOptions()).Json["valence"]!, -1, 1);
        var export = Registry.Of(result.Folder).Export!(result.Folder, 0, "onnx", _folder["net.onnx"]);
        if (export.LargestDifference is { } difference) Assert.InRange(difference, 0, 1e-4);
        Assert.Contains("non_commercial", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(_folder["net.onnx"])));
    }

    [Fact]
    public void Emotion_learns_from_the_pitches_of_labelled_midi_files()
    {
        var labels = new JsonObject();
        for (var i = 0; i < 60; i++)
        {
            var high = i % 2 == 0;
            MusicTrees.Midi(_folder[$"set/training/midi/{i:00}.mid"], 1, [.. Enumerable.Range(0, 10).Select(n => (high ? 70 : 50) + ((n * (i + 1)) % 7))]);
            labels[$"{i:00}.mid"] = new JsonObject { ["valence"] = high ? 0.8 : -0.8, ["arousal"] = 0.5 };
        }
        File.WriteAllText(_folder["set/training/midi/emotion_labels.json"], labels.ToJsonString());
        var result = Run("music-emotion", "midi", "data=simple", $"data.root={_folder["set"]}", "features.input=midi", "trainer.epochs=40", "trainer.batch_size=8", "optim.lr=0.01");
        Assert.True((double)result.Metrics["music"]!["targets"]!["valence"]!["r2"]! > 0.8, result.Metrics["music"]!["targets"]!.ToJsonString());
    }

    [Fact]
    public void Same_seed_gives_the_same_bytes()
    {
        string[] settings = ["data=synthetic", "model=original", "data.synthetic_items=200", "trainer.epochs=3", "trainer.batch_size=64"];
        var first = Run("music-groove", "first", settings).Folder;
        var second = Run("music-groove", "second", settings).Folder;
        foreach (var file in new[] { RunFiles.Predictions, RunFiles.LastModel, "feature_spec.json", RunFiles.DataFingerprint })
            Assert.Equal(File.ReadAllBytes(Path.Combine(first, file)), File.ReadAllBytes(Path.Combine(second, file)));
    }

    [Theory]
    [InlineData("music-harmony"), InlineData("music-groove")]
    public void Finished_run_is_scored_again_on_what_it_reported(string name)
    {
        string[] settings = ["data=synthetic", "model=original", "data.synthetic_items=200", "trainer.epochs=2", "trainer.batch_size=64"];
        var run = Run(name, "run", settings);
        var recipe = Registry.Of(run.Folder);
        var context = new RunContext([], [], [], null, false, _ => { }, TimeProvider.System, CancellationToken.None);
        var again = recipe.Evaluate!(run.Folder, [], context).Metrics["test"]!.AsObject();
        var same = again.Where(entry => run.Metrics["test"]![entry.Key] is not null).ToArray();
        Assert.NotEmpty(same);
        Assert.All(same, entry => Assert.Equal((double)run.Metrics["test"]![entry.Key]!, (double)entry.Value!, 6));
        Assert.Contains("takes data.root", Assert.Throws<ConfigException>(() => recipe.Evaluate!(run.Folder, ["seed=7"], context)).Message);
    }

    [Theory]
    [InlineData("music-emotion"), InlineData("music-melody"), InlineData("music-harmony"), InlineData("music-dynamics"), InlineData("music-groove")]
    public void The_originals_json_is_written_and_read_back(string name)
    {
        var run = Run(name, "original", "data=synthetic", "model=original", "compat.export=original", "data.synthetic_items=100", "trainer.epochs=1", "trainer.batch_size=64").Folder;
        Assert.InRange(Registry.Of(run).Export!(run, 0, "rtneural", _folder["net.json"]).LargestDifference!.Value, 0, 1e-6);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder["net.json"]));
        Assert.Equal("2.0", json.RootElement.GetProperty("metadata").GetProperty("export_version").GetString());
        Assert.Equal(json.RootElement.GetProperty("layers")[0].GetProperty("out_size").GetInt32(), json.RootElement.GetProperty("layers")[0].GetProperty("weights").GetArrayLength());
    }

    [Fact]
    public void Numbers_of_sound_are_kept_by_content()
    {
        MusicTrees.Tone(_folder["a.wav"], 0.2, 440, 0.5);
        var (cache, computed) = (new MelCache(_folder["cache"], "mel"), 0);
        float[] Of(string path) => cache.Of(path, () => [.. Enumerable.Range(0, 128).Select(band => (float)band + (100 * computed++))]);
        var first = Of(_folder["a.wav"]);
        File.Copy(_folder["a.wav"], _folder["moved.wav"]);
        Assert.Equal(first, Of(_folder["moved.wav"]));
        Assert.Equal(1, cache.Found);
        MusicTrees.Tone(_folder["a.wav"], 0.2, 441, 0.5);
        Assert.NotEqual(first, Of(_folder["a.wav"]));
        // What a killed program left is computed again.
        foreach (var kept in Directory.GetFiles(_folder["cache/mel"])) File.WriteAllBytes(kept, [1, 2, 3]);
        Assert.NotEqual(first, Of(_folder["moved.wav"]));
        Assert.Throws<DataException>(() => cache.Of(_folder["a2.wav"], () => throw new DataException("a2.wav", "none")));
    }

    [Fact]
    public void Unreadable_pieces_stop_the_run_above_the_stated_share_and_are_counted_below_it()
    {
        for (var i = 0; i < 24; i++) MusicTrees.Midi(_folder[$"set/training/midi/{i:00}.mid"], 1, [.. Enumerable.Range(0, 40).Select(n => 55 + ((n * (i + 2)) % 9))]);
        File.WriteAllBytes(_folder["set/training/midi/24.mid"], [0x4D, 0x54]);
        string[] settings = ["data=simple", $"data.root={_folder["set"]}", "trainer.epochs=1", "model.hidden=8"];
        var result = Run("music-melody", "one", settings);
        Assert.Contains("24.mid", File.ReadAllText(Path.Combine(result.Folder, "excluded_items.csv")));
        File.WriteAllBytes(_folder["set/training/midi/25.mid"], new byte[40]);
        Assert.Contains("2 cannot be read", Assert.Throws<DataException>(() => Run("music-melody", "two", settings)).Message);
        Run("music-melody", "allowed", [.. settings, "data.max_bad_fraction=0.2"]);
    }

    [Theory]
    [InlineData("music-emotion"), InlineData("music-melody"), InlineData("music-harmony"), InlineData("music-dynamics"), InlineData("music-groove")]
    public void Exports_give_the_networks_own_answers(string name)
    {
        var run = Run(name, "export", "data=synthetic", "model=original", "data.synthetic_items=100", "trainer.epochs=1", "trainer.batch_size=64").Folder;
        var recipe = Registry.Of(run);
        Assert.InRange(recipe.Export!(run, 0, "rtneural", _folder["net.json"]).LargestDifference!.Value, 0, 1e-4);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder["net.json"]));
        Assert.Equal(("Kymo", "3.0"), (json.RootElement.GetProperty("metadata").GetProperty("framework").GetString(), json.RootElement.GetProperty("metadata").GetProperty("export_version").GetString()));
        Assert.All(json.RootElement.GetProperty("layers").EnumerateArray(), layer => Assert.True(layer.TryGetProperty("weights", out _) && layer.TryGetProperty("shape", out _)));
        if (recipe.Export(run, 0, "onnx", _folder["net.onnx"]).LargestDifference is { } difference) Assert.InRange(difference, 0, 1e-4);
        recipe.Export(run, 0, "pth", _folder["net.pth"]);
        Assert.Equal(MusicCard.Open(run).Network.ParameterCount, Kymo.Lab.Models.WeightFiles.Read(_folder["net.pth"]).Values.Sum(tensor => (long)tensor.ToArray<float>().Length));
    }

    [Fact]
    public void Runs_that_cannot_be_made_end_with_one_clear_message()
    {
        void Fails(string expected, string name, params string[] settings)
        {
            var error = Assert.ThrowsAny<Exception>(() => Run(name, "wrong", settings));
            Assert.True(error is DataException or ConfigException, error.ToString());
            Assert.Contains(expected, error.Message);
        }
        for (var i = 0; i < 10; i++) MusicTrees.Midi(_folder[$"plain/training/midi/{i}.mid"], 1, 60, 62, 64);
        Fails("has no labels", "music-melody", "data=simple", $"data.root={_folder["plain"]}", "data.target=histogram");
        File.WriteAllBytes(_folder["plain/training/midi/8.mid"], [0x4D, 0x54]);
        File.WriteAllBytes(_folder["plain/training/midi/9.mid"], []);
        Fails("2 cannot be read", "music-melody", "data=simple", $"data.root={_folder["plain"]}");
        Directory.CreateDirectory(_folder["chords/training/chords"]);
        File.WriteAllText(_folder["chords/training/chords/chord_progressions.json"], """{"progressions": [{"name": "x", "chords": ["C", "Cmayor"], "emotion": {"valence": 0, "arousal": 0}}]}""");
        Fails("unknown chord 'Cmayor'", "music-harmony", "data=simple", $"data.root={_folder["chords"]}", "data.target=histogram");
        MusicTrees.Deam(_folder["half"], 4, seconds: 0.1);
        Directory.Delete(_folder["half/DEAM_audio"], recursive: true);
        Fails("unpack DEAM_audio.zip", "music-emotion", "data=deam", $"data.root={_folder["half"]}");
        Fails("data.root=DIR", "music-dynamics", $"data.root={_folder["none"]}");
    }

    [Fact]
    public void Harmony_of_a_few_real_songs_is_above_the_bigram()
    {
        var source = Repository.Shared("data", "pop909");
        foreach (var song in Directory.GetDirectories(source).Order(StringComparer.Ordinal).Take(60))
        {
            var target = Directory.CreateDirectory(Path.Combine(_folder["pop"], Path.GetFileName(song))).FullName;
            foreach (var file in Directory.GetFiles(song)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
        var result = Run("music-harmony", "pop", "data=pop909", $"data.root={_folder["pop"]}", "trainer.epochs=12", "model.hidden=64", "optim.lr=0.004", "trainer.batch_size=8");
        var against = result.Metrics["music"]!["against"]!["bigram"]!;
        Assert.True((double)against["loss_reduction"]!["low"]! > 0, against.ToJsonString());
        Assert.True((double)against["accuracy_difference"]!["low"]! > 0, against.ToJsonString());
        Assert.DoesNotContain(RunVerifier.Verify(result.Folder), finding => finding.Severity == Severity.Error);
    }

    RunResult Run(string name, string run, params string[] settings)
    {
        var recipe = Registry.Find(name);
        string[] overrides = [.. settings, "trainer.threads=1", $"run.root={_folder.Path}", $"run.name={run}"];
        var composition = new ConfigComposer().Compose(new ComposeRequest
        {
            SearchPath = [new SearchPathEntry(SearchPathEntry.Main, recipe.ConfFolder)],
            ConfigName = "config",
            JobName = recipe.Name,
            Overrides = Override.ParseAll(overrides),
        });
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        return recipe.Run(job, new RunContext(composition.Config, composition.Hydra, overrides, null, false, _ => { }, TimeProvider.System, CancellationToken.None));
    }
}
