using System.Globalization;
using Kymo.App.Searches;

namespace Kymo.App.Campaigns;

/// <summary>All trainings that a manifest implies, with the original's names and order; seeds are the outermost loop.</summary>
sealed class CampaignPlan(CampaignManifest manifest)
{
    /// <summary>The manifest.</summary>
    public CampaignManifest Manifest => manifest;

    /// <summary>Trainings without a teacher: the networks in their order, then each one with attention by reduction and kernel.</summary>
    public IReadOnlyList<PlannedRun> Phase1 { get; } = [.. manifest.AllSeeds.SelectMany(seed => Baselines(manifest, seed))];

    /// <summary>The settings that the teacher is tried with where the gate fails, each with every seed.</summary>
    public IReadOnlyList<IReadOnlyList<PlannedRun>> Tuning { get; } = [.. TuningOf(manifest)];

    /// <summary>Runs of a network without attention in the first phase, one a seed.</summary>
    public IReadOnlyList<PlannedRun> Of(string model) => [.. Phase1.Where(run => run.Model == model)];

    /// <summary>
    /// Trainings with a teacher, controls first within each student.
    /// </summary>
    /// <param name="teacherOf">The teacher's run by seed.</param>
    /// <param name="attentionOf">Reduction and kernel of a student with attention.</param>
    public IReadOnlyList<PlannedRun> Phase2(Func<long, string> teacherOf, Func<string, (int Reduction, int Kernel)> attentionOf) =>
        [.. manifest.AllSeeds.SelectMany(seed => manifest.Kd.Students.SelectMany(student => Distilled(student, seed, teacherOf(seed), HasAttention(student) ? attentionOf(student) : null)))];

    /// <summary>The second phase before the first has decided it: its teacher is the base run, and the first reduction and kernel stand for those that will be chosen.</summary>
    public IReadOnlyList<PlannedRun> Phase2Supposed => Phase2(
        seed => $"p1_{manifest.TeacherGate.TeacherModel}_seed{seed}", _ => (manifest.Baseline.CbamReductionValues[0], manifest.Baseline.CbamSaKernelValues[0]));

    /// <summary>How many trainings the second phase has.</summary>
    public int Phase2Count => manifest.Kd.Students.Count * Combinations.Count * manifest.AllSeeds.Count;

    /// <summary>Whether a run's name is one that this manifest can give, whatever the teacher and the attention chosen.</summary>
    public bool Owns(string name) => _owned.Contains(name);

    /// <summary>A number in a run's name, six digits of it: <c>0.3</c> as <c>0p3</c>, <c>1e-05</c> as <c>1em05</c>.</summary>
    public static string Slug(double number) => PythonG(number).Replace('-', 'm').Replace('.', 'p');

    readonly HashSet<string> _owned = OwnedBy(manifest);

    IReadOnlyList<(double Alpha, double Temperature)> Combinations { get; } = CombinationsOf(manifest);

    static HashSet<string> OwnedBy(CampaignManifest manifest)
    {
        IEnumerable<(int, int)?> choices = manifest.Baseline.CbamReductionValues
            .SelectMany(reduction => manifest.Baseline.CbamSaKernelValues.Select(kernel => ((int, int)?)(reduction, kernel)));
        var names = manifest.AllSeeds.SelectMany(seed => Baselines(manifest, seed)).Concat(TuningOf(manifest).SelectMany(group => group)).Select(run => run.Name);
        var distilled =
            from seed in manifest.AllSeeds
            from student in manifest.Kd.Students
            from attention in HasAttention(student) ? choices : [null]
            from combination in CombinationsOf(manifest)
            select DistilledName(student, attention, combination, seed);
        return [.. names, .. distilled];
    }

    static IReadOnlyList<(double Alpha, double Temperature)> CombinationsOf(CampaignManifest manifest) =>
        manifest.Kd.Students.Count == 0 ? [] :
    [
        (0, manifest.Kd.Temperatures[0]),
        .. manifest.Kd.Alphas.Where(alpha => alpha > 0).SelectMany(alpha => manifest.Kd.Temperatures.Select(temperature => (alpha, temperature))),
    ];

    static IEnumerable<PlannedRun> Baselines(CampaignManifest manifest, long seed)
    {
        foreach (var model in manifest.Baseline.Models)
            yield return New(manifest, "phase1_full_base", $"p1_{model}_seed{seed}", model, seed, []);
        foreach (var model in manifest.Baseline.CbamModels)
            foreach (var reduction in manifest.Baseline.CbamReductionValues)
                foreach (var kernel in manifest.Baseline.CbamSaKernelValues)
                    yield return New(manifest, "phase1_full_cbam", $"p1_{model}_rr{reduction}_sk{kernel}_seed{seed}", model, seed, AttentionOverrides((reduction, kernel)))
                        with
                    { Attention = (reduction, kernel) };
    }

    static IEnumerable<IReadOnlyList<PlannedRun>> TuningOf(CampaignManifest manifest)
    {
        var (gate, tuning) = (manifest.TeacherGate, manifest.TeacherGate.TeacherTuning);
        if (manifest.Kd.Students.Count == 0 || !gate.TuneTeacherIfGapBelow) yield break;
        foreach (var lr in tuning.LrValues)
            foreach (var decay in tuning.WeightDecayValues)
                foreach (var clip in tuning.GradClipValues)
                    yield return [.. manifest.AllSeeds.Select(seed => New(
                        manifest, "phase1_teacher_tune", $"p1_{gate.TeacherModel}_tune_lr{Slug(lr)}_wd{Slug(decay)}_gc{Slug(clip)}_seed{seed}", gate.TeacherModel, seed,
                        [Set("optim.lr", lr), Set("optim.weight_decay", decay), Set("trainer.gradient_clip_val", clip)]))];
    }

    IEnumerable<PlannedRun> Distilled(string student, long seed, string teacher, (int Reduction, int Kernel)? attention)
    {
        var kd = manifest.Kd;
        foreach (var (alpha, temperature) in Combinations)
        {
            yield return New(manifest, "phase2_full_kd", DistilledName(student, attention, (alpha, temperature), seed), student, seed,
            [
                .. Training(kd.Epochs, kd.BatchSize, kd.Lr, kd.WeightDecay, kd.EarlyStopPatience, kd.EarlyStopMinDelta),
                .. attention is { } chosen ? AttentionOverrides(chosen) : [],
                ParameterText.Override("distill.teacher", Path.Combine(manifest.Root, "runs", teacher)), Set("distill.alpha", alpha), Set("distill.temperature", temperature),
            ]) with
            { Attention = attention, Distillation = (alpha, temperature) };
        }
    }

    static string DistilledName(string student, (int Reduction, int Kernel)? attention, (double Alpha, double Temperature) combination, long seed) =>
        $"p2_kd_{student}{(attention is { } chosen ? $"_rr{chosen.Reduction}_sk{chosen.Kernel}" : "")}_a{Slug(combination.Alpha)}_t{Slug(combination.Temperature)}_seed{seed}";

    static PlannedRun New(CampaignManifest manifest, string stage, string name, string model, long seed, IReadOnlyList<string> own)
    {
        var common = manifest.CommonTrain;
        List<string> overrides = [.. manifest.Overrides, .. Training(common.Epochs ?? manifest.RuntimePolicy.FullEpochs, common.BatchSize, common.Lr, common.WeightDecay, common.EarlyStopPatience, common.EarlyStopMinDelta)];
        if (common.GradClip is { } clip) overrides.Add(Set("trainer.gradient_clip_val", clip));
        if (manifest.ClassWeights != "") overrides.Add($"objective.class_weights='[{manifest.ClassWeights}]'");
        if (manifest.CacheDir != "") overrides.Add(ParameterText.Override("data.cache", Path.GetFullPath(manifest.CacheDir)));
        if (manifest.RuntimePolicy.PreferredDevice != "auto") overrides.Add($"trainer.device={manifest.RuntimePolicy.PreferredDevice}");
        overrides.Add($"model={model}");
        if (common.RnnHidden is { } hidden) overrides.Add(Set("model.rnn_hidden", hidden));
        if (common.RnnLayers is { } layers) overrides.Add(Set("model.rnn_layers", layers));
        if (common.AttMode is { } mode) overrides.Add($"model.att_mode={mode}");
        overrides.AddRange(own);
        overrides.Add($"seed={seed}");
        overrides.Add(ParameterText.Override("run.root", manifest.Root));
        overrides.Add($"run.name={name}");
        return new PlannedRun(stage, name, model, seed, overrides);
    }

    static IEnumerable<string> Training(int? epochs, int? batchSize, double? lr, double? decay, int? patience, double? delta)
    {
        if (epochs is { } e) yield return Set("trainer.epochs", e);
        if (batchSize is { } b) yield return Set("trainer.batch_size", b);
        if (lr is { } rate) yield return Set("optim.lr", rate);
        if (decay is { } w) yield return Set("optim.weight_decay", w);
        if (patience is { } p)
        {
            yield return $"trainer.early_stopping.enabled={(p > 0 ? "true" : "false")}";
            if (p > 0) yield return Set("trainer.early_stopping.patience", p);
        }
        if (delta is { } d) yield return Set("trainer.early_stopping.min_delta", d);
    }

    static IReadOnlyList<string> AttentionOverrides((int Reduction, int Kernel) attention) =>
        [Set("model.cbam_reduction", attention.Reduction), Set("model.cbam_sa_kernel", attention.Kernel)];

    static bool HasAttention(string model) => model.EndsWith("_cbam", StringComparison.Ordinal);

    // All digits: six are enough for a name only.
    static string Set(string key, double value) => $"{key}={value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e')}";

    // Python's %g: six digits, an exponent of two digits below 1e-4.
    static string PythonG(double number)
    {
        if (number == 0) return "0";
        var exponent = (int)Math.Floor(Math.Log10(Math.Abs(double.Parse(number.ToString("E5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))));
        if (exponent is >= -4 and < 6) return number.ToString("0." + new string('#', 5 - exponent), CultureInfo.InvariantCulture);
        var parts = number.ToString("0.#####e+00", CultureInfo.InvariantCulture);
        return parts;
    }
}
