using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary><c>report.html</c> of a search: one page with everything inside it.</summary>
static class SearchPage
{
    const int MostRows = 500;

    /// <summary>Draws the figures and writes the page.</summary>
    /// <param name="study">The study.</param>
    /// <param name="plan">The search; null for a study of other programs.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="warn">Told why a figure is missing.</param>
    /// <returns>The page's path.</returns>
    public static string Write(Study study, SearchPlan? plan, SearchFolder folder, Action<string> warn)
    {
        var view = new SearchView(study, plan?.Metric);
        var (figures, warnings) = SearchFigures.Write(view, folder);
        foreach (var warning in warnings) warn(warning);
        var repeats = File.Exists(folder["repeats.json"]) ? CanonicalJson.ReadObject(folder["repeats.json"]) : null;
        AtomicFile.Write(folder[RunFiles.Report], Page(view, study.Storage.Location, plan, repeats, figures));
        return folder[RunFiles.Report];
    }

    static string Page(SearchView view, string storage, SearchPlan? plan, JsonObject? repeats, IReadOnlyList<Figure> figures)
    {
        var page = new HtmlText().Raw("<!DOCTYPE html>").Raw("<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">")
            .Raw("<meta name=\"color-scheme\" content=\"light dark\">")
            .Element("title", $"{view.Study} – {view.Metric} {Number(view.Best?.Value)}")
            .Raw($"<style>{ReportStyle.Css}</style></head><body><main>");
        page.Raw("<header>").Element("p", "hyper-parameter search", "class=\"over\"").Element("h1", view.Study)
            .Element("p", $"{view.Metric}, {(view.IsMaximized ? "more" : "less")} is better; {string.Join(", ", view.States.Select(state => $"{state.Count} {state.State}"))}.")
            .Raw("<div class=\"cards\">");
        if (view.Best is { } best)
            page.Raw("<div class=\"card\">").Element("span", $"best {view.Metric}").Element("strong", Number(best.Value)).Element("span", $"trial {best.Number}, validation data").Raw("</div>");
        page.Raw("</div></header>");
        Best(page, view, plan, repeats);
        foreach (var figure in figures)
        {
            page.Raw("<section>").Element("h2", figure.Caption)
                .Raw($"<img class=\"figure\" alt=\"{HtmlText.Escape(figure.Caption)}\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(figure.Svg)}\">").Raw("</section>");
        }
        if (view.WithoutImportance != "") page.Element("p", view.WithoutImportance, "class=\"note\"");
        Trials(page, view);
        page.Raw("<section><h2>Search</h2>").Facts(
        [
            ("storage", storage), ("recipe", plan?.Recipe ?? ""), ("sampler", plan?.Sampler ?? ""), ("pruner", plan?.Pruner ?? ""),
            ("seed", plan?.Seed.ToString(CultureInfo.InvariantCulture) ?? ""), ("settings of all trials", plan is null ? "" : ParameterText.Line(plan.Overrides)),
        ]);
        page.Table(["parameter", "searched"], view.Distributions.Select(entry => (IReadOnlyList<string>)[entry.Key, Described(entry.Value)]));
        return page.Raw("</section></main></body></html>").ToString();
    }

    static void Best(HtmlText page, SearchView view, SearchPlan? plan, JsonObject? repeats)
    {
        if (view.Best is not { } best)
        {
            page.Element("p", "No trial is complete yet.", "class=\"warning\" role=\"alert\"");
            return;
        }
        page.Raw("<section><h2>Best trial</h2>")
            .Element("p", "The best of many trials flatters itself: repeat it with other seeds (--repeat-best 5), and judge it by its held-out scores.", "class=\"note\"")
            .Facts(best.Parameters.Select(parameter => (parameter.Name, SearchView.Text(parameter.Value))))
            .Element("pre", SearchResults.BestLine(best, plan?.Ties ?? new Dictionary<string, string>()));
        if (repeats is not null && repeats["trial_number"]?.GetValue<int>() == best.Number)
        {
            var rows = new List<IReadOnlyList<string>> { Row($"{view.Metric} (searched)", repeats[view.Metric]) };
            rows.AddRange((repeats["held_out"] as JsonObject ?? []).Select(entry => Row(entry.Key + " (held out)", entry.Value)));
            page.Element("p", "Trained again from several seeds:").Table(["score", "seeds", "mean", "deviation (n-1)"], rows);
        }
        page.Raw("</section>");
    }

    static void Trials(HtmlText page, SearchView view)
    {
        var shown = view.Trials.Count <= MostRows ? view.Trials : [.. view.Trials.TakeLast(MostRows)];
        page.Raw("<section><h2>Trials</h2>");
        if (shown.Count < view.Trials.Count) page.Element("p", $"The last {MostRows} of {view.Trials.Count}; all are in trials.csv.", "class=\"note\"");
        page.Raw("<details><summary>every trial</summary>").Table(["trial", "state", view.Metric, .. view.Parameters, "reason"], shown.Select(trial => (IReadOnlyList<string>)
        [
            trial.Number.ToString(CultureInfo.InvariantCulture), SearchProgress.Text(trial.State), Number(trial.Value),
            .. view.Parameters.Select(name => trial.Find(name) is { } parameter ? SearchView.Text(parameter.Value) : ""),
            trial.UserAttributes.GetValueOrDefault(AttributeNames.FailReason) as string ?? "",
        ])).Raw("</details></section>");
    }

    static IReadOnlyList<string> Row(string name, JsonNode? score) =>
        [name, score?["n"]?.ToString() ?? "", Number(score?["mean"]?.GetValue<double>()), Number(score?["deviation"]?.GetValue<double>())];

    /// <summary>A distribution in words.</summary>
    public static string Described(Distribution distribution) => distribution switch
    {
        FloatDistribution real => string.Create(CultureInfo.InvariantCulture, $"{real.Low:G6} to {real.High:G6}{(real.Log ? ", logarithmic" : "")}{(real.Step is { } step ? $" in steps of {step:G6}" : "")}"),
        IntDistribution whole => string.Create(CultureInfo.InvariantCulture, $"{whole.Low} to {whole.High}{(whole.Log ? ", logarithmic" : "")}{(whole.Step > 1 ? $" in steps of {whole.Step}" : "")}"),
        CategoricalDistribution choice => "one of " + string.Join(", ", choice.Choices.Select(SearchView.Text)),
        _ => distribution.Json,
    };

    static string Number(double? value) => value is { } number ? number.ToString("G6", CultureInfo.InvariantCulture) : "";
}
