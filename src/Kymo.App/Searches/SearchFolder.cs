using System.Globalization;
using Kymo.Config;
using Kymo.Lab.Runs;

namespace Kymo.App.Searches;

/// <summary>
/// The folder of a search: <c>tune.json</c>, the study, <c>trials/trial_NNN</c>, <c>logs/</c>, <c>trials.csv</c>, <c>best.json</c>,
/// <c>best.txt</c>, <c>figures/</c>, <c>report.html</c>. It is a results folder too: <c>kymo runs list --root FOLDER</c> lists the trials
/// (<c>trials</c> is a link to <c>runs</c>), and all trials share one feature cache.
/// </summary>
sealed class SearchFolder(string root)
{
    /// <summary>Name of the plan's file.</summary>
    public const string PlanFile = "tune.json";

    const string RunsFolder = "runs", TrialsLink = "trials", LogFolder = "logs", StopFile = "stop";

    /// <summary>The folder; absolute.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(root);

    /// <summary>A path inside it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Whether somebody asked the workers to stop.</summary>
    public bool IsStopped => File.Exists(this[StopFile]);

    /// <summary>Makes what is missing.</summary>
    /// <exception cref="ConfigException">Something else stands in the place.</exception>
    public void Prepare()
    {
        Directory.CreateDirectory(this[RunsFolder]);
        Directory.CreateDirectory(this[LogFolder]);
        var link = new DirectoryInfo(this[TrialsLink]);
        if (link.LinkTarget is not null) return;
        if (link.Exists) throw new ConfigException($"{link.FullName} is the trials folder of another program; choose another --output-root (its study is read by --storage)");
        try
        {
            Directory.CreateSymbolicLink(link.FullName, RunsFolder);
        }
        catch (IOException) when (new DirectoryInfo(this[TrialsLink]).LinkTarget is not null)
        {
            // Another worker was faster.
        }
    }

    /// <summary>The run name of a trial: <c>trial_007</c>.</summary>
    public static string TrialName(int number) => string.Create(CultureInfo.InvariantCulture, $"trial_{number:000}");

    /// <summary>The run name of a repetition of a trial.</summary>
    public static string RepeatName(int number, uint seed) => string.Create(CultureInfo.InvariantCulture, $"best_{number:000}_seed_{seed}");

    /// <summary>The folder of a run of the search.</summary>
    public string RunOf(string name) => System.IO.Path.Combine(Path, TrialsLink, name);

    /// <summary>Where a run's output is kept.</summary>
    public string LogOf(string name) => System.IO.Path.Combine(Path, LogFolder, name + ".log");

    /// <summary>Asks the workers to stop at their next safe point.</summary>
    public void Stop() => AtomicFile.Write(this[StopFile], "kymo tune resume removes this file\n");

    /// <summary>Lets workers work again.</summary>
    public void AllowWork() => File.Delete(this[StopFile]);
}
