using System.Diagnostics;
using System.Globalization;
using Kymo.Tuning;

namespace Kymo.Bench.Tuning;

/// <summary>The distribution's Optuna in a process of its own.</summary>
sealed class OptunaPeer(string script)
{
    /// <summary>Optuna's version.</summary>
    public string Version() => Run("version");

    /// <summary>Seconds, without the start of Python, of asking and telling trials on a new SQLite file.</summary>
    public double Speed(SearchSpace space, int trials, string path) => Number(Run("speed", Text(space), Text(trials), path));

    /// <summary>A worker that asks and tells trials of a study it makes or opens.</summary>
    public Process Worker(SearchSpace space, int trials, string address) => Start("worker", Text(space), Text(trials), address);

    /// <summary>The best value of a search whose values are calculated here.</summary>
    public double Search(SearchSpace space, int trials, int seed, Func<double[], double> objective)
    {
        using var process = Start("search", Text(space), Text(trials), Text(seed));
        for (var i = 0; i < trials; i++)
        {
            var numbers = process.StandardOutput.ReadLine()!.Trim('[', ']').Split(", ").Select(Number).ToArray();
            process.StandardInput.WriteLine(objective(numbers).ToString("R", CultureInfo.InvariantCulture));
            process.StandardInput.Flush();
        }
        var best = Number(process.StandardOutput.ReadLine()!);
        process.WaitForExit();
        return best;
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static string Text(SearchSpace space) => "{" + string.Join(", ", space.Select(p => $"\"{p.Key}\": {p.Value.Json}")) + "}";

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    string Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"{script} ended with {process.ExitCode}");
    }

    Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;
}
