namespace Kymo.App.Tests;

/// <summary>A small run over <see cref="Sounds"/>, trained once for all tests of a class: run <c>base</c> in <see cref="Folder"/>.</summary>
public sealed class TrainedRun : IDisposable
{
    internal static readonly string[] Training =
    [
        "train", "urban-sounds", "data=table", "data.root=sounds", "features=logmel_1s5", "trainer.epochs=3", "trainer.threads=1", "augment=none",
        "optim.lr=0.003",
    ];

    readonly TempFolder _folder = new();

    public TrainedRun()
    {
        Sounds.Write(_folder["sounds"]);
        Said = KymoProgram.Succeed(Folder, [.. Training, "run.name=base"]).Output;
    }

    /// <summary>The folder that the program was started in.</summary>
    public string Folder => _folder.Path;

    /// <summary>What the training printed.</summary>
    public string Said { get; }

    /// <summary>The run's folder.</summary>
    public string Run => PathOf("results", "runs", "base");

    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    public void Dispose() => _folder.Dispose();
}
