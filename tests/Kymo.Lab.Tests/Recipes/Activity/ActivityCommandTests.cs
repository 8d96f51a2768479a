using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Tests.Recipes.Activity;

/// <summary>A generated MM-Fit tree of all workouts, seconds long, that the commands of the original's README run on.</summary>
public sealed class ActivityTree : IDisposable
{
    readonly TempFolder _folder = new();

    public ActivityTree() => MmFitTree.Write(
        Path.Combine(_folder.Path, "mm-fit"), new MmFitTreeOptions([.. Enumerable.Range(0, 21).Select(i => $"w{i:00}")], Sets: 2, SetSeconds: 1.3, RestSeconds: 0.8));

    /// <summary>The folder above the tree.</summary>
    public string Parent => _folder.Path;

    /// <summary>A composed run.</summary>
    internal static RunResult Run(string root, string name, IReadOnlyList<string> typed, List<string>? told = null)
    {
        string[] overrides = [.. typed, $"run.root={root}", $"run.name={name}", "trainer.threads=1"];
        var recipe = Registry.Find("activity");
        var composition = Compose(overrides);
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        return recipe.Run(job, new RunContext(composition.Config, composition.Hydra, overrides, null, false, happening => told?.Add(happening.ToString()), TimeProvider.System, CancellationToken.None));
    }

    internal static Composition Compose(IReadOnlyList<string> overrides) => new ConfigComposer().Compose(new ComposeRequest
    {
        SearchPath = [new SearchPathEntry(SearchPathEntry.Main, Registry.Find("activity").ConfFolder)],
        ConfigName = "config",
        JobName = "activity",
        Overrides = Override.ParseAll(overrides),
    });

    public void Dispose() => _folder.Dispose();
}

/// <summary>Every training command of the original's README in its new form, on a generated tree.</summary>
public sealed class ActivityCommandTests(ActivityTree tree) : IClassFixture<ActivityTree>, IDisposable
{
    const string Quick = "trainer.fast_dev_run=true";

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("scenario=scenario2 " + Quick)]
    [InlineData("trainer.epochs=50 optim.lr=5e-4 model.regressor.sequence_length=256 scenario.alpha=1.5 " + Quick)]
    [InlineData("trainer.epochs=2 seed=42 device=cpu " + Quick)]
    [InlineData("data=mmfit_debug scenario=debug trainer.epochs=2")]
    [InlineData("data=mmfit_debug scenario=debug trainer.epochs=1 trainer.enable_checkpointing=false trainer.early_stopping.enabled=false")]
    [InlineData("trainer.epochs=2 trainer.limit_train_batches=0.1 trainer.limit_val_batches=0.25")]
    [InlineData("data=mmfit scenario=debug optim.lr=3e-4 model.regressor.fc_hidden=128 trainer.epochs=10 " + Quick)]
    [InlineData("trainer.epochs=100 trainer.patience=10 optim.weight_decay=1e-4 scenario.beta=0.3 data.sensor_window_length=256 " + Quick)]
    [InlineData("data=mmfit_debug trainer.early_stopping.enabled=true trainer.early_stopping.monitor=val_loss trainer.early_stopping.mode=min trainer.early_stopping.patience=10 trainer.epochs=1")]
    [InlineData("data=mmfit_debug trainer.checkpoint.enabled=true trainer.checkpoint.monitor=val_loss trainer.checkpoint.mode=min trainer.checkpoint.save_top_k=1 trainer.checkpoint.dirpath=kept trainer.checkpoint.filename=\"epoch{epoch}-val{val_loss:.4f}\" trainer.epochs=1")]
    [InlineData("data=mmfit_debug trainer.epochs=1 trainer.logger=wandb trainer.wandb.enabled=true trainer.wandb.project=har")]
    [InlineData("data=mmfit_debug trainer.epochs=1 trainer.logger=wandb trainer.wandb.mode=offline trainer.wandb.group=scenario2 trainer.wandb.tags=[\"mmfit\",\"alpha1.0\"]")]
    [InlineData("data=mmfit_debug trainer.epochs=1 trainer.logger=null trainer=fast")]
    [InlineData("scenario=scenario2 data=mmfit optim.lr=3e-4 optim.weight_decay=1e-4 data.sensor_window_length=256 model.feature_extractor.n_filters=16 model.feature_extractor.filter_size=5 scenario.alpha=1.2 scenario.beta=0.3 trainer.epochs=50 seed=0 " + Quick)]
    [InlineData("optim.lr=0.0026421464 optim.weight_decay=0.00018897 scenario.alpha=10 scenario.beta=10 data.sensor_window_length=400 data.stride_seconds=0.1 model.feature_extractor.n_filters=24 model.feature_extractor.filter_size=7 trainer.epochs=200 " + Quick)]
    [InlineData("preset=mmfit_scenario2 trainer.epochs=2 " + Quick)]
    [InlineData("preset=mmfit_scenario22 trainer.epochs=2 " + Quick)]
    [InlineData("preset=mmfit_scenario24 trainer.epochs=2 " + Quick)]
    [InlineData("preset=mmfit_scenario4 trainer.epochs=2 " + Quick)]
    [InlineData("preset=mmfit_scenario42 trainer.epochs=2 compat.t_encoder=legacy " + Quick)]
    public void Command_of_the_readme_runs_and_leaves_its_files(string command)
    {
        var result = ActivityTree.Run(_folder.Path, "run", [.. command.Split(' '), "data.dataset_name=mmfit", $"env.data_dir={tree.Parent}"]);
        foreach (var file in new[] { "results.json", "resolved_config.yaml", "metrics.json", "epoch_metrics.csv", "predictions.csv", "report.html", ".hydra/config.yaml", RunFiles.BestModel, RunFiles.LastModel })
            Assert.True(File.Exists(Path.Combine(result.Folder, file)), $"{file} is missing");
        Assert.DoesNotContain(RunVerifier.Verify(result.Folder), finding => finding.Severity == Severity.Error);
        var results = JsonNode.Parse(File.ReadAllText(Path.Combine(result.Folder, "results.json")))!;
        var epochs = results["history"]!["train_loss"]!.AsArray().Count;
        Assert.InRange(epochs, 1, 2);
        Assert.All(results["history"]!.AsObject(), entry => Assert.Equal(epochs, entry.Value!.AsArray().Count));
        Assert.InRange((double)results["final_metrics"]!["best_val_f1"]!, 0, 1);
        // scenario22 is the one without a regression.
        Assert.Equal(command.Contains("scenario22"), results["final_metrics"]!["test_mse"] is null);
        Assert.NotNull(results["config"]!["data"]);
        if (command.Contains("dirpath=kept")) Assert.Matches(@"epochepoch=1-valval_loss=\d+\.\d{4}\.safetensors$", Assert.Single(Directory.GetFiles(Path.Combine(result.Folder, "kept"))));
        Assert.Equal(command.Contains("logger=wandb"), Directory.Exists(Path.Combine(result.Folder, "wandb")));
    }

    [Fact]
    public void Folder_of_the_data_may_be_named_itself()
    {
        var result = ActivityTree.Run(_folder.Path, "run", ["data=mmfit_debug", $"data.data_dir={tree.Parent}/mm-fit", "trainer.epochs=1", Quick]);
        Assert.NotEqual("", result.Folder);
        var error = Assert.Throws<Kymo.Signals.DataException>(() => ActivityTree.Run(_folder.Path, "other", ["data=mmfit_debug", $"env.data_dir={_folder["nowhere"]}"]));
        Assert.Contains("mm-fit", error.Message);
        Assert.Contains("data.data_dir=DIR", error.Message);
    }

    [Fact]
    public void Folder_and_label_of_a_run_may_be_asked_for()
    {
        var asked = _folder["asked/for"];
        string[] typed = ["data=mmfit_debug", $"env.data_dir={tree.Parent}", "trainer.epochs=1", $"run.dir={asked}", "run.label=apex", "run.name=''", Quick];
        var result = ActivityTree.Run(_folder.Path, "", typed);
        Assert.EndsWith("-apex", result.Folder);
        Assert.True(File.Exists(Path.Combine(asked, "results.json")));
        Assert.Contains("run.dir", Assert.Throws<ConfigException>(() => ActivityTree.Run(_folder.Path, "other", [.. typed[..^2], Quick])).Message);
    }

    [Theory]
    [InlineData("scenario2", 400)]
    [InlineData("scenario22", 400)]
    [InlineData("scenario23", 500)]
    [InlineData("scenario24", 300)]
    [InlineData("scenario25", 500)]
    [InlineData("scenario3", 250)]
    [InlineData("scenario4", 400)]
    [InlineData("scenario42", 400)]
    [InlineData("scenario5", 500)]
    public void Preset_chooses_its_scenario_and_length(string scenario, int length)
    {
        var composition = ActivityTree.Compose([$"preset=mmfit_{scenario}"]);
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        var config = ConfigBinder.Bind<Lab.Recipes.Activity.ActivityConfig>(job);
        Assert.Equal((scenario, length, length), (config.Scenario.ExperimentName, config.Data.SensorWindowLength, config.Model.Encoder!.WindowSize));
        Assert.Equal((200, 1.0), (config.Trainer.Epochs, config.Trainer.GradientClipVal));
    }

    [Fact]
    public void One_length_sets_all_three_and_two_different_ones_are_refused()
    {
        var told = new List<string>();
        var result = ActivityTree.Run(_folder.Path, "run", ["data=mmfit_debug", $"env.data_dir={tree.Parent}", "model.regressor.sequence_length=256", Quick], told);
        Assert.Contains(told, text => text.Contains("model.regressor.sequence_length=256 sets"));
        var yaml = File.ReadAllText(Path.Combine(result.Folder, "resolved_config.yaml"));
        foreach (var line in new[] { "sensor_window_length: 256", "sequence_length: 256", "window_size: 256" }) Assert.Contains(line, yaml);
        Assert.Equal(1_780_192 + 104_324 + 1_111, (long)result.Metrics["params"]!);
        Assert.Contains("are one length", Assert.Throws<ConfigException>(() =>
            ActivityTree.Run(_folder.Path, "two", ["model.regressor.sequence_length=256", "data.sensor_window_length=300", $"env.data_dir={tree.Parent}"])).Message);
    }

    [Theory]
    [InlineData("trainer.foo=1", "foo")]
    [InlineData("scenario=scenario9", "scenario9")]
    [InlineData("optim=sgd", "sgd")]
    [InlineData("trainer.wandb.mode=online", "wandb sync")]
    [InlineData("device=cuda:9", "cuda")]
    [InlineData("model.regressor.joint_kernel_sizes=[3,3]", "the same number")]
    [InlineData("model.regressor.temporal_kernel_size=0", "temporal_kernel_size")]
    [InlineData("model.feature_extractor.filter_size=4", "odd")]
    [InlineData("model.classifier.f_in=50", "n_dense")]
    [InlineData("data.split=random", "split")]
    [InlineData("scenario.trainable=[fe,xyz]", "xyz")]
    [InlineData("scenario.trainable=[fe_sim]", "scenario2 has no module 'fe_sim'; it has pose2imu, fe, ac")]
    [InlineData("+data.foo=1", "foo")]
    [InlineData("+scenario.mmd.foo=1", "foo")]
    [InlineData("+foo=1", "foo")]
    [InlineData("scenario.mmd.weight=2", "scenario.mmd.enabled=true")]
    [InlineData("scenario.contrastive.temperature=1", "scenario.contrastive.enabled=true")]
    [InlineData("scenario.adversarial.weight=2", "scenario=scenario4")]
    [InlineData("scenario.adversarial.discriminator.dropout=0", "scenario=scenario4")]
    [InlineData("scenario.secondary.loss_weight=2", "scenario=scenario3")]
    [InlineData("data.fold=2", "data.split=loso")]
    [InlineData("data.split=official", "data.train_subjects")]
    [InlineData("data.secondary_dir=x", "scenario=scenario3")]
    [InlineData("data.simulated_subjects=[w01]", "data.use_simulated_data=true")]
    public void Wrong_setting_says_what_to_type(string setting, string expected)
    {
        var error = Assert.ThrowsAny<ConfigException>(() => ActivityTree.Run(_folder.Path, "wrong", ["data=mmfit_debug", $"env.data_dir={tree.Parent}", setting]));
        Assert.Contains(expected, error.Message);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "runs", "wrong")));
    }

    [Theory]
    [InlineData("original", "person")]
    [InlineData("official", "person")]
    [InlineData("official_unseen", "validation")]
    public void Published_split_that_shares_people_is_stamped(string split, string leak)
    {
        var result = ActivityTree.Run(_folder.Path, "run", [$"env.data_dir={tree.Parent}", $"data.split={split}", "data.sensor_window_length=100", Quick]);
        Assert.Equal(leak, (string?)result.Metrics["leak"]);
        Assert.Contains(result.Summary, line => line.Contains("leak: person 0"));
    }

    [Fact]
    public void Own_lists_that_share_a_person_are_refused()
    {
        var error = Assert.Throws<Kymo.Signals.DataException>(() => ActivityTree.Run(
            _folder.Path, "shared", [$"env.data_dir={tree.Parent}", "data.split=lists", "data.train_subjects=[w01]", "data.val_subjects=[w14]", "data.test_subjects=[w16]"]));
        Assert.Contains("w14 in val", error.Message);
    }

    [Theory]
    [InlineData("scenario.adversarial.n_critic=2", "scenario=scenario4")]
    [InlineData("scenario.adversarial.grl_lambda=2", "scenario=scenario42")]
    [InlineData("scenario.adversarial.discriminator.hidden_units=[8]", "scenario=scenario42")]
    [InlineData("scenario.adversarial.aux_weight=2", "scenario=scenario4")]
    [InlineData("scenario.adversarial.schedule_gamma=2", "scenario=scenario4")]
    [InlineData("scenario.beta=2", "scenario=scenario25")]
    [InlineData("scenario.gamma=2", "scenario=scenario22")]
    [InlineData("optim.scheduler.patience=2", "optim.scheduler.name=none")]
    [InlineData("data.max_rows=500", "data=sp_sw_har")]
    [InlineData("data.sensor=sw_r", "data=utd_mhad")]
    [InlineData("data.acc_file=x.npy", "data.source=raw")]
    [InlineData("data.pose_file=x.npy", "data.source=raw")]
    [InlineData("data.sensor=sw_r", "data.source=preprocessed")]
    [InlineData("data.preprocess=frame", "data.source=preprocessed")]
    [InlineData("data.sampling_rate_hz=50", "data=sp_sw_har")]
    [InlineData("data.sampling_rate_hz=50", "data=utd_mhad")]
    [InlineData("data.dataset_name=x", "data.data_dir=x")]
    [InlineData("data.max_rows=5", "compat.truncate=1000")]
    [InlineData("compat.truncate=1000", "data=sp_sw_har")]
    [InlineData("compat.preprocess=A", "data=sp_sw_har")]
    [InlineData("compat.preprocess=B", "data.source=preprocessed")]
    [InlineData("compat.split=original", "data=utd_mhad")]
    [InlineData("compat.split=original", "data.split=official")]
    [InlineData("compat.scenario24=shared", "scenario=scenario23")]
    [InlineData("compat.t_encoder=legacy", "scenario=scenario2")]
    [InlineData("compat.dropout=0.3", "model/encoder=grouped")]
    [InlineData("model.feature_extractor.drop_prob=0.1", "compat.dropout=0.3")]
    [InlineData("model.feature_extractor.n_filters=8", "preset=mmfit_scenario2 compat.t_encoder=legacy")]
    [InlineData("model.encoder.kernel_size=5", "preset=mmfit_scenario2 compat.t_encoder=legacy")]
    [InlineData("model.feature_extractor.branch_norm=separate", "scenario=real_only")]
    [InlineData("model.feature_extractor.branch_norm=separate", "scenario=scenario24")]
    [InlineData("scenario.separate_classifiers=true", "scenario=real_only")]
    [InlineData("scenario.separate_feature_extractors=true", "scenario=real_only")]
    [InlineData("scenario.mmd.weight=7", "leave_one_out=true")]
    [InlineData("data.secondary_dir=/nowhere", "leave_one_out=true")]
    [InlineData("data.fold=1", "leave_one_out=true")]
    [InlineData("run.dir=x", "leave_one_out=true")]
    [InlineData("scenario.mmd.weight=7", "ablation=[real_only,scenario2]")]
    [InlineData("scenario=scenario5", "ablation=[real_only,scenario2]")]
    [InlineData("data.fold=1", "ablation=[real_only,scenario5] scenario.mmd.weight=7")]
    public void Setting_that_nothing_reads_beside_the_others_is_an_error(string setting, string beside)
    {
        var error = Assert.Throws<ConfigException>(() => ActivityTree.Run(_folder.Path, "wrong", [.. beside.Split(' '), setting]));
        Assert.Contains($"'{setting}': nothing reads it", error.Message);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "runs")));
    }

    [Theory]
    [InlineData("leave_one_out=true")]
    [InlineData("ablation=[real_only,scenario2]")]
    public void Series_that_trains_nothing_is_refused(string series) => Assert.Contains("trainer.epochs=0 trains nothing",
        Assert.Throws<ConfigException>(() => ActivityTree.Run(_folder.Path, "wrong", [series, "trainer.epochs=0"])).Message);

    [Fact]
    public void Rule_of_the_original_that_changes_nothing_stamps_no_run()
    {
        IReadOnlyList<string> On(params string[] typed)
        {
            var composition = ActivityTree.Compose(["compat=original", .. typed]);
            var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
            return Lab.Recipes.Activity.ActivityRecipe.WithCompat(ConfigBinder.Bind<Lab.Recipes.Activity.ActivityConfig>(job)).Compat.On();
        }
        void AssertSame(string[] expected, IReadOnlyList<string> actual) => Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        string[] everywhere = ["windows=true", "f1=present", "loss_mean=batches", "state_names=true", "config=activity", "hpo_score=last"];
        AssertSame([.. everywhere, "dropout=0.3"], On("data=sp_sw_har"));
        AssertSame([.. everywhere, "dropout=0.3", "preprocess=A", "scenario24=shared", "split=original", "truncate=1000"], On("scenario=scenario24"));
        AssertSame([.. everywhere, "dropout=0.3", "preprocess=A", "t_encoder=legacy", "truncate=1000"], On("preset=mmfit_scenario2", "data=mmfit_debug"));
    }

    [Fact]
    public void Typed_settings_may_count_as_in_the_originals_own_merger()
    {
        var told = new List<string>();
        string[] typed =
        [
            "data=mmfit_debug", $"+data_dir={tree.Parent}", "+sensor_window_length=100", "data.batch_size=32", "scenario.alpha=7", "+beta=0.5", "model.regressor.use_batch_norm=False",
            "trainer.early_stopping.patience=3", "compat.config=activity", Quick,
        ];
        var result = ActivityTree.Run(_folder.Path, "run", typed, told);
        var settings = JsonNode.Parse(File.ReadAllText(Path.Combine(result.Folder, "resolved_config.json")))!;
        Assert.Equal((100, 2048), ((int)settings["data"]!["sensor_window_length"]!, (int)settings["data"]!["batch_size"]!));
        Assert.Equal((100.0, 0.5), ((double)settings["scenario"]!["alpha"]!, (double)settings["scenario"]!["beta"]!));
        Assert.True((bool)settings["model"]!["regressor"]!["use_batch_norm"]!);
        foreach (var dead in new[] { "data.batch_size=32", "scenario.alpha=7", "trainer.early_stopping.patience=3" }) Assert.Contains(told, text => text.Contains(dead + " changes nothing"));
        Assert.Contains("config=activity", result.Metrics["compat"]!.AsArray().Select(node => (string)node!));
        Assert.Contains("only env=, data= and scenario=", Assert.Throws<ConfigException>(() => ActivityTree.Run(_folder.Path, "fast", [.. typed, "trainer=fast"])).Message);
    }

    [Fact]
    public void Compat_repeats_the_original_and_says_so()
    {
        var result = ActivityTree.Run(_folder.Path, "run", [$"+data_dir={tree.Parent}", "data=mmfit_debug", "compat=original", "+sensor_window_length=100", Quick]);
        foreach (var rule in new[] { "truncate=1000", "config=activity", "hpo_score=last" }) Assert.Contains(rule, result.Metrics["compat"]!.AsArray().Select(node => (string)node!));
        // The lists of mmfit_debug stand whatever the split.
        Assert.DoesNotContain("split=original", result.Metrics["compat"]!.AsArray().Select(node => (string)node!));
        Assert.Contains("ac.classfier.weight".Split('.', 2)[1], Kymo.Lab.Models.WeightFiles.Read(Path.Combine(result.Folder, "checkpoints", "ac_best.pth")).Keys);
        Assert.Contains("preprocess=A", File.ReadAllText(Path.Combine(result.Folder, "results.json")));
    }
}
