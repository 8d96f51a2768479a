using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Runs.Reporting;

/// <summary>
/// <c>report.html</c>: one page that says what was trained on what and how well it does, with everything inside it: no request
/// goes out. It reads on a phone and in light and dark.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">What to say.</param>
    /// <param name="figures">Figures to show, as <see cref="Figures.Write"/> gives them.</param>
    public static void Write(RunFolder run, RunReport report, IReadOnlyList<Figure> figures) =>
        run.WriteText(RunFiles.Report, Page(report, figures));

    /// <summary>The page as a text.</summary>
    public static string Page(RunReport report, IReadOnlyList<Figure> figures)
    {
        var s = report.Summary;
        var page = new HtmlText().Raw("<!DOCTYPE html>").Raw("<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" " +
                "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">")
            .Raw("<meta name=\"color-scheme\" content=\"light dark\">")
            .Element("title", $"{s.RunName} – {RunReport.Label(report.MainScore)} {Score(s.Test, report.MainScore)}")
            .Raw($"<style>{ReportStyle.Css}</style></head><body><main>");
        Head(page, report);
        Scores(page, report);
        if (s.Folds.Count > 0) FoldTable(page, report, figures);
        if (report.TestMatrix is { } matrix)
        {
            ClassTable(page, report, matrix, figures);
            ConfusionTable(page, report, matrix);
        }
        page.Raw("<section><h2>Learning curves</h2>");
        Show(page, figures, "learning_curves", "No figure was drawn; the numbers are in epoch_metrics.csv.");
        if (figures.Any(figure => figure.Name == "score_curves")) Show(page, figures, "score_curves", "");
        page.Raw("</section>");
        Data(page, report);
        Background(page, report);
        return page.Raw("</main></body></html>").ToString();
    }

    static void Head(HtmlText page, RunReport report)
    {
        var s = report.Summary;
        page.Raw("<header>").Element("p", s.Contract.TaskName.Replace('_', ' '), "class=\"over\"").Element("h1", s.RunName);
        page.Element("p", $"{s.Model} ({Count(s.Parameters)} parameters), {Deed(report)}.");
        page.Raw("<div class=\"cards\">");
        foreach (var name in s.Contract.Scores
            .Where(n => n is "acc" or "f1_macro" or "balanced_acc" or "mse" or "mae" or "kappa").Take(3))
        {
            var interval = s.TestIntervals.TryGetValue(name, out var i) && double.IsFinite(i.Low)
                ? $"{Percent(i.Level)} interval {Number(i.Low)} to {Number(i.High)}" : "held out";
            page.Raw("<div class=\"card\">").Element("span", RunReport.Label(name)).Element("strong", Score(s.Test, name))
                .Element("span", interval).Raw("</div>");
        }
        page.Raw("</div>");
        foreach (var warning in Warnings(s)) page.Element("p", warning, "class=\"warning\" role=\"alert\"");
        page.Raw("</header>");
    }

    /// <summary>What was trained on what, and judged on what.</summary>
    static string Deed(RunReport report)
    {
        var (data, folds) = (report.Data, report.Summary.Contract.Folds.Count);
        if (folds > 0)
            return $"trained and judged by cross-validation over {Count(folds)} folds of {data.Name} " +
                $"({Count(data.Parts.Sum(p => (long)p.Items))} {data.ItemName} in all)";
        var train = data.Parts.FirstOrDefault(p => p.Name == "train");
        var count = train is null ? "" : Count(train.Items) + " ";
        return $"trained on {count}{data.ItemName} of {data.Name}, judged on others that were held out";
    }

    static IEnumerable<string> Warnings(RunSummary s)
    {
        if (s.Status == RunStatus.Collapsed)
            yield return "Collapsed: the network gives (almost) one answer whatever it is shown. Do not use it or compare by it.";
        foreach (var fold in s.Folds.Where(f => f.Status == RunStatus.Collapsed))
            yield return string.Create(CultureInfo.InvariantCulture, $"Fold {fold.Fold} collapsed to (almost) one answer.");
        foreach (var warning in s.Warnings) yield return warning;
    }

    static void Scores(HtmlText page, RunReport report)
    {
        var s = report.Summary;
        var names = s.Contract.Scores;
        var pooled = s.Contract.IsCrossValidated ? " All folds' held-out items together." : "";
        var held = report.TestMatrix?.Total ?? report.Data.Parts.LastOrDefault(p => p.Name == "test")?.Items ?? 0;
        page.Raw("<section><h2>Held-out scores</h2>").Element("p",
            $"On {Count(held)} items." + pooled);
        if (s.Contract.Kind == TaskKind.Classification) page.Raw(ScoreStrip.Draw(report));
        List<string[]> rows = [[s.Model, .. names.Select(n => Score(s.Test, n))]];
        foreach (var baseline in s.Baselines) rows.Add([baseline.Name, .. names.Select(n => Score(baseline.Test, n))]);
        rows.Add([$"{s.Model}, validation", .. names.Select(n => Score(s.ValidationBest, n))]);
        page.Table(["", .. names.Select(RunReport.Label)], rows);
        if (s.TestIntervals.Count > 0)
        {
            var any = s.TestIntervals.Values.First();
            page.Element("p",
                $"Intervals: {Percent(any.Level)} percentile bootstrap over {Count(any.Groups)} {s.IntervalsOver}s, " +
                $"{Count(any.Resamples)} resamples. Loss in nats; all other scores are fractions of 1.", "class=\"note\"");
        }
        page.Raw("</section>");
    }

    static void FoldTable(HtmlText page, RunReport report, IReadOnlyList<Figure> figures)
    {
        var s = report.Summary;
        var names = s.Contract.Scores;
        List<string[]> rows =
        [
            .. s.Folds.Select(f => (string[])
            [
                $"fold {Count(f.Fold)}{(f.Status == RunStatus.Collapsed ? " (collapsed)" : "")}",
                Count(f.TrainCount), Count(f.ValidationCount), Count(f.TestCount), Count(f.BestEpoch),
                .. names.Select(n => Score(f.Test, n)),
            ]),
        ];
        MeanAndDeviation Spread(string name) =>
            MeanAndDeviation.Of([.. s.Folds.Select(f => f.Test.GetValueOrDefault(name, double.NaN))]);
        rows.Add(["mean", "", "", "", "", .. names.Select(n => Number(Spread(n).Mean))]);
        rows.Add(["deviation (n)", "", "", "", "", .. names.Select(n => Number(Spread(n).PopulationDeviation))]);
        rows.Add(["deviation (n − 1)", "", "", "", "", .. names.Select(n => Number(Spread(n).SampleDeviation))]);
        page.Raw("<section><h2>Folds</h2>").Element("p", $"Each fold held out once. {report.EpochChoice}")
            .Table(["", "train", "validation", "held out", "epoch", .. names.Select(RunReport.Label)], rows, "class=\"folds\"");
        Show(page, figures, "folds", "");
        page.Raw("</section>");
    }

    static void ClassTable(HtmlText page, RunReport report, ConfusionMatrix matrix, IReadOnlyList<Figure> figures)
    {
        page.Raw("<section><h2>Classes</h2>").Table(["", "precision", "recall", "F1", "items"],
            ClassScores.Of(matrix).Select((c, i) => (string[])
            [
                report.Summary.Contract.Classes[i], Number(c.Precision), Number(c.Recall), Number(c.F1), Count(c.Support),
            ]));
        Show(page, figures, "class_f1", "");
        page.Raw("</section>");
    }

    static void ConfusionTable(HtmlText page, RunReport report, ConfusionMatrix matrix)
    {
        var classes = report.Summary.Contract.Classes;
        page.Raw("<section><h2>Confusion</h2>")
            .Element("p", "Rows: true class. Columns: what the network said. Shade: share of the row.")
            .Raw("<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th></th>");
        foreach (var name in classes) page.Raw($"<th scope=\"col\"><span>{HtmlText.Escape(name)}</span></th>");
        page.Raw("</tr></thead><tbody>");
        for (var t = 0; t < classes.Count; t++)
        {
            page.Raw($"<tr><th scope=\"row\">{HtmlText.Escape(classes[t])}</th>");
            for (var p = 0; p < classes.Count; p++)
            {
                var share = matrix.Support(t) is var support and > 0 ? (double)matrix[t, p] / support : 0;
                page.Raw(string.Create(CultureInfo.InvariantCulture,
                    $"<td class=\"{(t == p ? "hit" : "miss")}\" style=\"--share:{share:0.###}\">{matrix[t, p]}</td>"));
            }
            page.Raw("</tr>");
        }
        page.Raw("</tbody></table></div></section>");
    }

    static void Data(HtmlText page, RunReport report)
    {
        var (data, s) = (report.Data, report.Summary);
        page.Raw("<section><h2>Data</h2>").Facts(
            [("name", data.Name), ("source", data.Source), ("licence", data.Licence), ("parts cut by", data.SplitRule)]);
        var groups = data.Parts.Any(p => p.Groups > 0);
        page.Table(["", data.ItemName, .. groups ? [data.GroupName] : Array.Empty<string>(), .. s.Contract.Classes],
            data.Parts.Select(p => (string[])
            [
                p.Name, Count(p.Items),
                .. groups ? [Count(p.Groups)] : Array.Empty<string>(), .. p.ClassCounts.Select(c => Count(c)),
            ]));
        if (s.Excluded.Count == 0)
        {
            page.Element("p", "No item was left out.").Raw("</section>");
            return;
        }
        var reasons = s.Excluded.GroupBy(e => e.Reason).OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal);
        page.Element("p", $"{Count(s.Excluded.Count)} items were left out:")
            .Table(["reason", "items", "which"], reasons.Select(g => (string[])
                [g.Key, Count(g.Count()), string.Join(", ", g.Take(5).Select(e => e.Id)) + (g.Count() > 5 ? ", …" : "")]))
            .Raw("</section>");
    }

    static void Background(HtmlText page, RunReport report)
    {
        var s = report.Summary;
        page.Raw("<section><h2>Training</h2>").Facts(
        [
            ("run", s.RunId), ("began", Timestamp.Text(s.Started)), ("ended", Timestamp.Text(s.Ended)),
            ("took", $"{s.Seconds.ToString("0.0", CultureInfo.InvariantCulture)} s"), ("device", $"{s.Device}: {s.DeviceName}"),
            ("optimiser", s.Optimizer), ("schedule", s.Scheduler), ("seed", s.Seed.ToString(CultureInfo.InvariantCulture)),
            ("best epoch", $"{Count(s.BestEpoch)} of {Count(s.EpochsRan)}"),
            ("size", $"{s.ModelSizeMiB.ToString("0.000", CultureInfo.InvariantCulture)} MiB"),
            ("multiply-accumulates", s.Macs is { } macs ? Count(macs) : ""),
            ("CPU latency", $"{Number(s.CpuLatencyMs)} ms mean"
                + (s.LatencyP95Ms is { } p95 ? $", {Number(p95)} ms 95th percentile" : "")),
            ("commit", report.Git.Commit + (report.Git.Dirty == true ? " with uncommitted changes" : "")),
        ]).Raw("</section>");
        Details(page, "Configuration", s.Hyperparameters);
        Details(page, "Environment", report.Environment);
        Details(page, "Data fingerprint", s.DataFingerprint);
    }

    static void Details(HtmlText page, string title, JsonObject fields)
    {
        if (fields.Count == 0) return;
        page.Raw($"<details><summary>{HtmlText.Escape(title)}</summary>")
            .Facts(RunComparison.Leaves(fields).Select(l => (l.Key, l.Value))).Raw("</details>");
    }

    static void Show(HtmlText page, IReadOnlyList<Figure> figures, string name, string otherwise)
    {
        if (figures.FirstOrDefault(f => f.Name == name) is { } figure)
            page.Raw("<div class=\"scroll\"><img class=\"figure\" " + string.Create(CultureInfo.InvariantCulture,
                    $"style=\"max-width:{figure.Width * 5 / 4}px;min-width:min({figure.Width}px,34rem)\" ") +
                $"alt=\"{HtmlText.Escape(figure.Caption)}\" " +
                $"src=\"data:image/svg+xml;base64,{Convert.ToBase64String(figure.Svg)}\"></div>");
        else if (otherwise.Length > 0) page.Element("p", otherwise, "class=\"note\"");
    }

    static string Score(IReadOnlyDictionary<string, double> scores, string name) =>
        Number(scores.GetValueOrDefault(name, double.NaN));

    internal static string Number(double value) =>
        double.IsFinite(value) ? value.ToString(Math.Abs(value) >= 100 ? "0.0" : "0.000", CultureInfo.InvariantCulture) : "–";

    static string Percent(double share) => (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
