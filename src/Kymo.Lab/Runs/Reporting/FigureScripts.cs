using System.Globalization;
using System.Text;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Runs.Reporting;

/// <summary>A figure to draw.</summary>
/// <param name="Text">Commands without terminal and output.</param>
/// <param name="Width">Width in points.</param>
/// <param name="Height">Height in points.</param>
readonly record struct FigureScript(string Text, int Width, int Height);

/// <summary>The gnuplot scripts of a run's figures.</summary>
static class FigureScripts
{
    /// <summary>Width of a character of a tic label in points, about.</summary>
    const double CharacterWidth = 6.8;

    const string Blue = "#1f6fb2";
    const string Orange = "#d9730d";
    const string Grey = "#8a8f98";

    const string Common =
        "set border 3 lc rgb '#555555'\nset tics nomirror out textcolor rgb '#333333'\nset grid ytics lc rgb '#e3e5e8'\n" +
        "set key top right opaque box lc rgb '#e3e5e8'\n";

    /// <summary>The scores whose curves are shown: loss and main score, as far as they were measured.</summary>
    public static string[] CurveScores(RunReport report) =>
    [
        .. ((string[])["loss", report.MainScore]).Distinct().Where(s =>
            report.Curves.Any(c => c.Train[s].Concat(c.Validation[s]).Any(double.IsFinite))),
    ];

    /// <summary>The task's further scores that were measured.</summary>
    public static string[] FurtherScores(RunReport report) =>
        [.. report.Summary.Contract.ExtraScores.Except(CurveScores(report)).Where(s => report.Curves.Any(c => c.Train[s].Concat(c.Validation[s]).Any(double.IsFinite)))];

    /// <summary>Scores over epochs: training blue, validation orange; folds thin, their mean thick.</summary>
    public static FigureScript LearningCurves(RunReport report, IReadOnlyList<string> scores)
    {
        var text = new StringBuilder(Common);
        foreach (var score in scores) AppendCurveData(text, report.Curves, score);
        var columns = Math.Min(scores.Count, 4);
        var rows = (scores.Count + columns - 1) / columns;
        text.Append(CultureInfo.InvariantCulture,
            $"set multiplot layout {rows},{columns} {Title(report, report.Curves.Count > 1 ? $"learning curves, thick: mean of {report.Curves.Count} folds" : "learning curves", 480 * columns)["set ".Length..]}");
        var epochs = report.Curves.Max(c => c.Epochs);
        text.Append(CultureInfo.InvariantCulture, $"set xlabel 'epoch'\nset xrange [0.5:{epochs + 0.5}]\n");
        if (epochs <= 10) text.Append("set xtics 1\n");
        text.Append("set key outside top center horizontal nobox\n");
        for (var s = 0; s < scores.Count; s++)
        {
            var unit = scores[s] == "loss" ? "loss (nats, mean per item)" : scores[s] == "mse" || scores[s].EndsWith("_loss", StringComparison.Ordinal) ? RunReport.Label(scores[s]) : $"{RunReport.Label(scores[s])} (fraction)";
            if (report.Summary.Contract.Kind == TaskKind.Regression) unit = RunReport.Label(scores[s]);
            text.Append(CultureInfo.InvariantCulture, $"set ylabel {Quoted(unit)}\n");
            if (report.Curves is [{ BestEpoch: > 0 and var best }])
                text.Append(CultureInfo.InvariantCulture,
                    $"set arrow 1 from first {best}, graph 0 to first {best}, graph 1 nohead dt 2 lc rgb '{Grey}'\n");
            AppendCurvePlot(text, report.Curves, scores[s]);
        }
        return new FigureScript(text.Append("unset multiplot\n").ToString(), columns * 480, rows * 400);
    }

    /// <summary>Share of each true class (row) that was called each class (column), with counts.</summary>
    public static FigureScript Confusion(RunReport report, ConfusionMatrix matrix)
    {
        var (classes, count) = (report.Summary.Contract.Classes, matrix.ClassCount);
        var text = new StringBuilder("$cells << EOD\n");
        for (var t = 0; t < count; t++)
            for (var p = 0; p < count; p++)
                text.Append(CultureInfo.InvariantCulture, $"{p} {t} {Number(Share(matrix, t, p))}\n");
        text.Append("EOD\n");
        var (cell, size) = count > 14 ? (30, 8) : (46, 12);
        var names = (int)(CharacterWidth * classes.Max(c => c.Length));
        var (left, bottom, side) = (names + 66, (int)(0.7 * names) + 70, Math.Max(cell * count, 200));
        var (width, height) = (left + side + 110, bottom + side + 50);
        text.Append(Title(report, "held-out items", side + 130));
        text.Append(CultureInfo.InvariantCulture, $"set lmargin at screen {(double)left / width:0.####}\n")
            .Append(CultureInfo.InvariantCulture, $"set rmargin at screen {(double)(left + side) / width:0.####}\n")
            .Append(CultureInfo.InvariantCulture, $"set bmargin at screen {(double)bottom / height:0.####}\n")
            .Append(CultureInfo.InvariantCulture, $"set tmargin at screen {(double)(bottom + side) / height:0.####}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"set xrange [-0.5:{count - 0.5}]\nset yrange [{count - 0.5}:-0.5]\nunset key\nset border 15 lc rgb '#555555'\n");
        text.Append("set palette defined (0 '#ffffff', 0.5 '#8fbbdf', 1 '#14548c')\nset cbrange [0:1]\n")
            .Append("set cblabel 'share of the true class'\nset tics scale 0\n");
        text.Append(CultureInfo.InvariantCulture,
                $"set label 'predicted class' center at screen {(left + side / 2.0) / width:0.####},{16.0 / height:0.####}\n")
            .Append("set label 'true class' center rotate by 90 ")
            .Append(CultureInfo.InvariantCulture, $"at screen {16.0 / width:0.####},{(bottom + side / 2.0) / height:0.####}\n");
        text.Append(CultureInfo.InvariantCulture, $"set xtics rotate by -40 font ',11' ({Tics(classes)})\n");
        text.Append(CultureInfo.InvariantCulture, $"set ytics font ',11' ({Tics(classes)})\n");
        AppendCounts(text, matrix, size);
        return new FigureScript(text.Append("plot $cells using 1:2:3 with image pixels notitle\n").ToString(), width, height);
    }

    static void AppendCounts(StringBuilder text, ConfusionMatrix matrix, int size)
    {
        for (var t = 0; t < matrix.ClassCount; t++)
            for (var p = 0; p < matrix.ClassCount; p++)
                if (matrix[t, p] > 0)
                    text.Append("set label center front ")
                        .Append(CultureInfo.InvariantCulture, $"'{matrix[t, p]}' at {p},{t} font ',{size}' ")
                        .Append(Share(matrix, t, p) > 0.55 ? "tc rgb '#ffffff'\n" : "tc rgb '#111111'\n");
    }

    /// <summary>Held-out accuracy and macro F1 (or the main error) of each fold, with the means.</summary>
    public static FigureScript Folds(RunReport report)
    {
        var folds = report.Summary.Folds;
        var scores = report.Summary.Contract.Kind == TaskKind.Classification ? (string[])["acc", "f1_macro"] : [report.MainScore];
        var text = new StringBuilder(Common).Append("$folds << EOD\n");
        foreach (var fold in folds)
            text.Append(fold.Fold.ToString(CultureInfo.InvariantCulture)).Append(' ')
                .AppendJoin(' ', scores.Select(s => Number(fold.Test.GetValueOrDefault(s, double.NaN)))).Append('\n');
        text.Append("EOD\nset style data histograms\nset style histogram clustered gap 1\nset style fill solid 0.9 noborder\n");
        var width = Math.Clamp(300 + 60 * folds.Count, 520, 1200);
        text.Append(Title(report, "held-out score by fold", width));
        text.Append("set xlabel 'fold held out'\n").Append(report.Summary.Contract.Kind == TaskKind.Classification
            ? "set ylabel 'score (fraction)'\nset yrange [0:1]\n"
            : $"set ylabel {Quoted(RunReport.Label(report.MainScore))}\nset yrange [0:*]\n");
        text.Append("set key outside top center horizontal nobox\nplot ");
        var colours = (string[])[Blue, Orange];
        for (var s = 0; s < scores.Length; s++)
            text.Append(CultureInfo.InvariantCulture,
                $"$folds using {s + 2}:xtic(1) title {Quoted(RunReport.Label(scores[s]))} lc rgb '{colours[s]}', ");
        text.AppendJoin(", ", scores.Select((score, s) =>
        {
            var mean = MeanAndDeviation.Of([.. folds.Select(f => f.Test.GetValueOrDefault(score, double.NaN))]).Mean;
            var title = string.Create(CultureInfo.InvariantCulture, $"mean {mean:0.000}");
            return $"{Number(mean)} with lines dt 2 lw 1.5 lc rgb '{colours[s]}' title {Quoted(title)}";
        })).Append('\n');
        return new FigureScript(text.ToString(), width, 380);
    }

    /// <summary>Held-out F1 of each class, with the number of items.</summary>
    public static FigureScript ClassF1(RunReport report, ConfusionMatrix matrix)
    {
        var (contract, scores) = (report.Summary.Contract, ClassScores.Of(matrix));
        var text = new StringBuilder(Common).Append("$classes << EOD\n");
        for (var c = 0; c < scores.Length; c++) text.Append(CultureInfo.InvariantCulture, $"{c} {Number(scores[c].F1)}\n");
        text.Append("EOD\nset boxwidth 0.7\nset style fill solid 0.9 noborder\nset yrange [0:1]\n")
            .Append("set key outside top center nobox\n");
        text.Append(CultureInfo.InvariantCulture, $"set xrange [-0.6:{scores.Length - 0.4}]\nset ylabel 'F1 (fraction)'\n");
        string[] names =
        [
            .. scores.Select((s, c) => string.Create(CultureInfo.InvariantCulture, $"{contract.Classes[c]} ({s.Support})")),
        ];
        var width = Math.Clamp(200 + 50 * scores.Length, 520, 1400);
        var longest = CharacterWidth * names.Max(n => n.Length);
        text.Append(Title(report, "held-out F1 by class (items)", width));
        var (bottom, height) = (0.7 * longest + 40, 0.7 * longest + 330);
        text.Append(CultureInfo.InvariantCulture, $"set rmargin {0.5 * longest / CharacterWidth:0.#}\n")
            .Append(CultureInfo.InvariantCulture, $"set bmargin at screen {bottom / height:0.####}\n");
        text.Append(CultureInfo.InvariantCulture, $"set xtics rotate by -40 font ',11' ({Tics(names)})\n");
        var mean = MacroScores.Of(matrix, contract.MacroAverage).F1;
        var title = string.Create(CultureInfo.InvariantCulture, $"macro F1 {mean:0.000}");
        text.Append($"plot $classes using 1:2 with boxes lc rgb '{Blue}' notitle, ")
            .Append($"{Number(mean)} with lines dt 2 lw 1.5 lc rgb '{Orange}' title {Quoted(title)}\n");
        return new FigureScript(text.ToString(), width, (int)height);
    }

    /// <summary>One data block per curve (columns epoch, train, validation) and one of the means.</summary>
    static void AppendCurveData(StringBuilder text, IReadOnlyList<LearningCurve> curves, string score)
    {
        for (var c = 0; c < curves.Count; c++)
        {
            text.Append(CultureInfo.InvariantCulture, $"${score}_{c} << EOD\n");
            for (var e = 0; e < curves[c].Epochs; e++)
                text.Append(CultureInfo.InvariantCulture,
                    $"{e + 1} {Number(curves[c].Train[score][e])} {Number(curves[c].Validation[score][e])}\n");
            text.Append("EOD\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"${score}_mean << EOD\n");
        for (var e = 0; e < curves.Max(c => c.Epochs); e++)
        {
            var there = curves.Where(c => c.Epochs > e).ToArray();
            var (train, validation) = (there.Average(c => c.Train[score][e]), there.Average(c => c.Validation[score][e]));
            text.Append(CultureInfo.InvariantCulture, $"{e + 1} {Number(train)} {Number(validation)}\n");
        }
        text.Append("EOD\n");
    }

    static void AppendCurvePlot(StringBuilder text, IReadOnlyList<LearningCurve> curves, string score)
    {
        text.Append("plot ");
        if (curves.Count > 1)
            for (var c = 0; c < curves.Count; c++)
                text.Append(CultureInfo.InvariantCulture, $"${score}_{c} using 1:2 with lines lw 0.7 lc rgb '#b5cfe6' notitle, ")
                    .Append(CultureInfo.InvariantCulture, $"${score}_{c} using 1:3 with lines lw 0.7 lc rgb '#f0cda8' notitle, ");
        var name = curves.Count > 1 ? "mean" : "0";
        var style = curves.Max(c => c.Epochs) <= 30 ? "linespoints pt 7 ps 0.5" : "lines";
        text.Append($"${score}_{name} using 1:2 with {style} lw 2 lc rgb '{Blue}' title 'training', ")
            .Append($"${score}_{name} using 1:3 with {style} lw 2 lc rgb '{Orange}' title 'validation'");
        if (curves is [{ BestEpoch: > 0 and var best }])
            text.Append(CultureInfo.InvariantCulture, $", NaN with lines dt 2 lc rgb '{Grey}' title 'kept: epoch {best}'");
        text.Append('\n');
    }

    /// <summary>The command that sets a title; a long run name is cut so that it fits.</summary>
    static string Title(RunReport report, string what, int width)
    {
        const double TitleCharacterWidth = 9.2;
        var room = Math.Max(8, (int)(width / TitleCharacterWidth) - what.Length - 6);
        var name = report.Summary.RunName;
        if (name.Length > room) name = name[..(room - 1)] + "…";
        return $"set title {Quoted($"{name}: {what}")} font ',15'\n";
    }

    static double Share(ConfusionMatrix matrix, int truth, int predicted) =>
        matrix.Support(truth) is var support and > 0 ? (double)matrix[truth, predicted] / support : 0;

    static string Tics(IReadOnlyList<string> names) =>
        string.Join(", ", names.Select((n, i) => string.Create(CultureInfo.InvariantCulture, $"{Quoted(n)} {i}")));

    static string Number(double value) => double.IsFinite(value) ? NumberText.Of(value) : "NaN";

    static string Quoted(string text) => Gnuplot.Quoted(text);
}
