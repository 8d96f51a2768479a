using System.Globalization;
using System.Text.RegularExpressions;
using Kymo.Lab.Runs.Trackers;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>What was done to a file of a run.</summary>
/// <param name="File">Path inside the run folder.</param>
/// <param name="What">What was wrong and what was done.</param>
public sealed record Repair(string File, string What);

/// <summary>Mends what a power failure or a killed process left half-written in a run folder. Nothing that can be read is changed.</summary>
public static partial class RunRepair
{
    const int Killed = 1;

    /// <summary>Mends a run that no process is writing. A finished run is not sealed again: what it says about its files stays.</summary>
    /// <param name="folder">The run folder, <c>ROOT/runs/NAME</c>, or a link to it.</param>
    /// <param name="clock">The time.</param>
    /// <exception cref="Config.ConfigException">Another process writes the run.</exception>
    /// <exception cref="DataException">A tracker's file is damaged before its end, and the log cannot replace it.</exception>
    public static IReadOnlyList<Repair> Mend(string folder, TimeProvider clock)
    {
        var path = RunFolder.Real(folder);
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
        foreach (var file in Directory.GetFiles(path, "*.wandb", SearchOption.AllDirectories)) MendWandb(run, file, repairs);
        var changed = HashManifest.Changed(path, repairs.Select(repair => repair.File));
        return [.. repairs.Select(repair => changed.Contains(repair.File)
            ? repair with { What = $"{repair.What}; the run is finished, and this is not what {RunFiles.Hashes} lists: kymo runs verify goes on naming it" } : repair)];
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

    static void MendBoard(RunFolder run, string file, List<Repair> repairs)
    {
        var seconds = long.TryParse(Path.GetFileName(file).Split('.')[3], CultureInfo.InvariantCulture, out var begun) ? begun : 0;
        Mend(run, file, TensorBoardFile.Mend, () => new FileInfo(file).Length == 0,
            () => new TensorBoardWriter(run.Path, Began(run, DateTimeOffset.FromUnixTimeSeconds(seconds))), repairs);
    }

    static void MendWandb(RunFolder run, string file, List<Repair> repairs)
    {
        if (WandbName().Match(Path.GetRelativePath(run.Path, file).Replace(Path.DirectorySeparatorChar, '/')) is not { Success: true } name
            || !DateTimeOffset.TryParseExact(name.Groups[1].Value, "yyyyMMdd_HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var begun)
            || !run.Has(RunFiles.ResolvedConfig))
        {
            Cut(run.Path, file, WandbFile.Mend(file), repairs);
            return;
        }
        Mend(run, file, WandbFile.Mend, () => WandbLog.Read(file, out _).Count == 0,
            () => new WandbWriter(run.Path, WandbRun.Of(name.Groups[2].Value, run.Name, Began(run, begun), CanonicalJson.ReadObject(run.PathOf(RunFiles.ResolvedConfig))))
            {
                ExitCode = run.Has(RunFiles.Hashes) ? 0 : Killed,
            },
            repairs);
    }

    // A tracker's file that holds nothing or is damaged before its end is written anew from the log; without a log, an empty one says nothing.
    static void Mend(RunFolder run, string file, Func<string, long> cut, Func<bool> isEmpty, Func<IEventSink> begin, List<Repair> repairs)
    {
        var (relative, hasLog) = (Path.GetRelativePath(run.Path, file), run.Has(RunFiles.Events));
        var wrong = "damaged";
        if (new FileInfo(file).Length == 0)
        {
            wrong = "empty";
        }
        else
        {
            try
            {
                var bytes = cut(file);
                if (!hasLog || !isEmpty())
                {
                    Cut(run.Path, file, bytes, repairs);
                    return;
                }
                wrong = "without a whole record";
            }
            catch (DataException) when (hasLog)
            {
                // Written anew below.
            }
        }
        if (hasLog)
        {
            using (EventLog.Open(run.PathOf(RunFiles.Events), [begin()])) { }
            repairs.Add(new Repair(relative, $"{wrong}: written anew from {RunFiles.Events}"));
        }
        else
        {
            File.Delete(file);
            repairs.Add(new Repair(relative, $"empty, and there is no {RunFiles.Events} to write it anew from: deleted"));
        }
    }

    // When the run began. Names of trackers' files hold it to the second; the run's settings were written at that moment, unless the folder was copied.
    static DateTimeOffset Began(RunFolder run, DateTimeOffset second)
    {
        if (!run.Has(RunFiles.ResolvedConfig)) return second;
        var written = new DateTimeOffset(File.GetLastWriteTimeUtc(run.PathOf(RunFiles.ResolvedConfig)));
        return written.ToUnixTimeSeconds() == second.ToUnixTimeSeconds() ? written : second;
    }

    static void Cut(string root, string file, long bytes, List<Repair> repairs)
    {
        if (bytes > 0) repairs.Add(new Repair(Path.GetRelativePath(root, file), $"{bytes} bytes of a last record that was never finished: cut off"));
    }

    [GeneratedRegex(@"\Awandb/offline-run-([0-9]{8}_[0-9]{6})-([a-z0-9]{1,64})/run-\2\.wandb\z")]
    private static partial Regex WandbName();
}
