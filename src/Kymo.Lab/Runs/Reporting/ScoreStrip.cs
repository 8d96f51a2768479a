using System.Globalization;
using System.Text;

namespace Kymo.Lab.Runs.Reporting;

/// <summary>One row of a <see cref="ScoreStrip"/>.</summary>
/// <param name="Name">The network or a rival.</param>
/// <param name="Value">Its score.</param>
/// <param name="Low">Lower end of its interval; not a number where there is none.</param>
/// <param name="High">Upper end of its interval.</param>
public sealed record StripRow(string Name, double Value, double Low = double.NaN, double High = double.NaN);

/// <summary>
/// A score on a line: the network with its interval above, its rivals below. Drawn in the page's own colours.
/// </summary>
public static class ScoreStrip
{
    const int Width = 440;
    const int Left = 140;
    const int RowHeight = 26;

    /// <summary>The main score of a report, from 0 to 1.</summary>
    internal static string Draw(RunReport report)
    {
        var s = report.Summary;
        var interval = s.TestIntervals.GetValueOrDefault(report.MainScore);
        double Main(IReadOnlyDictionary<string, double> scores) => scores.GetValueOrDefault(report.MainScore, double.NaN);
        return Draw(RunReport.Label(report.MainScore) + " (fraction)",
        [
            new StripRow(s.Model, Main(s.Test), interval?.Low ?? double.NaN, interval?.High ?? double.NaN),
            .. s.Baselines.Select(baseline => new StripRow(baseline.Name, Main(baseline.Test))),
        ]);
    }

    /// <summary>Draws rows as an SVG element; rows without a finite score are left out.</summary>
    /// <param name="label">What is measured.</param>
    /// <param name="rows">The network first, then its rivals.</param>
    /// <param name="top">Right end of the line, which begins at 0.</param>
    public static string Draw(string label, IEnumerable<StripRow> rows, double top = 1)
    {
        var shown = rows.Where(row => double.IsFinite(row.Value)).ToArray();
        var height = RowHeight * shown.Length + 44;
        var text = new StringBuilder();
        var escaped = HtmlText.Escape(label);
        text.Append(CultureInfo.InvariantCulture, $"<svg class=\"strip\" viewBox=\"0 0 {Width} {height}\" role=\"img\" ")
            .Append(CultureInfo.InvariantCulture, $"aria-label=\"{escaped} of the network and its rivals\">\n");
        for (var tick = 0; tick <= 10; tick += 2)
            text.Append(CultureInfo.InvariantCulture,
                $"<line class=\"tick\" x1=\"{X(tick / 10.0)}\" x2=\"{X(tick / 10.0)}\" y1=\"6\" y2=\"{height - 36}\"/>" +
                $"<text x=\"{X(tick / 10.0)}\" y=\"{height - 22}\" text-anchor=\"middle\">{(top == 1 ? $"{tick / 10.0:0.0}" : $"{tick / 10.0 * top:0.###}")}</text>\n");
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(0.5)}\" y=\"{height - 5}\" text-anchor=\"middle\">{escaped}</text>\n");
        for (var r = 0; r < shown.Length; r++) Row(text, shown[r], r, top);
        return text.Append("</svg>").ToString();
    }

    static void Row(StringBuilder text, StripRow row, int index, double top)
    {
        var y = 20 + RowHeight * index;
        var kind = index == 0 ? "net" : "rival";
        text.Append(CultureInfo.InvariantCulture,
                $"<g class=\"{kind}\"><text x=\"{Left - 12}\" y=\"{y + 5}\" text-anchor=\"end\">")
            .Append(HtmlText.Escape(row.Name)).Append("</text>");
        if (double.IsFinite(row.Low))
            text.Append(CultureInfo.InvariantCulture,
                $"<line class=\"span\" x1=\"{X(row.Low / top)}\" x2=\"{X(row.High / top)}\" y1=\"{y}\" y2=\"{y}\"/>");
        var right = X((double.IsFinite(row.High) ? Math.Max(row.Value, row.High) : row.Value) / top) + 12;
        text.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(row.Value / top)}\" cy=\"{y}\" r=\"6\"/>")
            .Append(CultureInfo.InvariantCulture, $"<text x=\"{right}\" y=\"{y + 5}\">{row.Value:0.000}</text></g>\n");
    }

    static double X(double share) => Math.Round(Left + Math.Clamp(share, 0, 1) * (Width - Left - 60), 1);
}
