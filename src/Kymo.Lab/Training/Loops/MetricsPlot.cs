using System.Globalization;
using System.Text;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.Lab.Training.Loops;

/// <summary>Draws a tracker's numbers over epochs in one panel, 12 by 10 inches.</summary>
static class MetricsPlot
{
    const int Width = 900, Height = 750;

    /// <summary>Draws, or warns where gnuplot is missing.</summary>
    public static bool Draw(IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> series, string path, Action<string> warn)
    {
        var ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".png" or ".svg")) throw new ConfigException($"{path}: figures are written as .png or .svg");
        if (series.All(entry => entry.Values.All(value => value is not { } number || !double.IsFinite(number))))
        {
            warn($"{path}: nothing to draw, none of the names has a value");
            return false;
        }
        var (png, svg, warning) = new Gnuplot().Draw(Script(series), Width, Height);
        var bytes = ending == ".png" ? png : svg;
        if (bytes is null)
        {
            warn(warning);
            return false;
        }
        AtomicFile.Write(path, bytes);
        return true;
    }

    static string Script(IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> series)
    {
        var script = new StringBuilder("set xlabel 'epoch'\nset key top right\nset grid\n");
        for (var i = 0; i < series.Count; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"$data{i} << EOD\n");
            foreach (var (epoch, value) in series[i].Values.Index())
                if (value is { } number && double.IsFinite(number)) script.Append(CultureInfo.InvariantCulture, $"{epoch + 1} {number}\n");
            script.Append("EOD\n");
        }
        return script.Append("plot ").AppendJoin(", ", series.Select((entry, i) =>
            string.Create(CultureInfo.InvariantCulture, $"$data{i} using 1:2 with linespoints title {Gnuplot.Quoted(entry.Name)}"))).ToString();
    }
}
