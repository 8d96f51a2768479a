using System.Text;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Runs;

public sealed class RunVerifierTests
{
    const string BestPath = "checkpoints/best_model.pth";

    [Fact]
    public void Whole_runs_have_no_findings()
    {
        using var root = new TempFolder();
        SampleRun.Single(root.Path);
        SampleRun.CrossValidated(root.Path);
        Assert.Empty(RunVerifier.Verify(root["runs/tinycnn_seed42"]));
        Assert.Empty(RunVerifier.Verify(root["runs/urban_seed42"]));
    }

    [Theory]
    [InlineData("tinycnn_seed42", false)]
    [InlineData("urban_seed42", true)]
    public void Every_damaged_byte_of_every_file_is_found_and_named(string name, bool crossValidated)
    {
        using var root = new TempFolder();
        if (crossValidated) SampleRun.CrossValidated(root.Path, name);
        else SampleRun.Single(root.Path, name);
        var folder = root["runs/" + name];
        var random = new Random(3);
        foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var whole = File.ReadAllBytes(path);
            foreach (var place in (int[])[0, whole.Length - 1, random.Next(whole.Length), random.Next(whole.Length)])
            {
                var damaged = (byte[])whole.Clone();
                damaged[place] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, damaged);
                var relative = Path.GetRelativePath(folder, path);
                Assert.Contains(RunVerifier.Verify(folder), f => f.Severity == Severity.Error && f.File == relative);
            }
            File.WriteAllBytes(path, whole);
        }
        Assert.Empty(RunVerifier.Verify(folder));
    }

    [Fact]
    public void A_missing_file_an_added_one_and_a_leftover_are_named()
    {
        using var root = new TempFolder();
        SampleRun.Single(root.Path);
        var folder = root["runs/tinycnn_seed42"];
        File.Delete(Path.Combine(folder, RunFiles.LastModel));
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "added by hand");
        File.WriteAllText(Path.Combine(folder, ".x" + AtomicFile.TemporaryEnding), "half");
        var findings = RunVerifier.Verify(folder);
        Assert.Contains(findings, f =>
            f is { File: RunFiles.LastModel, Severity: Severity.Error, Message: var m } && m.Contains("missing"));
        Assert.Contains(findings, f => f is { File: "notes.txt", Severity: Severity.Warning });
        Assert.Contains(findings, f => f is { File: ".x" + AtomicFile.TemporaryEnding, Severity: Severity.Warning });
    }

    [Fact]
    public void An_unfinished_run_says_so()
    {
        using var root = new TempFolder();
        using (var run = RunFolder.Create(root.Path, "young", SampleRun.Clock)) run.WriteText("model_architecture.txt", "...");
        var findings = RunVerifier.Verify(root["runs/young"]);
        Assert.Contains(findings, f => f.File == RunFiles.Hashes && f.Message.Contains("not been finished"));
        Assert.Contains(findings, f => f.File == RunFiles.Contract);
        Assert.Throws<DataException>(() => RunVerifier.Verify(root["runs/none"]));
    }

    /// <summary>
    /// Each row: a file, a text in it, what it is changed to, and a word of the finding, with fresh hashes each time.
    /// </summary>
    [Theory]
    [InlineData(RunFiles.Metrics, "\"run_name\": \"tinycnn_seed42\"", "\"run_name\": \"other\"", "run_name")]
    [InlineData(RunFiles.Metrics, "\"schema_version\": \"v2\"", "\"schema_version\": \"v1\"", "schema_version")]
    [InlineData(RunFiles.Metrics, BestPath, "../best.pth", "out of the run")]
    [InlineData(RunFiles.Metrics, BestPath, "nowhere.pth", "no such file")]
    [InlineData(RunFiles.Metrics, BestPath, "", "artifacts.best_checkpoint")]
    [InlineData(RunFiles.Metrics, "\"optimizer\"", "\"optimiser\"", "optimizer")]
    [InlineData(RunFiles.Metrics, "\"ts_end_utc\": \"2026-02-08T17:41:49.250Z\"", "\"ts_end_utc\": \"yesterday\"", "ts_end_utc")]
    [InlineData(RunFiles.Metrics, "\"seed\": 42", "\"seed\": 43", "run_id")]
    [InlineData(RunFiles.Metrics, "{", "", "not JSON")]
    [InlineData(RunFiles.EpochMetrics, ",lr,is_best", ",is_best,lr", "header")]
    [InlineData(RunFiles.TestMetrics, "run_id", "id_run", "header")]
    [InlineData(RunFiles.Predictions, ",quiet,", ",loud,", "none of the run's classes")]
    [InlineData(RunFiles.Predictions, "clip -1.wav", "clip -0.wav", "twice")]
    [InlineData(RunFiles.ConfusionMatrix, "\r\nquiet,", "\r\nquiet,1", "computed again")]
    [InlineData(RunFiles.ClassMetrics, ",test,0,quiet,", ",test,1,quiet,", "expected test 0 quiet")]
    [InlineData(RunFiles.DataFingerprint, "\"sha256\": \"0123abcd\"", "\"sha256\": \"0123abcd", "not JSON")]
    [InlineData(RunFiles.Git, "\"dirty\"", "\"clean\"", "lacks dirty")]
    [InlineData(RunFiles.EarlyStop, "\"patience\"", "\"patients\"", "lacks patience")]
    [InlineData(RunFiles.Environment, "\"threads\"", "\"strings\"", "lacks threads")]
    [InlineData(RunFiles.Contract, "2026-02-07.v1", "2026-02-07.v9", "artifact_contract_version")]
    public void A_file_that_contradicts_the_contract_is_found_without_hashes(string file, string old, string changed, string word)
    {
        using var root = new TempFolder();
        SampleRun.Single(root.Path);
        Replace(root["runs/tinycnn_seed42/" + file], old, changed);
        var findings = RunVerifier.Verify(root["runs/tinycnn_seed42"], hashes: false);
        Assert.Contains(findings, f => f.File == file && f.Severity == Severity.Error && f.Message.Contains(word));
    }

    [Fact]
    public void Scores_that_the_predictions_do_not_give_are_found_in_both_files()
    {
        using var root = new TempFolder();
        var test = SampleRun.Single(root.Path).Test;
        var folder = root["runs/tinycnn_seed42"];
        Replace(Path.Combine(folder, RunFiles.Metrics), $"\"acc\": {NumberText.Of(test["acc"])}", "\"acc\": 0.99");
        Replace(Path.Combine(folder, RunFiles.TestMetrics), NumberText.Of(test["f1_macro"]), "0.98");
        var findings = RunVerifier.Verify(folder, hashes: false);
        Assert.Contains(findings, f => f.File == RunFiles.Metrics && f.Message.StartsWith("test.acc is 0.99; computed again"));
        Assert.Contains(findings, f =>
            f.File == RunFiles.TestMetrics && f.Message.StartsWith("test_f1_macro is 0.98; computed again"));
    }

    [Fact]
    public void Folds_that_contradict_each_other_are_found()
    {
        using var root = new TempFolder();
        var summary = SampleRun.CrossValidated(root.Path);
        var folder = root["runs/urban_seed42"];
        Replace(Path.Combine(folder, RunFiles.FoldMetrics), "\r\n2,ok,100,20,32", "\r\n2,ok,100,20,33");
        var accuracy = NumberText.Of(summary.Folds[2].Test["acc"]);
        Replace(Path.Combine(folder, RunFiles.FoldMetrics), $",0.7,{accuracy},", ",0.7,0.5,");
        Replace(Path.Combine(folder, "folds/fold_1/epoch_metrics.csv"), ",0.75,", ",0.85,");
        var messages = RunVerifier.Verify(folder, hashes: false).Select(f => f.ToString()).ToArray();
        Assert.Contains(messages, m => m.Contains("n_test of fold 2 is 33.0; computed again it is 32.0"));
        Assert.Contains(messages, m => m.Contains("test_acc of fold 5 is 0.5"));
        Assert.Contains(messages, m => m.Contains("cross_validation.test.acc.mean"));
        Assert.Contains(messages, m => m.Contains("not those of the folds' tables"));
    }

    [Fact]
    public void The_manifest_is_one_that_sha256sum_reads()
    {
        using var root = new TempFolder();
        SampleRun.Single(root.Path);
        var (code, output) = Shell.Run(root["runs/tinycnn_seed42"], "sha256sum", "--check", "--strict", RunFiles.Hashes);
        Assert.True(code == 0, output);
        Assert.Contains("checkpoints/best_model.pth: OK", output);
    }

    [Fact]
    public void A_regression_run_is_checked_by_its_errors()
    {
        using var root = new TempFolder();
        var contract = RunContract.Regression("music_dynamics", ["velocity", "timing"], ["mse", "mae"]);
        using var run = RunFolder.Create(root.Path, "dyn", SampleRun.Clock);
        List<NumberPrediction> predictions = [new("a", null, [1, 2], [1.5, 2]), new("b", null, [0, 0], [0, -1])];
        var (mse, mae) = StandardScores.Regression(predictions);
        Assert.Equal((1.25 / 4, 1.5 / 4), (mse, mae));
        run.WriteJson(RunFiles.Contract, contract.ToJson());
        PredictionTable.Write(run, contract, predictions);
        Assert.Equal("id,fold,true_velocity,true_timing,predicted_velocity,predicted_timing\r\n" +
            "a,,1.0,2.0,1.5,2.0\r\nb,,0.0,0.0,0.0,-1.0\r\n",
            File.ReadAllText(run.PathOf(RunFiles.Predictions)));
        var metrics = new System.Text.Json.Nodes.JsonObject
        {
            ["run_id"] = "x",
            ["test"] = new System.Text.Json.Nodes.JsonObject { ["loss"] = 1, ["mse"] = mse, ["mae"] = 0.5 },
        };
        var finding = Assert.Single(ScoreCheck.Run(run.Path, contract, metrics));
        Assert.Equal("test.mae is 0.5; computed again it is 0.375", finding.Message);
    }

    static void Replace(string path, string old, string changed)
    {
        var text = File.ReadAllText(path);
        var place = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(place >= 0, $"{path} has no {old}:\n{text}");
        File.WriteAllText(path, text[..place] + changed + text[(place + old.Length)..], new UTF8Encoding(false));
    }
}
