using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Kymo.App.Tests.Web;

/// <summary>
/// The program under full load while its models are swapped: no failed request, no growing memory. A few seconds by default; <c>KYMO_SOAK_SECONDS</c>
/// asks for more (<c>.ci/nightly</c>: half an hour, a swap every ten seconds).
/// </summary>
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    const int Callers = 8;

    static readonly double s_seconds = double.TryParse(Environment.GetEnvironmentVariable("KYMO_SOAK_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 8;

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Full_load_with_swapped_models_fails_no_request_and_grows_no_memory()
    {
        OriginalModels.Write(_folder["one"], seed: 1);
        OriginalModels.Write(_folder["two"], seed: 2);
        var models = OriginalModels.Write(_folder["models"], seed: 1);
        // What is kept in the first seconds must not follow the machine: the collector's first generation is as large as the processor's cache where nothing is said,
        // and there are as many workers, and heaps of the C library, as it has cores.
        using var process = KymoProgram.Start(_folder.Path, [("DOTNET_GCgen0size", "1000000"), ("MALLOC_ARENA_MAX", "4")],
            "serve", "--models", models, "--urls", "http://127.0.0.1:0", "serve.access_log=false", "serve.scan_seconds=0.5", "serve.workers=2");
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri(await Address(process)), Timeout = Wait.Limit };
            var time = TimeSpan.FromSeconds(s_seconds);
            var began = Stopwatch.GetTimestamp();
            var isOver = false;
            var (answered, failures) = (0L, new System.Collections.Concurrent.ConcurrentQueue<string>());
            var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
            {
                var body = Encoding.UTF8.GetBytes(OriginalModels.Request(caller % 2 == 0 ? "LSTM" : "Transformer").ToJsonString());
                while (!Volatile.Read(ref isOver))
                {
                    using var content = new ByteArrayContent(body);
                    content.Headers.ContentType = new("application/json");
                    using var answer = await client.PostAsync("/predict", content);
                    if (answer.StatusCode != HttpStatusCode.OK) failures.Enqueue($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                    Interlocked.Increment(ref answered);
                }
            })).ToArray();
            var (swaps, memory) = (0, new List<double>());
            var pause = TimeSpan.FromSeconds(Math.Min(10, s_seconds / 8));
            // A quarter of the figures is compared with another: on a slow machine it may take longer to have them.
            while (Stopwatch.GetElapsedTime(began) < time - pause || memory.Count < 7)
            {
                await Task.Delay(pause);
                Swap(swaps++ % 2 == 0 ? "two" : "one", models);
                await Wait.UntilAsync(async () => await Loads(client) >= 4 + (2 * swaps), $"swap {swaps} to be taken");
                memory.Add(await Resident(client));
            }
            Volatile.Write(ref isOver, true);
            await Task.WhenAll(callers);
            memory.Add(await Resident(client));
            // What the first quarter needed is the program's size; the last quarter may need no more than a little above it.
            var quarter = Math.Max(1, memory.Count / 4);
            var (early, late) = (memory.Skip(quarter).Take(quarter).Average(), memory.TakeLast(quarter).Average());
            output.WriteLine(FormattableString.Invariant(
                $"{time.TotalSeconds:0} s, {answered} requests, {failures.Count} failed, {swaps} swaps of two models; resident MiB after the first quarter {early:0.0}, at the end {late:0.0}, most {memory.Max():0.0}"));
            Assert.Empty(failures.Take(5));
            Assert.True(late < (early * 1.2) + 40, $"resident memory grew from {early:0.0} to {late:0.0} MiB: {string.Join(' ', memory.Select(value => value.ToString("0", CultureInfo.InvariantCulture)))}");
        }
        finally
        {
            process.Kill();
        }
    }

    void Swap(string source, string models)
    {
        foreach (var file in new[] { "LSTM_best_model.pt", "Transformer_best_model.pt" })
        {
            File.Copy(Path.Combine(_folder[source], file), _folder["next"], overwrite: true);
            File.SetLastWriteTimeUtc(_folder["next"], DateTime.UtcNow);
            File.Move(_folder["next"], Path.Combine(models, file), overwrite: true);
        }
    }

    static async Task<double> Resident(HttpClient client) => await Figure(client, "process_resident_memory_bytes") / (1 << 20);

    static Task<double> Loads(HttpClient client) => Figure(client, "kymo_model_reloads_total{result=\"success\"}");

    static async Task<double> Figure(HttpClient client, string name)
    {
        var line = (await client.GetStringAsync("/metrics")).Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    static async Task<string> Address(Process process)
    {
        // What it says later is read too, so that it never waits for a reader.
        _ = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("listening at ", StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return line["listening at ".Length..];
        }
        throw new InvalidOperationException("the service did not start");
    }
}
