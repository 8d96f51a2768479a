using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>
/// Writes a W&amp;B offline run, <c>wandb/offline-run-YYYYMMDD_HHMMSS-&lt;id&gt;/</c>, which <c>wandb sync</c> uploads: the
/// record file <c>run-&lt;id&gt;.wandb</c> and <c>files/</c>. Scalars of one step, or of one epoch, that are logged one after the other become
/// one history row; it holds <c>step</c> or <c>epoch</c>. Its <c>_step</c> counts the rows from 0: W&amp;B leaves out rows whose <c>_step</c>
/// goes back, and epochs are fewer than steps and begin again with every fold.
/// </summary>
public sealed class WandbWriter : IEventSink
{
    readonly WandbRun _run;
    readonly FileStream _stream;
    readonly JsonObject _row = [];
    readonly JsonObject _summary = [];
    readonly StringBuilder _output = new();
    LoggedEvent? _open;
    DateTimeOffset _last;
    long _records, _rows;

    /// <summary>Begins the run; what an earlier attempt wrote is deleted: the event log repeats it.</summary>
    /// <param name="folder">Where <c>wandb/</c> is made.</param>
    /// <param name="run">Name, project and configuration.</param>
    /// <exception cref="ArgumentException">The identifier is not of lower-case letters and digits.</exception>
    public WandbWriter(string folder, WandbRun run)
    {
        if (run.Id.Length is 0 or > 64 || !run.Id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            throw new ArgumentException($"W&B identifier '{run.Id}': expected lower-case letters and digits");
        _run = run;
        _last = run.Started;
        var stamp = run.Started.UtcDateTime.ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture);
        Folder = Path.Combine(folder, "wandb", $"offline-run-{stamp}-{run.Id}");
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        Directory.CreateDirectory(Path.Combine(Folder, "files"));
        _stream = new FileStream(
            Path.Combine(Folder, $"run-{run.Id}.wandb"), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        _stream.Write(WandbLog.Header);
        Begin();
    }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>What the process ended with; written when the writer is disposed of. Default 0, for a run that is finished.</summary>
    public int ExitCode { get; set; }

    /// <inheritdoc/>
    public void Write(LoggedEvent logged)
    {
        if (_open is { } open && ((open.Step, open.IsEpoch) != (logged.Step, logged.IsEpoch) || _row.ContainsKey(logged.Name))) EndRow();
        _last = logged.When;
        if (logged.Value is not { } value)
        {
            _output.Append(logged.Text).Append('\n');
            return;
        }
        _open = logged;
        _row[logged.Name] = Json(value);
        _summary[logged.Name] = Json(value);
    }

    /// <inheritdoc/>
    public void Flush() => _stream.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        EndRow();
        var runtime = (long)(_last - _run.Started).TotalSeconds;
        Record(18, new ProtoMessage().Integer(1, ExitCode).Integer(2, runtime));
        Record(4, Items(_summary));
        Record(20, new ProtoMessage());
        Record(22, new ProtoMessage());
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        WriteFiles();
    }

    void Begin()
    {
        const string Version = "0.16.0"; // the record format written here is that of this version of the client
        Record(21, new ProtoMessage().Message(1, new ProtoMessage().Text(1, Version).Text(2, Version)));
        var started = _run.Started.ToUnixTimeMilliseconds();
        var about = new ProtoMessage()
            .Text(1, _run.Id).Text(2, _run.Entity).Text(3, _run.Project).Message(4, Items(_run.Config)).Text(6, _run.Group)
            .Text(7, _run.JobType).Text(8, _run.Name).Text(9, _run.Notes);
        foreach (var tag in _run.Tags) about.Text(10, tag);
        Record(17, about.Message(17, new ProtoMessage().Integer(1, started / 1000).Integer(2, started % 1000 * 1_000_000)));
        Record(6, new ProtoMessage().Message(1, new ProtoMessage().Text(1, "wandb-metadata.json")));
    }

    void EndRow()
    {
        if (_open is not { } open) return;
        _row[open.IsEpoch ? "epoch" : "step"] = open.Step;
        _row["_step"] = _rows;
        _row["_runtime"] = (open.When - _run.Started).TotalSeconds;
        _row["_timestamp"] = open.When.ToUnixTimeMilliseconds() / 1000.0;
        foreach (var key in (string[])[open.IsEpoch ? "epoch" : "step", "_step", "_runtime", "_timestamp"]) _summary[key] = _row[key]!.DeepClone();
        Record(2, Items(_row, field: 1).Message(2, new ProtoMessage().Integer(1, _rows)));
        _rows++;
        _row.Clear();
        _open = null;
    }

    void Record(int field, ProtoMessage content) =>
        WandbLog.Append(_stream, new ProtoMessage().Integer(1, ++_records).Message(field, content).ToArray());

    static ProtoMessage Items(JsonObject fields, int field = 1)
    {
        var list = new ProtoMessage();
        foreach (var (key, value) in fields)
            list.Message(field, new ProtoMessage().Text(1, key).Text(16, CanonicalJson.Compact(value)));
        return list;
    }

    void WriteFiles()
    {
        var config = new StringBuilder("wandb_version: 1\n");
        foreach (var (key, value) in _run.Config)
            config.Append('\n').Append(Quoted(key)).Append(":\n  desc: null\n  value: ")
                .Append(CanonicalJson.Compact(value)).Append('\n');
        AtomicFile.Write(Path.Combine(Folder, "files", "config.yaml"), config.ToString());
        AtomicFile.Write(Path.Combine(Folder, "files", "wandb-summary.json"), CanonicalJson.Text(_summary));
        AtomicFile.Write(Path.Combine(Folder, "files", "wandb-metadata.json"), CanonicalJson.Text(_run.Metadata));
        AtomicFile.Write(Path.Combine(Folder, "files", "output.log"), _output.ToString());
    }

    /// <summary>A key of the YAML file; JSON's quoting is YAML's too.</summary>
    static string Quoted(string key) => CanonicalJson.Compact(key);

    static JsonNode Json(double value) => double.IsFinite(value) ? value : value.ToString(CultureInfo.InvariantCulture);
}
