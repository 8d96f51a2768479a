using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Kymo.Bench.Serving;

/// <summary>A service in a process of its own, on loopback, asked as fast as it answers.</summary>
sealed class LoadedServer : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    readonly Process _process;
    readonly string _address;

    LoadedServer(Process process, string address) => (_process, _address) = (process, address);

    /// <summary>Starts a service and waits until it answers.</summary>
    /// <param name="port">The port it listens at.</param>
    /// <param name="ready">A path that answers 200 when it can.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static LoadedServer Start(int port, string ready, string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var address = $"http://127.0.0.1:{port}";
        using var client = new HttpClient();
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (client.GetAsync(address + ready).Result.StatusCode == HttpStatusCode.OK) return new LoadedServer(process, address);
            }
            catch (AggregateException)
            {
                if (process.HasExited || Stopwatch.GetElapsedTime(began) > s_patience) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} does not answer at port {port}");
            }
            Thread.Sleep(50);
        }
    }

    /// <summary>Asks for a while with <c>wrk</c>, as fast as it answers; every answer must be good.</summary>
    /// <param name="path">Where.</param>
    /// <param name="body">The file whose JSON is posted.</param>
    /// <param name="connections">Callers at once, each with its own connection.</param>
    /// <param name="seconds">How long.</param>
    public (double PerSecond, double P50, double P99) Ask(string path, string body, int connections, int seconds)
    {
        var said = PeerProgram.Ask("/usr/bin/env", $"KYMO_BODY={body}", "wrk", "-t1", $"-c{connections}", $"-d{seconds}s", "-s", Path.Combine(Machine.Root(), "bench", "peers", "post.lua"), _address + path)
            ?? throw new InvalidOperationException("wrk failed");
        var figures = said.Split('\n').Single(line => line.StartsWith("said ", StringComparison.Ordinal)).Split(' ').Skip(1).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        if (figures[4] > 0) throw new InvalidOperationException($"{path} failed {figures[4]} times:\n{said}");
        return (figures[0] / figures[1] * 1e6, figures[2] / 1000, figures[3] / 1000);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
