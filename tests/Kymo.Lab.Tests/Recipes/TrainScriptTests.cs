using Kymo.Lab.Tests.Runs;

namespace Kymo.Lab.Tests.Recipes;

public sealed class TrainScriptTests
{
    [Theory]
    [InlineData("--batch_size 64 --window_size 45 --dataset_dir /app/data", "trainer.batch_size=64 data.window_size=45 data.dataset_dir=/app/data")]
    [InlineData("--dataset_dir=/x --motion_magnitude --negative_times --cpu", "data.dataset_dir=/x data.motion_magnitude=true data.negative_times=true trainer.device=cpu")]
    [InlineData("--epochs 3 --lr=0.01 models=[GRU]", "trainer.epochs=3 optim.lr=0.01 models=[GRU] data.dataset_dir=data/polysomnography")]
    public void Flags_of_the_original_become_overrides(string flags, string overrides)
    {
        var (exitCode, output) = Run([.. flags.Split(' '), "--print"]);
        Assert.Equal(0, exitCode);
        Assert.EndsWith("kymo train sleep-stages " + overrides + "\n", output);
    }

    [Theory]
    [InlineData("--window 3", "there is no --window")]
    [InlineData("--lr", "--lr needs a value")]
    [InlineData("--speed=3", "there is no --speed")]
    [InlineData("64", "'64' is no flag")]
    public void Unknown_flags_are_usage_errors(string flags, string said)
    {
        var (exitCode, output) = Run(flags.Split(' '));
        Assert.Equal(2, exitCode);
        Assert.Contains(said, output);
    }

    static (int ExitCode, string Output) Run(string[] arguments) =>
        Shell.Run(Repository.Root, "/bin/bash", [Repository.PathOf("scripts", "sleep-stages", "train.sh"), .. arguments]);
}
