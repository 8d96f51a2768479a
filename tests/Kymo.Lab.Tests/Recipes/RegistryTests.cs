using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Tests.Recipes;

/// <summary>What every recipe owes: it composes, runs, leaves the whole contract, and repeats itself after an interruption.</summary>
public sealed class RegistryTests : IDisposable
{
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
    public void Trial_run_keeps_the_contract_and_its_loss_falls(string name)
    {
        var result = Run(Registry.Find(name), "whole", null, CancellationToken.None, _ => { });
        Assert.DoesNotContain(RunVerifier.Verify(result.Folder), finding => finding.Severity == Severity.Error);
        var epochs = File.ReadAllLines(Path.Combine(result.Folder, RunFiles.EpochMetrics));
        var loss = Array.IndexOf(epochs[0].Split(','), "train_loss");
        double Loss(int row) => double.Parse(epochs[row].Split(',')[loss], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(Loss(2) < Loss(1), $"{Loss(1)} then {Loss(2)}");
        Exports(Registry.Find(name), result.Folder);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Interrupted_and_resumed_run_ends_in_the_same_weights_and_predictions(string name)
    {
        var recipe = Registry.Find(name);
        var steps = 0;
        var whole = Run(recipe, "whole", null, CancellationToken.None, told => steps += IsStep(told) ? 1 : 0).Folder;
        Assert.InRange(steps, 4, 10_000);
        foreach (var moment in new[] { steps / 3, steps / 2, steps - 1 })
        {
            var run = $"cut_{moment}";
            using var stop = new CancellationTokenSource();
            var step = 0;
            Assert.ThrowsAny<OperationCanceledException>(() => Run(recipe, run, null, stop.Token, told =>
            {
                if (IsStep(told) && ++step == moment) stop.Cancel();
            }));
            var resumed = Run(recipe, run, run, CancellationToken.None, _ => { }).Folder;
            foreach (var file in new[] { RunFiles.Predictions, RunFiles.BestModelSafetensors, RunFiles.LastModel, RunFiles.LastOptimizer, RunFiles.RandomState })
                Assert.True(File.ReadAllBytes(Path.Combine(whole, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(resumed, file))), $"{name} cut at {moment} of {steps}: {file} differs");
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
            if (IsStep(told)) stop.Cancel();
        }));
        var error = Assert.Throws<ConfigException>(() => Run(recipe, "a", "a", CancellationToken.None, _ => { }, "optim.lr=0.0123"));
        Assert.Contains("optim.lr was ", error.Message);
        Assert.Contains("is 0.0123", error.Message);
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

    // What is trained can be exported, agrees, and opens again for answers.
    void Exports(Recipe recipe, string run)
    {
        var export = recipe.Export!(run, 0, "onnx", _folder["network.onnx"]);
        if (export.LargestDifference is not { } difference) return;
        Assert.InRange(difference, 0, 1e-4);
        using var predictor = Registry.Open(export.Path, 0);
        Assert.Equal(1, predictor.Networks);
    }

    RunResult Run(Recipe recipe, string name, string? resume, CancellationToken cancel, Action<RunEvent> tell, params string[] more)
    {
        string[] overrides = [.. recipe.Trial, $"run.root={_folder.Path}", $"run.name={name}", .. more];
        var composition = Compose(recipe, overrides);
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        return recipe.Run(job, new RunContext(composition.Config, composition.Hydra, overrides, resume, false, tell, TimeProvider.System, cancel));
    }

    static bool IsStep(RunEvent told) => told is RunEvent.Progress progress && progress.What.EndsWith(" step", StringComparison.Ordinal);

    static Composition Compose(Recipe recipe, string[] overrides) => new ConfigComposer().Compose(new ComposeRequest
    {
        SearchPath = [new SearchPathEntry(SearchPathEntry.Main, recipe.ConfFolder)],
        ConfigName = "config",
        Overrides = Override.ParseAll(overrides),
    });
}
