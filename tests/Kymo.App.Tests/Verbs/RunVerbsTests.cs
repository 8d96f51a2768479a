using System.Globalization;
using Kymo.Signals.Arrays;

namespace Kymo.App.Tests.Verbs;

/// <summary>What can be done with a run: checked, scored, used, exported, listed.</summary>
public sealed class RunVerbsTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    [Fact]
    public void Training_prints_the_fold_table_with_baselines_and_an_interval()
    {
        Assert.Contains("fold   clips  accuracy  nearest neighbour  majority", trained.Said);
        Assert.Contains("deviation", trained.Said);
        Assert.Contains("95 % intervals over recordings", trained.Said);
        Assert.EndsWith(trained.Run + "\n", trained.Said);
    }

    [Fact]
    public void Sound_run_verifies_and_a_damaged_file_is_named()
    {
        Assert.Contains("sound", KymoProgram.Succeed(trained.Folder, "runs", "verify", "base").Output);
        var copy = Copy("copies");
        var file = Path.Combine(copy, "predictions.csv");
        var bytes = File.ReadAllBytes(file);
        bytes[^3] ^= 1;
        File.WriteAllBytes(file, bytes);
        var ending = KymoProgram.Run(trained.Folder, "runs", "verify", copy);
        Assert.Equal(1, ending.Code);
        Assert.Contains("predictions.csv", ending.Output + ending.Error);
        File.Delete(Path.Combine(copy, "folds", "fold_1", "checkpoints", "best_model.safetensors"));
        var answer = KymoProgram.Run(trained.Folder, "runs", "verify", copy, "--json").Json[0]!;
        Assert.False(answer["sound"]!.GetValue<bool>());
        Assert.Contains("fold_1/checkpoints/best_model.safetensors", answer["findings"]!.ToJsonString());
    }

    [Fact]
    public void Evaluation_repeats_the_held_out_score_of_the_training()
    {
        var answer = KymoProgram.Succeed(trained.Folder, "evaluate", "base", "--json").Json["metrics"]!;
        var test = File.ReadAllLines(Path.Combine(trained.Run, "test_metrics.csv")).Select(line => line.Split(',')).ToArray();
        var accuracy = double.Parse(test[1][Array.IndexOf(test[0], "test_acc")], CultureInfo.InvariantCulture);
        Assert.Equal(accuracy, answer["test"]!["acc"]!.GetValue<double>(), 9);
        Assert.InRange(accuracy, answer["intervals"]!["acc"]!["low"]!.GetValue<double>(), answer["intervals"]!["acc"]!["high"]!.GetValue<double>());
    }

    [Fact]
    public void Prediction_gives_probabilities_that_sum_to_one_and_windows_over_a_long_file()
    {
        var random = new Random(5);
        short[] Seconds(double hertz, int count) =>
            [.. Enumerable.Range(0, count * Sounds.Rate).Select(i => (short)((8000 * Math.Sin(2 * Math.PI * hertz * i / Sounds.Rate)) + random.Next(-500, 500)))];
        File.WriteAllBytes(trained.PathOf("long.wav"), Sounds.Pcm16([.. Seconds(210, 4), .. Seconds(2010, 4)]));
        var answer = KymoProgram.Succeed(trained.Folder, "predict", "base", "sounds/low_1_0.wav", "long.wav", "--hop", "1", "--json").Json;
        var files = answer["predictions"]!.AsArray();
        Assert.Equal(2, files.Count);
        foreach (var file in files)
            Assert.Equal(1, file!["probabilities"]!.AsObject().Sum(entry => entry.Value!.GetValue<double>()), 5);
        Assert.True(files[1]!["windows"]!.AsArray().Count >= 6);

        // The same as a table, steadied over three seconds, with the hash of each of both.
        var smooth = KymoProgram.Succeed(trained.Folder, "predict", "base", "long.wav", "--hop", "1", "--smooth", "3", "--csv", "long.csv", "--json").Json;
        var rows = File.ReadAllLines(trained.PathOf("long.csv")).Select(line => line.Split(',')).ToArray();
        Assert.Equal(["file", "start", "end", "class", "confidence", "p_high", "p_low", "model_hash", "feature_hash"], rows[0]);
        Assert.All(rows[1..], row => Assert.Equal(((string?)smooth["model_hash"], (string?)smooth["feature_hash"]), (row[7], row[8])));
        Assert.Equal(64, ((string)smooth["model_hash"]!).Length);
        double[] raw = [.. files[1]!["windows"]!.AsArray().Select(window => (double)window!["probabilities"]!["low"]!)];
        Assert.Equal(raw.Length, rows.Length - 1);
        Assert.Equal((raw[1] + raw[2] + raw[3]) / 3, double.Parse(rows[3][6], CultureInfo.InvariantCulture), 5);
        Assert.Equal((double)files[1]!["probabilities"]!["low"]!, (double)smooth["predictions"]![0]!["probabilities"]!["low"]!, 6);
        Assert.Contains("--hop 0", KymoProgram.Run(trained.Folder, "predict", "base", "long.wav", "--hop", "0").Error, StringComparison.Ordinal);
        Assert.Contains("--top 0", KymoProgram.Run(trained.Folder, "predict", "base", "long.wav", "--top", "0").Error, StringComparison.Ordinal);
        var weights = Path.Combine(trained.Run, "checkpoints", "best_model.safetensors");
        Assert.Contains("holds one network", KymoProgram.Run(trained.Folder, "predict", weights, "long.wav", "--fold", "2").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Int8_export_is_smaller_and_says_what_it_costs()
    {
        var ending = KymoProgram.Run(trained.Folder, "export", "base", "--fold", "1", "--int8", "--out", "int8.onnx", "--json");
        if (ending.Error.Contains("libonnxruntime", StringComparison.Ordinal)) Assert.Skip(ending.Error);
        Assert.True(ending.Code == 0, ending.Error);
        var answer = ending.Json;
        Assert.True((long)answer["float_bytes"]! > 2.5 * (long)answer["bytes"]!, answer.ToJsonString());
        // Fold 1 was not heard by its network; 8 recordings of 24.
        Assert.Equal(8, (int)answer["judged_on"]!);
        Assert.Equal(16, (int)answer["calibrated_on"]!);
        Assert.InRange((double)answer["float_accuracy"]! - (double)answer["accuracy"]!, -0.13, 0.13);
        var (whole, packed) = (Low("base", "--fold", "1"), Low("int8.onnx"));
        Assert.Equal(whole, packed, 0.15);
        var refused = KymoProgram.Run(trained.Folder, "export", "base", "--int8", "--format", "pth");
        Assert.Equal((2, true), (refused.Code, refused.Error.Contains("only ONNX files hold int8", StringComparison.Ordinal)));
        Assert.Equal(2, KymoProgram.Run(trained.Folder, "export", "base", "data.root=elsewhere").Code);
        var otherFormat = KymoProgram.Run(trained.Folder, "export", "base", "--format", "rtneural");
        Assert.Equal(2, otherFormat.Code);
        Assert.Contains("--format rtneural: networks of urban-sounds are written as onnx, safetensors, pth", otherFormat.Error, StringComparison.Ordinal);

        double Low(params string[] source) =>
            (double)KymoProgram.Succeed(trained.Folder, ["predict", .. source, "sounds/low_1_0.wav", "--json"]).Json["predictions"]![0]!["probabilities"]!["low"]!;
    }

    [Fact]
    public void One_bad_file_is_named_and_the_others_are_answered()
    {
        File.WriteAllText(trained.PathOf("words.wav"), "these are words, not a sound");
        var ending = KymoProgram.Run(trained.Folder, "predict", "base", "words.wav", "sounds/high_1_0.wav");
        Assert.Equal(3, ending.Code);
        Assert.Contains("words.wav: is no sound file", ending.Error);
        Assert.Contains("sounds/high_1_0.wav: ", ending.Output);
    }

    [Fact]
    public void Export_to_onnx_prints_how_far_it_is_from_the_network()
    {
        var answer = KymoProgram.Succeed(trained.Folder, "export", "base", "--out", "net.onnx", "--json").Json;
        Assert.InRange(answer["largest_difference"]!.GetValue<double>(), 0, 1e-4);
        Assert.Equal(new FileInfo(trained.PathOf("net.onnx")).Length, answer["bytes"]!.GetValue<long>());
    }

    [Fact]
    public void Export_answers_as_its_run_does_without_libtorch()
    {
        KymoProgram.Succeed(trained.Folder, "export", "base", "--fold", "2", "--out", "second.onnx");
        var own = KymoProgram.Succeed(trained.Folder, "predict", "base", "--fold", "2", "sounds/low_1_0.wav", "--json").Json["predictions"]![0]!["probabilities"]!.AsObject();
        // No library of that name, no LibTorch: ONNX Runtime alone answers.
        var ending = KymoProgram.Run(trained.Folder, [("KYMO_NATIVE", "/nowhere")], "predict", "second.onnx", "sounds/low_1_0.wav", "--json");
        Assert.True(ending.Code == 0, ending.Error);
        var exported = ending.Json["predictions"]![0]!["probabilities"]!.AsObject();
        Assert.Equal(own.Select(entry => entry.Key), exported.Select(entry => entry.Key));
        foreach (var (name, value) in own) Assert.Equal(value!.GetValue<double>(), exported[name]!.GetValue<double>(), 1e-4);
        Assert.Equal(1, KymoProgram.Run(trained.Folder, [("KYMO_NATIVE", "/nowhere")], "predict", "base", "sounds/low_1_0.wav").Code);
    }

    [Fact]
    public void Exported_pth_is_read_by_torch_and_gives_the_logits_of_model_forward()
    {
        KymoProgram.Succeed(trained.Folder, "export", "base", "--format", "pth", "--fold", "1", "--out", "net.pth");
        KymoProgram.Succeed(trained.Folder, "export", "base", "--format", "safetensors", "--fold", "1", "--out", "net.safetensors");
        NpyFile.Write(trained.PathOf("x.npy"), [.. Enumerable.Range(0, 2 * 128 * 65).Select(i => MathF.Sin(i * 0.37f))], [2, 128, 65]);
        foreach (var weights in new[] { "net.pth", "net.safetensors" })
        {
            KymoProgram.Succeed(trained.Folder, "model", "forward", "urban-cnn", "classes=2", "--weights", weights, "--input", "x.npy", "--out", weights + ".npy");
            Assert.Equal(new long[] { 2, 2 }, NpyFile.Read(trained.PathOf(weights + ".npy")).Shape.ToArray());
        }
        Assert.Equal(File.ReadAllBytes(trained.PathOf("net.pth.npy")), File.ReadAllBytes(trained.PathOf("net.safetensors.npy")));
        Oracle.Ask("urban_cnn.py", ["torch", "numpy"], "forward", trained.PathOf("net.pth"), trained.PathOf("x.npy"), trained.PathOf("torch.npy"));
        var ours = NpyFile.Read(trained.PathOf("net.pth.npy")).AsFloat32().ToArray();
        var theirs = NpyFile.Read(trained.PathOf("torch.npy")).AsFloat32().ToArray();
        var size = theirs.Max(MathF.Abs);
        Assert.All(ours.Zip(theirs), pair => Assert.InRange(Math.Abs(pair.First - pair.Second) / size, 0, 1e-5));
    }

    [Fact]
    public void Runs_are_listed_shown_and_compared()
    {
        Assert.Contains("base", KymoProgram.Succeed(trained.Folder, "runs", "list").Output);
        Assert.Contains("nearest", KymoProgram.Succeed(trained.Folder, "runs", "show", "base").Output);
        KymoProgram.Succeed(trained.Folder, [.. TrainedRun.Training, "run.name=other", "seed=1"]);
        Assert.Contains("McNemar", KymoProgram.Succeed(trained.Folder, "runs", "compare", "base", "other").Output);
    }

    [Fact]
    public void One_held_out_fold_has_no_spread_and_its_answer_is_still_json()
    {
        var answer = KymoProgram.Succeed(trained.Folder, [.. TrainedRun.Training, "trainer.epochs=1", "cv.held_out=[2]", "run.name=single", "--json"]).Json;
        Assert.Equal("[2]", answer["metrics"]!["cross_validation"]!["folds"]!.ToJsonString());
        Assert.Null(answer["metrics"]!["cross_validation"]!["test"]!["acc"]!["std_sample"]);
        KymoProgram.Succeed(trained.Folder, "runs", "verify", "single");
    }

    [Fact]
    public void Unknown_run_lists_the_way_to_the_known()
    {
        var ending = KymoProgram.Run(trained.Folder, "runs", "show", "nothere");
        Assert.Equal(3, ending.Code);
        Assert.Contains("kymo runs list", ending.Error);
    }

    [Fact]
    public void Page_of_the_run_stands_alone()
    {
        var page = File.ReadAllText(Path.Combine(trained.Run, "report.html"));
        Assert.DoesNotContain("src=\"http", page);
        Assert.DoesNotContain("href=\"http", page);
        Assert.Contains("<table", page);
        Assert.True(page.Contains("<svg", StringComparison.Ordinal) || page.Contains("src=\"data:image/", StringComparison.Ordinal));
    }

    // Another results folder with the same run in it.
    string Copy(string root)
    {
        var target = trained.PathOf(root, "runs", "base");
        foreach (var file in Directory.GetFiles(trained.Run, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(target, Path.GetRelativePath(trained.Run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
        return target;
    }
}
