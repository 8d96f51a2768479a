using Kymo.Config;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>Settings of the recipe; the defaults stand in <c>conf/</c>.</summary>
/// <param name="Run">Where results go.</param>
/// <param name="Env">Folders of this machine.</param>
/// <param name="Data">The recordings and how they are cut.</param>
/// <param name="Model">The networks.</param>
/// <param name="Scenario">Which terms, modules and data take part.</param>
/// <param name="Optim">Optimiser and schedule.</param>
/// <param name="Trainer">Length, stopping, trackers.</param>
/// <param name="Ablation">Scenarios that are trained one after the other and compared, or <c>all</c>; empty for one run.</param>
/// <param name="Compat">Rules of the original that are repeated.</param>
/// <param name="LeaveOneOut">Whether each person is held out in turn, one run each.</param>
/// <param name="Seed">Seeds every named random stream.</param>
/// <param name="Device"><c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>mps</c>.</param>
public sealed record ActivityConfig(
    RunOptions Run,
    ActivityEnvOptions Env,
    ActivityDataOptions Data,
    ActivityModelOptions Model,
    ScenarioOptions Scenario,
    ActivityOptimOptions Optim,
    TrainerOptions Trainer,
    IReadOnlyList<string> Ablation,
    ActivityCompatOptions Compat,
    bool LeaveOneOut = false,
    [property: Range(0, long.MaxValue)] long Seed = 0,
    string Device = "auto")
{
    /// <summary>Faults that concern several settings at once.</summary>
    public IEnumerable<string> Validate()
    {
        var (regressor, extractor, classifier) = (Model.Regressor, Model.FeatureExtractor, Model.Classifier);
        if (regressor.SequenceLength != Data.SensorWindowLength || extractor.WindowSize != Data.SensorWindowLength)
            yield return $"data.sensor_window_length={Data.SensorWindowLength}, model.regressor.sequence_length={regressor.SequenceLength} and "
                + $"model.feature_extractor.window_size={extractor.WindowSize} are one length; type one of them";
        if (Model.Encoder is { } encoder && (encoder.WindowSize != Data.SensorWindowLength || encoder.Embedding != extractor.NDense || encoder.InputChannels != extractor.InputChannels))
            yield return "model.encoder: window_size, embedding and input_channels are data.sensor_window_length, model.feature_extractor.n_dense and the signal's channels; type those";
        if (Model.Head is { } head && (head.FIn != classifier.FIn || head.NClasses != classifier.NClasses))
            yield return "model.head: f_in and n_classes are model.feature_extractor.n_dense and data.n_classes; type those";
        if (classifier.FIn != extractor.NDense)
            yield return $"model.classifier.f_in={classifier.FIn} takes what model.feature_extractor.n_dense={extractor.NDense} gives; type n_dense alone";
        if (regressor.OutputChannels != extractor.InputChannels)
            yield return $"model.regressor.output_channels={regressor.OutputChannels} and model.feature_extractor.input_channels={extractor.InputChannels} are one signal; choose it with data.target";
        if (Data.SensorWindowLength < 8) yield return $"data.sensor_window_length={Data.SensorWindowLength}: type at least 8 rows";
        if (Trainer.BatchSize != Data.BatchSize) yield return $"trainer.batch_size={Trainer.BatchSize} and data.batch_size={Data.BatchSize} are one size; type data.batch_size";
        if (Trainer.Device != Device) yield return $"trainer.device={Trainer.Device} and device={Device} are one device; type device";
        if (Scenario.Adversarial is { Enabled: true, Loss: "wgan" } && Scenario.Adversarial.Discriminator.InputType == "features")
            yield return "scenario.adversarial.loss=wgan judges signals; type scenario.adversarial.discriminator.input_type=signal";
        var modules = ActivityNetwork.ModulesOf(this);
        foreach (var name in Scenario.Trainable.Except(modules))
            yield return $"scenario.trainable: {Scenario.ExperimentName} has no module '{name}'; it has {string.Join(", ", modules)}";
        if (!Scenario.LearnsFromReal && (Scenario.SeparateFeatureExtractors || (extractor.BranchNorm == "separate" && Model.Encoder is null)))
            yield return $"{Scenario.ExperimentName} learns from simulated signals alone and is tested on real ones; type scenario.separate_feature_extractors=false "
                + "and model.feature_extractor.branch_norm=shared, or scenario.losses.activity_real=true";
        if (!Scenario.Losses.ActivityReal && Scenario.SeparateClassifiers)
            yield return $"{Scenario.ExperimentName} never trains the classifier of real signals; type scenario.separate_classifiers=false, or scenario.losses.activity_real=true";
    }
}

/// <summary>Folders of this machine.</summary>
/// <param name="DataDir">Parent folder of the data sets.</param>
/// <param name="ExperimentsDir">Results folder.</param>
public sealed record ActivityEnvOptions(string DataDir = "datasets", string ExperimentsDir = "results");

/// <summary>The recordings and how they are cut.</summary>
/// <param name="Joints">Joints of MM-Fit's <c>pose_3d</c> that are the movement.</param>
/// <param name="TrainSubjects">Workouts or people that are learned from; empty for the split's own.</param>
/// <param name="ValSubjects">Those that pick the epoch.</param>
/// <param name="TestSubjects">Those that are reported.</param>
/// <param name="SimulatedSubjects">Workouts whose simulated signal teaches, where <paramref name="UseSimulatedData"/>; of validation and test the real one is read.</param>
/// <param name="Augment">What is done to training windows.</param>
/// <param name="Name">Which reader: <c>mmfit</c>, <c>sp_sw_har</c>, <c>utd_mhad</c> or <c>synthetic</c>.</param>
/// <param name="DatasetName">Name of its folder below <c>env.data_dir</c>.</param>
/// <param name="DataDir">Its folder; null to look below <c>env.data_dir</c>.</param>
/// <param name="Source"><c>raw</c>, <c>preprocessed</c>, or <c>auto</c>: what the folder holds.</param>
/// <param name="PoseFile">Prepared joint tracks, behind <c>wNN_</c>.</param>
/// <param name="AccFile">Prepared acceleration.</param>
/// <param name="SimAccFile">Simulated acceleration.</param>
/// <param name="LabelsFile">Exercise sets, of raw and of prepared workouts.</param>
/// <param name="Split">Which workouts teach and which are reported: <c>people</c>, <c>official</c>, <c>official_unseen</c>, <c>original</c>, <c>loso</c> or <c>lists</c>;
/// the three published ones have people on two sides, which stamps the run.</param>
/// <param name="Fold">The person held out by <c>split=loso</c>, counted from 0; the next one picks the epoch.</param>
/// <param name="AllowSharedPeople">Whether own lists may share a person.</param>
/// <param name="Missing"><c>error</c>, or <c>skip</c> to leave out what is not there, or lacks a file, and count it.</param>
/// <param name="Preprocess"><c>time</c> or <c>frame</c>.</param>
/// <param name="Sensor">The sensor that is explained: <c>sw_l</c>, <c>sw_r</c>, <c>sp_l</c>, <c>sp_r</c>, <c>eb_l</c>.</param>
/// <param name="Target"><c>acc</c>, or <c>acc_gyr</c> where the data have the rate of turn too.</param>
/// <param name="NClasses">Classes of the data.</param>
/// <param name="NumJoints">Joints of the movement.</param>
/// <param name="TargetChannels">Axes of the signal.</param>
/// <param name="BatchSize">Windows of a step.</param>
/// <param name="SensorWindowLength">Rows of a window.</param>
/// <param name="SamplingRateHz">Rows a second.</param>
/// <param name="StrideSeconds">Time from one window to the next; null for one row.</param>
/// <param name="TrainStrideSeconds">The same for training windows; null for the same.</param>
/// <param name="LabelRule">Which row decides a window's class.</param>
/// <param name="UseSimulatedData">Whether simulated signals are read for some workouts.</param>
/// <param name="MaxRows">Rows of each recording; 0 for all. Stamped in the run.</param>
/// <param name="SecondaryDir">Folder of NTU RGB+D skeleton files for <c>scenario.secondary</c>.</param>
public sealed record ActivityDataOptions(
    [property: Range(0, 16)] IReadOnlyList<int> Joints,
    IReadOnlyList<string> TrainSubjects,
    IReadOnlyList<string> ValSubjects,
    IReadOnlyList<string> TestSubjects,
    IReadOnlyList<string> SimulatedSubjects,
    MotionAugmentation Augment,
    [property: AllowedValues("mmfit", "sp_sw_har", "utd_mhad", "synthetic")] string Name = "mmfit",
    string DatasetName = "mmfit",
    string? DataDir = null,
    [property: AllowedValues("auto", "raw", "preprocessed")] string Source = "auto",
    string PoseFile = "pose_3d_upsample_normal.npy",
    string AccFile = "sw_l_acc_std.npy",
    string SimAccFile = "sw_l_sim_acc.npy",
    string LabelsFile = "labels.csv",
    [property: AllowedValues("people", "official", "official_unseen", "original", "loso", "lists")] string Split = "people",
    [property: Range(0, 1000)] int Fold = 0,
    bool AllowSharedPeople = false,
    [property: AllowedValues("error", "skip")] string Missing = "error",
    [property: AllowedValues("time", "frame")] string Preprocess = "time",
    [property: AllowedValues("sw_l", "sw_r", "sp_l", "sp_r", "eb_l")] string Sensor = "sw_l",
    [property: AllowedValues("acc", "acc_gyr")] string Target = "acc",
    [property: Range(2, 1000)] int NClasses = 11,
    [property: Range(1, 64)] int NumJoints = 3,
    [property: Range(1, 64)] int TargetChannels = 3,
    [property: Range(1, 65_536)] int BatchSize = 2048,
    [property: Range(1, 100_000)] int SensorWindowLength = 450,
    [property: Range(1, 10_000)] double SamplingRateHz = 100,
    [property: Range(0.0001, 3600)] double? StrideSeconds = 0.15,
    [property: Range(0.0001, 3600)] double? TrainStrideSeconds = null,
    LabelRule LabelRule = LabelRule.Middle,
    bool UseSimulatedData = false,
    [property: Range(0, int.MaxValue)] int MaxRows = 0,
    string? SecondaryDir = null);

/// <summary>The networks.</summary>
/// <param name="Regressor">From movement to signal.</param>
/// <param name="FeatureExtractor">From signal to embedding.</param>
/// <param name="Classifier">From embedding to class.</param>
/// <param name="Encoder">The later encoder in place of the feature extractor; null for that one.</param>
/// <param name="Head">Dense layers in place of the classifier's single one; null for that one.</param>
public sealed record ActivityModelOptions(
    HarRegressorConfig Regressor, HarFeatureExtractorConfig FeatureExtractor, HarClassifierConfig Classifier, HarEncoderConfig? Encoder = null, HarMlpConfig? Head = null)
{
    /// <summary>Builds what turns a signal into an embedding.</summary>
    internal Module NewExtractor(RandomGenerator? init, RandomGenerator dropout) =>
        Encoder is { } later ? new HarEncoder(later, init, dropout) : new HarFeatureExtractor(FeatureExtractor, init, dropout);

    /// <summary>Builds what turns an embedding into logits.</summary>
    internal Module NewClassifier(RandomGenerator? init, RandomGenerator dropout) => Head is { } layers ? new HarMlp(layers, init, dropout) : new HarClassifier(Classifier, init);
}

/// <summary>Optimiser and schedule: a warm-up by epochs, then the scheduler.</summary>
/// <param name="Scheduler">What moves the rate after the warm-up.</param>
/// <param name="Name"><c>adam</c> (coupled weight decay) or <c>adamw</c>.</param>
/// <param name="Lr">Learning rate after the warm-up.</param>
/// <param name="WeightDecay">Weight decay.</param>
/// <param name="WarmupEpochs">Epochs in which the rate rises.</param>
/// <param name="WarmupStartFactor">The first epoch's part of the rate.</param>
public sealed record ActivityOptimOptions(
    ActivitySchedulerOptions Scheduler,
    [property: AllowedValues("adam", "adamw")] string Name = "adam",
    [property: Range(1e-9, 10)] double Lr = 1e-3,
    [property: Range(0, 10)] double WeightDecay = 0,
    [property: Range(0, 100_000)] int WarmupEpochs = 0,
    double WarmupStartFactor = 0.1);

/// <summary>What moves the rate after the warm-up.</summary>
/// <param name="Name"><c>reduce_on_plateau</c>, <c>one_cycle</c> (over all steps, no warm-up by epochs) or <c>none</c>.</param>
/// <param name="Metric">The score that is watched.</param>
/// <param name="Mode"><c>min</c> or <c>max</c>.</param>
/// <param name="Factor">What the rate is multiplied by.</param>
/// <param name="Patience">Epochs that are waited.</param>
public sealed record ActivitySchedulerOptions(
    [property: AllowedValues("reduce_on_plateau", "one_cycle", "none")] string Name = "reduce_on_plateau",
    string Metric = "val_loss",
    [property: AllowedValues("min", "max")] string Mode = "min",
    [property: Range(1e-6, 0.999)] double Factor = 0.1,
    [property: Range(0, 100_000)] int Patience = 10);

/// <summary>Rules of the original that are repeated, faults included; each stamps the run.</summary>
/// <param name="Preprocess"><c>A</c> or <c>B</c>: one of its two recipes exactly; <c>none</c> for the sound ones.</param>
/// <param name="Windows">One window fewer than fit.</param>
/// <param name="F1"><c>present</c>: macro-F1 over the classes that occur.</param>
/// <param name="LossMean"><c>batches</c>: epoch losses are means over batches.</param>
/// <param name="Truncate">Rows of each workout that are used; 0 for all, the original's 1000.</param>
/// <param name="Scenario24"><c>shared</c>: the second extractor is the first one.</param>
/// <param name="Dropout">The feature extractor's dropout whatever <c>drop_prob</c> says (the original's 0.3); null for <c>drop_prob</c>.</param>
/// <param name="StateNames">The original's weights files (<c>pose2imu_best.pth</c>, <c>fe_best.pth</c>, <c>ac_best.pth</c>) beside the run's own.</param>
/// <param name="TEncoder"><c>legacy</c>: the later encoder and head are asked for and the earlier networks built, as the last state of the original did.</param>
/// <param name="Split"><c>original</c>: MM-Fit's workouts divided as the original did, people on two sides (as <c>data.split=original</c>).</param>
/// <param name="Config"><c>activity</c>: typed settings count as in the original's own merger, see OriginalMerger.cs.</param>
/// <param name="HpoScore"><c>last</c>: a search takes the last epoch's score, while other weights are kept.</param>
public sealed record ActivityCompatOptions(
    [property: AllowedValues("none", "A", "B")] string Preprocess = "none",
    bool Windows = false,
    [property: AllowedValues("all", "present")] string F1 = "all",
    [property: AllowedValues("windows", "batches")] string LossMean = "windows",
    [property: Range(0, int.MaxValue)] int Truncate = 0,
    [property: AllowedValues("separate", "shared")] string Scenario24 = "separate",
    [property: Range(0, 0.95)] double? Dropout = null,
    bool StateNames = false,
    [property: AllowedValues("named", "legacy")] string TEncoder = "named",
    [property: AllowedValues("none", "original")] string Split = "none",
    [property: AllowedValues("none", "activity")] string Config = "none",
    [property: AllowedValues("best", "last")] string HpoScore = "best")
{
    /// <summary>The switches that are on, in words; empty for none.</summary>
    internal IReadOnlyList<string> On()
    {
        var plain = new ActivityCompatOptions();
        return
        [
            .. Preprocess != plain.Preprocess ? [$"preprocess={Preprocess}"] : Array.Empty<string>(),
            .. Windows ? ["windows=true"] : Array.Empty<string>(),
            .. F1 != plain.F1 ? [$"f1={F1}"] : Array.Empty<string>(),
            .. LossMean != plain.LossMean ? [$"loss_mean={LossMean}"] : Array.Empty<string>(),
            .. Truncate > 0 ? [$"truncate={Truncate}"] : Array.Empty<string>(),
            .. Scenario24 != plain.Scenario24 ? [$"scenario24={Scenario24}"] : Array.Empty<string>(),
            .. Dropout is { } share ? [FormattableString.Invariant($"dropout={share}")] : Array.Empty<string>(),
            .. StateNames ? ["state_names=true"] : Array.Empty<string>(),
            .. TEncoder != plain.TEncoder ? [$"t_encoder={TEncoder}"] : Array.Empty<string>(),
            .. Split != plain.Split ? [$"split={Split}"] : Array.Empty<string>(),
            .. Config != plain.Config ? [$"config={Config}"] : Array.Empty<string>(),
            .. HpoScore != plain.HpoScore ? [$"hpo_score={HpoScore}"] : Array.Empty<string>(),
        ];
    }
}
