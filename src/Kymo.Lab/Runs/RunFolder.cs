using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kymo.Config;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>
/// The folder <c>&lt;root&gt;/runs/&lt;name&gt;</c> that one process writes a run's evidence into. Whoever holds this object
/// holds the run's lock (<c>&lt;root&gt;/runs/.locks/&lt;name&gt;.lock</c>), which ends with the process at the latest.
/// </summary>
public sealed partial class RunFolder : IDisposable
{
    /// <summary>Whoever lists runs holds a lock for a moment, to see whether somebody else does.</summary>
    static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(300);

    const int MostNamed = 10;

    readonly FileLock? _lock;
    readonly string _ownerPath;

    RunFolder(string root, string name, FileLock? held, string ownerPath)
    {
        Root = System.IO.Path.GetFullPath(root);
        Name = name;
        Path = System.IO.Path.Combine(Root, "runs", name);
        _lock = held;
        _ownerPath = ownerPath;
    }

    /// <summary>The folder that holds <c>runs/</c>, <c>leaderboard.csv</c> and <c>run_steps.csv</c>; absolute.</summary>
    public string Root { get; }

    /// <summary>The run's name: its folder's name.</summary>
    public string Name { get; }

    /// <summary>The run's folder; absolute.</summary>
    public string Path { get; }

    /// <summary>Begins a run: makes its folder, which must not exist, and takes its lock.</summary>
    /// <param name="root">The folder of all results; made if absent.</param>
    /// <param name="name">Letters, digits and <c>. _ - + = , @</c>, beginning with a letter or digit, at most 200.</param>
    /// <param name="clock">Tells when the lock was taken.</param>
    /// <exception cref="ConfigException">The name is not allowed or taken, or another process writes this run.</exception>
    public static RunFolder Create(string root, string name, TimeProvider clock)
    {
        var run = Hold(root, name, clock);
        try
        {
            if (System.IO.Path.Exists(run.Path)) throw Taken(run);
            Directory.CreateDirectory(run.Path);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a run: its folder must exist. What a killed writer left half-written is deleted.</summary>
    /// <exception cref="ConfigException">There is no such run, or another process writes it.</exception>
    public static RunFolder Resume(string root, string name, TimeProvider clock)
    {
        CheckName(name);
        var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(root), "runs", name);
        if (!Directory.Exists(path))
            throw new ConfigException($"there is no run '{name}' under {root}/runs, so it cannot be resumed. {Existing(root)}");
        var run = Hold(root, name, clock);
        AtomicFile.SweepTemporaries(run.Path);
        return run;
    }

    /// <summary>A run that another process of the same training writes: no lock is taken, nothing may be written.</summary>
    public static RunFolder Watch(string root, string name)
    {
        CheckName(name);
        return new RunFolder(root, name, null, "");
    }

    /// <summary>Whether a run may have this name: what <see cref="Create"/> allows. Such a name leads out of no folder.</summary>
    public static bool IsName(string name) => NamePattern().IsMatch(name);

    /// <summary>The absolute path of a run's folder; of the folder that it leads to where it is a link (<c>run.dir</c>).</summary>
    public static string Real(string folder)
    {
        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder));
        return Directory.Exists(path) && Directory.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : path;
    }

    /// <summary>Absolute path of a file of the run; its folder is made if absent.</summary>
    /// <param name="relative">Path inside the run folder, with <c>/</c>; it may not lead out of it.</param>
    public string PathOf(string relative)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, relative));
        if (!path.StartsWith(Path + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ArgumentException($"'{relative}' is not inside the run folder");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Whether the run has a file.</summary>
    public bool Has(string relative) => File.Exists(System.IO.Path.Combine(Path, relative));

    /// <summary>Writes an object as canonical JSON.</summary>
    public void WriteJson(string relative, JsonObject value) => AtomicFile.Write(PathOf(relative), CanonicalJson.Text(value));

    /// <summary>Writes a table.</summary>
    public void WriteTable(string relative, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows) =>
        AtomicFile.Write(PathOf(relative), Csv.Table(header, rows));

    /// <summary>Writes a text.</summary>
    public void WriteText(string relative, string text) => AtomicFile.Write(PathOf(relative), text);

    /// <summary>Writes what <paramref name="fill"/> puts into a stream; for checkpoints and pictures.</summary>
    public void Write(string relative, Action<Stream> fill) => AtomicFile.Write(PathOf(relative), fill);

    /// <summary>The part of the run that is trained as one: the run itself (null), or one fold of it.</summary>
    public TrainingUnit Unit(int? fold = null) => new(this, fold);

    /// <summary>
    /// Writes the manifest of hashes over all files. After this the run is finished; call it again after adding files.
    /// </summary>
    public void Seal() => HashManifest.Write(Path);

    /// <summary>Frees the lock. What was written stays.</summary>
    public void Dispose()
    {
        if (_lock is null) return;
        File.Delete(_ownerPath); // before the lock goes: nobody else has written one yet
        _lock.Dispose();
    }

    static RunFolder Hold(string root, string name, TimeProvider clock)
    {
        CheckName(name);
        var locks = System.IO.Path.Combine(System.IO.Path.GetFullPath(root), "runs", ".locks");
        Directory.CreateDirectory(locks);
        var owner = System.IO.Path.Combine(locks, name + ".owner.json");
        var held = FileLock.TryTake(System.IO.Path.Combine(locks, name + ".lock"), s_glance) ?? throw Busy(name, owner);
        AtomicFile.Write(owner, CanonicalJson.Text(new JsonObject
        {
            ["host"] = Environment.MachineName,
            ["pid"] = Environment.ProcessId,
            ["process"] = Process.GetCurrentProcess().ProcessName,
            ["since_utc"] = Timestamp.Text(clock.GetUtcNow()),
        }));
        return new RunFolder(root, name, held, owner);
    }

    static void CheckName(string name)
    {
        if (!IsName(name))
            throw new ConfigException(
                $"run name '{name}': expected 1 to 200 letters, digits and . _ - + = , @, beginning with a letter or digit");
    }

    static ConfigException Busy(string name, string ownerPath)
    {
        var who = Owner(ownerPath) ?? "another process";
        return new ConfigException($"run '{name}' is being written by {who}. Wait for it, end it, or choose another run.name.");
    }

    /// <summary>The holder as it named itself; null if it has just come or gone.</summary>
    static string? Owner(string path)
    {
        try
        {
            var owner = new JsonFields(path, CanonicalJson.ReadObject(path));
            var process = string.Create(CultureInfo.InvariantCulture, $"process {owner.Integer("pid")}");
            return $"{process} ({owner.Text("process")}) on {owner.Text("host")} since {owner.Text("since_utc")}";
        }
        catch (DataException)
        {
            return null;
        }
    }

    static ConfigException Taken(RunFolder run)
    {
        var state = run.Has(RunFiles.Hashes) ? "finished" : "not finished";
        return new ConfigException(
            $"run '{run.Name}' exists already ({state}): {run.Path}. Go on with it by --resume {run.Name}, " +
            $"or give this one another name, for instance run.name={FreeName(run)}.");
    }

    static string FreeName(RunFolder run)
    {
        var number = 2;
        while (System.IO.Path.Exists(string.Create(CultureInfo.InvariantCulture, $"{run.Path}_{number}"))) number++;
        return string.Create(CultureInfo.InvariantCulture, $"{run.Name}_{number}");
    }

    /// <summary>A sentence that names the runs of a results folder, ten at most.</summary>
    public static string Existing(string root)
    {
        var runs = System.IO.Path.Combine(root, "runs");
        string[] names = Directory.Exists(runs)
            ? [.. Directory.GetDirectories(runs).Select(System.IO.Path.GetFileName).Where(n => n![0] != '.').Order(StringComparer.Ordinal)!]
            : [];
        return names.Length switch
        {
            0 => "There are no runs there.",
            <= MostNamed => $"There are {string.Join(", ", names)}.",
            _ => $"There are {string.Join(", ", names.Take(MostNamed))} and {names.Length - MostNamed} more.",
        };
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._+=,@-]{0,199}\z")]
    private static partial Regex NamePattern();
}
