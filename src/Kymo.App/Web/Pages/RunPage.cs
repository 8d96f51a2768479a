using System.Text.Json.Nodes;
using Kymo.Lab.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary><c>/runs/NAME</c>: one run; while it is trained, how far it is.</summary>
static class RunPage
{
    const int MostEpochs = 400;

    public static void Map(IEndpointRouteBuilder routes, ResultsFolder results, TimeProvider time) => routes.Get("/runs/{name}", context =>
    {
        var name = (string)context.GetRouteValue("name")!;
        return results.Find(name) is { } card
            ? context.Page(card.Name, "/runs", Body(card, time.GetUtcNow()), ["uplot.min.js", "charts.js", "live.js"])
            : context.Problem(StatusCodes.Status404NotFound, "No such run", $"There is no run of that name under {Path.GetFileName(results.Root)}/runs.", "/runs");
    });

    static Markup Body(RunCard card, DateTimeOffset now) => Markup.Of($"""
        <p class="over"><a href="/runs">Runs</a>{(card.Recipe == "" ? Markup.None : Markup.Of($""" / <a href="/runs{QueryString.Create("recipe", card.Recipe).Value}">{card.Recipe}</a>"""))}</p>
        <h1>{card.Name}</h1>
        <p class="lead">{RunsPage.State(card)} {Deed(card)} Began {Words.Ago(card.Began, now)}.</p>
        {(card.Run.State == RunState.Broken ? Markup.Of($"""<p class="warning" role="alert">{card.Run.Problem.Replace(card.Run.Path, card.Name, StringComparison.Ordinal)}</p>""") : Markup.None)}
        {Warnings(card)}
        {(card.Run.State == RunState.Interrupted ? Unfinished(card) : Markup.None)}
        {(card.Run.State == RunState.Running ? ResultsFolder.Guarded(card, () => Live(card, now)) : Markup.None)}
        {(card.Run.Metrics.Count > 0 ? ResultsFolder.Guarded(card, () => RunScores.Cards(card)) : Markup.None)}
        {(card.Run.Metrics.Count > 0 ? ResultsFolder.Guarded(card, () => RunScores.Section(card)) : Markup.None)}
        {ResultsFolder.Guarded(card, () => Curves(card))}
        {ResultsFolder.Guarded(card, () => RunTables.Folds(card))}
        {ResultsFolder.Guarded(card, () => RunTables.Classes(card))}
        {ResultsFolder.Guarded(card, () => RunTables.Confusion(card))}
        {RunFileEndpoints.Section(card)}
        {Background(card)}
        """);

    static Markup Deed(RunCard card)
    {
        var metrics = card.Run.Metrics;
        if (metrics.Count == 0) return Markup.None;
        return Markup.Of($"""{card.Run.Text("model")} with {Words.Count(card.Run.Number("params"))} parameters on {card.Dataset}, {Words.Count(card.Run.Number("epochs_ran"))} epochs in {Words.Duration(card.Run.Number("duration_s"))} on {card.Run.Text("device_name")}.""");
    }

    static Markup Warnings(RunCard card) => Markup.Of($"""
        {(card.IsCollapsed ? Markup.Of($"""<p class="warning" role="alert"><strong>Collapsed:</strong> the network gives (almost) one answer whatever it is shown. Do not use it or compare by it.</p>""") : Markup.None)}
        {(Words.Texts(card.Run.Metrics, "warnings") is { Count: > 0 } texts ? Markup.Of($"""<ul class="warning">{texts.Select(text => Markup.Of($"<li>{text}</li>"))}</ul>""") : Markup.None)}
        """);

    static Markup Unfinished(RunCard card) => Markup.Of($"""
        <p>Nobody trains it now. To go on from its last checkpoint:</p>
        <pre class="copy"><code>kymo train {(card.Recipe == "" ? "RECIPE" : card.Recipe)} --resume {card.Name}</code></pre>
        """);

    static Markup Live(RunCard card, DateTimeOffset now)
    {
        var progress = RunProgress.Of(card, EpochCurves.Of(card), now);
        return Markup.Of($"""
            <section aria-labelledby="live-title" id="live" data-source="{card.Page}/live"><h2 id="live-title">In training</h2>
            <progress id="progress" max="{progress.EpochsInAll}" value="{progress.EpochsDone}" aria-label="Epochs done"></progress>
            <dl class="live"><div><dt>now</dt><dd id="live-text">{progress.Text}</dd></div><div><dt>rate</dt><dd id="live-rate">{progress.Rate}</dd></div><div><dt>left</dt><dd id="live-left">{progress.Left}</dd></div><div><dt>best so far</dt><dd id="live-best">{progress.Best}</dd></div></dl>
            <p id="live-over" role="status"></p>
            <div id="live-steps" hidden>{CurveChart.Figure("steps", "Loss of the last steps", new JsonObject { ["xLabel"] = "step", ["x"] = new JsonArray(), ["views"] = new JsonArray() })}</div>
            </section>
            """);
    }

    static Markup Curves(RunCard card)
    {
        var curves = EpochCurves.Of(card);
        if (curves.Count == 0 && card.Run.State != RunState.Running) return Markup.None;
        var chart = CurveChart.Of(curves, card.Contract?.Scores ?? []);
        var folds = curves.Count > 1 ? $" Thick lines are the mean over {curves.Count} trainings, thin ones the single folds." : "";
        return Markup.Of($"""
            <section aria-labelledby="curves"><h2 id="curves">Learning curves</h2>
            <p class="note">Dashed on training data, whole on validation data, which picked the epoch.{folds}</p>
            <div class="pair">{CurveChart.Figure("curve-loss", "Loss over epochs", chart, "loss")}{CurveChart.Figure("curve-score", "Score over epochs", (JsonObject)chart.DeepClone(), card.MainScore)}</div>
            {Epochs(curves)}</section>
            """);
    }

    static Markup Epochs(IReadOnlyList<EpochCurves> curves)
    {
        var columns = EpochCurves.ScoresOf(curves).SelectMany(score => (string[])["train_" + score, "val_" + score]).ToArray();
        var rows = curves.SelectMany(curve => Enumerable.Range(0, curve.Epochs).Select(epoch => (curve, epoch))).ToArray();
        if (rows.Length == 0) return Markup.None;
        return Markup.Of($"""
            <details><summary>The numbers, epoch by epoch</summary>{(rows.Length > MostEpochs ? Markup.Of($"""<p class="note">The last {MostEpochs} of {rows.Length}.</p>""") : Markup.None)}
            <div class="scroll" tabindex="0" role="region" aria-label="Epochs"><table><thead><tr>{(curves.Count > 1 ? Markup.Of($"""<th scope="col" class="n">fold</th>""") : Markup.None)}<th scope="col" class="n">epoch</th>{columns.Select(column => Markup.Of($"""<th scope="col" class="n">{column.Replace('_', ' ')}</th>"""))}<th scope="col" class="n">took</th></tr></thead>
            <tbody>{rows.TakeLast(MostEpochs).Select(row => Markup.Of($"""<tr class="{(row.epoch + 1 == row.curve.Best ? "kept" : "")}">{(curves.Count > 1 ? Markup.Of($"""<td class="n">{row.curve.Unit ?? 0}</td>""") : Markup.None)}<th scope="row" class="n">{row.epoch + 1}{(row.epoch + 1 == row.curve.Best ? " ★" : "")}</th>{columns.Select(column => Markup.Of($"""<td class="n">{Words.Score(row.curve.At(column, row.epoch))}</td>"""))}<td class="n">{Words.Duration(row.epoch < row.curve.Seconds.Length ? row.curve.Seconds[row.epoch] : double.NaN)}</td></tr>"""))}</tbody></table></div><p class="note">★ the epoch whose weights were kept.</p></details>
            """);
    }

    static Markup Background(RunCard card) => Markup.Of($"""
        <section aria-labelledby="background"><h2 id="background">How it was made</h2>
        {Details(card, "Configuration", RunFiles.ResolvedConfig)}
        {Details(card, "Environment", RunFiles.Environment)}
        {Details(card, "Data", RunFiles.DataFingerprint)}
        {Details(card, "Source tree", RunFiles.Git)}
        {Details(card, "Early stopping", RunFiles.EarlyStop)}
        </section>
        """);

    static Markup Details(RunCard card, string title, string file)
    {
        if (ResultsFolder.FileOf(card, file) is not { } path) return Markup.None;
        return Markup.Of($"""
            <details><summary>{title}</summary>{ResultsFolder.Guarded(card, () => Markup.Of($"""<dl class="facts">{RunComparison.Leaves(CanonicalJson.ReadObject(path)).Select(leaf => Markup.Of($"<div><dt>{leaf.Key}</dt><dd>{Unquoted(leaf.Value)}</dd></div>"))}</dl>"""))}</details>
            """);
    }

    /// <summary>A JSON text as people read it: texts without their quotes.</summary>
    public static string Unquoted(string json) => json.Length > 1 && json[0] == '"' && JsonNode.Parse(json) is JsonValue value && value.TryGetValue(out string? text) ? text : json;
}
