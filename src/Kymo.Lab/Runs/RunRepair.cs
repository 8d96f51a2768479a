using Kymo.Lab.Runs.Trackers;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>What was done to a file of a run.</summary>
/// <param name="File">Path inside the run folder.</param>
/// <param name="What">What was wrong and what was done.</param>
public sealed record Repair(string File, string What);

/// <summary>Mends what a power failure or a killed process left half-written in a run folder. Nothing that can be read is changed.</summary>
public static class RunRepair
{
    /// <summary>Mends a run that no process is writing.</summary>
    /// <param name="folder">The run folder, <c>ROOT/runs/NAME</c>.</param>
    /// <param name="clock">The time.</param>
    /// <exception cref="Config.ConfigException">Another process writes the run.</exception>
    /// <exception cref="DataException">A tracker's file is damaged before its end, and the log cannot replace it.</exception>
    public static IReadOnlyList<Repair> Mend(string folder, TimeProvider clock)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var root = Directory.GetParent(path)?.Parent?.FullName ?? throw new DataException(folder, "expected a run folder, ROOT/runs/NAME");
        var before = Temporaries(path);
        using var run = RunFolder.Resume(root, Path.GetFileName(path), clock);
        var repairs = before.Except(Temporaries(path)).Select(file => new Repair(file, "a file that was never finished: deleted")).ToList();
        foreach (var half in Directory.GetFiles(path, "state.next.pth", SearchOption.AllDirectories))
        {
            File.Delete(half);
            repairs.Add(new Repair(Path.GetRelativePath(path, half), "a checkpoint that was never finished: deleted, the one before it counts"));
        }
        MendLog(run, repairs);
        foreach (var file in Directory.GetFiles(path, "events.out.tfevents.*")) MendBoard(run, file, repairs);
        foreach (var file in Directory.GetFiles(path, "*.wandb", SearchOption.AllDirectories)) Cut(path, file, WandbFile.Mend(file), repairs);
        return repairs;
    }

    static string[] Temporaries(string path) => [.. Directory.GetFiles(path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(path, file))];

    static void MendLog(RunFolder run, List<Repair> repairs)
    {
        if (!run.Has(RunFiles.Events)) return;
        var file = run.PathOf(RunFiles.Events);
        var length = new FileInfo(file).Length;
        using (EventLog.Open(file, [])) { }
        Cut(run.Path, file, length - new FileInfo(file).Length, repairs);
    }

    // A board that is damaged before its end is written anew from the log.
    static void MendBoard(RunFolder run, string file, List<Repair> repairs)
    {
        try
        {
            Cut(run.Path, file, TensorBoardFile.Mend(file), repairs);
        }
        catch (DataException) when (run.Has(RunFiles.Events))
        {
            var started = DateTimeOffset.FromUnixTimeSeconds(long.TryParse(Path.GetFileName(file).Split('.')[3], out var seconds) ? seconds : 0);
            using (EventLog.Open(run.PathOf(RunFiles.Events), [new TensorBoardWriter(run.Path, started)])) { }
            repairs.Add(new Repair(Path.GetRelativePath(run.Path, file), "damaged: written anew from " + RunFiles.Events));
        }
    }

    static void Cut(string root, string file, long bytes, List<Repair> repairs)
    {
        if (bytes > 0) repairs.Add(new Repair(Path.GetRelativePath(root, file), $"{bytes} bytes of a last record that was never finished: cut off"));
    }
}
