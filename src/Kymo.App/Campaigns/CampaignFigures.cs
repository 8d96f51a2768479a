using System.Globalization;
using System.Text;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.App.Campaigns;

/// <summary>Draws a campaign: what a score costs, and how the compared networks learned.</summary>
static class CampaignFigures
{
    const string Common =
        "set border 3 lc rgb '#555555'\nset tics nomirror out textcolor rgb '#333333'\nset grid lc rgb '#e3e5e8'\nset key outside top center horizontal nobox\n";

    static readonly string[] s_colours = ["#1f6fb2", "#d9730d", "#2e7d32", "#b3261e", "#6a4c93", "#8a8f98"];

    /// <summary>Draws into <c>ROOT/campaign_figures/</c>, as PNG and SVG.</summary>
    /// <returns>The figures, and warnings about those that could not be drawn.</returns>
    public static (IReadOnlyList<Figure> Figures, IReadOnlyList<string> Warnings) Write(
        IReadOnlyList<SettingScores> settings, IReadOnlyList<SettingScores> compared, CampaignFolder folder)
    {
        var (figures, warnings, gnuplot) = (new List<Figure>(), new List<string>(), new Gnuplot());
        void Draw(string name, string caption, string script, int width, int height)
        {
            var (png, svg, warning) = gnuplot.Draw(script, width, height);
            if (warning != "" && !warnings.Contains(warning)) warnings.Add(warning);
            Directory.CreateDirectory(folder.FigureFolder);
            if (png is not null) AtomicFile.Write(Path.Combine(folder.FigureFolder, name + ".png"), png);
            if (svg is null) return;
            AtomicFile.Write(Path.Combine(folder.FigureFolder, name + ".svg"), svg);
            figures.Add(new Figure(name, caption, svg, width));
        }
        Draw("trade_off", "Held-out macro F1 (mean over seeds) against parameters, size in memory and latency on the CPU", TradeOff(settings), 1140, 400);
        if (compared.Count > 0)
            Draw("learning_curves", "Validation macro F1 and loss of the compared networks over epochs, first seed", Curves(compared, folder), 960, 400);
        return (figures, warnings);
    }

    static string TradeOff(IReadOnlyList<SettingScores> settings)
    {
        var text = new StringBuilder(Common);
        var groups = settings.GroupBy(setting => (setting.Plan.Distillation is null ? "" : setting.Plan.IsControl ? "control " : "distilled ") + setting.Plan.Model).ToArray();
        for (var i = 0; i < groups.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"$g{i} << EOD\n");
            foreach (var setting in groups[i])
                text.Append(CultureInfo.InvariantCulture, $"{setting.Mean("params")} {setting.Mean("model_size_mb")} {setting.Mean("cpu_latency_p50_ms")} {setting.Test}\n");
            text.Append("EOD\n");
        }
        text.Append("set multiplot layout 1,3\nset ylabel 'held-out macro F1'\nset logscale x\nset key font ',9'\n");
        foreach (var (column, title) in ((int, string)[])[(1, "parameters"), (2, "size, MiB"), (3, "latency p50, ms a clip")])
        {
            text.Append(CultureInfo.InvariantCulture, $"set xlabel '{title}'\n").Append(column == 2 ? "" : "unset key\n").Append(column == 2 ? "set key outside top center horizontal nobox font ',9'\n" : "");
            text.Append("plot ").AppendJoin(", ", groups.Select((group, i) => string.Create(CultureInfo.InvariantCulture,
                $"$g{i} using {column}:4 with points pt {(group.Key.StartsWith("distilled", StringComparison.Ordinal) ? 7 : group.Key.StartsWith("control", StringComparison.Ordinal) ? 4 : 5)} ps 0.8 lc rgb '{s_colours[i % s_colours.Length]}' title {Gnuplot.Quoted(group.Key)}"))).Append('\n');
        }
        return text.Append("unset multiplot\n").ToString();
    }

    static string Curves(IReadOnlyList<SettingScores> compared, CampaignFolder folder)
    {
        var text = new StringBuilder(Common);
        for (var i = 0; i < compared.Count; i++)
        {
            var table = CsvTable.Read(Path.Combine(folder.RunOf(compared[i].Plan.Name), RunFiles.EpochMetrics));
            var (epoch, f1, loss) = (table.Column("epoch"), table.Column("val_f1_macro"), table.Column("val_loss"));
            text.Append(CultureInfo.InvariantCulture, $"$c{i} << EOD\n");
            foreach (var row in table.Rows) text.Append(CultureInfo.InvariantCulture, $"{row[epoch]} {row[f1]} {row[loss]}\n");
            text.Append("EOD\n");
        }
        text.Append("set multiplot layout 1,2\nset xlabel 'epoch'\nset key outside top center vertical nobox font ',9'\n");
        foreach (var (column, title) in ((int, string)[])[(2, "validation macro F1"), (3, "validation loss, nats")])
            text.Append(CultureInfo.InvariantCulture, $"set ylabel '{title}'\nplot ").AppendJoin(", ", compared.Select((setting, i) => string.Create(CultureInfo.InvariantCulture,
                $"$c{i} using 1:{column} with lines lw 1.5 lc rgb '{s_colours[i % s_colours.Length]}' title {Gnuplot.Quoted(setting.Name)}"))).Append('\n');
        return text.Append("unset multiplot\n").ToString();
    }
}
