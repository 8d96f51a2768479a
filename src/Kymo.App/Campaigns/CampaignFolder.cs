using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Campaigns;

/// <summary>
/// Where a campaign keeps what is its own, beside the runs: <c>ROOT/orchestration/</c> with the lock, <c>manifest_status.csv</c>,
/// <c>progress_table.csv</c>, <c>progress_table.md</c> and <c>set_aside/</c>, and <c>ROOT/logs/RUN.log</c>.
/// </summary>
sealed class CampaignFolder(string root)
{
    const string Orchestration = "orchestration", Logs = "logs", Aside = "set_aside";

    static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(500);

    /// <summary>The folder of all results.</summary>
    public string Root => root;

    /// <summary>What happened, a row for each run that was looked at.</summary>
    public string StatusFile => Path.Combine(root, Orchestration, "manifest_status.csv");

    /// <summary>The runs with their scores.</summary>
    public string ProgressFile => Path.Combine(root, Orchestration, "progress_table.csv");

    /// <summary>The same for a reader.</summary>
    public string ProgressPage => Path.Combine(root, Orchestration, "progress_table.md");

    /// <summary>The page of the whole campaign.</summary>
    public string ReportPage => Path.Combine(root, "campaign_report.html");

    /// <summary>The figures of that page.</summary>
    public string FigureFolder => Path.Combine(root, "campaign_figures");

    /// <summary>A run's folder.</summary>
    public string RunOf(string name) => Path.Combine(root, "runs", name);

    /// <summary>What a run said.</summary>
    public string LogOf(string name) => Path.Combine(root, Logs, name + ".log");

    /// <summary>Takes the campaign's lock.</summary>
    /// <exception cref="ConfigException">Another process holds it; the message says which.</exception>
    public IDisposable Hold(string manifest, TimeProvider clock)
    {
        var folder = Path.Combine(root, Orchestration);
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(Path.Combine(root, Logs));
        var owner = Path.Combine(folder, "campaign.owner.json");
        var held = FileLock.TryTake(Path.Combine(folder, "campaign.lock"), s_glance);
        if (held is null)
            throw new ConfigException($"a campaign is already running in {root}: {Owner(owner)}. Wait for it, end it, or give this one another output_csv.");
        AtomicFile.Write(owner, CanonicalJson.Text(new JsonObject
        {
            ["host"] = Environment.MachineName,
            ["pid"] = Environment.ProcessId,
            ["process"] = Process.GetCurrentProcess().ProcessName,
            ["manifest"] = Path.GetFullPath(manifest),
            ["since_utc"] = Timestamp.Text(clock.GetUtcNow()),
        }));
        return held;
    }

    /// <summary>Moves a run that cannot be used out of the way; nothing is deleted.</summary>
    /// <returns>Where it lies now.</returns>
    public string SetAside(string name)
    {
        var folder = Path.Combine(root, Orchestration, Aside);
        Directory.CreateDirectory(folder);
        for (var number = 1; ; number++)
        {
            var target = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}.{number}"));
            if (Path.Exists(target)) continue;
            Directory.Move(RunOf(name), target);
            return target;
        }
    }

    /// <summary>What of this folder a manifest owns: its runs with their logs, those that were set aside too, and the page with its figures, which is drawn anew.</summary>
    public IReadOnlyList<string> Owned(CampaignPlan plan)
    {
        string[] Entries(string folder) => Directory.Exists(Path.Combine(root, folder)) ? Directory.GetFileSystemEntries(Path.Combine(root, folder)) : [];
        return
        [
            .. Entries("runs").Where(path => plan.Owns(Path.GetFileName(path))).Order(StringComparer.Ordinal),
            .. Entries(Logs).Where(path => plan.Owns(Path.GetFileNameWithoutExtension(path))).Order(StringComparer.Ordinal),
            .. Entries(Path.Combine(Orchestration, Aside)).Where(path => plan.Owns(Path.GetFileNameWithoutExtension(path))).Order(StringComparer.Ordinal),
            .. ((string[])[ReportPage, FigureFolder]).Where(Path.Exists),
        ];
    }

    /// <summary>Deletes what <see cref="Owned"/> lists, and the runs' rows in the tables that all runs of this folder share.</summary>
    /// <returns>Rows that left the tables.</returns>
    public int Delete(CampaignPlan plan)
    {
        foreach (var path in Owned(plan))
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }
        var rows = Forget(Path.Combine(root, Leaderboard.FileName), plan) + Forget(Path.Combine(root, RunSteps.FileName), plan) + Forget(StatusFile, plan);
        CampaignLog.WriteProgress(this);
        return rows;
    }

    /// <summary>Rows of the leaderboard by run; the last one of each run counts.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Board()
    {
        var path = Path.Combine(root, Leaderboard.FileName);
        var rows = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        if (!File.Exists(path)) return rows;
        var table = CsvTable.Read(path, TornTail.Drop);
        var name = table.Column("run_name");
        foreach (var row in table.Rows) rows[row[name]] = table.Header.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second);
        return rows;
    }

    static int Forget(string path, CampaignPlan plan)
    {
        if (!File.Exists(path)) return 0;
        using var held = FileLock.Take(path + ".lock", TimeSpan.FromMinutes(1));
        var table = CsvTable.Read(path, TornTail.Drop);
        var name = table.Column("run_name");
        string[][] kept = [.. table.Rows.Where(row => !plan.Owns(row[name]))];
        if (kept.Length == table.Rows.Count) return 0;
        if (kept.Length == 0) File.Delete(path);
        else AtomicFile.Write(path, Csv.Table(table.Header, kept));
        return table.Rows.Count - kept.Length;
    }

    static string Owner(string path)
    {
        try
        {
            var owner = CanonicalJson.ReadObject(path);
            return $"process {owner["pid"]} ({owner["process"]}) on {owner["host"]} since {owner["since_utc"]}, for {owner["manifest"]}";
        }
        catch (DataException)
        {
            return "a process that has just come";
        }
    }
}
