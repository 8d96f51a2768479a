using System.Globalization;
using System.Text;

namespace Kymo.Lab.Runs.Reporting;

/// <summary>
/// The main score on a line from 0 to 1: the network with its interval above, its rivals below. Drawn in the page's own colours.
/// </summary>
static class ScoreStrip
{
    const int Width = 440;
    const int Left = 140;
    const int RowHeight = 26;

    public static string Draw(RunReport report)
    {
        var s = report.Summary;
        var rows = new List<(string Name, double Value, double Low, double High)>();
        void Add(string name, IReadOnlyDictionary<string, double> scores, double low, double high)
        {
            if (scores.TryGetValue(report.MainScore, out var value) && double.IsFinite(value)) rows.Add((name, value, low, high));
        }
        var interval = s.TestIntervals.GetValueOrDefault(report.MainScore);
        Add(s.Model, s.Test, interval?.Low ?? double.NaN, interval?.High ?? double.NaN);
        foreach (var baseline in s.Baselines) Add(baseline.Name, baseline.Test, double.NaN, double.NaN);
        var height = RowHeight * rows.Count + 44;
        var text = new StringBuilder();
        var label = HtmlText.Escape(RunReport.Label(report.MainScore));
        text.Append(CultureInfo.InvariantCulture, $"<svg class=\"strip\" viewBox=\"0 0 {Width} {height}\" role=\"img\" ")
            .Append($"aria-label=\"{label} of the network and its rivals\">\n");
        for (var tick = 0; tick <= 10; tick += 2)
            text.Append(CultureInfo.InvariantCulture,
                $"<line class=\"tick\" x1=\"{X(tick / 10.0)}\" x2=\"{X(tick / 10.0)}\" y1=\"6\" y2=\"{height - 36}\"/>" +
                $"<text x=\"{X(tick / 10.0)}\" y=\"{height - 22}\" text-anchor=\"middle\">{tick / 10.0:0.0}</text>\n");
        text.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{X(0.5)}\" y=\"{height - 5}\" text-anchor=\"middle\">{label} (fraction)</text>\n");
        for (var r = 0; r < rows.Count; r++) Row(text, rows[r], r);
        return text.Append("</svg>").ToString();
    }

    static void Row(StringBuilder text, (string Name, double Value, double Low, double High) row, int index)
    {
        var y = 20 + RowHeight * index;
        var kind = index == 0 ? "net" : "rival";
        text.Append(CultureInfo.InvariantCulture,
                $"<g class=\"{kind}\"><text x=\"{Left - 12}\" y=\"{y + 5}\" text-anchor=\"end\">")
            .Append(HtmlText.Escape(row.Name)).Append("</text>");
        if (double.IsFinite(row.Low))
            text.Append(CultureInfo.InvariantCulture,
                $"<line class=\"span\" x1=\"{X(row.Low)}\" x2=\"{X(row.High)}\" y1=\"{y}\" y2=\"{y}\"/>");
        var right = X(double.IsFinite(row.High) ? Math.Max(row.Value, row.High) : row.Value) + 12;
        text.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(row.Value)}\" cy=\"{y}\" r=\"6\"/>")
            .Append(CultureInfo.InvariantCulture, $"<text x=\"{right}\" y=\"{y + 5}\">{row.Value:0.000}</text></g>\n");
    }

    static double X(double score) => Math.Round(Left + Math.Clamp(score, 0, 1) * (Width - Left - 60), 1);
}
