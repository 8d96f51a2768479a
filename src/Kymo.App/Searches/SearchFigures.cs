using System.Globalization;
using System.Text;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>Draws a study: its history, how trials went, what matters, where good values lie, who worked when.</summary>
static class SearchFigures
{
    const int MostParameters = 24, MostAxes = 12, CurvesDrawn = 200;
    const string Blue = "#1f6fb2", Orange = "#d9730d", Grey = "#a9aeb6", Red = "#b3261e";

    const string Common =
        "set border 3 lc rgb '#555555'\nset tics nomirror out textcolor rgb '#333333'\nset grid ytics lc rgb '#e3e5e8'\nset key outside top center horizontal nobox\n";

    /// <summary>Draws what fits the study into <c>figures/</c>, as PNG and SVG.</summary>
    /// <returns>The figures, and warnings about those that could not be drawn.</returns>
    public static (IReadOnlyList<Figure> Figures, IReadOnlyList<string> Warnings) Write(SearchView view, SearchFolder folder)
    {
        List<Figure> figures = [];
        List<string> warnings = [];
        var gnuplot = new Gnuplot();
        void Draw(string name, string caption, (string Text, int Width, int Height)? script)
        {
            if (script is not { } drawn) return;
            var (png, svg, warning) = gnuplot.Draw(drawn.Text, drawn.Width, drawn.Height);
            if (warning != "" && !warnings.Contains(warning)) warnings.Add(warning);
            Directory.CreateDirectory(folder[RunFiles.Figures]);
            if (png is not null) AtomicFile.Write(Path.Combine(folder[RunFiles.Figures], name + ".png"), png);
            if (svg is null) return;
            AtomicFile.Write(Path.Combine(folder[RunFiles.Figures], name + ".svg"), svg);
            figures.Add(new Figure(name, caption, svg, drawn.Width));
        }
        Draw("optimization_history", "Value of every trial, and the best so far", History(view));
        Draw("param_importances", "Share of the value's variance that each parameter explains alone (fANOVA)", Importances(view));
        Draw("slice", "Value over each parameter", Slices(view));
        Draw("parallel_coordinate", "One line a trial over all parameters, coloured by value", Parallel(view));
        Draw("intermediate_values", "The metric over epochs, one line a trial", Curves(view));
        Draw("timeline", "When each trial ran and how it ended", Timeline(view));
        return (figures, warnings);
    }

    static (string, int, int)? History(SearchView view)
    {
        if (view.Scored.Count == 0) return null;
        var text = new StringBuilder(Common).Append("$complete << EOD\n");
        var best = double.NaN;
        foreach (var trial in view.Scored)
        {
            var value = trial.Value!.Value;
            if (double.IsNaN(best) || (view.IsMaximized ? value > best : value < best)) best = value;
            text.Append(CultureInfo.InvariantCulture, $"{trial.Number} {N(value)} {N(best)}\n");
        }
        text.Append("EOD\n");
        var pruned = view.Trials.Where(trial => trial is { State: TrialState.Pruned, Value: not null }).ToArray();
        Block(text, "pruned", pruned.Select(trial => $"{trial.Number} {N(trial.Value!.Value)}"));
        text.Append(CultureInfo.InvariantCulture, $"set title {Q($"{view.Study}: history")}\nset xlabel 'trial'\nset ylabel {Q(view.Metric)}\n")
            .Append($"plot $complete using 1:2 with points pt 7 ps 0.5 lc rgb '{Blue}' title 'complete', $complete using 1:3 with steps lw 2 lc rgb '{Orange}' title 'best so far'");
        if (pruned.Length > 0) text.Append($", $pruned using 1:2 with points pt 2 ps 0.6 lc rgb '{Grey}' title 'pruned, last report'");
        return (text.Append('\n').ToString(), 820, 400);
    }

    static (string, int, int)? Importances(SearchView view)
    {
        if (view.Importance.Count == 0) return null;
        var shown = view.Importance.Take(MostParameters).Reverse().ToArray();
        var text = new StringBuilder(Common);
        Block(text, "shares", shown.Select((pair, i) => $"0 {i} 0 {N(pair.Value)} {N(i - 0.35)} {N(i + 0.35)}"));
        var left = 12 + 7 * shown.Max(pair => pair.Key.Length);
        text.Append(CultureInfo.InvariantCulture, $"set title {Q($"{view.Study}: importance")}\nunset key\nset xrange [0:*]\nset yrange [-0.6:{shown.Length - 0.4}]\nset lmargin {left / 7}\n")
            .Append("set style fill solid 0.9 noborder\nunset grid\nset grid xtics lc rgb '#e3e5e8'\nset xlabel 'share of the variance explained alone'\n")
            .Append("set ytics (").AppendJoin(", ", shown.Select((pair, i) => $"{Q(pair.Key)} {i}")).Append(")\n")
            .Append($"plot $shares using 1:2:3:4:5:6 with boxxyerror lc rgb '{Blue}'\n");
        return (text.ToString(), 560 + left, 120 + 24 * shown.Length);
    }

    static (string, int, int)? Slices(SearchView view)
    {
        var names = view.Parameters.Take(MostParameters).ToArray();
        if (view.Scored.Count == 0 || names.Length == 0) return null;
        const int Columns = 3, Width = 300, Height = 250;
        var rows = (names.Length + Columns - 1) / Columns;
        var text = new StringBuilder(Common);
        for (var p = 0; p < names.Length; p++)
            Block(text, $"p{p}", view.Scored.Where(trial => trial.Find(names[p]) is not null).Select(trial => $"{N(trial.Find(names[p])!.Number)} {N(trial.Value!.Value)} {trial.Number}"));
        text.Append(CultureInfo.InvariantCulture, $"unset key\nset multiplot layout {rows},{Math.Min(Columns, names.Length)}\n")
            .Append("set palette defined (0 '#c9dcec', 1 '#14548c')\nunset colorbox\n");
        for (var p = 0; p < names.Length; p++)
        {
            text.Append(CultureInfo.InvariantCulture, $"set ylabel {(p % Columns == 0 ? Q(view.Metric) : "''")}\nset xlabel {Q(names[p])}\n");
            Axis(text, "x", view.Distributions[names[p]]);
            text.Append(CultureInfo.InvariantCulture, $"plot $p{p} using 1:2:3 with points pt 7 ps 0.6 lc palette\n");
        }
        return (text.Append("unset multiplot\n").ToString(), Width * Math.Min(Columns, names.Length) + 40, Height * rows);
    }

    static (string, int, int)? Parallel(SearchView view)
    {
        var names = view.Parameters.Take(MostAxes).ToArray();
        var trials = view.Scored.Where(trial => names.All(name => trial.Find(name) is not null) && double.IsFinite(trial.Value!.Value)).ToArray();
        if (trials.Length < 2 || names.Length == 0) return null;
        var (low, high) = (trials.Min(trial => trial.Value!.Value), trials.Max(trial => trial.Value!.Value));
        if (low == high) return null;
        var text = new StringBuilder(Common);
        // Lines of good trials are drawn last, above the others.
        foreach (var trial in view.IsMaximized ? trials.OrderBy(trial => trial.Value) : trials.OrderByDescending(trial => trial.Value))
        {
            var points = names.Select((name, i) => $"{i + 1} {N(ParameterScale.Share(view.Distributions[name], trial.Find(name)!.Number))} {N(trial.Value!.Value)}");
            Block(text, $"t{trial.Number}", points.Prepend($"0 {N((trial.Value!.Value - low) / (high - low))} {N(trial.Value!.Value)}"));
        }
        text.Append(CultureInfo.InvariantCulture, $"set title {Q($"{view.Study}: parallel coordinates")}\nunset key\nset yrange [-0.03:1.03]\nset xrange [-0.2:{names.Length + 0.2}]\nset grid xtics\nunset ytics\nset border 0\n")
            .Append(view.IsMaximized ? "set palette defined (0 '#dfe8f1', 1 '#14548c')\n" : "set palette defined (0 '#14548c', 1 '#dfe8f1')\n")
            .Append(CultureInfo.InvariantCulture, $"set cblabel {Q(view.Metric)}\nset bmargin 9\nset xtics rotate by -35 font ',11' ({Q(view.Metric)} 0");
        for (var i = 0; i < names.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $", {Q(names[i])} {i + 1}");
        text.Append(")\n");
        for (var i = 0; i < names.Length; i++)
        {
            var (bottom, top) = ParameterScale.Ends(view.Distributions[names[i]]);
            text.Append(CultureInfo.InvariantCulture, $"set label {Q(bottom)} at {i + 1},-0.02 left offset 0.4,0 font ',9'\nset label {Q(top)} at {i + 1},1.02 left offset 0.4,0 font ',9'\n");
        }
        var lines = (view.IsMaximized ? trials.OrderBy(trial => trial.Value) : trials.OrderByDescending(trial => trial.Value)).TakeLast(CurvesDrawn);
        text.Append("plot ").AppendJoin(", ", lines.Select(trial => $"$t{trial.Number} using 1:2:3 with lines lw 1.2 lc palette")).Append('\n');
        return (text.ToString(), 260 + 100 * names.Length, 460);
    }

    static (string, int, int)? Curves(SearchView view)
    {
        var trials = view.Trials.Where(trial => trial.IntermediateValues.Count > 1).TakeLast(CurvesDrawn).ToArray();
        if (trials.Length == 0) return null;
        var text = new StringBuilder(Common);
        foreach (var trial in trials)
            Block(text, $"t{trial.Number}", trial.IntermediateValues.Where(pair => double.IsFinite(pair.Value)).Select(pair => $"{pair.Key} {N(pair.Value)}"));
        text.Append(CultureInfo.InvariantCulture, $"set title {Q($"{view.Study}: epochs")}\nset xlabel 'epoch'\nset ylabel {Q(view.Metric)}\nplot ");
        var drawn = trials.Where(trial => trial.IntermediateValues.Values.Any(double.IsFinite)).OrderBy(trial => trial.Number == view.Best?.Number).ToArray();
        if (drawn.Length == 0) return null;
        text.AppendJoin(", ", drawn.Select(trial => trial.Number == view.Best?.Number
            ? $"$t{trial.Number} using 1:2 with lines lw 2.5 lc rgb '{Orange}' title 'best: trial {trial.Number}'"
            : $"$t{trial.Number} using 1:2 with lines lw 0.8 lc rgb '{(trial.State == TrialState.Pruned ? Grey : "#8fb6d8")}' notitle"));
        return (text.Append('\n').ToString(), 820, 400);
    }

    static (string, int, int)? Timeline(SearchView view)
    {
        var trials = view.Trials.Where(trial => trial.Started is not null).ToArray();
        if (trials.Length == 0) return null;
        var start = trials.Min(trial => trial.Started!.Value);
        var end = trials.Max(trial => trial.Completed ?? trial.Started!.Value);
        var (scale, unit) = (end - start).TotalHours > 3 ? (3600.0, "hours") : (end - start).TotalMinutes > 3 ? (60.0, "minutes") : (1.0, "seconds");
        var text = new StringBuilder(Common).Append("set style fill solid 0.9 noborder\n");
        var states = new List<string>();
        foreach (var (state, colour) in new[] { (TrialState.Complete, Blue), (TrialState.Pruned, Orange), (TrialState.Fail, Red), (TrialState.Running, Grey) })
        {
            var rows = trials.Where(trial => trial.State == state).Select(trial =>
            {
                var (from, to) = ((trial.Started!.Value - start).TotalSeconds / scale, ((trial.Completed ?? end) - start).TotalSeconds / scale);
                return $"{N(from)} {trial.Number} {N(from)} {N(to)} {N(trial.Number - 0.4)} {N(trial.Number + 0.4)}";
            }).ToArray();
            if (rows.Length == 0) continue;
            Block(text, state.ToString(), rows);
            states.Add($"${state} using 1:2:3:4:5:6 with boxxyerror lc rgb '{colour}' title {Q(SearchProgress.Text(state))}");
        }
        text.Append(CultureInfo.InvariantCulture, $"set title {Q($"{view.Study}: timeline")}\nset xlabel '{unit} since the first trial'\nset ylabel 'trial'\nset yrange [{trials.Max(trial => trial.Number) + 0.6}:{N(trials.Min(trial => trial.Number) - 0.6)}]\n")
            .Append("plot ").AppendJoin(", ", states).Append('\n');
        return (text.ToString(), 820, Math.Clamp(160 + 8 * trials.Length, 260, 900));
    }

    static void Axis(StringBuilder text, string axis, Distribution distribution)
    {
        var isLog = distribution is FloatDistribution { Log: true } or IntDistribution { Log: true };
        text.Append(CultureInfo.InvariantCulture, $"{(isLog ? "set" : "unset")} logscale {axis}\nset {axis}tics autofreq rotate by -30 font ',10'\n");
        if (distribution is CategoricalDistribution choice)
            text.Append(CultureInfo.InvariantCulture, $"set {axis}range [-0.5:{choice.Choices.Count - 0.5}]\nset {axis}tics (").AppendJoin(", ", choice.Choices.Select((item, i) => $"{Q(ParameterScale.Short(item))} {i}")).Append(")\n");
        else text.Append(CultureInfo.InvariantCulture, $"set {axis}range [*:*]\n");
    }

    static void Block(StringBuilder text, string name, IEnumerable<string> rows) => text.Append(CultureInfo.InvariantCulture, $"${name} << EOD\n").AppendJoin('\n', rows).Append("\nEOD\n");

    static string N(double value) => double.IsFinite(value) ? NumberText.Of(value) : "NaN";

    static string Q(string text) => Gnuplot.Quoted(text);
}
