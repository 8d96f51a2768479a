using System.Text.Json.Nodes;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Trackers;

namespace Kymo.Lab.Tests.Runs;

/// <summary>Runs as kills and power failures leave them.</summary>
public sealed class RunRepairTests : IDisposable
{
    static readonly DateTimeOffset s_start = SampleRun.Start;

    readonly TempFolder _folder = new();
    readonly string _run;
    readonly Dictionary<string, byte[]> _whole;
    readonly string _board, _wandb;

    // A run whose trackers' files are whole.
    public RunRepairTests()
    {
        _run = _folder["runs/cut"];
        Directory.CreateDirectory(_run);
        var settings = new JsonObject
        {
            ["optim"] = new JsonObject { ["lr"] = 0.001 },
            ["trainer"] = new JsonObject { ["wandb"] = new JsonObject { ["project"] = "sounds", ["name"] = "", ["entity"] = null, ["tags"] = new JsonArray("a", "b") } },
        };
        File.WriteAllText(In(RunFiles.ResolvedConfig), settings.ToJsonString());
        File.SetLastWriteTimeUtc(In(RunFiles.ResolvedConfig), s_start.UtcDateTime);
        string wandb;
        var board = new TensorBoardWriter(_run, s_start);
        var writer = new WandbWriter(_run, WandbRun.Of("ab12cd34", "cut", s_start, settings));
        wandb = writer.Folder;
        using (var log = EventLog.Open(In(RunFiles.Events), [board, writer]))
        {
            log.Scalar(s_start.AddSeconds(1), 1, "train_loss_step", 0.5);
            log.EpochScalar(s_start.AddSeconds(2), 1, "train_loss", 0.25);
        }
        (_board, _wandb) = (board.Path, Path.Combine(wandb, "run-ab12cd34.wandb"));
        _whole = Directory.GetFiles(_run, "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 0, "empty: written anew")]
    [InlineData(9, 7, "without a whole record: written anew")] // what was flushed first, cut off
    [InlineData(9, 3, "damaged: written anew")]
    public void Trackers_files_that_hold_nothing_are_written_anew_from_the_log(int board, int wandb, string expected)
    {
        Cut(_board, board);
        Cut(_wandb, wandb);
        var repairs = RunRepair.Mend(_run, SampleRun.Clock);
        Assert.Equal([Relative(_board), Relative(_wandb)], repairs.Select(repair => repair.File));
        Assert.Contains(expected + " from events.jsonl", repairs[1].What, StringComparison.Ordinal);
        Assert.Equal(_whole[_board], File.ReadAllBytes(_board));
        var file = WandbFile.Read(_wandb);
        Assert.Equal(("ab12cd34", "sounds", "cut", 1L), (file.RunId, file.Project, file.Name, file.ExitCode));
        Assert.Equal(["0 step 1", "1 epoch 1"], file.History.Select(row => $"{row["_step"]} {(row["epoch"] is { } epoch ? "epoch " + epoch : "step " + row["step"])}"));
        Assert.Equal(0.001, (double)file.Config["optim"]!["lr"]!);
        Assert.Empty(RunRepair.Mend(_run, SampleRun.Clock));
    }

    [Fact]
    public void An_empty_log_gives_trackers_files_without_events()
    {
        foreach (var file in new[] { _board, _wandb, In(RunFiles.Events) }) Cut(file, 0);
        Assert.All(RunRepair.Mend(_run, SampleRun.Clock), repair => Assert.Contains("empty: written anew", repair.What, StringComparison.Ordinal));
        Assert.Empty(TensorBoardFile.Read(_board));
        Assert.Empty(WandbFile.Read(_wandb).History);
        Assert.Empty(RunRepair.Mend(_run, SampleRun.Clock));
    }

    [Fact]
    public void Without_a_log_empty_files_are_deleted_and_others_left()
    {
        File.Delete(In(RunFiles.Events));
        Cut(_board, 0);
        Assert.Equal([(Relative(_board), "empty, and there is no events.jsonl to write it anew from: deleted")],
            RunRepair.Mend(_run, SampleRun.Clock).Select(repair => (repair.File, repair.What)));
        Assert.False(File.Exists(_board));
        Assert.Equal(_whole[_wandb], File.ReadAllBytes(_wandb));
    }

    [Fact]
    public void A_finished_run_gets_its_files_back_to_the_byte_or_is_told_that_they_differ()
    {
        using (var run = RunFolder.Resume(_folder.Path, "cut", SampleRun.Clock)) run.Seal();
        var hashes = File.ReadAllBytes(In(RunFiles.Hashes));
        Cut(_board, 0);
        Cut(_wandb, 0);
        Assert.All(RunRepair.Mend(_run, SampleRun.Clock), repair => Assert.EndsWith("written anew from events.jsonl", repair.What, StringComparison.Ordinal));
        foreach (var (file, bytes) in _whole) Assert.Equal(bytes, File.ReadAllBytes(file));

        Cut(_board, _whole[_board].Length - 3);
        var repair = Assert.Single(RunRepair.Mend(_run, SampleRun.Clock));
        Assert.Equal(Relative(_board), repair.File);
        Assert.Contains("never finished: cut off; the run is finished, and this is not what files.sha256 lists: kymo runs verify goes on naming it", repair.What, StringComparison.Ordinal);
        Assert.Equal(hashes, File.ReadAllBytes(In(RunFiles.Hashes)));
    }

    [Fact]
    public void A_link_to_a_run_is_the_run()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("links need rights on Windows");
        Directory.CreateSymbolicLink(_folder["mine"], _run);
        Cut(_board, 0);
        Assert.Equal([Relative(_board)], RunRepair.Mend(_folder["mine"], SampleRun.Clock).Select(repair => repair.File));
    }

    string In(string name) => Path.Combine(_run, name);

    string Relative(string file) => Path.GetRelativePath(_run, file);

    static void Cut(string file, int length)
    {
        using var stream = File.OpenWrite(file);
        stream.SetLength(length);
    }
}
