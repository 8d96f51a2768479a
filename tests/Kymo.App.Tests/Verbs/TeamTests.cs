using Kymo.Torch.Checkpoints;

namespace Kymo.App.Tests.Verbs;

/// <summary>Several processes that train as one.</summary>
public sealed class TeamTests : IDisposable
{
    const float Tolerance = 1e-4f;

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_processes_train_to_the_weights_of_one_and_both_runs_are_sound()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs Unix");
        string[] training =
        [
            "train", "sleep-events", "data=synthetic", "features.duration=1", "model=tinycnn_cbam", "split.count=3", "trainer.batch_size=8", "trainer.epochs=3",
            "trainer.threads=1", "optim.lr=0.003", "trainer.early_stopping.enabled=false",
        ];
        KymoProgram.Succeed(_folder.Path, [.. training, "run.name=one"]);
        var team = KymoProgram.Succeed(_folder.Path, [.. training, "run.name=two", "--nproc", "2"]);
        Assert.Contains("all held-out clips", team.Output);
        var (one, two) = (Weights("one"), Weights("two"));
        Assert.Equal(one.Keys, two.Keys);
        foreach (var (name, expected) in one)
            Assert.True(expected.Zip(two[name], (a, b) => Math.Abs(a - b)).Max() < Tolerance, $"{name} differs by more than {Tolerance}");
        KymoProgram.Succeed(_folder.Path, "runs", "verify", "results/runs/two");
    }

    Dictionary<string, float[]> Weights(string run) => SafetensorsFile.Read(_folder[$"results/runs/{run}/checkpoints/best_model.safetensors"]).Tensors
        .ToDictionary(entry => entry.Name, entry => entry.Tensor.ToArray<float>());
}
