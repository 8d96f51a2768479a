using Kymo.Torch.Checkpoints;

namespace Kymo.App.Tests.Verbs;

/// <summary>Several processes that train as one.</summary>
public sealed class TeamTests : IDisposable
{
    const float Tolerance = 1e-4f;

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sleep-events", "features.duration=1", "model=tinycnn_cbam", "split.count=3", "trainer.early_stopping.enabled=false", "trainer.batch_size=23")] // the last of 24 clips is one process's
    [InlineData("urban-sounds", "augment=none", "model.encoder_dropout=0", "model.head_dropout=0", "cv.held_out=[1]", "optim.name=sgd", "trainer.batch_size=8")]
    public void Two_processes_train_to_the_weights_of_one_and_both_runs_are_sound(string recipe, params string[] settings)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs Unix");
        string[] training = ["train", recipe, "data=synthetic", .. settings, "trainer.epochs=3", "trainer.threads=1", "optim.lr=0.003"];
        KymoProgram.Succeed(_folder.Path, [.. training, "run.name=one"]);
        KymoProgram.Succeed(_folder.Path, [.. training, "run.name=two", "--nproc", "2"]);
        var (one, two) = (Weights("one"), Weights("two"));
        Assert.Equal(one.Keys, two.Keys);
        foreach (var (name, expected) in one)
        {
            var difference = expected.Zip(two[name], (a, b) => Math.Abs(a - b)).Max();
            Assert.True(difference < Tolerance, $"{name} differs by {difference}, more than {Tolerance}");
        }
        KymoProgram.Succeed(_folder.Path, "runs", "verify", "results/runs/two");
    }

    [Fact]
    public void Batch_too_small_for_batch_normalisation_in_every_process_is_refused()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs Unix");
        var refused = KymoProgram.Run(_folder.Path, ["train", "urban-sounds", "data=synthetic", "trainer.batch_size=1", "trainer.epochs=1", "--nproc", "2"]);
        Assert.Equal(2, refused.Code);
        Assert.Contains("type another trainer.batch_size than 1, or --nproc 1", refused.Error);
    }

    [Fact]
    public void Processes_whose_first_is_killed_stop_keep_their_steps_and_free_the_run()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs Unix");
        using var team = KymoProgram.Start(_folder.Path, [], "train", "urban-sounds", "data=synthetic", "trainer.epochs=5000", "trainer.threads=1", "augment=none", "cv.held_out=[1]",
            "run.name=orphans", "--nproc", "2");
        while (team.StandardError.ReadLine() is { } line && !line.StartsWith("fold 1 epoch 1:", StringComparison.Ordinal)) { }
        team.Kill();
        team.WaitForExit();
        Wait.Until(() => !File.Exists(_folder["results/runs/.locks/orphans.owner.json"]), "the process that writes the run ends");
        Assert.True(File.Exists(_folder["results/runs/orphans/folds/fold_1/checkpoints/state.pth"]));
        var repaired = KymoProgram.Succeed(_folder.Path, "doctor", "--repair", "orphans");
        Assert.Equal("nothing to mend\n", repaired.Output);
    }

    Dictionary<string, float[]> Weights(string run) => SafetensorsFile.Read(_folder[$"results/runs/{run}/checkpoints/best_model.safetensors"]).Tensors
        .Where(entry => entry.Tensor.Type == Torch.ElementType.Float32).ToDictionary(entry => entry.Name, entry => entry.Tensor.ToArray<float>());
}
