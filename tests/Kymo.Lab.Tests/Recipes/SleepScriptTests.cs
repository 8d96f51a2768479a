using Kymo.Lab.Tests.Runs;

namespace Kymo.Lab.Tests.Recipes;

/// <summary>The sleep-stages scripts: the original's flags, translated.</summary>
public sealed class SleepScriptTests
{
    [Theory]
    [InlineData("--batch_size 64 --window_size 45 --dataset_dir /app/data", "trainer.batch_size=64 data.window_size=45 data.dataset_dir=/app/data")]
    [InlineData("--dataset_dir=/x --motion_magnitude --negative_times --cpu", "data.dataset_dir=/x data.motion_magnitude=true data.negative_times=true trainer.device=cpu")]
    [InlineData("--epochs 3 --lr=0.01 models=[GRU]", "trainer.epochs=3 optim.lr=0.01 models=[GRU] data.dataset_dir=data/polysomnography")]
    public void Flags_of_the_original_become_overrides(string flags, string overrides)
    {
        var (exitCode, output) = Run("train.sh", [.. flags.Split(' '), "--print"]);
        Assert.Equal(0, exitCode);
        Assert.EndsWith("kymo train sleep-stages " + overrides + "\n", output);
    }

    [Theory]
    [InlineData("infer.sh", "--print", "kymo serve --models inference/production_models --urls http://127.0.0.1:8000")]
    [InlineData("infer.sh", "--models results/runs/r --port=9000 --print", "kymo serve --models results/runs/r --urls http://127.0.0.1:9000")]
    [InlineData("infer.sh", "--docker --cpu --print", "-p 127.0.0.1:8000:8000 sleep-analysis serve --models /srv/kymo/inference/production_models --urls http://0.0.0.0:8000")]
    [InlineData("train.sh", "--docker --cpu --epochs 3 --print", "sleep-analysis:training train sleep-stages run.root=runs trainer.device=cpu trainer.epochs=3 data.dataset_dir=data/polysomnography")]
    public void Services_and_images_start_with_a_command_that_can_be_read(string script, string flags, string command)
    {
        var (exitCode, output) = Run(script, flags.Split(' '));
        Assert.Equal(0, exitCode);
        Assert.EndsWith(command + "\n", output);
    }

    [Theory]
    [InlineData("train.sh", "--window 3", "there is no --window")]
    [InlineData("train.sh", "--lr", "--lr needs a value")]
    [InlineData("train.sh", "--speed=3", "there is no --speed")]
    [InlineData("train.sh", "64", "'64' is no flag")]
    [InlineData("infer.sh", "--port x", "--port needs a number, not 'x'")]
    [InlineData("infer.sh", "--speed", "'--speed' is no flag")]
    [InlineData("infer.sh", "--models no/such/folder", "there is no folder no/such/folder")]
    public void Wrong_flags_are_usage_errors(string script, string flags, string said)
    {
        var (exitCode, output) = Run(script, flags.Split(' '));
        Assert.Equal(2, exitCode);
        Assert.Contains(said, output);
    }

    static (int ExitCode, string Output) Run(string script, string[] arguments) =>
        Shell.Run(Repository.Root, "/bin/bash", [Repository.PathOf("scripts", "sleep-stages", script), .. arguments]);
}
