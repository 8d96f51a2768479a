using System.Text;
using System.Text.Json.Nodes;

namespace Kymo.App.Tests.Web;

/// <summary><c>POST /predict</c>: the rows of the specification's table, and the right answers.</summary>
public sealed class PredictTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rem_is_rem_for_all_four_networks()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"], rem: true)]);
        foreach (var network in OriginalModels.Networks)
        {
            var (status, answer) = await service.Post("/predict", OriginalModels.Request(network, rows: 40));
            Assert.Equal(200, status);
            Assert.Equal(("REM", "REM", 4, 5, network, "pooled"), ((string?)answer["predicted_label"], (string?)answer["label"], (int)answer["index"]!,
                (int)answer["stage_code"]!, (string?)answer["model"], (string?)answer["normalisation"]));
            Assert.Equal(1, answer["probabilities"]!.AsObject().Sum(entry => (double)entry.Value!), 1e-5);
        }
        var (_, models) = await service.Get("/models");
        Assert.Equal(["GRU", "LSTM", "RNN", "Transformer"], models["models"]!.AsArray().Select(model => (string?)model!["name"]));
    }

    [Fact]
    public async Task The_originals_own_files_are_answered_as_pytorch_answers()
    {
        var truth = JsonNode.Parse(Oracle.Ask("sleep_original.py", ["torch", "sklearn", "joblib"], _folder["models"]))!;
        await using var service = await RunningService.Start([_folder["models"]]);
        foreach (var network in OriginalModels.Networks)
        {
            var request = truth["request"]!.DeepClone().AsObject();
            request["model_type"] = network;
            var (status, answer) = await service.Post("/predict", request);
            Assert.True(status == 200, answer.ToJsonString());
            foreach (var (own, theirs) in answer["probabilities"]!.AsObject().Zip(truth["answers"]![network]!.AsArray()))
                Assert.Equal((double)theirs!, (double)own.Value!, 1e-5);
        }
    }

    [Fact]
    public async Task Each_wrong_request_has_its_answer()
    {
        var models = OriginalModels.Write(_folder["models"]);
        File.Delete(Path.Combine(models, "RNN_best_model.pt"));
        await using var service = await RunningService.Start([models]);
        async Task<(int, JsonNode)> With(Action<JsonObject> change, string network = "LSTM")
        {
            var request = OriginalModels.Request(network);
            change(request);
            return await service.Post("/predict", request);
        }

        Assert.Equal((400, "Sequence must be at least 30 time steps long."), Detail(await service.Post("/predict", OriginalModels.Request("LSTM", rows: 29))));
        Assert.Equal(503, (await With(_ => { }, "RNN")).Item1);
        var (status, unequal) = await With(request => request["steps"]!.AsArray().RemoveAt(0));
        Assert.Equal(422, status);
        Assert.Equal(["heart_rate", "motion_x", "motion_y", "motion_z", "steps"], Fields(unequal));
        Assert.All(Types(unequal), type => Assert.Equal("value_error", type));
        var (_, unknown) = await With(request => request["model_type"] = "lstm");
        Assert.Equal(("enum", "Input should be 'LSTM', 'GRU', 'RNN' or 'Transformer'"), ((string?)unknown["detail"]![0]!["type"], (string?)unknown["detail"]![0]!["msg"]));
        var (_, many) = await With(request =>
        {
            request.Remove("motion_x");
            request["heart_rate"]![3] = "sixty";
            request["steps"] = 5;
            request["motion_y"]![0] = null;
        });
        Assert.Equal(["heart_rate", "motion_x", "motion_y", "steps"], Fields(many));
        Assert.Equal(["float_parsing", "missing", "float_type", "list_type"], Types(many));
        Assert.Equal(3, (int)many["detail"]![0]!["loc"]![2]!);
        var nan = await service.Post("/predict", Encoding.UTF8.GetBytes(OriginalModels.Request().ToJsonString().Replace("[62,", "[NaN,", StringComparison.Ordinal)));
        Assert.Equal((422, "finite_number"), (nan.Status, (string?)JsonNode.Parse(nan.Text)!["detail"]![0]!["type"]));
        var empty = await service.Post("/predict", []);
        Assert.Equal("""{"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]}""", empty.Text);
        Assert.Equal("json_invalid", (string?)JsonNode.Parse((await service.Post("/predict", "{"u8.ToArray())).Text)!["detail"]![0]!["type"]);
        Assert.Equal("model_attributes_type", (string?)JsonNode.Parse((await service.Post("/predict", "[1]"u8.ToArray())).Text)!["detail"]![0]!["type"]);
        // Numeric text is a number, further fields are no concern.
        Assert.Equal(200, (await With(request => (request["steps"]![0], request["colour"]) = ("0.0", "blue"))).Item1);
    }

    [Fact]
    public async Task Magnitude_is_asked_for_or_derived()
    {
        var models = OriginalModels.Write(_folder["models"], magnitude: true);
        await using (var service = await RunningService.Start([models]))
            Assert.Equal((400, "motion_magnitude is enabled but missing."), Detail(await service.Post("/predict", OriginalModels.Request())));
        await using (var service = await RunningService.Start([models], "serve.derive_magnitude=true", "serve.compat=original"))
        {
            var (status, answer) = await service.Post("/predict", OriginalModels.Request());
            Assert.Equal(200, status);
            Assert.Equal(["predicted_label"], answer.AsObject().Select(entry => entry.Key));
        }
    }

    [Fact]
    public async Task Answers_in_batches_have_the_bits_of_single_ones()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])], "serve.max_latency_ms=5", "serve.workers=1", "serve.access_log=false");
        foreach (var network in OriginalModels.Networks)
        {
            var requests = Enumerable.Range(0, 24).Select(i => OriginalModels.Request(network, 30 + i)).ToArray();
            var alone = new List<string>();
            foreach (var request in requests) alone.Add((await service.Post("/predict", request)).Json.ToJsonString());
            var together = await Task.WhenAll(requests.Select(request => service.Post("/predict", request)));
            Assert.Equal(alone, together.Select(answer => answer.Json.ToJsonString()));
        }
        // On a slow machine requests may come one by one: until some came together.
        await Wait.UntilAsync(async () =>
        {
            if (service.Service.Models.Ready.Any(model => model.Statistics.Batch.Count < model.Statistics.Batch.Sum)) return true;
            await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => service.Post("/predict", OriginalModels.Request())));
            return false;
        }, "a batch of several requests");
    }

    [Fact]
    public async Task A_full_queue_answers_429()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])], "serve.queue_size=1", "serve.workers=1", "serve.max_latency_ms=50");
        var seen = new HashSet<int>();
        await Wait.UntilAsync(async () =>
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => service.Post("/predict", OriginalModels.Request("Transformer"))));
            seen.UnionWith(answers.Select(answer => answer.Status));
            return seen.Contains(200) && seen.Contains(429);
        }, "requests that were answered and requests that found the queue full", () => string.Join(", ", seen));
        Assert.Equal([200, 429], seen.Order());
    }

    [Fact]
    public async Task Keys_sizes_and_slow_bodies_are_kept()
    {
        File.WriteAllText(_folder["keys"], "# staff\nsecret\n");
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])], $"serve.api_keys_file={_folder["keys"]}", "serve.max_body_bytes=4096");
        Assert.Equal(401, (await service.Post("/predict", OriginalModels.Request())).Status);
        Assert.Equal(200, (await service.Get("/readyz")).Status);
        service.Client.DefaultRequestHeaders.Add("X-API-Key", "secret");
        Assert.Equal(200, (await service.Post("/predict", OriginalModels.Request())).Status);
        Assert.Equal(413, (await service.Post("/predict", new byte[5000])).Status);
        Assert.DoesNotContain(service.Log, line => line.Contains("secret", StringComparison.Ordinal));
        // Another service: on a busy machine half a second is short for a body that comes at once, too.
        await using var hasty = await RunningService.Start([_folder["models"]], $"serve.api_keys_file={_folder["keys"]}", "serve.body_seconds=0.5");
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync("127.0.0.1", hasty.Client.BaseAddress!.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync("POST /predict HTTP/1.1\r\nHost: x\r\nX-API-Key: secret\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer);
        Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
        Assert.DoesNotContain(hasty.Log, line => line.Contains("secret", StringComparison.Ordinal));
    }

    static (int, string?) Detail((int Status, JsonNode Json) answer) => (answer.Status, (string?)answer.Json["detail"]);

    static IEnumerable<string?> Fields(JsonNode answer) => answer["detail"]!.AsArray().Select(item => (string?)item!["loc"]![1]);

    static IEnumerable<string?> Types(JsonNode answer) => answer["detail"]!.AsArray().Select(item => (string?)item!["type"]);
}
