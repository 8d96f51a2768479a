using System.Text.Json.Nodes;
using Kymo.App.Searches;
using Kymo.Tuning;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary><c>/studies/NAME</c>: one search, what its trials gave and where the good values lie.</summary>
static class StudyPage
{
    const int MostRows = 500;

    public static void Map(IEndpointRouteBuilder routes, SearchesFolder searches, TimeProvider time)
    {
        routes.Get("/studies/{name}", context => searches.Find((string)context.GetRouteValue("name")!) is { } search
            ? context.Page(search.Name, "/studies", search.View is { } view ? Body(search, view, time) : Unreadable(search), ["uplot.min.js", "charts.js"])
            : context.Problem(StatusCodes.Status404NotFound, "No such study", "There is no search of that name.", "/studies"));
    }

    static Markup Unreadable(FoundSearch search) => Markup.Of($"""
        <p class="over"><a href="/studies">Studies</a></p><h1>{search.Name}</h1><p class="warning" role="alert">{search.Problem}</p>
        """);

    static Markup Body(FoundSearch search, SearchView view, TimeProvider time) => Markup.Of($"""
        <p class="over"><a href="/studies">Studies</a> / {search.Plan?.Recipe}</p>
        <h1>{view.Study}</h1>
        <p class="lead">{view.Metric}, {(view.IsMaximized ? "more" : "less")} is better. {string.Join(", ", view.States.Select(state => $"{state.Count} {state.State.ToLowerInvariant()}"))}.{Running(view, time)}</p>
        {Best(search, view)}
        {History(view)}
        {StudyCharts.Importance(view)}
        {StudyCharts.Slices(view)}
        {StudyCharts.Parallel(view)}
        {Space(view)}
        {Trials(view)}
        """);

    static string Running(SearchView view, TimeProvider time) =>
        view.Trials.Where(trial => trial.State == TrialState.Running).Select(trial => trial.Started).Max() is { } started
            ? $" The newest trial began {Words.Duration((time.GetUtcNow().UtcDateTime - started.ToUniversalTime()).TotalSeconds)} ago." : "";

    static Markup Best(FoundSearch search, SearchView view)
    {
        if (view.Best is not { } best) return Markup.Of($"""<p class="warning">No trial is complete yet.</p>""");
        var line = SearchResults.BestLine(best, search.Plan?.Ties ?? new Dictionary<string, string>());
        return Markup.Of($"""
            <section aria-labelledby="best"><h2 id="best">Best trial</h2>
            <div class="cards"><div class="card"><p class="over">{view.Metric}</p><p class="figure">{Words.Score(best.Value ?? double.NaN)}</p><p class="soft">trial {best.Number}, validation data</p></div></div>
            <pre class="copy"><code>kymo train {search.Plan?.Recipe} {line}</code></pre>
            <p class="note">The best of many trials flatters itself: repeat it with other seeds (<code>--repeat-best 5</code>), and judge it by its held-out scores.</p></section>
            """);
    }

    static Markup History(SearchView view)
    {
        if (view.Scored.Count == 0) return Markup.None;
        var (values, bests, best) = (new double[view.Trials.Count], new double[view.Trials.Count], double.NaN);
        foreach (var (i, trial) in view.Trials.Index())
        {
            values[i] = trial is { State: TrialState.Complete, Value: { } value } ? value : double.NaN;
            if (double.IsFinite(values[i]) && (double.IsNaN(best) || (view.IsMaximized ? values[i] > best : values[i] < best))) best = values[i];
            bests[i] = best;
        }
        JsonObject Series(string label, double[] numbers, int colour, bool isPoints) => new()
        {
            ["label"] = label,
            ["group"] = label,
            ["values"] = EpochCurves.Json(numbers),
            ["colour"] = colour,
            ["width"] = 2,
            ["points"] = isPoints,
            ["step"] = !isPoints,
        };
        var chart = new JsonObject
        {
            ["xLabel"] = "trial",
            ["x"] = new JsonArray([.. view.Trials.Select(trial => (JsonNode)trial.Number)]),
            ["views"] = new JsonArray(new JsonObject
            {
                ["name"] = view.Metric,
                ["label"] = view.Metric,
                ["series"] = new JsonArray(Series("complete trials", values, 0, true), Series("best so far", bests, 1, false)),
            }),
        };
        return Markup.Of($"""<section aria-labelledby="history"><h2 id="history">History</h2>{CurveChart.Figure("history-chart", $"{view.Metric} of every trial, and the best so far", chart)}</section>""");
    }

    static Markup Space(SearchView view) => Markup.Of($"""
        <section aria-labelledby="space"><h2 id="space">What was searched</h2><dl class="facts">{view.Distributions.Select(entry => Markup.Of($"<div><dt>{entry.Key}</dt><dd>{SearchPage.Described(entry.Value)}</dd></div>"))}</dl></section>
        """);

    static Markup Trials(SearchView view)
    {
        var trials = view.Trials.OrderBy(trial => trial.Value is null).ThenBy(trial => view.IsMaximized ? -trial.Value : trial.Value).ToArray();
        return Markup.Of($"""
            <section aria-labelledby="trials"><h2 id="trials">Trials</h2><details {(trials.Length <= 30 ? Markup.Of($"open") : Markup.None)}><summary>{(trials.Length > MostRows ? $"The best {MostRows} of {trials.Length} trials" : $"All {trials.Length} trials")}, the best first</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Trials"><table><thead><tr><th scope="col" class="n">trial</th><th scope="col">state</th><th scope="col" class="n">{view.Metric}</th>{view.Parameters.Select(name => Markup.Of($"""<th scope="col" class="n">{name}</th>"""))}<th scope="col">remark</th></tr></thead>
            <tbody>{trials.Take(MostRows).Select(trial => Row(view, trial))}</tbody></table></div></details></section>
            """);
    }

    static Markup Row(SearchView view, FrozenTrial trial) => Markup.Of($"""
        <tr><th scope="row" class="n">{trial.Number}</th><td>{SearchProgress.Text(trial.State).ToLowerInvariant()}</td><td class="n">{Words.Score(trial.Value ?? double.NaN)}</td>{view.Parameters.Select(name => Markup.Of($"""<td class="n">{Value(trial, name)}</td>"""))}<td>{trial.UserAttributes.GetValueOrDefault(AttributeNames.FailReason) as string}</td></tr>
        """);

    static string Value(FrozenTrial trial, string name) => trial.Find(name) switch
    {
        null => "",
        { Value: double number } => number.ToString("G5", System.Globalization.CultureInfo.InvariantCulture),
        { Value: var other } => SearchView.Text(other),
    };
}
