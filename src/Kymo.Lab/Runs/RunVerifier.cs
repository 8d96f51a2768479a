using System.Text.Json.Nodes;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>
/// Checks a run folder against its contract: files, exact headers, keys, paths, names, the scores computed again from
/// <c>predictions.csv</c>, and the hash of every file. It changes nothing.
/// </summary>
public sealed class RunVerifier
{
    readonly string _folder;
    readonly List<RunFinding> _findings = [];

    RunVerifier(string folder) => _folder = folder;

    /// <summary>All that is wrong with a run; no errors among it means that the evidence stands.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="hashes">Whether the manifest of hashes is checked too; false for a run that is about to be sealed.</param>
    /// <exception cref="DataException">There is no such folder.</exception>
    public static IReadOnlyList<RunFinding> Verify(string folder, bool hashes = true)
    {
        if (!Directory.Exists(folder)) throw new DataException(folder, "no such run folder");
        var verifier = new RunVerifier(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar));
        if (hashes) verifier._findings.AddRange(HashManifest.Check(verifier._folder));
        verifier.CheckLeftovers();
        verifier.Try(RunFiles.Contract, verifier.CheckByContract);
        return verifier._findings;
    }

    void CheckByContract()
    {
        var contract = RunContract.Read(PathOf(RunFiles.Contract));
        foreach (var name in contract.RequiredFiles)
            if (!File.Exists(PathOf(name))) Error(name, "missing: the contract requires it");
            else if (new FileInfo(PathOf(name)).Length == 0) Error(name, "empty");
        CheckTables(contract);
        JsonObject? metrics = null;
        Try(RunFiles.Metrics, () => CheckMetrics(metrics = CanonicalJson.ReadObject(PathOf(RunFiles.Metrics)), contract));
        Try(RunFiles.ResolvedConfig, () => NotEmpty(RunFiles.ResolvedConfig));
        Try(RunFiles.DataFingerprint, () => NotEmpty(RunFiles.DataFingerprint));
        Try(RunFiles.Environment, () => Keys(RunFiles.Environment, Read(RunFiles.Environment), RunEnvironment.RequiredKeys));
        Try(RunFiles.Git, () => Keys(RunFiles.Git, Read(RunFiles.Git), GitState.Keys));
        Try(RunFiles.EarlyStop, () => Keys(RunFiles.EarlyStop, Read(RunFiles.EarlyStop), RunContract.EarlyStopKeys));
        if (metrics is not null) Try(RunFiles.Predictions, () => _findings.AddRange(ScoreCheck.Run(_folder, contract, metrics)));
    }

    void CheckLeftovers()
    {
        foreach (var path in Directory.EnumerateFiles(_folder, "*" + AtomicFile.TemporaryEnding, SearchOption.AllDirectories))
            _findings.Add(RunFinding.Warning(Path.GetRelativePath(_folder, path),
                "an unfinished file that a killed writer left; resuming the run deletes it"));
    }

    void CheckTables(RunContract contract)
    {
        CheckTable(RunFiles.EpochMetrics, contract.EpochColumns);
        CheckTable(RunFiles.TestMetrics, contract.TestColumns, rows: 1);
        CheckTable(RunFiles.Predictions, contract.PredictionColumns);
        if (contract.Kind == TaskKind.Classification)
        {
            CheckTable(RunFiles.ClassMetrics, RunContract.ClassColumns, rows: 2 * contract.Classes.Count);
            CheckTable(RunFiles.ConfusionMatrix, contract.ConfusionColumns, rows: contract.Classes.Count);
        }
        if (!contract.IsCrossValidated) return;
        CheckTable(RunFiles.FoldMetrics, contract.FoldColumns, rows: contract.Folds.Count);
        foreach (var fold in contract.Folds) CheckTable($"{RunFiles.Fold(fold)}/{RunFiles.EpochMetrics}", contract.EpochColumns);
    }

    void CheckTable(string name, IReadOnlyList<string> header, int? rows = null) => Try(name, () =>
    {
        if (!File.Exists(PathOf(name))) return;
        var table = CsvTable.Read(PathOf(name));
        if (!table.Header.SequenceEqual(header))
            Error(name, $"header is {string.Join(',', table.Header)}; expected {string.Join(',', header)}");
        if (rows is { } expected && table.Rows.Count != expected) Error(name, $"{table.Rows.Count} rows, expected {expected}");
        if (table.Rows.Count == 0) Error(name, "has no rows");
    });

    void CheckMetrics(JsonObject metrics, RunContract contract)
    {
        if (!Keys(RunFiles.Metrics, metrics, RunContract.MetricsKeys)) return;
        var fields = new JsonFields(RunFiles.Metrics, metrics);
        Equal("schema_version", fields.Text("schema_version"), RunContract.SchemaVersion);
        Equal("run_name", fields.Text("run_name"), Path.GetFileName(_folder));
        Equal("task_name", fields.Text("task_name"), contract.TaskName);
        Equal("run_id", fields.Text("run_id"),
            RunSummary.MakeRunId(fields.Text("run_name"), fields.Integer("seed"), fields.Text("config_hash")));
        foreach (var moment in (string[])["ts_start_utc", "ts_end_utc"])
            if (!Timestamp.TryRead(fields.Text(moment), out _))
                Error(RunFiles.Metrics, $"{moment} is '{fields.Text(moment)}'; expected a UTC moment with milliseconds and Z");
        Keys(RunFiles.Metrics, fields.Object("early_stop"), RunContract.EarlyStopKeys, "early_stop.");
        foreach (var part in (string[])["validation_best", "validation_current", "test"])
            Keys(RunFiles.Metrics, fields.Object(part), contract.Scores, part + ".");
        CheckArtifacts(fields.Object("artifacts"), contract);
        if (fields.Object("data_fingerprint").Count == 0) Error(RunFiles.Metrics, "data_fingerprint is empty");
    }

    void CheckArtifacts(JsonObject artifacts, RunContract contract)
    {
        if (!Keys(RunFiles.Metrics, artifacts, contract.Artifacts.Keys, "artifacts.")) return;
        var fields = new JsonFields(RunFiles.Metrics, artifacts);
        foreach (var (key, _) in artifacts)
        {
            var path = fields.Text(key);
            if (path.Length == 0 && !contract.Artifacts.ContainsKey(key)) continue;
            var full = Path.GetFullPath(Path.Combine(_folder, path));
            if (!full.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                Error(RunFiles.Metrics, $"artifacts.{key} is '{path}', which leads out of the run folder");
            else if (!File.Exists(full)) Error(RunFiles.Metrics, $"artifacts.{key} is '{path}', and there is no such file");
        }
    }

    void Equal(string key, string found, string expected)
    {
        if (found != expected) Error(RunFiles.Metrics, $"{key} is '{found}'; expected '{expected}'");
    }

    void NotEmpty(string name)
    {
        if (Read(name).Count == 0) Error(name, "is an empty object");
    }

    bool Keys(string name, JsonObject fields, IEnumerable<string> expected, string part = "")
    {
        var missing = expected.Where(k => !fields.ContainsKey(k)).Select(k => part + k).ToArray();
        if (missing.Length > 0) Error(name, $"lacks {string.Join(", ", missing)}");
        return missing.Length == 0;
    }

    JsonObject Read(string name) => CanonicalJson.ReadObject(PathOf(name));

    /// <summary>A file that cannot be read is a finding, not the end of the check.</summary>
    void Try(string name, Action check)
    {
        try
        {
            check();
        }
        catch (DataException e)
        {
            if (e.Problem != "no such file"
                || !_findings.Exists(f => f.File == name && f.Message.StartsWith("missing", StringComparison.Ordinal)))
                Error(name, e.Problem);
        }
    }

    void Error(string name, string message) => _findings.Add(RunFinding.Error(name, message));

    string PathOf(string name) => Path.Combine(_folder, name);
}
