using Kymo.Lab.Runs.Reporting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary><c>/runs</c>: all runs, filtered and sorted by the address, some chosen to compare.</summary>
static class RunsPage
{
    const int MostShown = 500, MostScores = 4;

    public static void Map(IEndpointRouteBuilder routes, ResultsFolder results, TimeProvider time) => routes.Get("/runs", context =>
    {
        var (all, sorting, query) = (results.List(), Sorting.Of(context), context.Request.Query);
        if (all.Count == 0) return context.Page("Runs", "/runs", OverviewPage.Empty(results.Root));
        string Asked(string name) => query[name].ToString().Trim();
        var (text, recipe, model, state) = (Asked("q"), Asked("recipe"), Asked("model"), Asked("state"));
        var found = all.Where(run => (recipe == "" || run.Recipe == recipe) && (model == "" || run.Run.Text("model") == model) && (state == "" || run.StateWord == state)
            && text.Split(' ').All(word => Searched(run).Contains(word, StringComparison.OrdinalIgnoreCase))).ToArray();
        var sorted = sorting.Sort(found, run => Value(run, sorting.Column)).Take(MostShown).ToArray();
        var body = Markup.Of($"""
            <h1>Runs</h1>
            <form method="get" class="filter" role="search" aria-label="Filter the runs">
            <label>Text <input type="search" name="q" value="{text}" placeholder="name, data, seed …" autocomplete="off"></label>
            {Choice("recipe", "Recipe", all.Select(run => run.Recipe), recipe)}
            {Choice("model", "Model", all.Select(run => run.Run.Text("model")), model)}
            {Choice("state", "State", all.Select(run => run.StateWord), state)}
            <button type="submit">Filter</button>{(text + recipe + model + state == "" ? Markup.None : Markup.Of($"""<a href="/runs">Clear</a>"""))}
            </form>
            <p class="note" role="status">{(found.Length == all.Count ? $"{found.Length} runs" : $"{found.Length} of {all.Count} runs")}{(found.Length > sorted.Length ? $", the first {sorted.Length} shown" : "")}. Tick two or more to compare them.</p>
            <form method="get" action="/compare" id="choose">
            {Table(sorted, time.GetUtcNow(), context.Request, sorting)}
            <div class="choose"><button type="submit" id="compare">Compare the ticked runs</button> <span id="chosen" role="status"></span></div>
            </form>
            """);
        return context.Page("Runs", "/runs", body, ["runs.js"]);
    });

    /// <summary>A table of runs; with a request its headers sort and its rows can be ticked.</summary>
    public static Markup Table(IReadOnlyList<RunCard> runs, DateTimeOffset now, HttpRequest? request = null, Sorting? sorting = null)
    {
        Markup Header(string column, string label, string style = "") => request is null || sorting is null
            ? Markup.Of($"""<th scope="col" class="{style}">{label}</th>""") : sorting.Header(request, column, label, style);
        // Runs of one kind show their scores by name, mixed ones the main score of each.
        var kinds = runs.Where(run => run.Scores.Count > 0).Select(run => string.Join(' ', run.Scores)).Distinct().ToArray();
        string[] scores = kinds.Length == 1 ? [.. runs.First(run => run.Scores.Count > 0).Scores.Where(score => score != "loss").Take(MostScores - 1), "loss"] : [];
        return Markup.Of($"""
            <div class="scroll" tabindex="0" role="region" aria-label="Runs"><table class="runs">
            <thead><tr>{(request is null ? Markup.None : Markup.Of($"""<th scope="col"><span class="hidden">compare</span></th>"""))}{Header("name", "run")}{Header("state", "state")}{Header("recipe", "recipe", "wide")}{Header("model", "model", "wide")}{Header("dataset", "data", "wide")}{Header("seed", "seed", "n wide")}{(scores.Length == 0 ? Header("score", "score", "n") : Markup.None)}{scores.Select(score => Header("test." + score, RunReport.Label(score), "n"))}{Header("duration", "took", "n wide")}{Header("began", "began", "n")}</tr></thead>
            <tbody>{runs.Select(run => Row(run, scores, now, request is not null))}</tbody></table></div>
            """);
    }

    static Markup Row(RunCard run, string[] scores, DateTimeOffset now, bool isTicked) => Markup.Of($"""
        <tr class="{run.StateWord}">{(isTicked ? Markup.Of($"""<td class="tick"><input type="checkbox" name="runs" value="{run.Name}" aria-label="Compare {run.Name}"></td>""") : Markup.None)}<th scope="row"><a href="{run.Page}">{Words.Breakable(run.Name)}</a></th><td>{State(run)}</td><td class="wide">{run.Recipe}</td><td class="wide">{run.Run.Text("model")}</td><td class="wide">{run.Dataset}</td><td class="n wide">{Words.Text(run.Run.Metrics, "seed")}</td>{(scores.Length == 0 ? Markup.Of($"""<td class="n">{Words.Score(run.Test(run.MainScore))} <span class="soft">{(run.Scores.Count > 0 ? RunReport.Label(run.MainScore) : "")}</span></td>""") : Markup.None)}{scores.Select(score => Markup.Of($"""<td class="n">{Words.Score(run.Test(score))}</td>"""))}<td class="n wide">{Words.Duration(run.Run.Number("duration_s"))}</td><td class="n">{Words.Ago(run.Began, now)}</td></tr>
        """);

    /// <summary>The state of a run as a small sign.</summary>
    public static Markup State(RunCard run) => Markup.Of($"""<span class="state {run.StateWord}">{run.StateWord}</span>""");

    static Markup Choice(string name, string label, IEnumerable<string> values, string chosen) => Markup.Of($"""
        <label>{label} <select name="{name}"><option value="">all</option>{values.Where(value => value != "").Distinct().Order(StringComparer.Ordinal).Select(value =>
            value == chosen ? Markup.Of($"""<option selected>{value}</option>""") : Markup.Of($"""<option>{value}</option>"""))}</select></label>
        """);

    static string Searched(RunCard run) => string.Join(' ', run.Name, run.Recipe, run.Run.Text("model"), run.Dataset, "seed=" + Words.Text(run.Run.Metrics, "seed"), run.StateWord, run.Run.Text("config_hash"));

    static (double, string) Value(RunCard run, string column) => column switch
    {
        "name" => (double.NaN, run.Name),
        "state" => (double.NaN, run.StateWord),
        "recipe" => (double.NaN, run.Recipe),
        "model" => (double.NaN, run.Run.Text("model")),
        "dataset" => (double.NaN, run.Dataset),
        "began" => (run.Began.ToUnixTimeMilliseconds(), ""),
        "score" => (run.Test(run.MainScore), ""),
        "duration" => (run.Run.Number("duration_s"), ""),
        _ => (run.Run.Number(column), ""),
    };
}
