using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>
/// Trains the best trial's settings again with seeds 0, 1, ... and says how its score holds: mean and deviation over the seeds, of the
/// metric that was searched and of the scores on held-out data, which the search itself never saw.
/// </summary>
sealed class BestRepeats(SearchPlan plan, SearchFolder folder, Terminal terminal)
{
    /// <summary>Runs the repetitions that are not finished yet; writes <c>repeats.json</c>.</summary>
    /// <returns>What the file says.</returns>
    /// <exception cref="ConfigException">No trial is complete.</exception>
    /// <exception cref="TrialFailedException">A repetition failed.</exception>
    public JsonObject Run(Study study, int count, CancellationToken cancel)
    {
        if (!plan.GivesSeed) throw new ConfigException($"--repeat-best: recipe {plan.Recipe} has no setting 'seed' to vary");
        var best = study.BestTrial() ?? throw new ConfigException("--repeat-best: no trial is complete; see the reasons in trials.csv and kymo study show");
        var runner = new TrialRunner(plan, folder, terminal);
        var (values, held, runs) = (new List<double>(), new SortedDictionary<string, List<double>>(StringComparer.Ordinal), new JsonArray());
        for (uint seed = 0; seed < count; seed++)
        {
            var name = SearchFolder.RepeatName(best.Number, seed);
            var overrides = TrialCommand.Overrides(plan, folder, best.Parameters, name, seed, isTrial: false);
            var value = runner.Run(name, overrides, cancel);
            values.Add(value);
            foreach (var (score, number) in Held(folder.RunOf(name)))
            {
                if (!held.TryGetValue(score, out var numbers)) held[score] = numbers = [];
                numbers.Add(number);
            }
            runs.Add(new JsonObject { ["seed"] = seed, [plan.Metric] = double.IsFinite(value) ? value : null, ["run_dir"] = folder.RunOf(name) });
            terminal.Note(string.Create(CultureInfo.InvariantCulture, $"repetition {seed + 1} of {count}: seed {seed}, {plan.Metric} {value:G6}"));
        }
        var result = new JsonObject
        {
            ["trial_number"] = best.Number,
            ["searched_value"] = best.Value,
            ["overrides"] = SearchResults.BestLine(best, plan.Ties),
            ["metric"] = plan.Metric,
            [plan.Metric] = Describe(values),
            ["held_out"] = new JsonObject(held.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Describe(entry.Value)))),
            ["runs"] = runs,
        };
        AtomicFile.Write(folder["repeats.json"], CanonicalJson.Text(result));
        return result;
    }

    static IEnumerable<(string Score, double Value)> Held(string run)
    {
        if (CanonicalJson.ReadObject(Path.Combine(run, RunFiles.Metrics))["test"] is not JsonObject test) yield break;
        foreach (var (score, node) in test)
            if (node is JsonValue value && value.TryGetValue(out double number)) yield return (score, number);
    }

    static JsonObject Describe(List<double> values)
    {
        var of = MeanAndDeviation.Of([.. values]);
        return new JsonObject
        {
            ["n"] = of.Count,
            ["mean"] = Finite(of.Mean),
            ["deviation"] = Finite(of.SampleDeviation),
            ["population_deviation"] = Finite(of.PopulationDeviation),
        };
    }

    static JsonNode? Finite(double value) => double.IsFinite(value) ? value : null;
}
