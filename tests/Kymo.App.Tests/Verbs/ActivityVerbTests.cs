using System.Text.Json.Nodes;
using Kymo.Lab.Data.Motion;

namespace Kymo.App.Tests.Verbs;

/// <summary>The search commands of the activity recipe's predecessor, as users type them, on a generated tree.</summary>
public sealed class ActivityVerbTests : IDisposable
{
    static readonly string[] s_search = ["tune", "activity", "--metric", "val_f1", "--direction", "maximize", "--space-config", "conf/hpo/scenario2_mmfit.yaml"];

    readonly TempFolder _folder = new();

    public ActivityVerbTests() => MmFitTree.Write(_folder["datasets/mm-fit"], new MmFitTreeOptions(["w01", "w15", "w16"], Sets: 2, SetSeconds: 3, RestSeconds: 2));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Search_of_the_readme_runs_goes_on_and_its_best_line_trains()
    {
        string[] typed = ["data=mmfit_debug", "trainer.epochs=5", "trainer.fast_dev_run=true"];
        string[] study = ["--study-name", "mmfit_sc2_debug", "--storage", "experiments/hpo/mmfit_sc2/mmfit_sc2.db"];
        KymoProgram.Succeed(_folder.Path, [.. s_search, .. study, "--n-trials", "2", .. typed]);
        var more = KymoProgram.Succeed(_folder.Path, [.. s_search, .. study, "--n-trials", "1", "--json", .. typed,
            "trainer.logger=wandb", "trainer.wandb.enabled=true", "trainer.wandb.project=har", "trainer.wandb.group=optuna-sc2"]);
        Assert.Equal((3, 3), ((int)more.Json["n_trials"]!, (int)more.Json["complete"]!));
        var root = _folder["experiments/hpo/mmfit_sc2_debug"];
        Assert.Equal(22, JsonNode.Parse(File.ReadAllText(Path.Combine(root, "best.json")))!["best_params"]!.AsObject().Count);
        Assert.Equal(4, File.ReadAllLines(Path.Combine(root, "trials.csv")).Length);
        Assert.True(Directory.Exists(Path.Combine(root, "trials", "trial_002", "wandb")));
        var best = KymoProgram.Succeed(_folder.Path, "study", "best", "mmfit_sc2_debug", "--storage", "experiments/hpo/mmfit_sc2/mmfit_sc2.db").Output.Trim();
        Assert.Equal(0, KymoProgram.Run(_folder.Path, ["train", "activity", .. best.Split(' ').Select(typed => typed.Trim('\'')), "data=mmfit_debug", "--cfg", "job"]).Code);
    }

    [Fact]
    public void Search_may_take_the_last_epochs_score_as_its_predecessor_did()
    {
        KymoProgram.Succeed(_folder.Path, "tune", "activity", "--n-trials", "1", "--metric", "val_loss", "--direction", "maximize", "--study-name", "last", "--output-root", _folder["last"],
            "data=mmfit_debug", "data.sensor_window_length=100", "trainer.epochs=3", "trainer.limit_train_batches=1", "optim.lr=choice(0.001)", "compat.hpo_score=last");
        var table = File.ReadAllLines(_folder["last/trials/trial_000/epoch_metrics.csv"]);
        var best = JsonNode.Parse(File.ReadAllText(_folder["last/best.json"]))!;
        var last = table[^1].Split(',')[Array.IndexOf(table[0].Split(','), "val_loss")];
        Assert.Equal(double.Parse(last, System.Globalization.CultureInfo.InvariantCulture), (double)best["best_value"]!, 6);
    }

    [Fact]
    public void Trained_run_is_evaluated_exported_and_answers_for_a_file()
    {
        var answer = KymoProgram.Succeed(_folder.Path, "train", "activity", "data=mmfit_debug", "scenario=debug", "data.sensor_window_length=100", "trainer.limit_train_batches=1", "run.name=first", "--json");
        Assert.InRange((double)answer.Json["metrics"]!["test"]!["f1"]!, 0, 1);
        Assert.Contains("macro F1", KymoProgram.Succeed(_folder.Path, "evaluate", "first", "data.label_rule=majority").Output);
        var heard = KymoProgram.Succeed(_folder.Path, "predict", "first", "datasets/mm-fit/w16/w16_sw_l_acc.npy", "--json").Json["predictions"]![0]!;
        Assert.NotEmpty(heard["stretches"]!.AsArray());
        KymoProgram.Succeed(_folder.Path, "export", "first", "--out", "model.onnx");
        Assert.Equal(2, KymoProgram.Run(_folder.Path, "train", "activity", "data=mmfit_debug", "trainer.foo=1").Code);
        Assert.Equal(3, KymoProgram.Run(_folder.Path, "train", "activity", "env.data_dir=nowhere").Code);
    }
}
