using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Runs.Reporting;
using Kymo.Lab.Runs.Trackers;
using Kymo.Lab.Training;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Runs;

/// <summary>
/// A run from its first file to its seal: begun or gone on with, trained part by part with checkpoints and trackers' files, finished
/// with the evidence of all parts.
/// </summary>
public sealed class TrainingRun : IDisposable
{
    // What W&B is told of a run that did not come to its end: the exit codes of the program.
    const int Failed = 1, Interrupted = 130;

    readonly RunPlan _plan;
    readonly RunContext _context;
    readonly TrainerOptions _trainer;
    readonly ResolvedSettings _settings;
    readonly Dictionary<string, FitSnapshot> _snapshots = [];
    readonly List<int?> _units = [];
    EventLog? _log;
    WandbWriter? _wandb;

    TrainingRun(RunPlan plan, RunContext context, RunFolder folder)
    {
        (_plan, _context, Folder) = (plan, context, folder);
        _trainer = plan.Trainer.Effective();
        _settings = ResolvedSettings.Of(plan.Config, plan.Circumstances);
        Started = context.Clock.GetUtcNow();
    }

    /// <summary>The run's folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>What the run is about.</summary>
    public RunPlan Plan => _plan;

    /// <summary>When this process began it.</summary>
    public DateTimeOffset Started { get; }

    /// <summary>When this process began to work for it: before data were read, a teacher asked, a network made.</summary>
    public DateTimeOffset Began => _context.Began;

    /// <summary>The hash of the settings that change results.</summary>
    public string ConfigHash => _settings.Hash;

    /// <summary>Every setting.</summary>
    public JsonObject Settings => _settings.All;

    /// <summary>The time.</summary>
    public DateTimeOffset Now => _context.Clock.GetUtcNow();

    /// <summary>Name, seed and configuration in one word.</summary>
    public string RunId => RunSummary.MakeRunId(Folder.Name, _plan.Seed, _settings.Hash);

    /// <summary>Begins a run, or goes on with the one that the context names.</summary>
    /// <exception cref="ConfigException">
    /// A taken name, no such run, a run of another configuration or other data, or a monitor that nothing is logged under.
    /// </exception>
    /// <exception cref="FinishedRunException">The run to go on with is finished.</exception>
    public static TrainingRun Open(RunPlan plan, RunContext context)
    {
        CheckMonitors(plan);
        var name = plan.Run.Name != "" ? plan.Run.Name : plan.DefaultName + (plan.Run.Label != "" ? "-" + plan.Run.Label : "");
        // A job that is queued again types the same command: the first time there is nothing to go on with.
        if (context is { Resume: "auto", IsWriter: true } && !Directory.Exists(Path.Combine(plan.Run.Root, "runs", name))) context = context with { Resume = null };
        if (context.Resume is { } named && named != "auto") name = named;
        if (context.IsWriter && plan.Run.Dir is { } dir) Link(dir, Path.GetFullPath(Path.Combine(plan.Run.Root, "runs", name)));
        if (!context.IsWriter)
        {
            // The writer of a finished run leaves at once and meets nobody.
            var path = Path.GetFullPath(Path.Combine(plan.Run.Root, "runs", name));
            if (context.Resume is not null && File.Exists(Path.Combine(path, RunFiles.Hashes))) throw new FinishedRunException(path);
            context.Processes!.Meet();
        }
        var folder = !context.IsWriter ? RunFolder.Watch(plan.Run.Root, name)
            : context.Resume is not null ? RunFolder.Resume(plan.Run.Root, name, context.Clock)
            : RunFolder.Create(plan.Run.Root, name, context.Clock);
        try
        {
            var run = new TrainingRun(plan, context, folder);
            if (context.IsWriter)
            {
                if (context.Resume is null) run.Begin();
                else run.GoOn();
                context.Processes?.Meet();
            }
            run.LoadSnapshots();
            context.Processes?.Meet();
            if (context.IsWriter) run.OpenLog();
            context.Tell(new RunEvent.Opened(folder.Root, folder.Name));
            return run;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Trains one part of the run to its end, or what is left of it; afterwards the network has the weights that are reported.
    /// </summary>
    /// <param name="fit">The training.</param>
    /// <param name="fold">The fold that it holds out; null for a run without folds.</param>
    /// <exception cref="OperationCanceledException">Asked to stop; a checkpoint was kept.</exception>
    public void Train(Fit fit, int? fold = null)
    {
        if (_context.Processes is null) _context.Cancel.ThrowIfCancellationRequested();
        var title = fit.Plan.Title;
        var checkpoints = Checkpoints(fold);
        if (!_units.Contains(fold)) _units.Add(fold);
        fit.Processes = _context.Processes;
        if (_snapshots.Remove(Key(fold), out var snapshot))
        {
            fit.Restore(snapshot);
            _context.Tell(new RunEvent.Stage($"{title}: going on after epoch {fit.State.History.Count}"
                + (snapshot.State.Partial is { } partial ? $" and {partial.Batches} steps" : "")));
        }
        else if (_trainer.AutoLrFind) FindRate(fit, fold);
        if (_context.IsWriter) Folder.Unit(fold).Epochs(_plan.Contract, RunId).KeepThrough(fit.State.History.Count);

        var pace = new CheckpointPace(_trainer.Checkpoint.EveryNSteps, _trainer.Checkpoint.EveryMinutes, _context.Clock);
        while (!fit.IsFinished)
        {
            var epoch = fit.State.History.Count + 1;
            var row = Epoch(fit, fold, checkpoints, pace);
            if (_context.IsWriter) Keep(fit, fold, row);
            Save(checkpoints, fit);
            pace.Kept();
            if (_context.IsWriter) DropLesser(fit, fold);
            _context.Tell(new RunEvent.Stage($"{title} epoch {epoch}: {Text("train", row.Train)}, {Text("validation", row.Validation)}, "
                + row.Seconds.ToString("0.0 s", CultureInfo.InvariantCulture)
                + (fit.IsFinished ? "" : $", at most {DurationText.Of(Left(fit, row.Seconds, epoch))} left")));
        }
        if (fit.State.Stopped) Step("early_stop", null, string.Create(CultureInfo.InvariantCulture, $"epoch={fit.State.History.Count} best_epoch={fit.State.BestEpoch}"));
        if (_context.IsWriter) KeepLast(fit, fold);
        fit.SelectWeights();
        if (fit.State.Skipped > 0) _context.Tell(new RunEvent.Warning($"{title}: {fit.State.Skipped} steps were not finite and left out"));
    }

    /// <summary>Keeps the reported weights of a finished part.</summary>
    /// <param name="fit">The training, with the weights that are reported.</param>
    /// <param name="fold">The fold; null for a run without folds.</param>
    /// <param name="metadata">What prediction needs besides the weights; stands in the header of the .safetensors file.</param>
    public void EndUnit(Fit fit, int? fold, IReadOnlyDictionary<string, string> metadata)
    {
        if (!_context.IsWriter) return;
        var unit = Folder.Unit(fold);
        var weights = fit.Network.SaveState();
        TorchFile.WriteStateDict(unit.PathOf(RunFiles.BestModel), Listed(weights));
        SafetensorsFile.Write(unit.PathOf(RunFiles.BestModelSafetensors), Listed(weights), metadata);
        unit.WriteEarlyStop(EarlyStopOf(fit));
        if (fold is not null) unit.PublishBestModel();
        WriteTrainingState(fit, fold, finished: true);
    }

    /// <summary>Adds a stage to the log of steps.</summary>
    /// <param name="stage">For instance <c>test_eval_start</c>.</param>
    /// <param name="seconds">How long it took, or null.</param>
    /// <param name="detail"><c>key=value</c> texts between blanks.</param>
    public void Step(string stage, double? seconds = null, string detail = "")
    {
        if (_context.IsWriter) RunSteps.Append(Folder.Root, Now, Folder.Name, stage, seconds, detail);
    }

    /// <summary>What early stop did in a training.</summary>
    public static EarlyStopState EarlyStopOf(Fit fit)
    {
        var stopping = fit.Trainer.EarlyStopping;
        var best = fit.State.BestEpoch == 0 ? null : fit.State.History[fit.State.BestEpoch - 1];
        var score = best is null ? double.NaN
            : best.Validation.TryGetValue("f1_macro", out var f1) ? f1
            : MonitoredScore.ValueOf(best, fit.Trainer.Checkpoint.Monitor) ?? double.NaN;
        return new EarlyStopState(
            stopping.Enabled ? stopping.Patience : 0, stopping.MinDelta, fit.State.Stopped, fit.State.History.Count, fit.State.BestEpoch, score, stopping.Monitor);
    }

    /// <summary>Writes the evidence of all parts, the page and the figures, and seals the run.</summary>
    /// <param name="evidence">What the run leaves.</param>
    /// <param name="also">Writes further files of the recipe.</param>
    public RunResult Finish(RunEvidence evidence, Action<RunFolder>? also = null)
    {
        var (contract, summary) = (_plan.Contract, evidence.Summary);
        if (!_context.IsWriter) return new RunResult(Folder.Path, [], []);
        if (_trainer.IsTrial)
            summary = summary with { Warnings = [.. summary.Warnings, "a trial on a part of the data (fast_dev_run, overfit_batches or limit_test_batches): no result"] };
        if (evidence.PromotedFold is { } promoted)
        {
            Folder.Unit(promoted).PromoteToRun();
            EvidenceTables.CombineEpochs(Folder, contract, RunId);
            EvidenceTables.WriteFolds(Folder, contract, summary.Folds);
        }
        EvidenceTables.WriteTest(Folder, contract, RunId, summary.Ended, summary.Test);
        if (evidence is { Validation: { } validation, Test: { } test })
        {
            EvidenceTables.WriteClasses(Folder, contract, summary.Ended, validation, test);
            EvidenceTables.WriteConfusion(Folder, contract, test);
            PredictionTable.Write(Folder, contract, evidence.Classes);
        }
        else
        {
            PredictionTable.Write(Folder, contract, evidence.Numbers);
        }
        MetricsFile.Write(Folder, summary);
        EvidenceTables.WriteExcluded(Folder, summary.Excluded);
        also?.Invoke(Folder);
        CloseLog(summary);
        WriteReport(evidence with { Summary = summary });
        if (!_trainer.IsTrial)
        {
            Leaderboard.Append(Folder, summary, isResumed: _context.Resume is not null);
            Step("leaderboard_written");
        }
        // Until the seal stands, a killed run can be gone on with from its checkpoints.
        Folder.Seal();
        foreach (var unit in _units) Checkpoints(unit).Delete();
        RunSteps.Append(Folder.Root, summary.Ended, Folder.Name, "run_done", summary.Seconds);
        return new RunResult(Folder.Path, evidence.Lines, CanonicalJson.ReadObject(Folder.PathOf(RunFiles.Metrics)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Who is not at its end here was interrupted, or failed.
        if (_log is not null && _wandb is not null) _wandb.ExitCode = _context.Cancel.IsCancellationRequested ? Interrupted : Failed;
        _log?.Dispose();
        Folder.Dispose();
    }

    // The folder that was asked for leads to the run; a run that goes on finds its own link there.
    static void Link(string asked, string run)
    {
        var path = Path.GetFullPath(asked);
        var link = new FileInfo(path).LinkTarget;
        if (link == run) return;
        if (Path.Exists(path) || link is not null) throw new ConfigException($"run.dir={asked} exists already; choose another one");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateSymbolicLink(path, run);
    }

    // All parts that the run may train: itself (null) or its folds, and what the recipe trains besides.
    IEnumerable<int?> Units =>
        (_plan.Contract.IsCrossValidated ? _plan.Contract.Folds.Select(fold => (int?)fold) : [null]).Concat(_plan.FurtherUnits.Select(unit => (int?)unit));

    static string Key(int? fold) => fold?.ToString(CultureInfo.InvariantCulture) ?? "";

    static void CheckMonitors(RunPlan plan)
    {
        string[] names = [.. plan.Contract.Scores.SelectMany(score => (string[])["train_" + score, "val_" + score]), "lr", .. plan.Contract.ExtraEpochColumns];
        foreach (var (key, name) in new[] { ("early_stopping", plan.Trainer.EarlyStopping.Monitor), ("checkpoint", plan.Trainer.Checkpoint.Monitor) })
            if (!names.Contains(name))
                throw new ConfigException($"trainer.{key}.monitor={name}: nothing is logged under that name; there are {string.Join(", ", names)}");
        FileNameTemplate.Expand(plan.Trainer.Checkpoint.Filename, true, name => name is "epoch" or "step" || names.Contains(name) ? 0 : null, ["epoch", "step", .. names]);
    }

    FitCheckpoints Checkpoints(int? fold) => new(Path.GetDirectoryName(Folder.Unit(fold).PathOf("checkpoints/state.pth"))!, _trainer);

    // One epoch; checkpoints within it at their pace, and at the step where it is asked to stop. Where a step fails, random streams and
    // sums have gone on without it: the checkpoint before it counts.
    EpochRow Epoch(Fit fit, int? fold, FitCheckpoints checkpoints, CheckpointPace pace)
    {
        var epoch = fit.State.History.Count + 1;
        var what = string.Create(CultureInfo.InvariantCulture, $"{fit.Plan.Title} epoch {epoch}/{fit.Trainer.Epochs} step");
        try
        {
            return fit.RunEpoch(
                done =>
                {
                    if (_trainer.LogEveryNSteps > 0 && fit.State.Steps % _trainer.LogEveryNSteps == 0)
                    {
                        var now = _context.Clock.GetUtcNow();
                        _log?.Scalar(now, fit.State.Steps, Name(fold, "train_loss_step"), done.Loss);
                        _log?.Scalar(now, fit.State.Steps, Name(fold, "grad_norm"), done.GradientNorm);
                    }
                    if (done.IsCheckpointDue)
                    {
                        Save(checkpoints, fit, soon: true);
                        pace.Kept();
                    }
                    _context.Tell(new RunEvent.Progress(what, done.Batch, done.Batches, Pace(fit, done)));
                },
                () => _trainer.EnableCheckpointing && pace.IsDueAfterStep(),
                _context.Cancel);
        }
        catch (OperationCanceledException)
        {
            Save(checkpoints, fit);
            throw;
        }
    }

    static string Pace(Fit fit, StepDone done)
    {
        var rate = fit.State.Partial is { Seconds: > 0 } partial ? partial.Batches / partial.Seconds : double.NaN;
        var left = (done.Batches - done.Batch) / rate + Left(fit, done.Batches / rate, fit.State.History.Count + 1).TotalSeconds;
        return done.Loss.ToString("loss 0.000", CultureInfo.InvariantCulture)
            + (left < 1e9 ? string.Create(CultureInfo.InvariantCulture, $", {rate:0.0} batches/s, at most {DurationText.Of(TimeSpan.FromSeconds(left))} left") : "");
    }

    // The epochs after one, at the pace of those that are done; early stop may end them sooner.
    static TimeSpan Left(Fit fit, double seconds, int epoch)
    {
        var each = fit.State.History is { Count: > 0 } history ? history.Average(row => row.Seconds) : seconds;
        return TimeSpan.FromSeconds(Math.Min(1e9, double.IsFinite(each) ? each * Math.Max(0, fit.Trainer.Epochs - epoch) : 0));
    }

    void Save(FitCheckpoints checkpoints, Fit fit, bool soon = false)
    {
        if (!_trainer.EnableCheckpointing) return;
        var snapshot = fit.Capture();
        if (!_context.IsWriter) return;
        if (!soon) _log?.Sync();
        snapshot = snapshot with { LogLength = _log?.Length ?? 0 };
        if (soon) checkpoints.SaveSoon(snapshot);
        else checkpoints.Save(snapshot);
    }

    void FindRate(Fit fit, int? fold)
    {
        var search = fit.FindRate();
        fit.State.FoundRate = search.Suggested;
        Folder.WriteTable(Folder.Unit(fold).Relative("lr_finder.csv"), ["lr", "loss"], search.Rates.Zip(search.Losses, (rate, loss) => (string[])[NumberText.Of(rate), NumberText.Of(loss)]));
        _context.Tell(search.Suggested is { } found
            ? new RunEvent.Stage(string.Create(CultureInfo.InvariantCulture, $"{fit.Plan.Title}: learning rate {found:G3} (range test over {search.Rates.Count} steps, lr_finder.csv)"))
            : new RunEvent.Warning($"{fit.Plan.Title}: the loss fell at no learning rate; optim.lr={fit.Optim.Lr} stays"));
    }

    void Keep(Fit fit, int? fold, EpochRow row)
    {
        var unit = Folder.Unit(fold);
        unit.Epochs(_plan.Contract, RunId).Append(row);
        if (fit.State.TopEpochs().Contains(row)) SafetensorsFile.Write(unit.PathOf(WeightsOf(row)), Listed(fit.Network.SaveState()));
        WriteTrainingState(fit, fold, finished: false);
        foreach (var (name, value) in row.Train) _log?.EpochScalar(row.Ended, row.Epoch, Name(fold, "train_" + name), value);
        foreach (var (name, value) in row.Validation) _log?.EpochScalar(row.Ended, row.Epoch, Name(fold, "val_" + name), value);
        foreach (var (name, value) in row.Extra) _log?.EpochScalar(row.Ended, row.Epoch, Name(fold, name), value);
        _log?.EpochScalar(row.Ended, row.Epoch, Name(fold, "lr"), row.LearningRate);
        RunSteps.Append(Folder.Root, row.Ended, Folder.Name, "epoch_done", row.Seconds, (fold is { } f ? $"fold={f} " : "") + $"epoch={row.Epoch}");
    }

    // Weights of epochs that better ones have pushed out of the top. After the checkpoint: a resumed run repeats this.
    void DropLesser(Fit fit, int? fold)
    {
        var kept = fit.State.TopEpochs().Select(WeightsOf).ToHashSet();
        foreach (var row in fit.State.History)
            if (WeightsOf(row) is var name && !kept.Contains(name)) File.Delete(Folder.Unit(fold).PathOf(name));
    }

    string WeightsOf(EpochRow row) => _trainer.Checkpoint.Dirpath + "/" + FileNameTemplate.Expand(
        _trainer.Checkpoint.Filename, _trainer.Checkpoint.AutoInsertMetricName,
        name => name switch { "epoch" => row.Epoch, "step" => row.Steps, _ => MonitoredScore.ValueOf(row, name) }, ["epoch", "step", .. MonitoredScore.Names(row)]) + ".safetensors";

    void KeepLast(Fit fit, int? fold)
    {
        var unit = Folder.Unit(fold);
        var snapshot = fit.Capture();
        TorchFile.WriteStateDict(unit.PathOf(RunFiles.LastModel), Listed(snapshot.Weights));
        TorchFile.Write(unit.PathOf(RunFiles.LastOptimizer), OptimizerPickle.Of(fit.Plan.Optimizer, snapshot.Optimizer));
        var streams = new PickleDictionary();
        foreach (var (name, state) in snapshot.Streams) streams.Add(name, Convert.ToHexStringLower(state));
        TorchFile.Write(unit.PathOf(RunFiles.RandomState), streams);
    }

    void WriteTrainingState(Fit fit, int? fold, bool finished)
    {
        var state = Folder.Has(RunFiles.TrainingState)
            ? CanonicalJson.ReadObject(Folder.PathOf(RunFiles.TrainingState))
            : new JsonObject { ["version"] = 1, ["config_hash"] = _settings.Hash, ["folds"] = new JsonObject() };
        var best = fit.State.BestEpoch;
        state["folds"]![fold is null ? "run" : Key(fold)] = new JsonObject
        {
            ["status"] = finished ? "done" : "training",
            ["epochs_done"] = fit.State.History.Count,
            ["steps_done"] = fit.State.Steps,
            ["skipped_steps"] = fit.State.Skipped,
            ["best_epoch"] = best,
            ["monitor"] = _trainer.Checkpoint.Monitor,
            ["best_score"] = best > 0 ? MonitoredScore.ValueOf(fit.State.History[best - 1], _trainer.Checkpoint.Monitor) : null,
            ["lr"] = fit.State.History.Count > 0 ? fit.State.History[^1].LearningRate : null,
            ["early_stopped"] = fit.State.Stopped,
            ["found_lr"] = fit.State.FoundRate,
            ["micro_batch"] = fit.State.MicroBatch?.Size ?? 0,
        };
        Folder.WriteJson(RunFiles.TrainingState, state);
    }

    void Begin()
    {
        Folder.WriteJson(RunFiles.Contract, _plan.Contract.ToJson());
        Folder.WriteJson(RunFiles.DataFingerprint, (JsonObject)_plan.Data.DeepClone());
        var git = GitState.Of(AppContext.BaseDirectory);
        Folder.WriteJson(RunFiles.Git, git.ToJson());
        Folder.WriteJson(RunFiles.Environment, RunEnvironment.Describe(Engines.Describe(), TorchThreads.Get(), git, Variables()));
        HydraFolder.Write(Folder, _context.Job, _context.Hydra, _context.Overrides);
        Folder.WriteJson(RunFiles.ResolvedConfig, _settings.All);
        RunSteps.Append(Folder.Root, Started, Folder.Name, "run_start", null, $"config_hash={_settings.Hash}");
    }

    // A run goes on only with the configuration and the data it was begun with.
    void GoOn()
    {
        var isFinished = Folder.Has(RunFiles.Hashes);
        if (!isFinished && !Folder.Has(RunFiles.ResolvedConfig)) Begin();
        var differences = _settings.Differences(CanonicalJson.ReadObject(Folder.PathOf(RunFiles.ResolvedConfig)));
        var data = CanonicalJson.ReadObject(Folder.PathOf(RunFiles.DataFingerprint));
        var isOtherData = !JsonNode.DeepEquals(data["content_sha256"], _plan.Data["content_sha256"]);
        if (isFinished)
        {
            foreach (var unit in Units) Checkpoints(unit).Delete();
            if (differences.Count == 0 && !isOtherData) throw new FinishedRunException(Folder.Path);
            throw new ConfigException($"run '{Folder.Name}' is finished, with {(differences.Count > 0 ? "another configuration: " + string.Join("; ", differences) : "other data")}; "
                + "choose another run.name");
        }
        if (_context.ResumeAnyway)
        {
            foreach (var difference in differences) Note($"resumed although {difference}");
            if (isOtherData) Note($"resumed with other data: {data["content_sha256"]}, now {_plan.Data["content_sha256"]}");
            return;
        }
        if (differences.Count > 0)
            throw new ConfigException($"run '{Folder.Name}' was begun with another configuration: {string.Join("; ", differences)}. "
                + "Type the settings it was begun with, or --resume-anyway");
        if (isOtherData)
            throw new ConfigException($"run '{Folder.Name}' was begun with other data ({data["content_sha256"]}, now {_plan.Data["content_sha256"]}); "
                + "put the recordings back, or type --resume-anyway");
    }

    void Note(string text)
    {
        RunSteps.Append(Folder.Root, Started, Folder.Name, "resume_anyway", null, text);
        _context.Tell(new RunEvent.Warning(text));
    }

    void LoadSnapshots()
    {
        if (_context.Resume is null) return;
        foreach (var fold in Units)
            if (Checkpoints(fold).Load(text => _context.Tell(new RunEvent.Warning(text))) is { } snapshot) _snapshots[Key(fold)] = snapshot;
    }

    // The newest snapshots say how much of the log is true; trackers' files are written anew from that.
    void OpenLog()
    {
        long? keep = _context.Resume is null ? null : _snapshots.Values.Select(snapshot => snapshot.LogLength).DefaultIfEmpty(0).Max();
        var begun = new DateTimeOffset(File.GetLastWriteTimeUtc(Folder.PathOf(RunFiles.ResolvedConfig)));
        var sinks = new List<IEventSink>();
        var wandb = _trainer.Wandb;
        if (_trainer.Logger is "tensorboard" or "all") sinks.Add(new TensorBoardWriter(Folder.Path, begun));
        if (wandb.Mode != "disabled" && (_trainer.Logger is "wandb" or "all" || wandb.Enabled)) sinks.Add(_wandb = new WandbWriter(Folder.Path, WandbOf(begun)));
        // A power failure can leave the log shorter than a checkpoint remembers it.
        var events = new FileInfo(Folder.PathOf(RunFiles.Events));
        _log = EventLog.Open(events.FullName, sinks, events.Exists && keep > events.Length ? null : events.Exists ? keep : null);
    }

    WandbRun WandbOf(DateTimeOffset begun) => WandbRun.Of(CanonicalJson.Hash(new JsonObject { ["run"] = RunId })[..8], Folder.Name, begun, _settings.All);

    void CloseLog(RunSummary summary)
    {
        foreach (var (name, value) in summary.Test) _log?.EpochScalar(summary.Ended, summary.EpochsRan, "test_" + name, value);
        _log?.Sync();
        _log?.Dispose();
        _log = null;
    }

    void WriteReport(RunEvidence evidence)
    {
        var report = new RunReport
        {
            Summary = evidence.Summary,
            Data = evidence.Data,
            Curves = LearningCurve.ReadAll(Folder.Path, _plan.Contract),
            TestMatrix = evidence.Test,
            EpochChoice = evidence.EpochChoice,
            Environment = CanonicalJson.ReadObject(Folder.PathOf(RunFiles.Environment)),
            Git = GitState.Of(AppContext.BaseDirectory),
        };
        var (figures, warnings) = Figures.Write(Folder, report, new Gnuplot());
        foreach (var warning in warnings) _context.Tell(new RunEvent.Warning(warning));
        HtmlReport.Write(Folder, report, figures);
    }

    static string Name(int? fold, string name) => fold is { } number ? string.Create(CultureInfo.InvariantCulture, $"fold_{number}/{name}") : name;

    // The loss, and the score after it that says most.
    static string Text(string part, IReadOnlyDictionary<string, double> scores)
    {
        var second = scores.Keys.FirstOrDefault(name => name == "acc") ?? scores.Keys.FirstOrDefault(name => name != "loss");
        return part + (scores.TryGetValue("loss", out var loss) ? loss.ToString(" loss 0.000", CultureInfo.InvariantCulture) : "")
            + (second is null ? "" : string.Create(CultureInfo.InvariantCulture, $" {second} {scores[second]:F3}"));
    }

    static List<(string Name, StoredTensor Tensor)> Listed(IEnumerable<KeyValuePair<string, StoredTensor>> weights) =>
        [.. weights.Select(entry => (entry.Key, entry.Value))];

    static IEnumerable<KeyValuePair<string, string>> Variables() =>
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, entry.Value as string ?? ""));
}
