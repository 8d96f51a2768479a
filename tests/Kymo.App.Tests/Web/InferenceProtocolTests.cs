using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Kymo.App.Tests.Web;

/// <summary>The calls that Triton's client makes, as bytes on the wire.</summary>
public sealed class InferenceProtocolTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Model_is_described_and_answers_json_and_bytes_alike()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])]);
        Assert.Equal("kymo", (string?)(await service.Get("/v2")).Json["name"]);
        var (_, model) = await service.Get("/v2/models/GRU");
        Assert.Equal("""{"name":"rows","datatype":"FP32","shape":[-1,-1,5]}""", model["inputs"]![0]!.ToJsonString());
        Assert.Equal(200, (await service.Get("/v2/models/GRU/versions/1/ready")).Status);
        Assert.Equal(400, (await service.Get("/v2/models/GRU/versions/2/ready")).Status);
        Assert.Equal(404, (await service.Get("/v2/models/nothing")).Status);

        var values = Enumerable.Range(0, 2 * 30 * 5).Select(i => (float)Math.Sin(i)).ToArray();
        var (status, json) = await service.Post("/v2/models/GRU/infer", new JsonObject
        {
            ["id"] = "seven",
            ["inputs"] = new JsonArray(Input(new JsonArray([.. values.Chunk(150).Select(item => (JsonNode)new JsonArray([.. item.Chunk(5).Select(row => (JsonNode)new JsonArray([.. row.Select(value => (JsonNode)value)]))]))]))),
        });
        Assert.Equal((200, "seven", "[2,5]"), (status, (string?)json["id"], json["outputs"]![0]!["shape"]!.ToJsonString()));
        var expected = json["outputs"]![0]!["data"]!.AsArray().Select(value => (float)value!).ToArray();

        var raw = new byte[values.Length * 4];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * 4), values[i]);
        var input = Input(null);
        input["parameters"] = new JsonObject { ["binary_data_size"] = raw.Length };
        var head = Encoding.UTF8.GetBytes(new JsonObject { ["inputs"] = new JsonArray(input), ["parameters"] = new JsonObject { ["binary_data_output"] = true } }.ToJsonString());
        foreach (var isPacked in new[] { false, true })
        {
            byte[] body = [.. head, .. raw];
            if (isPacked)
            {
                using var packed = new MemoryStream();
                using (var gzip = new GZipStream(packed, CompressionMode.Compress)) gzip.Write(body);
                body = packed.ToArray();
            }
            using var content = new ByteArrayContent(body);
            content.Headers.Add("Inference-Header-Content-Length", head.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (isPacked) content.Headers.ContentEncoding.Add("gzip");
            using var message = await service.Client.PostAsync("/v2/models/GRU/infer", content);
            var answer = await message.Content.ReadAsByteArrayAsync();
            var length = int.Parse(message.Headers.GetValues("Inference-Header-Content-Length").Single(), System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(40, (int)JsonNode.Parse(answer.AsSpan(0, length))!["outputs"]![0]!["parameters"]!["binary_data_size"]!);
            Assert.Equal(expected, Enumerable.Range(0, 10).Select(i => BinaryPrimitives.ReadSingleLittleEndian(answer.AsSpan(length + (i * 4)))));
        }
    }

    [Fact]
    public async Task Repository_is_listed_unloaded_and_loaded()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])]);
        var (_, index) = await service.Post("/v2/repository/index", new JsonObject());
        Assert.Equal(4, index.AsArray().Count(model => (string?)model!["state"] == "READY"));
        Assert.Equal(200, (await service.Post("/v2/repository/models/LSTM/unload", new JsonObject { ["parameters"] = new JsonObject { ["unload_dependents"] = false } })).Status);
        Assert.Equal(400, (await service.Get("/v2/models/LSTM/ready")).Status);
        Assert.Equal(503, (await service.Post("/predict", OriginalModels.Request())).Status);
        Assert.Equal(200, (await service.Post("/v2/repository/models/LSTM/load", new JsonObject())).Status);
        Assert.Equal(200, (await service.Post("/predict", OriginalModels.Request())).Status);
        Assert.Equal(400, (await service.Post("/v2/repository/models/..%2F..%2Fetc/load", new JsonObject())).Status);
    }

    static JsonObject Input(JsonNode? data)
    {
        var input = new JsonObject { ["name"] = "rows", ["shape"] = new JsonArray(2, 30, 5), ["datatype"] = "FP32" };
        if (data is not null) input["data"] = data;
        return input;
    }
}
