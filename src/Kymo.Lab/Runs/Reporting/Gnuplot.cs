using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Kymo.Lab.Runs.Reporting;

/// <summary>Draws figures by the program gnuplot, as a child process.</summary>
/// <param name="program">Name or path of the program.</param>
public sealed class Gnuplot(string program = "gnuplot")
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Draws a script as PNG (at twice the points, for sharp screens) and as SVG.</summary>
    /// <param name="script">Commands without terminal and output.</param>
    /// <param name="width">Width in points.</param>
    /// <param name="height">Height in points.</param>
    /// <returns>The two files, or a warning that says why there are none.</returns>
    public (byte[]? Png, byte[]? Svg, string Warning) Draw(string script, int width, int height)
    {
        string Terminal(string name, int scale, string extra) => string.Create(CultureInfo.InvariantCulture,
            $"set terminal {name} noenhanced size {width * scale},{height * scale} {extra}\n");
        var (svg, warning) = Run(
            Terminal("svg", 1, "dynamic font 'DejaVu Sans,Arial,sans-serif,13' background '#ffffff'") + script);
        if (svg is null) return (null, null, warning);
        (var png, warning) = Run(Terminal("pngcairo", 2, "font 'DejaVu Sans,13' fontscale 2 linewidth 2 pointscale 2") + script);
        return (png, svg, warning);
    }

    /// <summary>A text for a script. No command in it is carried out.</summary>
    public static string Quoted(string text) =>
        "'" + string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c == '`' ? '´' : c))
            .Replace("'", "''", StringComparison.Ordinal) + "'";

    (byte[]? Output, string Warning) Run(string script)
    {
        var start = new ProcessStartInfo(program, ["-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = AtomicFile.Utf8,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = new MemoryStream();
            var copied = process.StandardOutput.BaseStream.CopyToAsync(output);
            process.StandardInput.Write("set encoding utf8\n" + script + "\nexit\n");
            process.StandardInput.Close();
            if (!process.WaitForExit(s_patience))
            {
                process.Kill();
                return (null, $"{program} did not end within {s_patience.TotalSeconds:0} s, so a figure is missing");
            }
            Task.WaitAll(copied, error);
            return process.ExitCode == 0 && output.Length > 0
                ? (output.ToArray(), "")
                : (null, $"{program} could not draw a figure: {error.Result.Trim()}");
        }
        catch (Win32Exception)
        {
            return (null, $"{program} is not there, so there are no figures; apt-get install gnuplot-nox brings it");
        }
        catch (IOException e)
        {
            return (null, $"{program} could not draw a figure: {e.Message}");
        }
    }
}
