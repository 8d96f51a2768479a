using System.Collections.Concurrent;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Web.Pages;

/// <summary>A run as the pages know it.</summary>
/// <param name="Run">The run as the index lists it.</param>
/// <param name="Recipe">The recipe that made it; its task where that is not known; empty where nothing is.</param>
/// <param name="Contract">What it promises; null where it says nothing readable.</param>
/// <param name="Began">When it was begun.</param>
sealed record RunCard(IndexedRun Run, string Recipe, RunContract? Contract, DateTimeOffset Began)
{
    /// <summary>Name of the run.</summary>
    public string Name => Run.Name;

    /// <summary>Its page.</summary>
    public string Page => "/runs/" + Uri.EscapeDataString(Name);

    /// <summary>Whether it answers (almost) one class whatever it is shown.</summary>
    public bool IsCollapsed => Run.Text("status") == "collapsed";

    /// <summary>Whether it was trained on a part of the data only, to try the program.</summary>
    public bool IsTrial => Words.Texts(Run.Metrics, "warnings").Any(text => text.StartsWith("a trial on a part of the data", StringComparison.Ordinal));

    /// <summary>Name of the data.</summary>
    public string Dataset => Run.Text("data_fingerprint.dataset");

    /// <summary>The scores, in the order of its tables.</summary>
    public IReadOnlyList<string> Scores => Contract?.Scores ?? [.. Words.Scores(Run.Metrics, "test").Keys];

    /// <summary>The score that stands for the run: accuracy, or the first of a regression.</summary>
    public string MainScore => Scores.Count > 1 ? Scores[1] : "loss";

    /// <summary>A score on held-out items; not a number where there is none.</summary>
    public double Test(string score) => Words.Number(Run.Metrics["test"], score);

    /// <summary>How far it is, in a word.</summary>
    public string StateWord => Run.State switch
    {
        RunState.Running => "running",
        RunState.Finished => IsCollapsed ? "collapsed" : "finished",
        RunState.Interrupted => "unfinished",
        _ => "broken",
    };
}

/// <summary>A folder of results as the pages read it. Names are checked before they touch the disk; finished runs are read once.</summary>
/// <param name="root">The folder that holds <c>runs/</c> and <c>leaderboard.csv</c>.</param>
sealed class ResultsFolder(string root)
{
    /// <summary>Larger files of a run are not shown.</summary>
    const long LargestShown = 64L << 20;

    readonly ConcurrentDictionary<string, (long Stamp, RunCard Card)> _finished = new(StringComparer.Ordinal);

    /// <summary>The folder.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>All runs, the newest first.</summary>
    public IReadOnlyList<RunCard> List()
    {
        var folder = Path.Combine(Root, "runs");
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Where(RunFolder.IsName).Select(Describe)
            .OrderByDescending(card => card.Began).ThenBy(card => card.Name, StringComparer.Ordinal)];
    }

    /// <summary>A run by its name; null where there is none of that name.</summary>
    public RunCard? Find(string name) => RunFolder.IsName(name) && Directory.Exists(Path.Combine(Root, "runs", name)) ? Describe(name) : null;

    /// <summary>A file of a run that may be shown: there, no link, not too large; null otherwise.</summary>
    /// <param name="card">The run.</param>
    /// <param name="relative">Path inside the run folder, of names that the program chose or checked.</param>
    public static string? FileOf(RunCard card, string relative)
    {
        var path = card.Run.Path;
        foreach (var part in relative.Split('/'))
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null) return null;
        }
        return new FileInfo(path) is { Exists: true, Length: <= LargestShown } ? path : null;
    }

    /// <summary>What <paramref name="read"/> makes of a run's files, or the reason in words why they cannot be read.</summary>
    public static Markup Guarded(RunCard card, Func<Markup> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is DataException or ConfigException or IOException or UnauthorizedAccessException or InvalidOperationException or FormatException)
        {
            return Markup.Of($"""<p class="warning">{error.Message.Replace(card.Run.Path, card.Name, StringComparison.Ordinal)}</p>""");
        }
    }

    RunCard Describe(string name)
    {
        var folder = Path.Combine(Root, "runs", name);
        var stamp = Stamp(folder);
        if (stamp != 0 && _finished.TryGetValue(name, out var known) && known.Stamp == stamp) return known.Card;
        var run = RunIndex.Find(Root, name);
        var began = Words.Moment(run.Metrics, "ts_start_utc") ?? Begun(folder);
        var card = new RunCard(run, RecipeOf(run), ContractOf(run), began);
        if (stamp != 0 && run.State == RunState.Finished) _finished[name] = (stamp, card);
        return card;
    }

    // Changes when a finished run is sealed anew; 0 for others.
    static long Stamp(string folder)
    {
        var seal = new FileInfo(Path.Combine(folder, RunFiles.Hashes));
        var metrics = new FileInfo(Path.Combine(folder, RunFiles.Metrics));
        return seal.Exists && metrics.Exists ? HashCode.Combine(seal.LastWriteTimeUtc, seal.Length, metrics.LastWriteTimeUtc, metrics.Length) | 1L : 0;
    }

    static DateTimeOffset Begun(string folder)
    {
        var config = new FileInfo(Path.Combine(folder, RunFiles.ResolvedConfig));
        return config.Exists ? config.LastWriteTimeUtc : Directory.GetCreationTimeUtc(folder);
    }

    static string RecipeOf(IndexedRun run)
    {
        try
        {
            return HydraFolder.JobName(run.Path) ?? run.Text("task_name");
        }
        catch (Exception error) when (error is ConfigException or IOException or UnauthorizedAccessException)
        {
            return run.Text("task_name");
        }
    }

    static RunContract? ContractOf(IndexedRun run)
    {
        try
        {
            return RunContract.Read(Path.Combine(run.Path, RunFiles.Contract));
        }
        catch (Exception error) when (error is DataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
