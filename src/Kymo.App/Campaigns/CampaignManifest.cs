using System.Globalization;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Campaigns;

/// <summary>A campaign as its manifest (JSON or YAML) describes it: the original's keys and Kymo's own. Paths start at the current folder.</summary>
/// <param name="RuntimePolicy">When what may run.</param>
/// <param name="CommonTrain">Settings of every training; what is not given is the recipe's.</param>
/// <param name="Baseline">The trainings without a teacher.</param>
/// <param name="TeacherGate">Whether the teacher is good enough to teach.</param>
/// <param name="Kd">The trainings with a teacher.</param>
/// <param name="Overrides">Kymo: overrides of every training, as <c>kymo train sleep-events</c> takes them.</param>
/// <param name="Seeds">Kymo: several seeds; every training is repeated with each.</param>
/// <param name="Seed">The one seed, where <paramref name="Seeds"/> names none.</param>
/// <param name="ManifestVersion">For its reader.</param>
/// <param name="DecisionRef">For its reader.</param>
/// <param name="ClassWeights">Weights of the classes, comma between; empty for the recipe's.</param>
/// <param name="CacheDir">Parent folder of the feature caches; empty for the recipe's.</param>
/// <param name="OutputCsv">The leaderboard; its folder is the results folder.</param>
/// <param name="StepsCsv">The step log, in the same folder.</param>
/// <param name="Readme">Kymo: a text whose numbers between markers <c>kymo campaign check</c> compares with the leaderboard.</param>
sealed record CampaignManifest(
    RuntimePolicy RuntimePolicy,
    CommonTrain CommonTrain,
    BaselinePhase Baseline,
    TeacherGate TeacherGate,
    DistillPhase Kd,
    IReadOnlyList<string> Overrides,
    IReadOnlyList<long> Seeds,
    [property: Range(0, long.MaxValue)] long Seed = 42,
    string ManifestVersion = "",
    string DecisionRef = "",
    string ClassWeights = "",
    string CacheDir = "",
    string OutputCsv = "results/leaderboard.csv",
    string StepsCsv = "",
    string Readme = "")
{
    static readonly string[] s_own = ["run", "seed", "model", "model.name", "model.cbam_reduction", "model.cbam_sa_kernel", "distill"];

    /// <summary>The seeds, the first first.</summary>
    public IReadOnlyList<long> AllSeeds => Seeds.Count > 0 ? Seeds : [Seed];

    /// <summary>The folder of all results.</summary>
    public string Root => Path.GetDirectoryName(Path.GetFullPath(OutputCsv))!;

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="DataException">No such file.</exception>
    /// <exception cref="ConfigException">Unknown keys, wrong types, values that do not fit: all in one message.</exception>
    public static CampaignManifest Read(string path)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such manifest; an example is bench/campaigns/esc10.json");
        if (YamlReader.Read(File.ReadAllBytes(path), path) is not MapNode map)
            throw new ConfigException($"{path}: expected an object of settings");
        try
        {
            return ConfigBinder.Bind<CampaignManifest>(map);
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Faults that concern several settings at once.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (var fault in Twice()) yield return fault;
        if (RuntimePolicy.FullEpochs is { } full && CommonTrain.Epochs is { } epochs && full != epochs)
            yield return $"runtime_policy.full_epochs={full} and common_train.epochs={epochs}: they must agree; leave one of them out";
        if (Path.GetFileName(OutputCsv) != Leaderboard.FileName)
            yield return $"output_csv={OutputCsv}: expected FOLDER/{Leaderboard.FileName}; the folder is where all results go";
        if (StepsCsv != "" && Path.GetFullPath(StepsCsv) != Path.Combine(Root, RunSteps.FileName))
            yield return $"steps_csv={StepsCsv}: expected {RunSteps.FileName} beside output_csv";
        foreach (var text in Overrides)
            if (IsOwn(text))
                yield return $"overrides: {text} is for the campaign to decide";
        foreach (var model in Baseline.CbamModels.Where(model => !model.EndsWith("_cbam", StringComparison.Ordinal)))
            yield return $"baseline.cbam_models: {model} has no attention";
        foreach (var model in Baseline.Models.Where(model => model.EndsWith("_cbam", StringComparison.Ordinal)))
            yield return $"baseline.models: {model} belongs into baseline.cbam_models";
        if (Baseline.CbamModels.Count > 0 && (Baseline.CbamReductionValues.Count == 0 || Baseline.CbamSaKernelValues.Count == 0))
            yield return "baseline: cbam_models need cbam_reduction_values and cbam_sa_kernel_values";
        if (Kd.Students.Count == 0) yield break;
        var trained = Baseline.Models.Concat(Baseline.CbamModels).ToArray();
        foreach (var student in Kd.Students.Except(trained))
            yield return $"kd.students: {student} is not trained in the baseline phase, so nothing could be compared";
        if (!Baseline.Models.Contains(TeacherGate.TeacherModel))
            yield return $"teacher_gate.teacher_model={TeacherGate.TeacherModel}: not among baseline.models";
        if (Kd.TeacherModel != "" && Kd.TeacherModel != TeacherGate.TeacherModel)
            yield return $"kd.teacher_model={Kd.TeacherModel} is another than teacher_gate.teacher_model={TeacherGate.TeacherModel}";
        if (Kd.Alphas.Count == 0 || Kd.Temperatures.Count == 0) yield return "kd: students need alphas and temperatures";
        foreach (var alpha in Kd.Alphas.Where(alpha => alpha is < 0 or > 1))
            yield return FormattableString.Invariant($"kd.alphas: {alpha} is outside 0 to 1");
        foreach (var temperature in Kd.Temperatures.Where(temperature => temperature is < 0.1 or > 100))
            yield return FormattableString.Invariant($"kd.temperatures: {temperature} is outside 0.1 to 100");
        foreach (var model in TeacherGate.StudentPoolModels.Except(trained))
            yield return $"teacher_gate.student_pool_models: {model} is not trained in the baseline phase";
        if (TeacherGate.TeacherBaseRunName != "" && TeacherGate.TeacherBaseRunName != $"p1_{TeacherGate.TeacherModel}_seed{AllSeeds[0]}")
            yield return $"teacher_gate.teacher_base_run_name={TeacherGate.TeacherBaseRunName}: the base run of this manifest is p1_{TeacherGate.TeacherModel}_seed{AllSeeds[0]}";
    }

    // A setting that the campaign gives itself, whatever the override does to it (+, ++, ~) and whatever stands below it.
    static bool IsOwn(string text)
    {
        var key = Override.Parse(text).KeyOrGroup;
        return s_own.Contains(key) || key.StartsWith("run.", StringComparison.Ordinal) || key.StartsWith("distill.", StringComparison.Ordinal);
    }

    // What is named twice would be two trainings of one name; a name has six digits of a number.
    IEnumerable<string> Twice()
    {
        static IEnumerable<string> In(string key, IEnumerable<string> values) =>
            values.CountBy(value => value).Where(count => count.Value > 1).Select(count => $"{key}: {count.Key} is named twice");
        static IEnumerable<string> Numbers(string key, IReadOnlyList<double> values) => values.GroupBy(CampaignPlan.Slug).Where(group => group.Count() > 1).Select(group =>
            group.Distinct().Count() == 1 ? FormattableString.Invariant($"{key}: {group.First()} is named twice")
            : $"{key}: {string.Join(" and ", group.Distinct().Select(value => value.ToString("R", CultureInfo.InvariantCulture)))} are one number in a run's name, which has six digits");
        static IEnumerable<string> Whole(IEnumerable<int> values) => values.Select(value => value.ToString(CultureInfo.InvariantCulture));
        var tuning = TeacherGate.TeacherTuning;
        return
        [
            .. In("seeds", AllSeeds.Select(seed => seed.ToString(CultureInfo.InvariantCulture))), .. In("baseline.models", Baseline.Models), .. In("baseline.cbam_models", Baseline.CbamModels),
            .. In("baseline.cbam_reduction_values", Whole(Baseline.CbamReductionValues)), .. In("baseline.cbam_sa_kernel_values", Whole(Baseline.CbamSaKernelValues)),
            .. In("kd.students", Kd.Students), .. Numbers("kd.alphas", Kd.Alphas), .. Numbers("kd.temperatures", Kd.Temperatures),
            .. Numbers("teacher_gate.teacher_tuning.lr_values", tuning.LrValues), .. Numbers("teacher_gate.teacher_tuning.weight_decay_values", tuning.WeightDecayValues),
            .. Numbers("teacher_gate.teacher_tuning.grad_clip_values", tuning.GradClipValues),
        ];
    }
}

/// <summary>When what may run.</summary>
/// <param name="FullEpochs">Epochs of every training; where given, it must be what <c>common_train.epochs</c> says.</param>
/// <param name="KdAfterTeacherGapGateOnly">No distillation where the gate fails.</param>
/// <param name="PreprocessBatchSize">Of the original's cache; taken and not needed.</param>
/// <param name="PreprocessCompression">Of the original's cache; taken and not needed.</param>
/// <param name="PreprocessCompressionLevel">Of the original's cache; taken and not needed.</param>
/// <param name="PreferredDevice">Where to compute: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>mps</c>.</param>
/// <param name="CpuFallbackConfirmOnce">Of the original; taken and not needed: <c>preferred_device</c> is an order.</param>
/// <param name="CpuFallbackRequiresTty">Of the original; taken and not needed.</param>
/// <param name="CpuNumWorkersOverride">Of the original; taken and not needed.</param>
sealed record RuntimePolicy(
    int? FullEpochs = null,
    bool KdAfterTeacherGapGateOnly = true,
    int? PreprocessBatchSize = null,
    string? PreprocessCompression = null,
    int? PreprocessCompressionLevel = null,
    [property: AllowedValues("auto", "cpu", "cuda", "mps")] string PreferredDevice = "auto",
    bool CpuFallbackConfirmOnce = false,
    bool CpuFallbackRequiresTty = true,
    int? CpuNumWorkersOverride = null);

/// <summary>Settings of every training; null for the recipe's.</summary>
/// <param name="Epochs">Epochs at most.</param>
/// <param name="BatchSize">Clips of a batch.</param>
/// <param name="NumWorkers">Taken and not needed: the cache is mapped into memory.</param>
/// <param name="Lr">Learning rate.</param>
/// <param name="WeightDecay">Weight decay.</param>
/// <param name="EarlyStopPatience">Epochs without a better validation macro F1; 0 never stops.</param>
/// <param name="EarlyStopMinDelta">How much better counts.</param>
/// <param name="Sr">Only 16000.</param>
/// <param name="NMels">Only 64.</param>
/// <param name="RnnHidden">Units of the CRNN.</param>
/// <param name="RnnLayers">Recurrent layers of the CRNN.</param>
/// <param name="GradClip">Largest norm of the gradient; 0 for no limit.</param>
/// <param name="AttMode">Parts of the attention.</param>
sealed record CommonTrain(
    [property: Range(1, 100_000)] int? Epochs = null,
    [property: Range(1, 65_536)] int? BatchSize = null,
    int? NumWorkers = null,
    double? Lr = null,
    double? WeightDecay = null,
    [property: Range(0, 100_000)] int? EarlyStopPatience = null,
    double? EarlyStopMinDelta = null,
    [property: Range(16000, 16000)] int? Sr = null,
    [property: Range(64, 64)] int? NMels = null,
    int? RnnHidden = null,
    int? RnnLayers = null,
    double? GradClip = null,
    [property: AllowedValues("cbam", "ca", "sa")] string? AttMode = null);

/// <summary>The trainings without a teacher.</summary>
/// <param name="Models">Networks without attention.</param>
/// <param name="CbamModels">Networks with it, each with every reduction and kernel.</param>
/// <param name="CbamReductionValues">Reductions; the outer loop.</param>
/// <param name="CbamSaKernelValues">Kernels; the inner loop.</param>
sealed record BaselinePhase(
    IReadOnlyList<string> Models, IReadOnlyList<string> CbamModels, IReadOnlyList<int> CbamReductionValues, IReadOnlyList<int> CbamSaKernelValues);

/// <summary>Whether the teacher is good enough to teach: its validation macro F1 over that of the best student.</summary>
/// <param name="StudentPoolModels">Networks it has to surpass.</param>
/// <param name="TeacherTuning">What is tried where it does not.</param>
/// <param name="TeacherModel">The teacher.</param>
/// <param name="TeacherBaseRunName">Its run; follows from model and seed.</param>
/// <param name="MinF1Gap">By how much.</param>
/// <param name="TuneTeacherIfGapBelow">Whether to tune it where the gap is smaller.</param>
sealed record TeacherGate(
    IReadOnlyList<string> StudentPoolModels,
    TeacherTuning TeacherTuning,
    string TeacherModel = "crnn",
    string TeacherBaseRunName = "",
    [property: Range(-1, 1)] double MinF1Gap = 0.03,
    bool TuneTeacherIfGapBelow = true);

/// <summary>The settings that a teacher is tried with, all combinations in this order, until the gap is wide enough.</summary>
/// <param name="LrValues">Learning rates; the outer loop.</param>
/// <param name="WeightDecayValues">Weight decays.</param>
/// <param name="GradClipValues">Limits of the gradient; the inner loop.</param>
sealed record TeacherTuning(IReadOnlyList<double> LrValues, IReadOnlyList<double> WeightDecayValues, IReadOnlyList<double> GradClipValues);

/// <summary>The trainings with a teacher: every student, alpha and temperature. The control without a teacher's word is always there.</summary>
/// <param name="Students">Networks that learn from it.</param>
/// <param name="Alphas">Weights of the teacher's term.</param>
/// <param name="Temperatures">Temperatures.</param>
/// <param name="TeacherModel">The teacher; as the gate names it.</param>
/// <param name="Epochs">Epochs at most.</param>
/// <param name="BatchSize">Clips of a batch.</param>
/// <param name="NumWorkers">Taken and not needed.</param>
/// <param name="Lr">Learning rate.</param>
/// <param name="WeightDecay">Weight decay.</param>
/// <param name="EarlyStopPatience">Epochs without a better validation macro F1; 0 never stops.</param>
/// <param name="EarlyStopMinDelta">How much better counts.</param>
sealed record DistillPhase(
    IReadOnlyList<string> Students,
    IReadOnlyList<double> Alphas,
    IReadOnlyList<double> Temperatures,
    string TeacherModel = "",
    [property: Range(1, 100_000)] int? Epochs = null,
    [property: Range(1, 65_536)] int? BatchSize = null,
    int? NumWorkers = null,
    double? Lr = null,
    double? WeightDecay = null,
    [property: Range(0, 100_000)] int? EarlyStopPatience = null,
    double? EarlyStopMinDelta = null);
