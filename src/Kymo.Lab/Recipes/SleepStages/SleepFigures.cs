using System.Globalization;
using System.Text;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>The figures of the nights: hypnograms, agreement, and the original's accuracies by epoch.</summary>
sealed class SleepFigures(SleepStagesConfig config, SleepNights nights, SleepReport report, IReadOnlyList<SleepOutcome> outcomes, Action<string> warn)
{
    readonly Gnuplot _gnuplot = new();
    bool _warned;

    /// <summary>Draws them; answers with the names of those that could be drawn.</summary>
    public IReadOnlyList<string> Write(RunFolder folder)
    {
        var drawn = new List<string>();
        void Draw(string name, string script, int width, int height, string png)
        {
            if (_warned) return;
            var (raster, vector, warning) = _gnuplot.Draw(script, width, height);
            if (vector is null)
            {
                warn(warning);
                _warned = true;
                return;
            }
            folder.Write($"figures/{name}.svg", stream => stream.Write(vector));
            if (raster is not null) folder.Write(png, stream => stream.Write(raster));
            drawn.Add(name);
        }
        Draw("model_accuracies_plot", Accuracies(), 1000, 600, "model_accuracies_plot.png");
        foreach (var night in report.Nights.Where(night => night.System.Name == config.Models[0]))
        {
            var name = "hypnogram_" + nights.Nights[night.Night].Id;
            Draw(name, Hypnogram(night), 900, 420, $"figures/{name}.png");
        }
        if (report.Nights.Count > 0) Draw("bland_altman", Agreement(), 900, 700, "figures/bland_altman.png");
        return drawn;
    }

    string Accuracies()
    {
        var script = new StringBuilder("set title 'Validation Accuracy per Epoch'\nset xlabel 'Epoch'\nset ylabel 'Accuracy'\nset grid\nset key outside\n");
        var best = config.Models.Select(model => outcomes.Where(outcome => outcome.Model == model).MaxBy(outcome => outcome.ValidationKappa)!).ToArray();
        for (var m = 0; m < best.Length; m++)
        {
            script.Append(CultureInfo.InvariantCulture, $"$m{m} << EOD\n");
            foreach (var row in best[m].Outcome.History) script.Append(CultureInfo.InvariantCulture, $"{row.Epoch} {row.Validation["acc"]:F6}\n");
            script.Append("EOD\n");
        }
        return script + "plot " + string.Join(", ", best.Select((outcome, m) =>
        {
            var top = outcome.Outcome.History.Select(row => row.Validation["acc"]).DefaultIfEmpty(double.NaN).Max();
            var held = report.Scores.First(score => score.System.Name == outcome.Model && score.Classes == config.Classes && score.Score == "acc").Value.Estimate;
            var title = string.Create(CultureInfo.InvariantCulture, $"{outcome.Model} (Best: {100 * top:F2}%, held out: {100 * held:F2}%)");
            return $"$m{m} with linespoints title {Gnuplot.Quoted(title)}";
        }));
    }

    // True above predicted; wake on top, as laboratories draw it.
    string Hypnogram(SleepNightResult night)
    {
        var names = SleepStage.Names(config.Classes);
        var height = Heights();
        var script = new StringBuilder();
        script.Append("$night << EOD\n");
        for (var i = 0; i < night.Epochs.Length; i++)
        {
            if (i > 0 && night.Epochs[i] - night.Epochs[i - 1] > SleepStage.EpochSeconds) script.Append('\n');
            script.Append(CultureInfo.InvariantCulture, $"{night.Epochs[i] / 3600:F5} {height[night.Truth[i]]} {height[night.Predicted[i]]}\n");
        }
        script.Append("EOD\n");
        var ticks = string.Join(", ", names.Select((name, label) => $"{Gnuplot.Quoted(name)} {height[label]}"));
        var matrix = ConfusionMatrix.Of(config.Classes, night.Truth, night.Predicted);
        var title = string.Create(CultureInfo.InvariantCulture,
            $"{nights.Nights[night.Night].Id}, {night.System.Name}: kappa {SleepObjective.ExtraScores(matrix)["kappa"]:F2}, accuracy {Accuracy.Of(matrix):F2}");
        script.Append(CultureInfo.InvariantCulture, $"set multiplot layout 2,1 title {Gnuplot.Quoted(title)}\nset yrange [-0.5:{names.Count - 0.5}]\nset ytics ({ticks})\nset grid ytics\nset key off\nset lmargin 9\n");
        script.Append("set ylabel 'true'\nplot $night using 1:2 with steps linecolor rgb '#1f6fb2' linewidth 1.4\n");
        script.Append("set ylabel 'predicted'\nset xlabel 'hours'\nplot $night using 1:3 with steps linecolor rgb '#c9600a' linewidth 1.4\nunset multiplot\n");
        return script.ToString();
    }

    // Wake, REM, N1, N2, N3 from the top.
    int[] Heights()
    {
        var classes = config.Classes;
        if (classes == 2) return [1, 0];
        var heights = new int[classes];
        heights[0] = classes - 1;
        heights[classes - 1] = classes - 2;
        for (var label = 1; label < classes - 1; label++) heights[label] = classes - 2 - label;
        return heights;
    }

    string Agreement()
    {
        (string Title, Func<NightMeasures, double?> Of)[] panels =
        [
            ("total sleep, min", night => night.TotalSleep), ("wake after onset, min", night => night.WakeAfterOnset),
            ("onset latency, min", night => night.OnsetLatency), (config.Classes == 2 ? "sleep efficiency" : "REM, min", night => config.Classes == 2 ? night.Efficiency : night.PerStage[^1]),
        ];
        var script = new StringBuilder();
        var chosen = report.Nights.Where(night => night.System.Name == config.Models[0]).ToArray();
        script.Append(CultureInfo.InvariantCulture, $"set multiplot layout 2,2 title {Gnuplot.Quoted($"predicted minus true against their mean, {config.Models[0]}, {chosen.Length} nights")}\nset key off\nset grid\n");
        for (var p = 0; p < panels.Length; p++)
        {
            var pairs = chosen.Select(night => (Truth: panels[p].Of(night.True), Predicted: panels[p].Of(night.Measured))).Where(pair => pair is { Truth: not null, Predicted: not null }).ToArray();
            if (pairs.Length < 2) continue;
            var agreement = BlandAltman.Of(pairs);
            script.Append(CultureInfo.InvariantCulture, $"$p{p} << EOD\n");
            foreach (var (truth, predicted) in pairs) script.Append(CultureInfo.InvariantCulture, $"{(truth + predicted) / 2:F4} {predicted - truth:F4}\n");
            script.Append(CultureInfo.InvariantCulture,
                $"EOD\nset title {Gnuplot.Quoted(panels[p].Title)}\nplot $p{p} with points pointtype 7 linecolor rgb '#1f6fb2', {agreement.Bias:F4} linecolor rgb '#c9600a', {agreement.LowerLimit:F4} linecolor rgb '#888888' dashtype 2, {agreement.UpperLimit:F4} linecolor rgb '#888888' dashtype 2\n");
        }
        return script + "unset multiplot\n";
    }
}
