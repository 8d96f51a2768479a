using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Data.Motion;
using Kymo.Signals;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>The windows of a run: standardised recordings, split by people.</summary>
sealed record ActivityData
{
    /// <summary>What was read, standardised.</summary>
    public required PairedSet Set { get; init; }

    /// <summary>Which recordings teach and which are reported.</summary>
    public required MotionSplit Split { get; init; }

    /// <summary>Windows of all parts; examples are indices into it.</summary>
    public required MotionWindow[] Windows { get; init; }

    /// <summary>Learned from.</summary>
    public required int[] Train { get; init; }

    /// <summary>Picks the epoch.</summary>
    public required int[] Validation { get; init; }

    /// <summary>Reported.</summary>
    public required int[] Test { get; init; }

    /// <summary>Means and deviations of the movement's channels that were taken out.</summary>
    public required ChannelScale InputScale { get; init; }

    /// <summary>Those of the signal's channels; none where prepared data do not say them.</summary>
    public required ChannelScale TargetScale { get; init; }

    /// <summary>Whether <see cref="TargetScale"/> leads back to the sensor's units.</summary>
    public bool TargetScaleIsKnown { get; init; } = true;

    /// <summary>Windows and recordings that were left out, and why.</summary>
    public required IReadOnlyList<Exclusion> Exclusions { get; init; }

    /// <summary>What a reader of the scores must know of the data; stands in the run.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Windows of the second task; empty without one.</summary>
    public required MotionWindow[] Secondary { get; init; }

    /// <summary>Rows of a window.</summary>
    public required int Length { get; init; }

    /// <summary>Reads, standardises, splits and cuts.</summary>
    /// <exception cref="DataException">Data that cannot be used, or a part without windows.</exception>
    public static ActivityData Read(ActivityConfig config)
    {
        var data = config.Data;
        var (set, lists) = Recordings(config);
        if (set.Classes.Count != data.NClasses) throw new ConfigException($"data.n_classes={data.NClasses}, and {set.Name} has {set.Classes.Count}; type data.n_classes={set.Classes.Count}");
        if (set.Joints != data.NumJoints) throw new ConfigException($"data.num_joints={data.NumJoints}, and the movement has {set.Joints}; type data.num_joints={set.Joints}");
        if (set.TargetChannels != data.TargetChannels) throw new ConfigException($"data.target_channels={data.TargetChannels}, and the signal has {set.TargetChannels}; type data.target_channels={set.TargetChannels}");
        var split = MotionSplits.Make(set, lists, data.Missing == "skip", data.AllowSharedPeople || MmFitSplits.Shared.Contains(lists.Name), out var missing);
        var standardised = Standardise(set, split, data.SensorWindowLength, out var inputScale, out var targetScale);
        split = MotionSplits.Make(standardised, lists, data.Missing == "skip", true, out _) with { SharedPeople = split.SharedPeople };

        var test = new WindowOptions(data.SensorWindowLength, WindowOptions.StrideRows(data.StrideSeconds, set.RateHz), data.LabelRule, config.Compat.Windows);
        var train = test with { Stride = WindowOptions.StrideRows(data.TrainStrideSeconds ?? data.StrideSeconds, set.RateHz) };
        var cuts = new[] { MotionWindows.Cut(split.Train, train), MotionWindows.Cut(split.Validation, test), MotionWindows.Cut(split.Test, test) };
        foreach (var (cut, name) in cuts.Zip(["train", "val", "test"]))
            if (cut.Windows.Count == 0)
                throw new DataException(set.Root, $"no window of {data.SensorWindowLength} rows is left for {name} ({cut.Short} recordings are shorter, {cut.Masked} windows touch a gap, {cut.Mixed} are mixed); type a shorter data.sensor_window_length");
        var (first, second) = (cuts[0].Windows.Count, cuts[1].Windows.Count);
        return new ActivityData
        {
            Set = standardised,
            Split = split,
            Windows = [.. cuts.SelectMany(cut => cut.Windows)],
            Train = [.. Enumerable.Range(0, first)],
            Validation = [.. Enumerable.Range(first, second)],
            Test = [.. Enumerable.Range(first + second, cuts[2].Windows.Count)],
            InputScale = inputScale,
            TargetScale = targetScale,
            TargetScaleIsKnown = set.RestClass is null || set.TargetScale is not null,
            Exclusions =
            [
                .. set.Exclusions,
                .. missing.Select(name => new Exclusion(name, "listed in the split and not there")),
                .. Counted("train", cuts[0]), .. Counted("val", cuts[1]), .. Counted("test", cuts[2]),
            ],
            Warnings = [.. Remarks(data, lists), .. ScaleRemarks(config, set, lists)],
            Secondary = config.Scenario.Secondary.Enabled ? SecondTask(config, set.RateHz) : [],
            Length = data.SensorWindowLength,
        };
    }

    /// <summary>The folder of the data: named, or found below <c>env.data_dir</c>.</summary>
    /// <exception cref="DataException">None of the places is a folder; all are listed.</exception>
    public static string Folder(ActivityConfig config)
    {
        var (data, env) = (config.Data, config.Env);
        if (data.DataDir is { } named) return Directory.Exists(named) ? named : throw new DataException(named, "no such folder; it was named by data.data_dir");
        if (data.Name == "synthetic") return SyntheticTree.Ensure(config);
        var tried = new List<string> { Path.Combine(env.DataDir, data.DatasetName) };
        if (data.Name == "mmfit") tried.Add(Path.Combine(env.DataDir, "mm-fit"));
        if (data.Name == "mmfit" && Directory.Exists(env.DataDir) && Directory.GetDirectories(env.DataDir, "w??").Length > 0) tried.Add(env.DataDir);
        return tried.FirstOrDefault(Directory.Exists)
            ?? throw new DataException(env.DataDir, $"no data; tried {string.Join(", ", tried)}; type data.data_dir=DIR or env.data_dir=PARENT, or download with kymo data");
    }

    /// <summary>The lists of the configured split.</summary>
    public static SplitLists Lists(ActivityDataOptions data)
    {
        if (data.Split == "loso") return LeaveOneOut(data);
        var own = data.TrainSubjects.Count + data.ValSubjects.Count + data.TestSubjects.Count > 0;
        if (!own && data.Name == "sp_sw_har") throw new ConfigException("data.train_subjects, data.val_subjects and data.test_subjects name the people; they are empty");
        var named = own && data.Split == "lists" ? new SplitLists("lists", [], [], []) : MmFitSplits.Find(data.Split == "lists" ? "people" : data.Split, data.Fold);
        IReadOnlyList<string> Or(IReadOnlyList<string> given, IReadOnlyList<string> otherwise) => given.Count > 0 ? given : otherwise;
        return own ? new SplitLists("lists", Or(data.TrainSubjects, named.Train), Or(data.ValSubjects, named.Validation), Or(data.TestSubjects, named.Test)) : named;
    }

    /// <summary>The people that <c>split=loso</c> holds out one after the other: those of the listed recordings, for MM-Fit without lists all ten.</summary>
    public static IReadOnlyList<(string Person, string[] Recordings)> People(ActivityDataOptions data)
    {
        string[] listed = [.. data.TrainSubjects.Concat(data.ValSubjects).Concat(data.TestSubjects).Distinct()];
        var byWorkout = data.Name is "mmfit" or "synthetic";
        if (listed.Length == 0 && byWorkout) listed = [.. MmFitLayout.Participants.Select((_, workout) => $"w{workout:00}")];
        return [.. listed.GroupBy(name => byWorkout ? MmFitLayout.ParticipantOf(name).ToString(System.Globalization.CultureInfo.InvariantCulture) : name)
            .OrderBy(person => person.Key.Length).ThenBy(person => person.Key, StringComparer.Ordinal).Select(person => (person.Key, person.ToArray()))];
    }

    // The next person picks the epoch.
    static SplitLists LeaveOneOut(ActivityDataOptions data)
    {
        var people = People(data);
        if (people.Count < 3) throw new ConfigException($"data.split=loso needs three people: one is held out, one picks the epoch; {people.Count} are listed in data.train_subjects, data.val_subjects and data.test_subjects");
        if (data.Fold >= people.Count) throw new ConfigException($"data.fold={data.Fold}: there are the people 0 to {people.Count - 1} ({string.Join(", ", people.Select(person => person.Person))})");
        var next = (data.Fold + 1) % people.Count;
        return new SplitLists("loso", [.. people.Where((_, i) => i != data.Fold && i != next).SelectMany(person => person.Recordings)], people[next].Recordings, people[data.Fold].Recordings);
    }

    static (PairedSet Set, SplitLists Lists) Recordings(ActivityConfig config)
    {
        var (data, folder, lists) = (config.Data, Folder(config), Lists(config.Data));
        return (data.Name switch
        {
            "sp_sw_har" => SpSwHar.Read(folder, "sp", data.Target == "acc_gyr", data.Missing == "skip"),
            "utd_mhad" => UtdMhad.Read(folder, data.Joints, data.Missing == "skip"),
            _ => ReadMmFit(config, folder, lists),
        }, lists);
    }

    static PairedSet ReadMmFit(ActivityConfig config, string folder, SplitLists lists)
    {
        var data = config.Data;
        if (data.Target != "acc") throw new ConfigException($"data.target={data.Target}: MM-Fit's recipe aligns the acceleration alone; type data.target=acc");
        var options = Options(config, lists);
        var names = new PreparedNames(data.PoseFile, data.AccFile, data.SimAccFile);
        var first = options.Workouts.FirstOrDefault(workout => Directory.Exists(Path.Combine(folder, workout)));
        var prepared = data.Source == "preprocessed"
            || (data.Source == "auto" && first is not null && File.Exists(Path.Combine(folder, first, $"{first}_{data.PoseFile}")));
        return prepared ? MmFit.ReadPrepared(folder, options, names, Simulated(data, lists))
            : data.UseSimulatedData ? throw new ConfigException("data.use_simulated_data=true reads prepared files; type data.source=preprocessed")
            : MmFit.ReadRaw(folder, options) with { Name = data.Name };
    }

    // Simulated signals teach; what picks the epoch and what is reported is always real.
    static string[] Simulated(ActivityDataOptions data, SplitLists lists) =>
        data.UseSimulatedData ? [.. data.SimulatedSubjects.Intersect(lists.Train).Except(lists.Validation).Except(lists.Test)] : [];

    static IEnumerable<string> Remarks(ActivityDataOptions data, SplitLists lists)
    {
        if (data.UseSimulatedData && data.SimulatedSubjects.Except(Simulated(data, lists)).ToArray() is { Length: > 0 } real)
            yield return $"data.simulated_subjects: {string.Join(", ", real)} {(real.Length == 1 ? "is" : "are")} not in training alone; evaluation takes the real signal only";
    }

    // Whose mean and deviation a reader took out of the signal: those of held-out people have no place in it.
    static IEnumerable<string> ScaleRemarks(ActivityConfig config, PairedSet set, SplitLists lists)
    {
        if (set.RestClass is null) yield break;
        if (set.TargetScale is null)
        {
            yield return $"there is no {MmFitPrepared.Statistics} beside the workouts: whose mean and deviation were taken out of the signal is unknown, and neither predict nor export will know its scale";
            yield break;
        }
        if (set.TargetScaleOf is not { } workouts)
        {
            yield return $"{MmFitPrepared.Statistics} has no train_subjects: whether held-out people are in the signal's mean and deviation is unknown";
            yield break;
        }
        if (workouts.Except(lists.Train).ToArray() is not { Length: > 0 } others) yield break;
        var problem = $"the signal was prepared with mean and deviation of {string.Join(", ", others)} too, which {(others.Length == 1 ? "is" : "are")} not in training";
        const string remedy = "type data.source=raw with the raw folder, or prepare with the split that is trained";
        if (config.Data.Split == "loso")
            throw new DataException(set.Root, $"{problem}: nobody is held out then; {remedy}");
        yield return $"leak: {problem}; {remedy}";
    }

    /// <summary>How MM-Fit is read.</summary>
    internal static MmFitOptions Options(ActivityConfig config, SplitLists lists) => new(
        new MotionPreparationOptions(
            config.Compat.Preprocess switch
            {
                "A" => MotionRecipe.OriginalA,
                "B" => MotionRecipe.OriginalB,
                _ => config.Data.Preprocess == "frame" ? MotionRecipe.Frame : MotionRecipe.Time,
            },
            config.Data.Sensor, config.Data.SamplingRateHz),
        config.Data.Joints, [.. lists.Train, .. lists.Validation, .. lists.Test], lists.Train, config.Data.Missing == "skip",
        config.Compat.Truncate > 0 ? config.Compat.Truncate : config.Data.MaxRows, config.Data.LabelsFile);

    // MM-Fit's recipes have scaled their data already; every channel of the others is, with the training people's mean and deviation.
    // Short clips of UTD-MHAD end in zeros of the standardised scale: no zero counts for its mean.
    static PairedSet Standardise(PairedSet set, MotionSplit split, int length, out ChannelScale input, out ChannelScale target)
    {
        var channels = set.Axes * set.Joints;
        (input, target) = (ChannelScale.None(channels), ChannelScale.None(set.TargetChannels));
        if (set.RestClass is not null)
        {
            target = set.TargetScale ?? target;
            return set;
        }
        target = ChannelScale.Of(split.Train, set.TargetChannels, recording => recording.Target);
        if (set.Name == "sp_sw_har") input = ChannelScale.Of(split.Train, channels, recording => recording.Input);
        var (inputs, targets) = (input, target);
        var least = set.Name == "utd_mhad" ? length : 0;
        return set with
        {
            Recordings = [.. set.Recordings.Select(recording => (recording with { Input = inputs.Apply(recording.Input), Target = targets.Apply(recording.Target) }).Lengthened(least))],
        };
    }

    /// <summary>Joints of NTU RGB+D beside a signal: the left arm beside MM-Fit's watch, the right one beside UTD-MHAD's sensor of 50 rows a second.</summary>
    internal static int[] SecondJoints(double rateHz) => rateHz == UtdMhad.RateHz ? [8, 9, 10] : [4, 5, 6];

    static MotionWindow[] SecondTask(ActivityConfig config, double rateHz)
    {
        var (data, secondary) = (config.Data, config.Scenario.Secondary);
        var folder = data.SecondaryDir ?? (data.Name == "synthetic" ? SyntheticTree.EnsureSkeletons(config)
            : throw new ConfigException("scenario.secondary needs joint tracks of NTU RGB+D; type data.secondary_dir=DIR"));
        var joints = SecondJoints(rateHz);
        if (data.NumJoints > joints.Length) throw new ConfigException($"scenario.secondary has {joints.Length} joints; type data.num_joints={joints.Length}");
        var set = NtuSkeletons.Read(folder, joints[..data.NumJoints], rateHz, data.SensorWindowLength, secondary.NClasses);
        var cut = MotionWindows.Cut(set.Recordings, new WindowOptions(data.SensorWindowLength, WindowOptions.StrideRows(data.StrideSeconds, set.RateHz)));
        return cut.Windows.Count > 0 ? [.. cut.Windows] : throw new DataException(folder, "no clip of the second task can be used");
    }

    static IEnumerable<Exclusion> Counted(string part, WindowCut cut)
    {
        if (cut.Mixed > 0) yield return new Exclusion(part, $"{cut.Mixed} windows of several classes (data.label_rule=pure)");
        if (cut.Masked > 0) yield return new Exclusion(part, $"{cut.Masked} windows that touch a gap of the camera");
        if (cut.Short > 0) yield return new Exclusion(part, $"{cut.Short} recordings shorter than a window");
    }
}
