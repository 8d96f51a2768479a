using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Runs;

public sealed class RunFolderTests
{
    [Fact]
    public void A_name_that_exists_is_refused_with_what_to_type_instead()
    {
        using var root = new TempFolder();
        RunFolder.Create(root.Path, "a", SampleRun.Clock).Dispose();
        var error = Assert.Throws<ConfigException>(() => RunFolder.Create(root.Path, "a", SampleRun.Clock));
        Assert.Contains("exists already (not finished)", error.Message);
        Assert.Contains("--resume a", error.Message);
        Assert.Contains("run.name=a_2", error.Message);
    }

    [Fact]
    public void A_second_writer_is_told_who_the_first_is()
    {
        using var root = new TempFolder();
        using var first = RunFolder.Create(root.Path, "a", SampleRun.Clock);
        foreach (var attempt in (Func<string, string, TimeProvider, RunFolder>[])[RunFolder.Create, RunFolder.Resume])
        {
            var error = Assert.Throws<ConfigException>(() => attempt(root.Path, "a", SampleRun.Clock));
            Assert.Contains($"process {Environment.ProcessId}", error.Message);
            Assert.Contains("2026-02-08T17:41:09.250Z", error.Message);
        }
        first.Dispose();
        RunFolder.Resume(root.Path, "a", SampleRun.Clock).Dispose();
    }

    [Fact]
    public void Resuming_deletes_half_written_files_and_keeps_the_rest()
    {
        using var root = new TempFolder();
        using (var run = RunFolder.Create(root.Path, "a", SampleRun.Clock))
        {
            run.WriteText("kept.txt", "whole");
            File.WriteAllText(run.PathOf("checkpoints/.best.0123" + AtomicFile.TemporaryEnding), "half");
        }
        using var resumed = RunFolder.Resume(root.Path, "a", SampleRun.Clock);
        Assert.Equal(["kept.txt"], Directory.GetFiles(resumed.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        var error = Assert.Throws<ConfigException>(() => RunFolder.Resume(root.Path, "b", SampleRun.Clock));
        Assert.Contains("There are a.", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../a")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    public void A_name_that_is_no_plain_folder_name_is_refused(string name)
    {
        using var root = new TempFolder();
        Assert.Contains("run name",
            Assert.Throws<ConfigException>(() => RunFolder.Create(root.Path, name, SampleRun.Clock)).Message);
        Assert.Empty(Directory.GetFileSystemEntries(root.Path));
    }

    [Fact]
    public void No_path_leads_out_of_the_folder()
    {
        using var root = new TempFolder();
        using var run = RunFolder.Create(root.Path, "a", SampleRun.Clock);
        Assert.Throws<ArgumentException>(() => run.PathOf("../b/x.txt"));
        Assert.Throws<ArgumentException>(() => run.PathOf("/etc/x"));
        Assert.Throws<ArgumentException>(() => run.PathOf("../ab/x.txt"));
    }

    [Fact]
    public void Epochs_are_added_in_order_cut_on_resume_and_read_again()
    {
        using var root = new TempFolder();
        using var run = RunFolder.Create(root.Path, "a", SampleRun.Clock);
        var contract = RunContract.Classification("t", SampleRun.Classes) with { ExtraEpochColumns = ["alpha", "tau"] };
        var epochs = run.Unit().Epochs(contract, "a-s1-x");
        for (var e = 1; e <= 3; e++)
            epochs.Append(SampleRun.Epoch(e, 0.5, e == 1) with { Extra = new Dictionary<string, double> { ["alpha"] = 0.3 } });
        Assert.Contains("expected 4",
            Assert.Throws<ArgumentException>(() => epochs.Append(SampleRun.Epoch(6, 0, false))).Message);
        var bad = SampleRun.Epoch(4, 0.5, false) with { Train = new Dictionary<string, double> { ["lost"] = 1 } };
        Assert.Contains("'lost' is not in the run's contract",
            Assert.Throws<ArgumentException>(() => epochs.Append(bad)).Message);

        var lines = File.ReadAllText(run.PathOf(RunFiles.EpochMetrics)).Split("\r\n");
        Assert.Equal("ts_utc,run_id,epoch,epoch_start_utc,epoch_end_utc,epoch_s,train_loss,train_acc,train_f1_macro," +
            "train_precision_macro,train_recall_macro,train_balanced_acc,val_loss,val_acc,val_f1_macro,val_precision_macro," +
            "val_recall_macro,val_balanced_acc,lr,alpha,tau,is_best", lines[0]);
        Assert.Equal("2026-02-08T17:41:11.000Z,a-s1-x,1,2026-02-08T17:41:10.250Z,2026-02-08T17:41:11.000Z,0.75,1.0,0.5,,,,," +
            "1.1,0.5,0.5,,,,0.001,0.3,,1", lines[1]);
        var again = run.Unit().Epochs(contract, "a-s1-x");
        Assert.Equal(3, again.LastEpoch);
        again.KeepThrough(1);
        Assert.Equal(1, run.Unit().Epochs(contract, "a-s1-x").LastEpoch);
        var other = Assert.Throws<DataException>(() => run.Unit().Epochs(contract with { ExtraEpochColumns = [] }, "a-s1-x"));
        Assert.Contains("configuration it was started with", other.Message);
    }

    [Fact]
    public void Items_left_out_are_listed_with_their_reason()
    {
        using var root = new TempFolder();
        using var run = RunFolder.Create(root.Path, "a", SampleRun.Clock);
        EvidenceTables.WriteExcluded(run, [new("x.wav", "empty, 0 bytes")]);
        Assert.Equal("id,reason\r\nx.wav,\"empty, 0 bytes\"\r\n", File.ReadAllText(run.PathOf(RunFiles.ExcludedItems)));
    }

    [Fact]
    public void Headers_of_the_other_tables_are_the_fixed_ones()
    {
        var contract = RunContract.Classification("t", SampleRun.Classes);
        Assert.Equal("ts_utc,run_id,test_loss,test_acc,test_f1_macro,test_precision_macro,test_recall_macro,test_balanced_acc",
            string.Join(',', contract.TestColumns));
        Assert.Equal("ts_utc,split,class_id,class_name,precision,recall,f1,support", string.Join(',', RunContract.ClassColumns));
        Assert.Equal(@"true\pred,quiet,breathe,snore", string.Join(',', contract.ConfusionColumns));
        Assert.Equal("id,fold,true,predicted,p_quiet,p_breathe,p_snore", string.Join(',', contract.PredictionColumns));
        Assert.Contains(",lr,fold,is_best", string.Join(',', (contract with { Folds = [1] }).EpochColumns));
    }

    [Fact]
    public void A_contract_reads_back_as_it_was_written()
    {
        using var folder = new TempFolder();
        var contract = RunContract.Classification("t", SampleRun.Classes) with
        {
            ExtraScores = ["kappa"],
            Folds = [3, 1],
            BlankColumns = ["n_mels"],
            MacroAverage = Lab.Metrics.AveragedClasses.Present,
        };
        File.WriteAllText(folder["c.json"], CanonicalJson.Text(contract.ToJson()));
        Assert.Equal(CanonicalJson.Text(contract.ToJson()), CanonicalJson.Text(RunContract.Read(folder["c.json"]).ToJson()));
        Assert.Throws<ArgumentException>(() => RunContract.Classification("t", ["a", "a"]));
    }

    [Fact]
    public void Environment_keeps_what_matters_and_masks_secrets()
    {
        Dictionary<string, string> variables = new()
        {
            ["HF_TOKEN"] = "hf_abc",
            ["WANDB_API_KEY"] = "k",
            ["HF_DATASETS_CACHE"] = "/data",
            ["HOME"] = "/home/me",
            ["KYMO_STORAGE"] = "postgresql://me:secret@host/db",
            ["OMP_NUM_THREADS"] = "2",
        };
        Assert.Equal(
            "HF_DATASETS_CACHE=/data HF_TOKEN=*** KYMO_STORAGE=postgresql://***@host/db OMP_NUM_THREADS=2 WANDB_API_KEY=***",
            string.Join(' ', RunEnvironment.Relevant(variables).OrderBy(v => v.Key).Select(v => $"{v.Key}={v.Value}")));
        var text = CanonicalJson.Text(RunEnvironment.Describe([], 2, new GitState(null, null, null), variables));
        Assert.DoesNotContain("secret", text);
        Assert.All(RunEnvironment.RequiredKeys, k => Assert.Contains($"\"{k}\"", text));
    }

    [Fact]
    public void Git_state_is_that_of_the_repository_or_nothing()
    {
        using var folder = new TempFolder();
        Assert.Equal(new GitState(null, null, null), GitState.Of(folder.Path));
        var (code, _) = Shell.Run(folder.Path, "git", "init", "-q", "-b", "trunk");
        if (code != 0) Assert.Skip("needs git");
        File.WriteAllText(folder["a"], "1");
        Shell.Run(folder.Path, "git", "add", "a");
        Shell.Run(folder.Path, "git", "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "m");
        var (_, head) = Shell.Run(folder.Path, "git", "rev-parse", "HEAD");
        Assert.Equal(new GitState(head.Trim(), "trunk", false), GitState.Of(folder.Path));
        File.WriteAllText(folder["a"], "2");
        Assert.Equal(new GitState(head.Trim(), "trunk", true), GitState.Of(folder.Path));
    }
}
