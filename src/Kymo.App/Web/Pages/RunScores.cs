using System.Text.Json.Nodes;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.App.Web.Pages;

/// <summary>The scores of a run on held-out items: the net beside its rivals, with intervals.</summary>
static class RunScores
{
    /// <summary>The rivals of a run.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyDictionary<string, double> Scores)> Baselines(JsonObject metrics) =>
        [.. (metrics["baselines"] as JsonArray ?? []).Select(rival => (Words.Text(rival, "name"), Words.Scores(rival, "test")))];

    /// <summary>Cards of the scores that have intervals, or of the first ones.</summary>
    public static Markup Cards(RunCard card)
    {
        var metrics = card.Run.Metrics;
        var scores = card.Scores.Where(score => score != "loss" && double.IsFinite(card.Test(score))).ToArray();
        var shown = scores.Where(score => double.IsFinite(Words.Number(metrics, $"intervals.{score}.low"))).Concat(scores).Distinct().Take(4);
        return Markup.Of($"""<div class="cards">{shown.Select(score => Markup.Of($"""
            <div class="card"><p class="over">{RunReport.Label(score)}</p><p class="figure">{Words.Score(card.Test(score))}</p><p class="soft">{Interval(metrics, score)}</p></div>
            """))}</div>""");
    }

    /// <summary>The main score on a line, then all scores in a table.</summary>
    public static Markup Section(RunCard card)
    {
        var metrics = card.Run.Metrics;
        var rivals = Baselines(metrics);
        var validation = Words.Scores(metrics, "validation_best");
        return Markup.Of($"""
            <section aria-labelledby="scores"><h2 id="scores">Held-out scores</h2>
            {Strip(card, rivals)}
            <div class="scroll" tabindex="0" role="region" aria-label="Held-out scores"><table>
            <thead><tr><th scope="col">score</th><th scope="col" class="n">network</th><th scope="col" class="n">interval</th>{rivals.Select(rival => Markup.Of($"""<th scope="col" class="n">{rival.Name}</th>"""))}<th scope="col" class="n">validation</th></tr></thead>
            <tbody>{card.Scores.Select(score => Markup.Of($"""
            <tr><th scope="row">{RunReport.Label(score)}</th><td class="n"><strong>{Words.Score(card.Test(score))}</strong></td><td class="n">{Range(metrics, score)}</td>{rivals.Select(rival => Rival(card, score, rival.Scores))}<td class="n soft">{Words.Score(validation.GetValueOrDefault(score, double.NaN))}</td></tr>
            """))}</tbody></table></div>
            <p class="note">{Note(metrics)}</p></section>
            """);
    }

    static Markup Strip(RunCard card, IReadOnlyList<(string Name, IReadOnlyDictionary<string, double> Scores)> rivals)
    {
        var score = card.MainScore;
        List<StripRow> rows = [new(card.Run.Text("model"), card.Test(score), Words.Number(card.Run.Metrics, $"intervals.{score}.low"), Words.Number(card.Run.Metrics, $"intervals.{score}.high"))];
        rows.AddRange(rivals.Select(rival => new StripRow(rival.Name, rival.Scores.GetValueOrDefault(score, double.NaN))));
        var most = rows.SelectMany(row => new[] { row.Value, row.High }).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        return most <= 0 ? Markup.None : new Markup(ScoreStrip.Draw(RunReport.Label(score), rows, Words.IsLowerBetter(score) || most > 1 ? most : 1));
    }

    static Markup Rival(RunCard card, string score, IReadOnlyDictionary<string, double> rival)
    {
        var (net, other) = (card.Test(score), rival.GetValueOrDefault(score, double.NaN));
        var isBetter = Words.IsLowerBetter(score) ? other < net : other > net;
        return isBetter ? Markup.Of($"""<td class="n beats" title="better than the network">{Words.Score(other)}<span class="hidden"> better than the network</span></td>""") : Markup.Of($"""<td class="n">{Words.Score(other)}</td>""");
    }

    static string Interval(JsonObject metrics, string score) =>
        Range(metrics, score) is var range && range != "" ? $"{Words.Number(metrics, $"intervals.{score}.level") * 100:0.#} %: {range}" : "held out";

    static string Range(JsonObject metrics, string score) => Words.Number(metrics, $"intervals.{score}.low") is var low && double.IsFinite(low)
        ? $"{Words.Score(low)} to {Words.Score(Words.Number(metrics, $"intervals.{score}.high"))}" : "";

    static string Note(JsonObject metrics)
    {
        if ((metrics["intervals"] as JsonObject)?.FirstOrDefault().Value is not { } any) return "Without intervals.";
        return $"Intervals of {Words.Number(any, "level") * 100:0.#} %: bootstrap over {Words.Count(Words.Number(any, "groups"))} × {Words.Text(any, "grouped_by")}, "
            + $"{Words.Count(Words.Number(any, "resamples"))} resamples. A marked rival is better than the network.";
    }
}
