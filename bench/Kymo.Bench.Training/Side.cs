using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Kymo.Bench.Training;

/// <summary>A process of one side.</summary>
sealed class Side : IDisposable
{
    readonly Process _process;

    Side(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
    }

    /// <summary>This program again, as the side that is measured.</summary>
    public static Side Kymo(Network network, int threads) =>
        new(Environment.ProcessPath!, "--side", network.Name, "--threads", threads.ToString(CultureInfo.InvariantCulture));

    /// <summary>PyTorch, as Debian packs it.</summary>
    public static Side Peer(Network network, int threads) => new(
        "/usr/bin/python3", Path.Combine(Machine.Root(), "bench", "peers", "torch_training.py"), network.Name,
        threads.ToString(CultureInfo.InvariantCulture));

    /// <summary>Runs training steps.</summary>
    public Turn Run(int steps)
    {
        _process.StandardInput.WriteLine(steps);
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("one side ended before its time");
        return JsonSerializer.Deserialize<Turn>(answer, Report.Json)!;
    }

    /// <summary>
    /// The milliseconds of a step in the first line that <c>tinycnn_stock.py</c> prints: stock PyTorch as it is written there.
    /// </summary>
    public static double StockScript(string path, int threads, int steps)
    {
        var start = new ProcessStartInfo(
            "/usr/bin/python3", [path, threads.ToString(CultureInfo.InvariantCulture), steps.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var words = process.StandardOutput.ReadLine()!.Split(' ');
        process.Kill();
        process.WaitForExit();
        return double.Parse(words[^2], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
