using Kymo.Config;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Prediction;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Signals;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>Scores a finished run again, on its own held-out people or on others; people that it was trained on are refused.</summary>
public static class ActivityEvaluator
{
    /// <summary>Scores.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="overrides">Settings that differ from the run's, for instance <c>data.data_dir=DIR</c> or <c>data.label_rule=pure</c>.</param>
    /// <param name="context">What else is given.</param>
    /// <exception cref="ConfigException">An override that the run has no setting for, or that changes the networks.</exception>
    /// <exception cref="DataException">No finished run, or held-out people that the networks were trained on.</exception>
    public static RunResult Evaluate(string run, IReadOnlyList<string> overrides, RunContext context)
    {
        var config = ReadConfig(run, overrides);
        var device = Devices.Prepare(config.Trainer);
        var data = ActivityData.Read(config);

        var (weights, card) = ActivityWeights.Read(Path.Combine(run, RunFiles.BestModelSafetensors));
        CheckClasses(run, data, card);
        // Who prepared files without saying what was taken out has put them on a scale that nothing is known of.
        var target = card is { TargetMean: { } mean, TargetDeviation: { } deviation } ? new ChannelScale(mean, deviation) : data.TargetScale;
        data = OnScales(data, new ChannelScale(card.InputMean, card.InputDeviation), target);
        var seen = data.Split.Test.Select(recording => recording.Participant).Distinct().Intersect(card.TrainedPeople).ToArray();
        if (seen.Length > 0 && data.Split.SharedPeople.Count == 0)
            throw new DataException(data.Set.Root, $"the networks were trained on {string.Join(", ", seen)}; name other people with data.test_subjects=[...]");
        var (fit, objective) = ActivityObjective.Begin(config, data, device, context.Clock);
        using (fit)
        {
            objective.Network.LoadState(weights, run);
            var report = ActivityReport.Judge(config, data, fit, objective);
            var (lines, metrics) = report.Plain();
            return new RunResult(run, lines, metrics);
        }
    }

    /// <summary>Windows to quantise the run's networks with: raw numbers of the sensor, as an export takes them.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="overrides">Settings that differ from the run's, for instance <c>data.data_dir=DIR</c>.</param>
    /// <exception cref="DataException">No finished run, or data of other classes.</exception>
    public static Int8Data Int8(string run, IReadOnlyList<string> overrides)
    {
        var config = ReadConfig(run, overrides);
        var (_, card) = ActivityWeights.Read(Path.Combine(run, RunFiles.BestModelSafetensors));
        var data = ActivityData.Read(config);
        CheckClasses(run, data, card);
        var (axes, scale) = (data.Set.TargetChannels, data.TargetScale);
        int[] unmet = [.. data.Test.Where(index => !card.TrainedPeople.Contains(data.Windows[index].Recording.Participant))];
        return new Int8Data(card.Data, data.Set.Root, "windows", index =>
        {
            var values = new float[axes * data.Length];
            for (var axis = 0; axis < axes; axis++)
            {
                var signal = data.Windows[index].Target(axis, data.Length);
                for (var i = 0; i < signal.Length; i++) values[(axis * data.Length) + i] = (signal[i] * scale.Deviation[axis]) + scale.Mean[axis];
            }
            return new Int8Item([1, axes, data.Length], values, [data.Windows[index].Label]);
        }, data.Train, unmet, () => { });
    }

    static ActivityConfig ReadConfig(string run, IReadOnlyList<string> overrides)
    {
        var config = ActivityRecipe.WithCompat(ConfigBinder.Bind<ActivityConfig>(FinishedSettings.Read(
            run, ActivityRecipe.Name, overrides, key => key.Split('.')[0] is "model" || LinkedLengths.Keys.Contains(key) ? "the networks of a finished run cannot be changed"
                : key.Split('.')[0] is "optim" or "ablation" or "leave_one_out" ? "nothing is trained; type it to kymo train activity" : null,
            RunFiles.ResolvedYaml)));
        UnreadSettings.Refuse([config], overrides);
        return config;
    }

    /// <summary>
    /// The same windows as the networks know them: with the mean and deviation of their training in place of those of the people who are listed now.
    /// </summary>
    /// <param name="data">Windows on scales of their own.</param>
    /// <param name="input">Scale of the movement that the networks were trained on.</param>
    /// <param name="target">That of the signal.</param>
    internal static ActivityData OnScales(ActivityData data, ChannelScale input, ChannelScale target)
    {
        bool Differ(ChannelScale own, ChannelScale other) => !(own.Mean.SequenceEqual(other.Mean) && own.Deviation.SequenceEqual(other.Deviation));
        var moves = Differ(data.InputScale, input);
        var signals = data.TargetScaleIsKnown && Differ(data.TargetScale, target);
        if (!moves && !signals) return data;
        var (inputScale, targetScale) = (moves ? input : data.InputScale, signals ? target : data.TargetScale);
        var changed = new Dictionary<PairedRecording, PairedRecording>(ReferenceEqualityComparer.Instance);
        foreach (var recording in data.Set.Recordings)
            changed[recording] = recording with
            {
                Input = moves ? input.Apply(data.InputScale.Undo(recording.Input)) : recording.Input,
                Target = signals ? target.Apply(data.TargetScale.Undo(recording.Target)) : recording.Target,
            };
        PairedRecording[] Changed(IEnumerable<PairedRecording> recordings) => [.. recordings.Select(recording => changed[recording])];
        return data with
        {
            Set = data.Set with { Recordings = Changed(data.Set.Recordings) },
            Split = data.Split with { Train = Changed(data.Split.Train), Validation = Changed(data.Split.Validation), Test = Changed(data.Split.Test) },
            Windows = [.. data.Windows.Select(window => window with { Recording = changed[window.Recording] })],
            InputScale = inputScale,
            TargetScale = targetScale,
        };
    }

    static void CheckClasses(string run, ActivityData data, ActivityCard card)
    {
        if (!card.Classes.SequenceEqual(data.Set.Classes))
            throw new DataException(data.Set.Root, $"its classes ({string.Join(", ", data.Set.Classes)}) are not those of {run} ({string.Join(", ", card.Classes)})");
    }
}
