using System.Globalization;

namespace Kymo.Lab.Runs;

/// <summary>
/// Where one training writes its epochs, its early stop and its checkpoints: the run folder of a single run, or
/// <c>folds/fold_&lt;f&gt;</c> of a cross-validated one. Both look the same inside.
/// </summary>
public sealed class TrainingUnit
{
    readonly RunFolder _run;

    internal TrainingUnit(RunFolder run, int? fold)
    {
        _run = run;
        Fold = fold;
    }

    /// <summary>The fold, or null for a single run.</summary>
    public int? Fold { get; }

    /// <summary>Path of a file inside the run folder, for instance <c>folds/fold_3/early_stop.json</c>.</summary>
    public string Relative(string name) => Fold is { } fold ? $"{RunFiles.Fold(fold)}/{name}" : name;

    /// <summary>Absolute path of a file of this training; its folder is made if absent.</summary>
    public string PathOf(string name) => _run.PathOf(Relative(name));

    /// <summary>The table of epochs, with the rows already there.</summary>
    public EpochTable Epochs(RunContract contract, string runId) => new(PathOf(RunFiles.EpochMetrics), contract, runId, Fold);

    /// <summary>Writes <c>early_stop.json</c>.</summary>
    public void WriteEarlyStop(EarlyStopState state) => _run.WriteJson(Relative(RunFiles.EarlyStop), state.ToJson());

    /// <summary>
    /// Copies this fold's early stop and checkpoints to the top of the run, where every reader of run folders looks for them.
    /// Call it for the fold that validation chose.
    /// </summary>
    /// <exception cref="InvalidOperationException">This is the run itself.</exception>
    public void PromoteToRun()
    {
        if (Fold is null) throw new InvalidOperationException("only a fold can be promoted");
        foreach (var name in (string[])[RunFiles.EarlyStop, .. RunFiles.RequiredCheckpoints, RunFiles.BestModelSafetensors])
            if (_run.Has(Relative(name))) Copy(name, name);
    }

    /// <summary>Copies the best weights to <c>checkpoints/model_fold_&lt;f&gt;_best.safetensors</c> of the run.</summary>
    /// <exception cref="InvalidOperationException">This is the run itself.</exception>
    public void PublishBestModel()
    {
        if (Fold is not { } fold) throw new InvalidOperationException("only a fold has a model of its own");
        Copy(RunFiles.BestModelSafetensors, RunFiles.FoldBestModel(fold));
    }

    void Copy(string name, string target)
    {
        using var source = File.OpenRead(PathOf(name));
        _run.Write(target, source.CopyTo);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Fold is { } fold ? string.Create(CultureInfo.InvariantCulture, $"fold {fold}") : _run.Name;
}
