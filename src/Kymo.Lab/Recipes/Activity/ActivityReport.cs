using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Kymo.Lab.Training;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>What the networks are worth on one held-out person.</summary>
/// <param name="Person">The person.</param>
/// <param name="Windows">Held-out windows.</param>
/// <param name="Accuracy">Share of them that is named right.</param>
/// <param name="F1">Macro-F1 over the classes that occur.</param>
sealed record PersonScore(string Person, int Windows, double Accuracy, double F1)
{
    /// <summary>Mean squared error of the acceleration; not a number where nothing is simulated.</summary>
    public double Mse { get; init; } = double.NaN;

    /// <summary>Share of windows whose simulated signal is named right; not a number where nothing is simulated.</summary>
    public double SimulatedAccuracy { get; init; } = double.NaN;

    /// <summary>How far the adversary tells real from simulated; not a number without one.</summary>
    public double ToldApart { get; init; } = double.NaN;
}

/// <summary>What a finished training is worth: by window, by event, by person, as a stream, beside rivals that cost nothing.</summary>
sealed class ActivityReport
{
    readonly ActivityConfig _config;
    readonly ActivityData _data;
    readonly Fit _fit;
    readonly ActivityObjective _objective;
    readonly ActivityEvaluation _validation, _test;
    readonly MotionWindow[] _windows;
    readonly IReadOnlyList<(string Name, ConfusionMatrix Test)> _rivals;
    readonly IReadOnlyDictionary<string, double> _linear;
    readonly EventScores _events;
    readonly StreamingScores _stream;

    ActivityReport(ActivityConfig config, ActivityData data, Fit fit, ActivityObjective objective)
    {
        (_config, _data, _fit, _objective) = (config, data, fit, objective);
        var held = BatchLimit.First(fit.Trainer.LimitTestBatches, data.Test, config.Trainer.EvalBatchSize);
        _windows = [.. held.Select(index => data.Windows[index])];
        (_validation, _test) = (objective.Evaluate(data.Validation), objective.Evaluate(held));
        _rivals = ActivityBaselines.Classes(data, held);
        _linear = config.Scenario.UsesSimulation ? ActivityBaselines.Regression(data, held) : new Dictionary<string, double>();
        TestScores = objective.Scores(_test);
        PersonScores = People();
        (_events, _stream) = Events();
    }

    /// <summary>Scores of the reported weights on held-out windows.</summary>
    public IReadOnlyDictionary<string, double> TestScores { get; }

    /// <summary>The same for each held-out person.</summary>
    public IReadOnlyList<PersonScore> PersonScores { get; }

    /// <summary>Judges the reported weights.</summary>
    public static ActivityReport Judge(ActivityConfig config, ActivityData data, Fit fit, ActivityObjective objective) => new(config, data, fit, objective);

    /// <summary>Everything the run leaves.</summary>
    public RunEvidence Evidence(TrainingRun run)
    {
        var outcome = ClassificationOutcome.Of(
            _fit, null, _validation.Classes, _test.Classes, [.. _windows.Select(window => (window.Id, window.Label, window.Recording.Participant))], _rivals) with
        {
            ExtraScores = matrix => new Dictionary<string, double> { ["f1"] = _objective.F1(matrix) },
        };
        var evidence = new ClassificationEvidence(run, [outcome]).Report(Facts());
        // What cannot be read from counts joins the scores here.
        return evidence with
        {
            Summary = evidence.Summary with
            {
                Test = new Dictionary<string, double>(TestScores),
                ValidationCurrent = _objective.Scores(_validation),
            },
        };
    }

    /// <summary>Lines and figures without a run folder: for scoring a finished run again.</summary>
    public (IReadOnlyList<string> Lines, JsonObject Metrics) Plain()
    {
        var (groups, classes) = (_windows.Select(window => window.Recording.Participant).ToArray(), _data.Set.Classes.Count);
        var interval = BootstrapInterval.Of(
            [.. _windows.Select(window => window.Label)], Decisions(_test), groups, classes, matrix => MacroScores.Of(matrix).F1, new BootstrapOptions { Seed = (ulong)_config.Seed });
        var metrics = Extra();
        metrics["test"] = new JsonObject(TestScores.Where(score => double.IsFinite(score.Value)).Select(score => KeyValuePair.Create(score.Key, (JsonNode?)score.Value)));
        metrics["intervals"] = new JsonObject { ["f1_macro"] = new JsonObject { ["low"] = interval.LowOrNull, ["high"] = interval.HighOrNull, ["level"] = interval.Level } };
        metrics["classes"] = new JsonObject(ClassScores.Of(_test.Classes.Matrix).Select((score, label) => KeyValuePair.Create(_data.Set.Classes[label], (JsonNode?)new JsonObject
        {
            ["precision"] = score.Precision,
            ["recall"] = score.Recall,
            ["f1"] = score.F1,
            ["support"] = score.Support,
        })));
        var first = string.Create(CultureInfo.InvariantCulture,
            $"{_data.Set.Name}: {_windows.Length} windows of {groups.Distinct().Count()} people; macro F1 {interval.Estimate:F3} (95 % interval over people {interval.Range("F3")})");
        return ([first, .. _rivals.Select(rival => string.Create(CultureInfo.InvariantCulture, $"{rival.Name}: macro F1 {MacroScores.Of(rival.Test).F1:F3}")), .. Lines()], metrics);
    }

    ClassificationFacts Facts() => new()
    {
        Model = "har " + _config.Scenario.ExperimentName,
        Optim = new OptimOptions(new PlateauOptions(), _config.Optim.Name, _config.Optim.Lr, _config.Optim.WeightDecay),
        Cost = NetworkCost.Of(_objective.Network, _data.Set.TargetChannels, _data.Length),
        Data = Describe(),
        GroupName = "people",
        Excluded = [.. _data.Exclusions.Select(exclusion => new ExcludedItem(exclusion.Id, exclusion.Reason))],
        Warnings = [.. Warnings()],
        Columns = new Dictionary<string, JsonNode?>
        {
            ["sr"] = _data.Set.RateHz,
            ["clip_seconds"] = _data.Length / _data.Set.RateHz,
            ["alpha"] = _config.Scenario.Alpha,
            ["epochs"] = _config.Trainer.Epochs,
            ["lr"] = _config.Optim.Lr,
            ["weight_decay"] = _config.Optim.WeightDecay,
            ["batch_size"] = _config.Trainer.BatchSize,
        },
        Extra = Extra(),
        Lines = [.. Lines()],
    };

    static int[] Decisions(ActivityEvaluation evaluation) => [.. evaluation.Classes.Probabilities.Select(row => Largest.IndexOf(row))];

    // Windows in which every row has one label: those at the border of two activities have no right answer of their own.
    (int Count, double F1) Pure()
    {
        var matrix = new ConfusionMatrix(_data.Set.Classes.Count);
        var decisions = Decisions(_test);
        for (var i = 0; i < _windows.Length; i++)
            if (_windows[i].Pure) matrix.Add(_windows[i].Label, decisions[i]);
        return ((int)matrix.Total, matrix.Total > 0 ? MacroScores.Of(matrix).F1 : double.NaN);
    }

    PersonScore[] People()
    {
        var decisions = Decisions(_test);
        double Mean(IEnumerable<int> indices, IReadOnlyList<double> values) => values.Count > 0 ? indices.Average(i => values[i]) : double.NaN;
        double[] named = [.. _test.SimulatedClasses.Zip(_windows, (label, window) => label == window.Label ? 1.0 : 0)];
        return [.. Enumerable.Range(0, _windows.Length).GroupBy(i => _windows[i].Recording.Participant).OrderBy(person => person.Key, StringComparer.Ordinal).Select(person =>
        {
            var matrix = ConfusionMatrix.Of(_data.Set.Classes.Count, [.. person.Select(i => _windows[i].Label)], [.. person.Select(i => decisions[i])]);
            return new PersonScore(person.Key, person.Count(), Accuracy.Of(matrix), MacroScores.Of(matrix, AveragedClasses.Present).F1)
            {
                Mse = Mean(person, _test.SquaredErrors),
                SimulatedAccuracy = Mean(person, named),
                ToldApart = Mean(person, _test.ToldApart),
            };
        })];
    }

    (EventScores Events, StreamingScores Stream) Events()
    {
        var (length, rest, rate) = (_data.Length, _data.Set.RestClass, _data.Set.RateHz);
        var stride = WindowOptions.StrideRows(_config.Data.StrideSeconds, rate);
        var (windows, decisions) = Heard(stride);
        var recordings = windows.Select(window => window.Recording).Distinct().ToArray();
        var found = ActivityEvents.Found(windows, decisions, length, stride, rate, rest);
        return (ActivityEvents.Match(ActivityEvents.True(recordings, rate, rest), found), ActivityEvents.Stream(windows, decisions, length, stride, rate, rest));
    }

    // Who listens to a recording hears every window of it, those of several classes too, which data.label_rule=pure leaves out.
    (IReadOnlyList<MotionWindow> Windows, int[] Decisions) Heard(int stride)
    {
        if (_config.Data.LabelRule != LabelRule.Pure) return (_windows, Decisions(_test));
        var all = MotionWindows.Cut(_data.Split.Test, new WindowOptions(_data.Length, stride, OriginalCount: _config.Compat.Windows)).Windows;
        var held = BatchLimit.First(_fit.Trainer.LimitTestBatches, [.. Enumerable.Range(0, all.Count)], _config.Trainer.EvalBatchSize);
        MotionWindow[] windows = [.. held.Select(index => all[index])];
        return (windows, Decisions(_objective.Evaluate(windows)));
    }

    IEnumerable<string> Lines()
    {
        string Text(double value) => double.IsFinite(value) ? value.ToString("0.000", CultureInfo.InvariantCulture) : "-";
        var (pure, pureF1) = Pure();
        yield return $"macro F1 on all {_windows.Length} windows: {Text(TestScores["f1"])}; on the {pure} windows of one label: {Text(pureF1)}";
        if (_test.SquaredErrors.Length > 0)
        {
            var mse = _test.SquaredErrors.Average();
            yield return $"regression of the acceleration, mean squared error: {Text(mse)}; " + string.Join(", ", _linear.Select(entry => $"{entry.Key} {Text(entry.Value)}"))
                + $"; {Text(mse / _linear["training mean"])} of the training mean's";
            yield return $"activity from the simulated signal: accuracy {Text(SimulatedAccuracy())}";
        }
        foreach (var person in PersonScores)
            yield return $"{person.Person}: {person.Windows} windows, accuracy {Text(person.Accuracy)}, macro F1 {Text(person.F1)}" + (double.IsNaN(person.Mse) ? "" : $", mse {Text(person.Mse)}")
                + (double.IsNaN(person.ToldApart) ? "" : $", real told from simulated {Text(person.ToldApart)}");
        yield return $"events: {_events.Matched} of {_events.True} found, {_events.Found} named; precision {Text(_events.Precision)}, recall {Text(_events.Recall)}, F1 {Text(_events.F1)}";
        yield return $"as a stream: median latency {Text(_stream.MedianLatency)} s, {_stream.Missed} missed" + (double.IsNaN(_stream.FalseAlarmsPerHour) ? "" : $", {Text(_stream.FalseAlarmsPerHour)} false alarms an hour");
    }

    double SimulatedAccuracy() => _test.SimulatedClasses.Zip(_windows, (label, window) => label == window.Label ? 1.0 : 0.0).Average();

    JsonObject Extra()
    {
        JsonNode? Finite(double value) => double.IsFinite(value) ? value : null;
        var (pure, pureF1) = Pure();
        var mse = _test.SquaredErrors.Length > 0 ? _test.SquaredErrors.Average() : double.NaN;
        var extra = new JsonObject
        {
            ["scenario"] = _config.Scenario.ExperimentName,
            ["pure_windows"] = new JsonObject { ["count"] = pure, ["f1_macro"] = Finite(pureF1) },
            ["macro_f1_present"] = Finite(MacroScores.Of(_test.Classes.Matrix, AveragedClasses.Present).F1),
            ["kappa"] = Finite(CohenKappa.Of(_test.Classes.Matrix)),
            ["calibration_error"] = Finite(CalibrationErrorOf()),
            ["participants"] = new JsonObject(PersonScores.Select(person => KeyValuePair.Create(person.Person, (JsonNode?)new JsonObject
            {
                ["windows"] = person.Windows,
                ["acc"] = Finite(person.Accuracy),
                ["f1_macro_present"] = Finite(person.F1),
                ["mse"] = Finite(person.Mse),
                ["simulated_acc"] = Finite(person.SimulatedAccuracy),
                ["d_acc"] = Finite(person.ToldApart),
            }))),
            ["regression"] = new JsonObject
            {
                ["mse"] = Finite(mse),
                ["mse_ratio"] = _linear.TryGetValue("training mean", out var mean) ? Finite(mse / mean) : null,
                ["baselines"] = new JsonObject(_linear.Select(entry => KeyValuePair.Create(entry.Key, Finite(entry.Value)))),
                ["simulated_acc"] = _test.SimulatedClasses.Length > 0 ? Finite(SimulatedAccuracy()) : null,
            },
            ["events"] = new JsonObject
            {
                ["true"] = _events.True,
                ["found"] = _events.Found,
                ["matched"] = _events.Matched,
                ["precision"] = Finite(_events.Precision),
                ["recall"] = Finite(_events.Recall),
                ["f1"] = Finite(_events.F1),
            },
            ["streaming"] = new JsonObject
            {
                ["median_latency_s"] = Finite(_stream.MedianLatency),
                ["missed"] = _stream.Missed,
                ["false_alarms_per_hour"] = Finite(_stream.FalseAlarmsPerHour),
            },
            ["compat"] = new JsonArray([.. _config.Compat.On().Select(name => (JsonNode)name)]),
        };
        if (_data.Split.Leak is { } leak) extra["leak"] = leak;
        return extra;
    }

    double CalibrationErrorOf() => CalibrationError.Of(
        [.. _test.Classes.Probabilities.SelectMany(row => row)], [.. _windows.Select(window => window.Label)], _data.Set.Classes.Count);

    IEnumerable<string> Warnings()
    {
        foreach (var warning in _data.Warnings) yield return warning;
        foreach (var shared in _data.Split.SharedPeople) yield return $"leak: {shared} stand on more than one side of the split";
        foreach (var rule in _config.Compat.On()) yield return $"compat.{rule} repeats a rule of the original";
        if (_config.Data.MaxRows > 0) yield return $"data.max_rows={_config.Data.MaxRows}: only the beginning of each recording was used";
        if (_linear.Count == 0) yield break;
        var mse = _test.SquaredErrors.Average();
        foreach (var (name, value) in _linear.Where(entry => mse >= entry.Value)) yield return $"the regression is no better than {name}";
    }

    DataDescription Describe() => new()
    {
        Name = _data.Set.Name,
        Licence = _data.Set.Licence,
        ItemName = "windows",
        GroupName = "people",
        SplitRule = _data.Split.Leak switch
        {
            "person" => $"People stand on more than one side (split '{_data.Split.Name}'): scores are not of people that no part of the training has seen.",
            "validation" => $"People stand in training and validation (split '{_data.Split.Name}'); nobody that is reported does.",
            _ => "By people: nobody stands on two sides.",
        },
        Parts = [Part("training", _data.Train), Part("validation", _data.Validation), Part("held out", _data.Test)],
    };

    DataPart Part(string name, int[] indices) => new(
        name, indices.Length, indices.Select(index => _data.Windows[index].Recording.Participant).Distinct().Count(),
        [.. Enumerable.Range(0, _data.Set.Classes.Count).Select(label => indices.Count(index => _data.Windows[index].Label == label))]);
}
