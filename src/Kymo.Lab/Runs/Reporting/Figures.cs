namespace Kymo.Lab.Runs.Reporting;

/// <summary>A figure in both its forms.</summary>
/// <param name="Name">Name without ending, for instance <c>learning_curves</c>.</param>
/// <param name="Caption">What it shows, for who cannot see it.</param>
/// <param name="Svg">The SVG file.</param>
/// <param name="Width">Its width in points.</param>
public sealed record Figure(string Name, string Caption, byte[] Svg, int Width);

/// <summary>Draws a run's figures into <c>figures/</c>, as PNG and SVG.</summary>
public static class Figures
{
    /// <summary>Draws what fits the run: learning curves always, the others where there is something to show.</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">What to draw.</param>
    /// <param name="gnuplot">The program.</param>
    /// <returns>The figures drawn, and warnings about those that could not be.</returns>
    public static (IReadOnlyList<Figure> Figures, IReadOnlyList<string> Warnings) Write(
        RunFolder run, RunReport report, Gnuplot gnuplot)
    {
        List<Figure> figures = [];
        List<string> warnings = [];
        void Draw(string name, string caption, FigureScript script)
        {
            var (png, svg, warning) = gnuplot.Draw(script.Text, script.Width, script.Height);
            if (warning.Length > 0 && !warnings.Contains(warning)) warnings.Add(warning);
            if (png is not null) run.Write($"{RunFiles.Figures}/{name}.png", s => s.Write(png));
            if (svg is null) return;
            run.Write($"{RunFiles.Figures}/{name}.svg", s => s.Write(svg));
            figures.Add(new Figure(name, caption, svg, script.Width));
        }

        if (FigureScripts.CurveScores(report).Length > 0)
            Draw("learning_curves", $"Loss and {RunReport.Label(report.MainScore)} over epochs, on training and validation data",
                FigureScripts.LearningCurves(report, FigureScripts.CurveScores(report)));
        if (FigureScripts.FurtherScores(report) is { Length: > 0 } further)
            Draw("score_curves", $"{string.Join(", ", further.Select(RunReport.Label))} over epochs, on training and validation data", FigureScripts.LearningCurves(report, further));
        if (report.Summary.Folds.Count > 0)
            Draw("folds", "Held-out scores of each fold, with their means", FigureScripts.Folds(report));
        if (report.TestMatrix is not { Total: > 0 } matrix) return (figures, warnings);
        Draw("confusion_matrix", "Counts of held-out items by true and predicted class", FigureScripts.Confusion(report, matrix));
        Draw("class_f1", "Held-out F1 of each class", FigureScripts.ClassF1(report, matrix));
        return (figures, warnings);
    }
}
