using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Kymo.App.Tests.Web;

/// <summary>A trained sound network served: uploads, live sound, the same answer as the program's.</summary>
public sealed class SoundServiceTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    [Fact]
    public async Task Uploads_and_live_sound_are_answered_as_predict_answers()
    {
        Directory.CreateDirectory(trained.PathOf("models"));
        KymoProgram.Succeed(trained.Folder, "export", "base", "--fold", "1", "--out", "models/tones.onnx");
        await using var service = await RunningService.Start([trained.PathOf("models")]);
        var file = File.ReadAllBytes(trained.PathOf("sounds", "low_1_0.wav"));
        var own = KymoProgram.Succeed(trained.Folder, "predict", "models/tones.onnx", "sounds/low_1_0.wav", "--json").Json["predictions"]![0]!;

        var (status, text, message) = await service.Post("/models/tones/predict", file, "audio/wav");
        Assert.True(status == 200, text);
        var raw = JsonNode.Parse(text)!;
        Assert.Equal(own["probabilities"]!.ToJsonString(), raw["probabilities"]!.ToJsonString());
        Assert.Equal(64, message.Headers.GetValues("X-Model-Hash").Single().Length);
        Assert.Equal(64, message.Headers.GetValues("X-Feature-Hash").Single().Length);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", "../../low.wav" } };
        using var answer = await service.Client.PostAsync("/models/tones/predict", form);
        var uploaded = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("low.wav", (string?)uploaded["file"]);
        Assert.Equal(raw["probabilities"]!.ToJsonString(), uploaded["probabilities"]!.ToJsonString());

        // Truncated, empty, other files: a sentence, never a 500.
        foreach (var cut in new[] { 0, 1, 11, 40, 44, 45, 1000 })
        {
            var (code, words, _) = await service.Post("/models/tones/predict", file[..cut], "audio/wav");
            Assert.True(code is 400 or 422 or 200 && (code != 200 || cut >= 45), $"{cut}: {code} {words}");
        }
        Assert.Equal(400, (await service.Post("/models/tones/predict", Encoding.UTF8.GetBytes("no sound"), "application/octet-stream")).Status);
        Assert.Equal(415, (await service.Post("/models/tones/predict", "{}"u8.ToArray())).Status);
        Assert.Equal(422, (await service.Post("/models/tones/predict?hop=x", file, "audio/wav")).Status);

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{service.Client.BaseAddress!.Port}/models/tones/stream?sample_rate=22050&hop=0.5"), default);
        var samples = new float[22050 * 3];
        for (var i = 0; i < samples.Length; i++) samples[i] = MathF.Sin(i * 2 * MathF.PI * 210 / 22050) * 0.3f;
        foreach (var part in samples.Chunk(1000)) await socket.SendAsync(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(part).ToArray(), WebSocketMessageType.Binary, true, default);
        var heard = new List<JsonNode>();
        var buffer = new byte[1 << 16];
        while (heard.Count < 4)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), default);
            heard.Add(JsonNode.Parse(buffer.AsSpan(0, received.Count))!);
        }
        Assert.Equal([0, 0.5, 1, 1.5], heard.Select(one => (double)one["start"]!));
        Assert.All(heard, one => Assert.Equal("low", (string?)one["class"]));
        await socket.SendAsync(new byte[3], WebSocketMessageType.Binary, true, default);
        await socket.ReceiveAsync(buffer.AsMemory(), default);
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, socket.CloseStatus);
    }
}
