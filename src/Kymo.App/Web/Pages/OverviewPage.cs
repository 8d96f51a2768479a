using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary><c>/</c>: what is trained just now, the best of each recipe, the newest runs.</summary>
static class OverviewPage
{
    const int NewestShown = 8;

    public static void Map(IEndpointRouteBuilder routes, ResultsFolder results, TimeProvider time) => routes.Get("/", context =>
    {
        var (runs, now) = (results.List(), time.GetUtcNow());
        if (runs.Count == 0) return context.Page("Overview", "/", Empty(results.Root));
        var body = Markup.Of($"""
            <h1>Overview</h1>
            <p class="lead">{Words.Count(runs.Count)} {(runs.Count == 1 ? "run" : "runs")} of {Words.Count(runs.Select(run => run.Recipe).Distinct().Count())} recipes in <code>{Path.GetFileName(results.Root)}</code>.</p>
            {Running(runs, now)}
            {Best(runs)}
            <section aria-labelledby="newest"><h2 id="newest">Newest runs</h2>
            {RunsPage.Table([.. runs.Take(NewestShown)], now)}
            <p><a class="more" href="/runs">All runs</a></p></section>
            """);
        return context.Page("Overview", "/", body, ["overview.js"]);
    });

    /// <summary>A page for a folder in which there is nothing yet.</summary>
    public static Markup Empty(string root) => Markup.Of($"""
        <h1>No runs yet</h1>
        <p>There is no run under <code>{Path.Combine(Path.GetFileName(root), "runs")}</code>. A first one takes seconds:</p>
        <pre class="copy"><code>kymo train urban-sounds data=synthetic trainer.epochs=3</code></pre>
        <p>Pages of another folder: <code>kymo serve --runs DIR</code>.</p>
        """);

    static Markup Running(IReadOnlyList<RunCard> runs, DateTimeOffset now)
    {
        var running = runs.Where(run => run.Run.State == RunState.Running).ToArray();
        return Markup.Of($"""
            <section aria-labelledby="running" id="live" data-source="/live" {(running.Length == 0 ? Markup.Of($"hidden") : Markup.None)}><h2 id="running">In training</h2>
            <ul class="running">{running.Select(run => Running(run, now))}</ul></section>
            """);
    }

    static Markup Running(RunCard run, DateTimeOffset now) => ResultsFolder.Guarded(run, () =>
    {
        var progress = RunProgress.Of(run, EpochCurves.Of(run), now);
        return Markup.Of($"""
            <li data-run="{run.Name}"><a href="{run.Page}">{run.Name}</a> <span class="soft">{run.Recipe}</span>
            <progress max="{progress.EpochsInAll}" value="{progress.EpochsDone}" aria-label="Progress of {run.Name}"></progress>
            <span class="soft" data-text>{string.Join(" · ", new[] { progress.Text, progress.Left, progress.Best }.Where(text => text != ""))}</span></li>
            """);
    });

    // Runs are best among those of the same recipe on the same data; runs that collapsed or saw a part of the data do not count.
    static Markup Best(IReadOnlyList<RunCard> runs)
    {
        var groups = runs.Where(run => run.Run.State == RunState.Finished && !run.IsTrial && double.IsFinite(run.Test(run.MainScore)))
            .GroupBy(run => (run.Recipe, Data: run.Run.Text("data_fingerprint.content_sha256"), run.MainScore))
            .OrderBy(group => group.Key.Recipe, StringComparer.Ordinal).ToArray();
        if (groups.Length == 0) return Markup.None;
        return Markup.Of($"""
            <section aria-labelledby="best"><h2 id="best">Best of each recipe</h2>
            <p class="note">Among runs on the same data. Chosen after looking at held-out items, so it flatters a little: the more runs, the more.</p>
            <div class="cards">{groups.Select(group => Best([.. group], group.Key.MainScore))}</div></section>
            """);
    }

    static Markup Best(RunCard[] runs, string score)
    {
        var sound = runs.Where(run => !run.IsCollapsed).ToArray();
        if (sound.Length == 0)
            return Markup.Of($"""<article class="card"><p class="over">{runs[0].Recipe}</p><p>{(runs.Length == 1 ? "The only run collapsed." : $"All {runs.Length} runs collapsed.")}</p></article>""");
        var best = Words.IsLowerBetter(score) ? sound.MinBy(run => run.Test(score))! : sound.MaxBy(run => run.Test(score))!;
        var (low, high) = (Words.Number(best.Run.Metrics, $"intervals.{score}.low"), Words.Number(best.Run.Metrics, $"intervals.{score}.high"));
        return Markup.Of($"""
            <article class="card"><p class="over">{best.Recipe} · {best.Dataset}</p>
            <p class="figure">{Words.Score(best.Test(score))} <span>{RunReport.Label(score)}</span></p>
            <p class="soft">{(double.IsFinite(low) ? $"{Words.Score(low)} to {Words.Score(high)}" : "no interval")}</p>{Rival(best, score)}
            <p><a href="{best.Page}">{Words.Breakable(best.Name)}</a></p><p class="soft">{best.Run.Text("model")}{(runs.Length == 1 ? ", the only run" : $", best of {runs.Length} runs")}</p></article>
            """);
    }

    static Markup Rival(RunCard run, string score)
    {
        var rivals = RunScores.Baselines(run.Run.Metrics).Where(rival => rival.Scores.ContainsKey(score)).ToArray();
        if (rivals.Length == 0) return Markup.None;
        var isLower = Words.IsLowerBetter(score);
        var best = isLower ? rivals.MinBy(rival => rival.Scores[score]) : rivals.MaxBy(rival => rival.Scores[score]);
        var isBeaten = isLower ? best.Scores[score] < run.Test(score) : best.Scores[score] > run.Test(score);
        return Markup.Of($"""<p class="{(isBeaten ? "beaten" : "soft")}">{best.Name} {Words.Score(best.Scores[score])}{(isBeaten ? ", better" : "")}</p>""");
    }
}
