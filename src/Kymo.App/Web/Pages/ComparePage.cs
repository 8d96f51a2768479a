using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kymo.Config;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary><c>/compare?runs=A,B</c>: runs side by side; two classifications over the same items also item by item.</summary>
static class ComparePage
{
    const int MostRuns = 12, MostKept = 64;

    // Thousands of resamples take a moment: one pair at a time, and the answers are kept while the runs stay what they are.
    static readonly SemaphoreSlim s_one = new(1);
    static readonly ConcurrentDictionary<(string, string, string, long), RunComparison> s_known = new();

    public static void Map(IEndpointRouteBuilder routes, ResultsFolder results) => routes.Get("/compare", async context =>
    {
        string[] names = [.. context.Request.Query["runs"].SelectMany(text => Named(results, text ?? "")).Distinct().Take(MostRuns)];
        var missing = Array.Find(names, name => results.Find(name) is null);
        if (missing is not null || names.Length < 2)
        {
            var reason = missing is not null ? $"There is no run '{missing}'." : "Tick at least two runs in the list.";
            await context.Problem(missing is not null ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest, "Nothing to compare", reason, "/runs");
            return;
        }
        RunCard[] runs = [.. names.Select(name => results.Find(name)!)];
        var pattern = context.Request.Query["group"].ToString().Trim();
        var body = Markup.Of($"""
            <p class="over"><a href="/runs">Runs</a></p>
            <h1>Comparison</h1>
            <ol class="compared">{runs.Select((run, i) => Markup.Of($"""<li class="c{i % 8}"><a href="{run.Page}">{run.Name}</a> <span class="soft">{run.Recipe} · {run.Run.Text("model")} · {run.Dataset}</span> {RunsPage.State(run)}</li>"""))}</ol>
            {Unlike(runs)}
            {Scores(runs)}
            {(runs.Length == 2 ? await Paired(runs, pattern) : Markup.Of($"""<p class="note">Compare exactly two runs to test them item by item.</p>"""))}
            {Curves(runs)}
            {Differences(runs)}
            """);
        await context.Page("Comparison", "/runs", body, ["uplot.min.js", "charts.js"]);
    });

    // A name may hold a comma, so the whole text is looked for first.
    static IEnumerable<string> Named(ResultsFolder results, string text) =>
        results.Find(text) is not null ? [text] : text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static Markup Unlike(RunCard[] runs) => runs.Select(run => run.Run.Text("data_fingerprint.content_sha256")).Distinct().Count() == 1 ? Markup.None
        : Markup.Of($"""<p class="warning">These runs saw other data or another split of it: a difference of their scores need not come from the networks.</p>""");

    static Markup Scores(RunCard[] runs)
    {
        string[] scores = [.. runs.SelectMany(run => run.Scores).Distinct()];
        Markup Row(string score)
        {
            double[] values = [.. runs.Select(run => run.Test(score))];
            var finite = values.Where(double.IsFinite).ToArray();
            var best = finite.Length < 2 ? double.NaN : Words.IsLowerBetter(score) ? finite.Min() : finite.Max();
            return Markup.Of($"""<tr><th scope="row">{RunReport.Label(score)}</th>{runs.Select((run, i) => Markup.Of($"""<td class="n{(values[i] == best && !run.IsCollapsed ? " best" : "")}">{Words.Score(values[i])}{Range(run, score)}</td>"""))}</tr>""");
        }
        return Markup.Of($"""
            <section aria-labelledby="scores"><h2 id="scores">Held-out scores</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="Held-out scores"><table><thead><tr><th scope="col">score</th>{runs.Select(run => Markup.Of($"""<th scope="col" class="n">{run.Name}</th>"""))}</tr></thead>
            <tbody>{scores.Select(Row)}</tbody></table></div><p class="note">The better value is bold. Small: the run's own interval.</p></section>
            """);
    }

    static Markup Range(RunCard run, string score) => Words.Number(run.Run.Metrics, $"intervals.{score}.low") is var low && double.IsFinite(low)
        ? Markup.Of($"<small>{Words.Score(low)} to {Words.Score(Words.Number(run.Run.Metrics, $"intervals.{score}.high"))}</small>") : Markup.None;

    static async Task<Markup> Paired(RunCard[] runs, string pattern)
    {
        Markup answer;
        try
        {
            answer = Paired(await Compared(runs, pattern), pattern);
        }
        catch (Exception error) when (error is ConfigException or Kymo.Signals.DataException or IOException or RegexMatchTimeoutException or ArgumentException)
        {
            var reason = runs.Aggregate(error.Message, (text, run) => text.Replace(run.Run.Path, run.Name, StringComparison.Ordinal));
            answer = Markup.Of($"""<p class="warning">Not compared item by item: {reason}</p>""");
        }
        return Markup.Of($"""
            <section aria-labelledby="paired"><h2 id="paired">Item by item</h2>{answer}
            <form method="get" class="filter">{runs.Select(run => Markup.Of($"""<input type="hidden" name="runs" value="{run.Name}">"""))}
            <label>Resample groups of items, by a pattern <input name="group" value="{pattern}" placeholder="^([0-9]+)-" autocomplete="off" spellcheck="false"></label><button type="submit">Group</button></form>
            <p class="note">The first pair of brackets in the pattern names an item's recording or person; those are resampled together.</p></section>
            """);
    }

    static Markup Paired(RunComparison comparison, string pattern)
    {
        var (test, difference) = (comparison.Test, comparison.Accuracy.Difference);
        return Markup.Of($"""
            <p>{Words.Count(comparison.Items)} items in both runs{(comparison.OnlyInFirst + comparison.OnlyInSecond > 0 ? $", {comparison.OnlyInFirst} only in the first, {comparison.OnlyInSecond} only in the second" : "")}.
            Right in one only: {test.OnlyFirstRight} in the first, {test.OnlySecondRight} in the second. McNemar's test: mid-p {P(test.MidP)}, exact p {P(test.ExactP)}.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Second minus first"><table><thead><tr><th scope="col">second minus first</th><th scope="col" class="n">difference</th><th scope="col" class="n">interval</th><th scope="col" class="n">p</th></tr></thead>
            <tbody>{Row("accuracy", comparison.Accuracy)}{Row("macro F1", comparison.MacroF1)}</tbody></table></div>
            <p class="note">Paired bootstrap: {Words.Count(difference.Resamples)} resamples of {Words.Count(difference.Groups)} {(comparison.IsGrouped ? "groups" : "items, taken as independent")}, interval of {100 * difference.Level:0.#} %.</p>
            """);
    }

    static Markup Row(string name, PairedBootstrap score) => Markup.Of($"""
        <tr><th scope="row">{name}</th><td class="n"><strong>{Words.Signed(score.Difference.Estimate)}</strong></td><td class="n">{Words.Signed(score.Difference.Low)} to {Words.Signed(score.Difference.High)}</td><td class="n">{P(score.P)}</td></tr>
        """);

    static async Task<RunComparison> Compared(RunCard[] runs, string pattern)
    {
        var grouping = Grouping(pattern);
        var key = (runs[0].Name, runs[1].Name, pattern, runs.Sum(run => File.GetLastWriteTimeUtc(Path.Combine(run.Run.Path, RunFiles.Predictions)).Ticks));
        if (s_known.TryGetValue(key, out var known)) return known;
        foreach (var run in runs)
            if (ResultsFolder.FileOf(run, RunFiles.Predictions) is null) throw new ConfigException($"{run.Name} has no {RunFiles.Predictions} that can be shown");
        await s_one.WaitAsync();
        try
        {
            var comparison = await Task.Run(() => RunComparison.Of(runs[0].Run.Path, runs[1].Run.Path, grouping, new BootstrapOptions()));
            if (s_known.Count >= MostKept) s_known.Clear();
            return s_known[key] = comparison;
        }
        finally
        {
            s_one.Release();
        }
    }

    static Func<string, string>? Grouping(string pattern)
    {
        if (pattern == "") return null;
        try
        {
            // A pattern that backtracks would let a visitor keep the server busy.
            var regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return id => regex.Match(id) is { Success: true, Groups.Count: > 1 } match ? match.Groups[1].Value
                : throw new ConfigException($"the pattern '{pattern}' finds no group in the item '{id}'; write one pair of brackets around the part that names it");
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new ConfigException($"'{pattern}' is no pattern: {error.Message}");
        }
    }

    static Markup Curves(RunCard[] runs)
    {
        var (read, faults) = (new List<(string, IReadOnlyList<EpochCurves>)>(), new List<Markup>());
        foreach (var run in runs)
            faults.Add(ResultsFolder.Guarded(run, () =>
            {
                read.Add((run.Name, EpochCurves.Of(run)));
                return Markup.None;
            }));
        var chart = CurveChart.Of(read);
        return Markup.Of($"""
            <section aria-labelledby="curves"><h2 id="curves">Learning curves</h2>{faults}
            <p class="note">Means over folds. Whole: validation data. Dashed: training data.</p>
            <div class="pair">{CurveChart.Figure("curve-loss", "Loss over epochs", chart, "loss")}{CurveChart.Figure("curve-score", "Score over epochs", (JsonObject)chart.DeepClone(), runs[0].MainScore)}</div></section>
            """);
    }

    static Markup Differences(RunCard[] runs)
    {
        var (settings, faults) = (new List<IReadOnlyDictionary<string, string>>(), new List<Markup>());
        foreach (var run in runs)
            faults.Add(ResultsFolder.Guarded(run, () =>
            {
                settings.Add(ResultsFolder.FileOf(run, RunFiles.ResolvedConfig) is { } path ? RunComparison.Leaves(CanonicalJson.ReadObject(path)) : new Dictionary<string, string>());
                return Markup.None;
            }));
        if (settings.Count != runs.Length) return Markup.Join(faults);
        var keys = settings.SelectMany(one => one.Keys).Distinct().Order(StringComparer.Ordinal)
            .Where(key => settings.Select(one => one.GetValueOrDefault(key, "")).Distinct().Count() > 1).ToArray();
        return Markup.Of($"""
            <section aria-labelledby="settings"><h2 id="settings">Settings that differ</h2>
            {(keys.Length == 0 ? Markup.Of($"<p>None.</p>") : Markup.Of($"""
            <div class="scroll" tabindex="0" role="region" aria-label="Settings that differ"><table><thead><tr><th scope="col">setting</th>{runs.Select(run => Markup.Of($"""<th scope="col">{run.Name}</th>"""))}</tr></thead>
            <tbody>{keys.Select(key => Markup.Of($"""<tr><th scope="row"><code>{key}</code></th>{settings.Select(one => Markup.Of($"<td>{RunPage.Unquoted(one.GetValueOrDefault(key, Words.Absent))}</td>"))}</tr>"""))}</tbody></table></div>
            """))}</section>
            """);
    }

    static string P(double value) => !double.IsFinite(value) ? Words.Absent : value < 0.0001 ? "< 0.0001" : value.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture);
}
