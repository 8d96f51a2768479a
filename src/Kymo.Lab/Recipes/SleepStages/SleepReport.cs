using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>A score with its interval over people.</summary>
/// <param name="System">Who answers.</param>
/// <param name="Classes">Classes told apart.</param>
/// <param name="Score"><c>acc</c>, <c>balanced_acc</c>, <c>kappa</c>, <c>f1_macro</c> or <c>mcc</c>.</param>
/// <param name="Value">The score of all held-out windows.</param>
/// <param name="PeopleMean">Mean over people.</param>
/// <param name="PeopleDeviation">Deviation over people (divisor n - 1).</param>
sealed record SleepScore(SleepSystem System, int Classes, string Score, Interval Value, double PeopleMean, double PeopleDeviation);

/// <summary>One night of one network.</summary>
/// <param name="System">The network.</param>
/// <param name="Night">Which night.</param>
/// <param name="Fold">The fold it was held out in.</param>
/// <param name="Epochs">Start of each scored epoch, seconds.</param>
/// <param name="Truth">What was scored.</param>
/// <param name="Predicted">What the network says.</param>
/// <param name="True">Measures of the laboratory.</param>
/// <param name="Measured">Measures of the network.</param>
sealed record SleepNightResult(
    SleepSystem System, int Night, int Fold, double[] Epochs, int[] Truth, int[] Predicted, NightMeasures True, NightMeasures Measured);

/// <summary>All held-out answers of all networks and rivals, read as a sleep laboratory reads them.</summary>
sealed class SleepReport
{
    static readonly (string Name, Func<ConfusionMatrix, double> Of)[] s_scores =
    [
        ("acc", Accuracy.Of), ("balanced_acc", BalancedAccuracy.Of), ("kappa", matrix => SleepObjective.ExtraScores(matrix)["kappa"]),
        ("f1_macro", matrix => MacroScores.Of(matrix).F1), ("mcc", MatthewsCorrelation.Of),
    ];

    readonly SleepStagesConfig _config;
    readonly SleepNights _nights;
    readonly IReadOnlyList<SleepOutcome> _outcomes;

    /// <summary>Gathers the answers.</summary>
    public SleepReport(SleepStagesConfig config, SleepNights nights, IReadOnlyList<SleepOutcome> outcomes, IReadOnlyDictionary<int, IReadOnlyList<SleepAnswers>> rivals)
    {
        (_config, _nights, _outcomes) = (config, nights, outcomes);
        var first = outcomes.Where(outcome => outcome.Model == config.Models[0]).ToArray();
        Systems =
        [
            .. config.Models.Select(model => Gather(model, true, outcomes.Where(outcome => outcome.Model == model).Select(outcome => (outcome.Split, outcome.Outcome.Test.Probabilities)))),
            .. rivals[first[0].Split.Fold].Select((rival, i) => Gather(rival.Name, false, first.Select(outcome => (outcome.Split, rivals[outcome.Split.Fold][i].Probabilities)))),
        ];
        Scores = [.. Systems.SelectMany(system => ScoresOf(system, config, nights))];
        Nights = config.IsOriginal ? [] : [.. Systems.Where(system => system.IsNetwork).SelectMany(NightsOf)];
    }

    /// <summary>Networks, then rivals.</summary>
    public IReadOnlyList<SleepSystem> Systems { get; }

    /// <summary>Scores of all systems at all numbers of classes.</summary>
    public IReadOnlyList<SleepScore> Scores { get; }

    /// <summary>Every night of every network; empty under <c>compat=original</c>, which holds out no whole night.</summary>
    public IReadOnlyList<SleepNightResult> Nights { get; }

    /// <summary>Sleep against wake at fixed shares of sleep found.</summary>
    public static IReadOnlyList<double> Sensitivities { get; } = [0.90, 0.93, 0.95];

    /// <summary>The curve of sleep against wake of a system.</summary>
    public SleepWakeCurve Curve(SleepSystem system)
    {
        var two = system.Merged(_config.Classes, 2);
        return new SleepWakeCurve(
            [.. system.Windows.Select((_, i) => (double)two[2 * i + 1])], [.. system.Windows.Select(window => window.Target != 0)]);
    }

    /// <summary>Agreement of a measure over the nights of a network.</summary>
    public BlandAltman Agreement(string system, int measure) => BlandAltman.Of(
        Nights.Where(night => night.System.Name == system).Select(night => (night.True.Values[measure], night.Measured.Values[measure])));

    /// <summary>Agreement of the minutes of a stage.</summary>
    public BlandAltman StageAgreement(string system, int stage) => BlandAltman.Of(
        Nights.Where(night => night.System.Name == system).Select(night => ((double?)night.True.PerStage[stage], (double?)night.Measured.PerStage[stage])));

    /// <summary>Lines for a person: kappa and macro F1 at every number of classes, networks beside rivals.</summary>
    public IReadOnlyList<string> Lines()
    {
        var lines = new List<string>();
        foreach (var classes in Scores.Select(score => score.Classes).Distinct())
        {
            lines.Add($"{classes} classes: kappa and macro F1 (95 % over people)");
            foreach (var system in Systems)
            {
                string Of(string name)
                {
                    var value = Scores.First(score => score.System == system && score.Classes == classes && score.Score == name).Value;
                    return string.Create(CultureInfo.InvariantCulture, $"{value.Estimate:F3} ({value.Range("F3")})");
                }
                lines.Add($"  {system.Name,-34} {Of("kappa")}   {Of("f1_macro")}");
            }
        }
        return lines;
    }

    /// <summary>What <c>metrics.json</c> says beyond the common scores.</summary>
    public JsonObject ToJson() => new()
    {
        ["compat"] = _config.Compat,
        ["systems"] = new JsonObject(Systems.Select(system => KeyValuePair.Create(system.Name, (JsonNode?)SystemJson(system)))),
        ["normalisation"] = Normalisation(),
    };

    JsonObject SystemJson(SleepSystem system)
    {
        var json = new JsonObject { ["network"] = system.IsNetwork };
        foreach (var classes in Scores.Select(score => score.Classes).Distinct())
        {
            json[$"classes_{classes}"] = new JsonObject(Scores.Where(score => score.System == system && score.Classes == classes).Select(score =>
                KeyValuePair.Create(score.Score, (JsonNode?)new JsonObject
                {
                    ["value"] = Number(score.Value.Estimate),
                    ["low"] = Number(score.Value.Low),
                    ["high"] = Number(score.Value.High),
                    ["people_mean"] = Number(score.PeopleMean),
                    ["people_sd"] = Number(score.PeopleDeviation),
                })));
        }
        int[] truth = system.Truth(_config.Classes);
        json["auc_sleep_wake"] = Number(Curve(system).Area);
        json["calibration_error"] = Number(CalibrationError.Of(system.Probabilities, truth, _config.Classes));
        json["brier"] = Number(BrierScore.Of(system.Probabilities, truth, _config.Classes));
        return json;
    }

    // The reported answers, and those with the pooled numbers that a short request is scaled by.
    JsonObject Normalisation()
    {
        var json = new JsonObject();
        foreach (var model in _outcomes.Where(outcome => outcome.OtherScaling is not null).GroupBy(outcome => outcome.Model))
        {
            var (own, pooled) = (new ConfusionMatrix(_config.Classes), new ConfusionMatrix(_config.Classes));
            foreach (var outcome in model)
            {
                own.Merge(outcome.Outcome.Test.Matrix);
                pooled.Merge(outcome.OtherScaling!.Matrix);
            }
            JsonObject Of(ConfusionMatrix matrix) => new(s_scores.Select(score => KeyValuePair.Create(score.Name, (JsonNode?)Number(score.Of(matrix)))));
            json[model.Key] = new JsonObject { ["recording"] = Of(own), ["pooled"] = Of(pooled) };
        }
        return json;
    }

    internal static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    SleepSystem Gather(string name, bool isNetwork, IEnumerable<(SleepSplit Split, IReadOnlyList<float[]> Probabilities)> parts)
    {
        var (windows, folds, probabilities) = (new List<WindowRef>(), new List<int>(), new List<float>());
        foreach (var (split, rows) in parts)
        {
            windows.AddRange(split.Test.Select(window => _nights.Windows[window]));
            folds.AddRange(split.Test.Select(_ => split.Fold));
            foreach (var row in rows) probabilities.AddRange(row);
        }
        return new SleepSystem(name, isNetwork, [.. windows], [.. folds], [.. probabilities]);
    }

    /// <summary>The scores of a system at every number of classes that its answers can be merged to.</summary>
    public static IEnumerable<SleepScore> ScoresOf(SleepSystem system, SleepStagesConfig config, SleepNights nights) =>
        SleepStage.ClassCounts.Where(classes => classes <= config.Classes).SelectMany(classes => ScoresOf(system, config, nights, classes));

    static IEnumerable<SleepScore> ScoresOf(SleepSystem system, SleepStagesConfig config, SleepNights nights, int classes)
    {
        var (truth, predicted) = (system.Truth(classes), system.Predicted(config.Classes, classes));
        string[] people = [.. system.Windows.Select(window => nights.Nights[window.Night].Id)];
        var options = new BootstrapOptions { Seed = (ulong)config.Seed };
        var perPerson = people.Index().GroupBy(item => item.Item).Select(person => ConfusionMatrix.Of(
            classes, [.. person.Select(item => truth[item.Index])], [.. person.Select(item => predicted[item.Index])])).ToArray();
        return s_scores.Select(score =>
        {
            var spread = MeanAndDeviation.Of([.. perPerson.Select(score.Of)]);
            return new SleepScore(system, classes, score.Name, BootstrapInterval.OfGroups(perPerson, score.Of, options), spread.Mean, spread.SampleDeviation);
        });
    }

    // Windows of one epoch answer together.
    IEnumerable<SleepNightResult> NightsOf(SleepSystem system)
    {
        var (classes, merge) = (_config.Classes, SleepStage.Merge(_config.Classes));
        var rem = classes == 2 ? -1 : classes - 1;
        foreach (var night in system.Windows.Index().GroupBy(item => item.Item.Night))
        {
            var epochs = night.GroupBy(item => item.Item.EpochTime).OrderBy(epoch => epoch.Key).ToArray();
            int[] truth = [.. epochs.Select(epoch => merge[epoch.Last().Item.Target])];
            int[] predicted = [.. epochs.Select(epoch =>
            {
                var sum = new float[classes];
                foreach (var (window, _) in epoch)
                    for (var c = 0; c < classes; c++) sum[c] += system.Probabilities[window * classes + c];
                return Largest.IndexOf(sum);
            })];
            yield return new SleepNightResult(
                system, night.Key, system.Folds[night.First().Index], [.. epochs.Select(epoch => epoch.Key)], truth, predicted,
                NightMeasures.Of(truth, classes, rem), NightMeasures.Of(predicted, classes, rem));
        }
    }
}
