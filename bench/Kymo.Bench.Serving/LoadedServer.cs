using System.Diagnostics;
using System.Net;
using System.Text;

namespace Kymo.Bench.Serving;

/// <summary>A service in a process of its own, on loopback, and callers that ask it as fast as it answers.</summary>
sealed class LoadedServer : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    readonly Process _process;
    readonly HttpClient _client;

    LoadedServer(Process process, HttpClient client) => (_process, _client) = (process, client);

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
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (client.GetAsync(ready).Result.StatusCode == HttpStatusCode.OK) return new LoadedServer(process, client);
            }
            catch (AggregateException)
            {
                if (process.HasExited || Stopwatch.GetElapsedTime(began) > s_patience) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} does not answer at port {port}");
            }
            Thread.Sleep(50);
        }
    }

    /// <summary>Asks for a while.</summary>
    /// <param name="path">Where.</param>
    /// <param name="body">The JSON that is posted.</param>
    /// <param name="connections">Callers at once, each with its own connection.</param>
    /// <param name="time">How long.</param>
    public async Task<(double PerSecond, double P50, double P99)> Ask(string path, string body, int connections, TimeSpan time)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var began = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, connections).Select(caller => Task.Run(async () =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(began) < time)
            {
                using var content = new ByteArrayContent(bytes);
                content.Headers.ContentType = new("application/json");
                var sent = Stopwatch.GetTimestamp();
                using var answer = await _client.PostAsync(path, content);
                await answer.Content.LoadIntoBufferAsync();
                if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{path} answers {(int)answer.StatusCode}");
                own.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
            return own;
        })));
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var all = times.SelectMany(one => one).Order().ToArray();
        return (all.Length / took, all[all.Length / 2], all[Math.Min(all.Length - 1, (int)(all.Length * 0.99))]);
    }

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
