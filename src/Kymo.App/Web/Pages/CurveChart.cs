using System.Text.Json.Nodes;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.App.Web.Pages;

/// <summary>Charts as the script <c>charts.js</c> takes them: numbers and names, no markup.</summary>
static class CurveChart
{
    /// <summary>Learning curves: for each score the mean over the folds, and the folds by themselves.</summary>
    /// <param name="curves">The epochs.</param>
    /// <param name="order">Scores in the order of the run's tables.</param>
    public static JsonObject Of(IReadOnlyList<EpochCurves> curves, IReadOnlyList<string> order)
    {
        var scores = EpochCurves.ScoresOf(curves).OrderBy(score => order.IndexOf(score) is >= 0 and var place ? place : int.MaxValue).ToArray();
        return Document("epoch", curves.Count == 0 ? 0 : curves.Max(curve => curve.Epochs), scores.Select(score => View(score, Series(curves, score))));
    }

    /// <summary>Curves of several runs over each other: validation whole, training dashed, each run in its colour.</summary>
    public static JsonObject Of(IReadOnlyList<(string Name, IReadOnlyList<EpochCurves> Curves)> runs)
    {
        var scores = runs.SelectMany(run => EpochCurves.ScoresOf(run.Curves)).Distinct().ToArray();
        var epochs = runs.SelectMany(run => run.Curves).Select(curve => curve.Epochs).DefaultIfEmpty(0).Max();
        return Document("epoch", epochs, scores.Select(score => View(score, runs.Index().SelectMany(run => (IEnumerable<JsonObject>)
        [
            One($"{run.Item.Name}, validation", "validation", EpochCurves.Mean(run.Item.Curves, "val_" + score), run.Index, 2),
            One($"{run.Item.Name}, training", "training", EpochCurves.Mean(run.Item.Curves, "train_" + score), run.Index, 1.5, isDashed: true),
        ]))));
    }

    /// <summary>The chart's place in a page, with the data for the script in it.</summary>
    /// <param name="id">Identifier within the page.</param>
    /// <param name="caption">What is shown.</param>
    /// <param name="chart">The data.</param>
    /// <param name="view">The score that is shown first; empty for the first.</param>
    /// <param name="otherwise">The same for who sees no picture; may be empty.</param>
    public static Markup Figure(string id, string caption, JsonObject chart, string view = "", Markup otherwise = default) => Markup.Of($"""
        <figure class="chart" id="{id}" data-view="{view}">
        <figcaption>{caption}</figcaption>
        <div class="plot" tabindex="0" role="group" aria-label="{caption}; arrow keys read the values"></div>
        <output class="reading" aria-live="polite">&nbsp;</output>
        <noscript><p class="note">The chart needs the page's script; the numbers are in the table below.</p></noscript>
        <script type="application/json">{new Markup(Safe(chart))}</script>
        {otherwise}
        </figure>
        """);

    // JSON within a script element: the default encoder writes < > & and quotes as \u escapes, so that no text ends the element.
    static string Safe(JsonObject chart) => chart.ToJsonString();

    static JsonObject Document(string xLabel, int epochs, IEnumerable<JsonObject> views) => new()
    {
        ["xLabel"] = xLabel,
        ["x"] = new JsonArray([.. Enumerable.Range(1, epochs).Select(epoch => (JsonNode)epoch)]),
        ["views"] = new JsonArray([.. views]),
    };

    static JsonObject View(string score, IEnumerable<JsonObject> series) => new()
    {
        ["name"] = score,
        ["label"] = RunReport.Label(score),
        ["series"] = new JsonArray([.. series]),
    };

    static IEnumerable<JsonObject> Series(IReadOnlyList<EpochCurves> curves, string score)
    {
        if (curves.Count > 1)
        {
            foreach (var curve in curves)
            {
                yield return One($"fold {curve.Unit}, training", "single folds", curve.Values.GetValueOrDefault("train_" + score) ?? [], 0, 1, isDashed: true, isFaint: true);
                yield return One($"fold {curve.Unit}, validation", "single folds", curve.Values.GetValueOrDefault("val_" + score) ?? [], 1, 1, isFaint: true);
            }
        }
        var mean = curves.Count > 1 ? ", mean" : "";
        yield return One("training" + mean, "training", EpochCurves.Mean(curves, "train_" + score), 0, 2, isDashed: true);
        yield return One("validation" + mean, "validation", EpochCurves.Mean(curves, "val_" + score), 1, 2);
    }

    static JsonObject One(string label, string group, IReadOnlyList<double> values, int colour, double width, bool isDashed = false, bool isFaint = false) => new()
    {
        ["label"] = label,
        ["group"] = group,
        ["values"] = EpochCurves.Json(values),
        ["colour"] = colour,
        ["width"] = width,
        ["dash"] = isDashed,
        ["faint"] = isFaint,
    };
}
