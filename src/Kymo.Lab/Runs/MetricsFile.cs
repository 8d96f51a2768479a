using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Runs;

/// <summary><c>metrics.json</c>.</summary>
public static class MetricsFile
{
    /// <summary>Writes the file.</summary>
    /// <exception cref="ArgumentException">An extra key is one of the common ones, or the data fingerprint is empty.</exception>
    public static void Write(RunFolder run, RunSummary summary)
    {
        var fields = ToJson(summary);
        fields["artifacts"]!["model_architecture_txt"] = run.Has(RunFiles.Architecture) ? RunFiles.Architecture : "";
        if (run.Has(RunFiles.TeacherArchitecture)) fields["artifacts"]!["teacher_architecture_txt"] = RunFiles.TeacherArchitecture;
        run.WriteJson(RunFiles.Metrics, fields);
    }

    /// <summary>The object of the file.</summary>
    public static JsonObject ToJson(RunSummary s)
    {
        if (s.DataFingerprint.Count == 0) throw new ArgumentException("the data fingerprint is empty");
        var fields = Common(s);
        fields["status"] = EvidenceTables.StatusText(s.Status);
        fields["warnings"] = new JsonArray([.. s.Warnings.Select(w => (JsonNode)w)]);
        fields["excluded_items"] = s.Excluded.Count;
        fields["baselines"] = new JsonArray(
            [.. s.Baselines.Select(b => new JsonObject { ["name"] = b.Name, ["test"] = Scores(b.Test) })]);
        fields["intervals"] = new JsonObject(
            s.TestIntervals.Select(i => KeyValuePair.Create(i.Key, (JsonNode?)Json(i.Value, s.IntervalsOver))));
        fields["macs"] = s.Macs;
        fields["cpu_latency_p50_ms"] = s.LatencyP50Ms;
        fields["cpu_latency_p95_ms"] = s.LatencyP95Ms;
        if (s.Contract.IsCrossValidated) fields["cross_validation"] = CrossValidation(s);
        foreach (var (key, value) in s.Extra)
            if (!fields.TryAdd(key, value?.DeepClone()))
                throw new ArgumentException($"'{key}' is a common key of {RunFiles.Metrics}");
        return fields;
    }

    static JsonObject Common(RunSummary s) => new()
    {
        ["artifact_contract_version"] = RunContract.Version,
        ["schema_version"] = RunContract.SchemaVersion,
        ["run_id"] = s.RunId,
        ["run_name"] = s.RunName,
        ["task_name"] = s.Contract.TaskName,
        ["ts_start_utc"] = Timestamp.Text(s.Started),
        ["ts_end_utc"] = Timestamp.Text(s.Ended),
        ["duration_s"] = s.Seconds,
        ["seed"] = s.Seed,
        ["config_hash"] = s.ConfigHash,
        ["device"] = s.Device,
        ["device_name"] = s.DeviceName,
        ["model"] = s.Model,
        ["optimizer"] = s.Optimizer,
        ["scheduler"] = s.Scheduler,
        ["hyperparameters"] = s.Hyperparameters.DeepClone(),
        ["best_epoch"] = s.BestEpoch,
        ["epochs_ran"] = s.EpochsRan,
        ["early_stop"] = s.EarlyStop.ToJson(),
        ["validation_best"] = Scores(s.ValidationBest),
        ["validation_current"] = Scores(s.ValidationCurrent),
        ["test"] = Scores(s.Test),
        ["params"] = s.Parameters,
        ["model_size_mb"] = s.ModelSizeMiB,
        ["cpu_latency_ms"] = s.CpuLatencyMs,
        ["data_fingerprint"] = s.DataFingerprint.DeepClone(),
        ["artifacts"] = Artifacts(s.Contract),
    };

    static JsonObject Artifacts(RunContract contract)
    {
        var paths = new JsonObject { ["model_architecture_txt"] = "", ["scheduler_checkpoint"] = "" };
        foreach (var (key, path) in contract.Artifacts) paths[key] = path;
        return paths;
    }

    static JsonObject CrossValidation(RunSummary s)
    {
        var scores = new JsonObject();
        foreach (var name in s.Contract.Scores)
        {
            double[] values = [.. s.Folds.Select(f => f.Test.TryGetValue(name, out var v) ? v : double.NaN)];
            var mean = MeanAndDeviation.Of(values);
            scores[name] = new JsonObject
            {
                ["mean"] = mean.Mean,
                ["std_population"] = mean.PopulationDeviation,
                ["std_sample"] = mean.SampleDeviation,
            };
        }
        return new JsonObject { ["folds"] = new JsonArray([.. s.Folds.Select(f => (JsonNode)f.Fold)]), ["test"] = scores };
    }

    static JsonObject Json(Interval i, string over) => new()
    {
        ["estimate"] = i.Estimate,
        ["low"] = i.LowOrNull,
        ["high"] = i.HighOrNull,
        ["level"] = i.Level,
        ["resamples"] = i.Resamples,
        ["undefined"] = i.Undefined,
        ["groups"] = i.Groups,
        ["grouped_by"] = over,
    };

    static JsonObject Scores(IReadOnlyDictionary<string, double> scores) =>
        new(scores.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value)));
}
