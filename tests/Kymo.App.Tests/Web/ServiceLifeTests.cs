using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Kymo.App.Tests.Web;

/// <summary>Models that change under load, the end by signals, figures and descriptions that other tools read.</summary>
public sealed class ServiceLifeTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Models_change_under_load_without_a_failed_request()
    {
        OriginalModels.Write(_folder["one"], seed: 1);
        OriginalModels.Write(_folder["two"], seed: 2);
        OriginalModels.Write(_folder["models"], seed: 1);
        await using var service = await RunningService.Start([_folder["models"]], "serve.scan_seconds=0.05", "serve.access_log=false");
        var body = Encoding.UTF8.GetBytes(OriginalModels.Request().ToJsonString());
        var isOver = false;
        var latest = "";
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref isOver))
            {
                var (status, text, message) = await service.Post("/predict", body);
                Assert.True(status == 200, text);
                var hash = message.Headers.GetValues("X-Model-Hash").Single();
                seen.AddOrUpdate(hash + (string?)JsonNode.Parse(text)!["probabilities"]!.ToJsonString(), 1, (_, count) => count + 1);
                Volatile.Write(ref latest, hash);
            }
        })).ToArray();
        await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref latest) != "" || callers.Any(caller => caller.IsCompleted)), "a first answer");
        var hashes = new[] { "one", "two" }.ToDictionary(name => name, _ => "");
        hashes["one"] = latest;
        for (var round = 0; round < 12; round++)
        {
            var source = _folder[round % 2 == 0 ? "two" : "one"];
            File.Copy(Path.Combine(source, "LSTM_best_model.pt"), _folder["next"], overwrite: true);
            File.SetLastWriteTimeUtc(_folder["next"], DateTime.UtcNow);
            File.Move(_folder["next"], Path.Combine(_folder["models"], "LSTM_best_model.pt"), overwrite: true);
            // The new network answers before the next one comes.
            var (name, other) = round % 2 == 0 ? ("two", "one") : ("one", "two");
            await Wait.UntilAsync(() => Task.FromResult(callers.Any(caller => caller.IsCompleted) || (Volatile.Read(ref latest) is var hash && hash != hashes[other] && (hashes[name] = hash) != "")),
                $"an answer of network {name}");
        }
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(callers);
        // Two networks, two answers: none was of a mixture.
        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public async Task A_half_copied_model_is_not_taken()
    {
        var models = _folder["models"];
        OriginalModels.Write(models);
        await using var service = await RunningService.Start([models], "serve.scan_seconds=0");
        var whole = File.ReadAllBytes(Path.Combine(models, "GRU_best_model.pt"));
        var (_, before) = await service.Post("/predict", OriginalModels.Request("GRU"));
        File.WriteAllBytes(Path.Combine(models, "GRU_best_model.pt"), whole[..(whole.Length / 2)]);
        service.Service.Models.Scan();
        var (status, after) = await service.Post("/predict", OriginalModels.Request("GRU"));
        Assert.Equal((200, before.ToJsonString()), (status, after.ToJsonString()));
    }

    [Fact]
    public async Task Sigterm_finishes_what_runs_and_a_killed_service_starts_again()
    {
        var models = OriginalModels.Write(_folder["models"]);
        for (var round = 0; round < 2; round++)
        {
            using var process = KymoProgram.Start(_folder.Path, [], "serve", "--models", models, "--urls", "http://127.0.0.1:0", "serve.access_log=false", "serve.body_seconds=600", "serve.drain_seconds=600");
            var address = await Address(process);
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            var body = OriginalModels.Request().ToJsonString();
            using (var content = new StringContent(body, Encoding.UTF8, "application/json"))
                Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/predict", content)).StatusCode);
            if (round == 0)
            {
                process.Kill();
                await process.WaitForExitAsync();
                continue;
            }
            // A body that is still coming when the signal does.
            using var socket = new System.Net.Sockets.TcpClient();
            await socket.ConnectAsync("127.0.0.1", client.BaseAddress.Port);
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body[..100]}"));
            var buffer = new byte[4096];
            // The service reads the body.
            Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)), StringComparison.Ordinal);
            using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill!.WaitForExitAsync();
            // It has heard the signal: it takes no new work.
            await Wait.UntilAsync(async () => await IsEnding(client), "a service that takes no new work");
            await stream.WriteAsync(Encoding.UTF8.GetBytes(body[100..]));
            var read = await stream.ReadAsync(buffer);
            Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
            Wait.ForEnd(process, "the service");
            Assert.Equal(0, process.ExitCode);
        }
    }

    [Fact]
    public async Task Service_needs_no_libtorch()
    {
        var models = OriginalModels.Write(_folder["models"]);
        using var process = KymoProgram.Start(_folder.Path, [("KYMO_NATIVE", "/nowhere")], "serve", "--models", models, "--urls", "http://127.0.0.1:0");
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri(await Address(process)) };
            using var content = new StringContent(OriginalModels.Request("Transformer").ToJsonString(), Encoding.UTF8, "application/json");
            Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/predict", content)).StatusCode);
        }
        finally
        {
            process.Kill();
        }
    }

    static async Task<bool> IsEnding(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("/models");
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }

    static async Task<string> Address(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith("listening at ", StringComparison.Ordinal)) return line["listening at ".Length..];
        throw new InvalidOperationException("the service did not start: " + await process.StandardError.ReadToEndAsync());
    }
}
