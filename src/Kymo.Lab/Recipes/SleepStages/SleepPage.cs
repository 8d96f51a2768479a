using System.Globalization;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>The page of the nights: scores beside rivals and published figures, agreement of the measures, every hypnogram.</summary>
static class SleepPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="config">Classes and networks.</param>
    /// <param name="nights">The nights.</param>
    /// <param name="report">What was found.</param>
    /// <param name="figures">Figures that were drawn.</param>
    public static string Of(SleepStagesConfig config, SleepNights nights, SleepReport report, IReadOnlyList<string> figures)
    {
        var page = new HtmlText();
        page.Raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Element("title", "Nights").Raw($"<style>{ReportStyle.Css}</style></head><body><main>");
        page.Element("p", "sleep stages", "class=\"over\"").Element("h1", $"{nights.Nights.Count} nights, {config.Classes} classes, {string.Join(", ", config.Models)}");
        if (config.IsOriginal)
            page.Element("p", "compat=original: windows of one night stand on both sides, so the scores flatter; no whole night was held out.", "class=\"warning\"");
        Scores(page, report);
        Published(page);
        SleepWake(page, report);
        if (report.Nights.Count > 0) Nights(page, config, nights, report, figures);
        return page.Raw("</main></body></html>").ToString();
    }

    static void Scores(HtmlText page, SleepReport report)
    {
        page.Element("h2", "Held-out scores with 95 % intervals over people");
        foreach (var group in report.Scores.GroupBy(score => score.Classes))
        {
            page.Element("p", $"{group.Key} classes", "class=\"note\"");
            string[] names = [.. group.Select(score => score.Score).Distinct()];
            page.Table(["", .. names], report.Systems.Select(system => (IReadOnlyList<string>)
            [
                system.Name, .. names.Select(name => group.First(score => score.System == system && score.Score == name).Value)
                    .Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Estimate:F3} ({value.Range("F3")})")),
            ]));
        }
    }

    static void Published(HtmlText page) => page.Element("h2", "What others report")
        .Element("p", "On the same people with other splits, and on other data.", "class=\"note\"")
        .Table(["source", "data", "classes", "score", "value"], PublishedFigures.All.Select(figure => (IReadOnlyList<string>)
            [figure.Source, figure.Data, Text(figure.Classes), figure.Score, figure.Value.ToString("F3", CultureInfo.InvariantCulture)]));

    static void SleepWake(HtmlText page, SleepReport report)
    {
        page.Element("h2", "Sleep against wake");
        page.Table(["", "area under the curve", "sleep sensitivity", "wake specificity", "accuracy", "kappa"], report.Systems.SelectMany(system =>
        {
            var curve = report.Curve(system);
            return SleepReport.Sensitivities.Select(curve.At).Select(point => (IReadOnlyList<string>)
                [system.Name, Score(curve.Area), Score(point.Sensitivity), Score(point.Specificity), Score(point.Accuracy), Score(point.Kappa)]);
        }));
    }

    static void Nights(HtmlText page, SleepStagesConfig config, SleepNights nights, SleepReport report, IReadOnlyList<string> figures)
    {
        var model = config.Models[0];
        page.Element("h2", $"Agreement of the night's measures, {model}");
        page.Table(["", "bias", "lower limit", "upper limit"], NightMeasures.Names.Index().Skip(1).Select(measure =>
        {
            var agreement = report.Agreement(model, measure.Index);
            return (IReadOnlyList<string>)[measure.Item.Replace('_', ' '), Score(agreement.Bias), Score(agreement.LowerLimit), Score(agreement.UpperLimit)];
        }));
        if (figures.Contains("bland_altman")) page.Raw("<img class=\"figure\" alt=\"predicted minus true against their mean\" src=\"figures/bland_altman.svg\">");
        page.Element("h2", $"Nights, {model}: laboratory / watch");
        var chosen = report.Nights.Where(night => night.System.Name == model).ToArray();
        page.Table(["person", "epochs", .. NightMeasures.Names.Select(name => name.Replace('_', ' '))], chosen.Select(night => (IReadOnlyList<string>)
        [
            nights.Nights[night.Night].Id, Text(night.Epochs.Length),
            .. night.True.Values.Zip(night.Measured.Values).Select(pair => $"{Short(pair.First)} / {Short(pair.Second)}"),
        ]));
        foreach (var id in chosen.Select(night => nights.Nights[night.Night].Id).Where(id => figures.Contains("hypnogram_" + id)))
            page.Raw($"<img class=\"figure\" loading=\"lazy\" alt=\"hypnogram of {HtmlText.Escape(id)}, true above predicted\" src=\"figures/hypnogram_{HtmlText.Escape(id)}.svg\">");
    }

    static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    static string Score(double value) => double.IsFinite(value) ? value.ToString("F3", CultureInfo.InvariantCulture) : "";

    static string Short(double? value) => value is { } number ? number.ToString("0.##", CultureInfo.InvariantCulture) : "-";
}
