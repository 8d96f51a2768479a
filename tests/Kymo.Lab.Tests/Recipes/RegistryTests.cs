using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Tests.Recipes;

/// <summary>What every recipe owes: it composes, runs, leaves the whole contract, and repeats itself after an interruption.</summary>
public sealed class RegistryTests : IDisposable
{
    static readonly string[] s_tiny = ["data=synthetic", "features=logmel_1s5", "trainer.epochs=2", "trainer.threads=1", "optim.lr=0.003"];

    readonly TempFolder _folder = new();

    public static TheoryData<string> Names => [.. Registry.Recipes.Select(recipe => recipe.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_option_of_every_group_composes(string name)
    {
        var recipe = Registry.Find(name);
        foreach (var group in Directory.GetDirectories(recipe.ConfFolder))
            foreach (var option in Directory.GetFiles(group, "*.yaml"))
                Assert.NotEmpty(Compose(recipe, [$"{Path.GetFileName(group)}={Path.GetFileNameWithoutExtension(option)}"]).Config);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Tiny_run_keeps_the_contract_and_its_loss_falls(string name)
    {
        var result = Run(Registry.Find(name), "whole", null, CancellationToken.None, _ => { });
        Assert.DoesNotContain(RunVerifier.Verify(result.Folder), finding => finding.Severity == Severity.Error);
        var epochs = File.ReadAllLines(Path.Combine(result.Folder, "folds", "fold_1", RunFiles.EpochMetrics));
        var loss = Array.IndexOf(epochs[0].Split(','), "train_loss");
        double Loss(int row) => double.Parse(epochs[row].Split(',')[loss], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(Loss(2) < Loss(1), $"{Loss(1)} then {Loss(2)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Interrupted_and_resumed_run_ends_in_the_same_weights_and_predictions(string name)
    {
        var recipe = Registry.Find(name);
        var whole = Run(recipe, "whole", null, CancellationToken.None, _ => { }).Folder;
        foreach (var moment in new[] { "fold 1 epoch 2/2 step", "fold 2 epoch 1/2 step", "fold 3 epoch 2/2 step" })
        {
            var run = "cut_" + moment[5];
            using var stop = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => Run(recipe, run, null, stop.Token, told =>
            {
                if (told is RunEvent.Progress progress && progress.What == moment) stop.Cancel();
            }));
            var resumed = Run(recipe, run, run, CancellationToken.None, _ => { }).Folder;
            foreach (var file in new[] { RunFiles.Predictions, RunFiles.ConfusionMatrix, RunFiles.BestModelSafetensors, RunFiles.LastModel, RunFiles.LastOptimizer })
                Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(resumed, file)));
            Assert.DoesNotContain(RunVerifier.Verify(resumed), finding => finding.Severity == Severity.Error);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Resumed_run_of_another_configuration_is_refused(string name)
    {
        var recipe = Registry.Find(name);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Run(recipe, "a", null, stop.Token, told =>
        {
            if (told is RunEvent.Progress { What: "fold 1 epoch 2/2 step" }) stop.Cancel();
        }));
        var error = Assert.Throws<ConfigException>(() => Run(recipe, "a", "a", CancellationToken.None, _ => { }, "optim.lr=0.1"));
        Assert.Contains("optim.lr was 0.003, is 0.1", error.Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_name_that_exists_is_refused(string name)
    {
        var recipe = Registry.Find(name);
        Run(recipe, "twice", null, CancellationToken.None, _ => { });
        Assert.Contains("exists already", Assert.Throws<ConfigException>(() => Run(recipe, "twice", null, CancellationToken.None, _ => { })).Message);
    }

    [Theory]
    [InlineData("trainer.device=cuda", "cuda")]
    [InlineData("cv.folds=[1,9]", "there is no fold 9")]
    [InlineData("trainer.batch_size=many", "expected an integer")]
    [InlineData("cv.validation=test_fold", "compat=original")]
    public void Wrong_setting_says_what_to_type(string setting, string expected)
    {
        var error = Assert.ThrowsAny<Exception>(() => Run(Registry.Find("urban-sounds"), "wrong", null, CancellationToken.None, _ => { }, setting));
        Assert.Contains(expected, error.Message);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "runs", "wrong")));
    }

    RunResult Run(Recipe recipe, string name, string? resume, CancellationToken cancel, Action<RunEvent> tell, params string[] more)
    {
        string[] overrides = [.. s_tiny, $"run.root={_folder.Path}", $"run.name={name}", .. more];
        var composition = Compose(recipe, overrides);
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        return recipe.Run(job, new RunContext(composition.Config, composition.Hydra, overrides, resume, false, tell, TimeProvider.System, cancel));
    }

    static Composition Compose(Recipe recipe, string[] overrides) => new ConfigComposer().Compose(new ComposeRequest
    {
        SearchPath = [new SearchPathEntry(SearchPathEntry.Main, recipe.ConfFolder)],
        ConfigName = "config",
        Overrides = Override.ParseAll(overrides),
    });
}
