using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Kymo.Lab.Data.Motion;

namespace Kymo.App.Tests.Web;

/// <summary>A trained activity network served: a worn sensor's rows over a WebSocket are answered as arrays are, and what is no row ends the stream in words.</summary>
public sealed class SensorServiceTests : IDisposable
{
    const int Axes = 3, WindowRows = 100, RateHz = 100;

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_are_answered_as_arrays_are_and_bad_messages_end_the_stream_in_words()
    {
        await using var service = await Start();
        // Half a minute of walking and standing, the axes of each row together.
        float[] rows = [.. Enumerable.Range(0, 30 * RateHz).SelectMany(row => Enumerable.Range(0, Axes)
            .Select(axis => (float)((axis == 2 ? 9.8 : 0) + ((row / 500 % 2) * 6 * Math.Sin((row * 0.11 * (axis + 1)) + axis)))))];
        var (status, answer) = await service.Post("/models/worn/predict?hop=0.4", Arrays(rows));
        Assert.True(status == 200, answer.ToJsonString());
        var windows = answer["windows"]!.AsArray();

        using (var socket = await Connect(service, "?hop=0.4"))
        {
            // Parts of a length that fits neither the window nor the hop.
            foreach (var part in rows.Chunk(37 * Axes)) await socket.SendAsync(MemoryMarshal.AsBytes<float>(part).ToArray(), WebSocketMessageType.Binary, true, default);
            foreach (var window in windows)
            {
                var told = JsonNode.Parse(await Receive(socket))!;
                Assert.Equal(((double)window!["start"]!, (double)window["end"]!), ((double)told["start"]!, (double)told["end"]!));
                Assert.Equal((string?)window["class"], (string?)told["class"]);
                foreach (var (name, value) in window["probabilities"]!.AsObject()) Assert.Equal((double)value!, (double)told["probabilities"]![name]!, 1e-5);
            }
            // One window alone has the bits of the stream's.
            var (_, alone) = await service.Post("/models/worn/predict", Arrays(rows[(40 * Axes)..((40 + WindowRows) * Axes)]));
            Assert.Equal(0.4, (double)windows[1]!["start"]!, 1e-9);
            Assert.Equal((string?)windows[1]!["class"], (string?)alone["class"]);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default);
            Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        }

        foreach (var (message, type, code, words) in new (byte[], WebSocketMessageType, WebSocketCloseStatus, string)[]
        {
            (new byte[4 * 4], WebSocketMessageType.Binary, WebSocketCloseStatus.InvalidPayloadData, "16 bytes are no whole rows; send binary messages of float32 rows, 3 numbers each"),
            (new byte[7], WebSocketMessageType.Binary, WebSocketCloseStatus.InvalidPayloadData, "7 bytes are no whole rows"),
            (MemoryMarshal.AsBytes<float>(new float[] { 0, float.NaN, 1 }).ToArray(), WebSocketMessageType.Binary, WebSocketCloseStatus.InvalidPayloadData, "a number is NaN or infinite"),
            (MemoryMarshal.AsBytes<float>(new float[] { 0, 1, float.NegativeInfinity }).ToArray(), WebSocketMessageType.Binary, WebSocketCloseStatus.InvalidPayloadData, "a number is NaN or infinite"),
            (new byte[8 << 20], WebSocketMessageType.Binary, WebSocketCloseStatus.MessageTooBig, "a message has at most 1920000 bytes"),
            ("{\"x\": [1"u8.ToArray(), WebSocketMessageType.Text, WebSocketCloseStatus.InvalidMessageType, "text is not read here; send binary messages of float32 rows"),
            ("[[1, 2, 3]]"u8.ToArray(), WebSocketMessageType.Text, WebSocketCloseStatus.InvalidMessageType, "text is not read here"),
        })
        {
            using var socket = await Connect(service, "");
            await socket.SendAsync(message, type, true, default);
            await Assert.ThrowsAsync<EndOfStreamException>(() => Receive(socket));
            Assert.Equal(code, socket.CloseStatus);
            Assert.StartsWith(words, socket.CloseStatusDescription, StringComparison.Ordinal);
        }

        // An empty message is no row and no fault; half a message and then nothing more, or a cut line, is no fault of the service.
        using (var socket = await Connect(service, ""))
        {
            await socket.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Binary, true, default);
            await socket.SendAsync(new byte[WindowRows * Axes * sizeof(float) / 2], WebSocketMessageType.Binary, false, default);
            await socket.SendAsync(new byte[WindowRows * Axes * sizeof(float) / 2], WebSocketMessageType.Binary, true, default);
            Assert.Equal(1.0, (double)JsonNode.Parse(await Receive(socket))!["end"]!);
            await socket.SendAsync(new byte[10], WebSocketMessageType.Binary, false, default);
            socket.Abort();
        }
        foreach (var query in new[] { "?hop=0.001", "?sample_rate=44100", "?smooth=3" })
            await Assert.ThrowsAsync<WebSocketException>(() => Connect(service, query));
        Assert.Equal(422, (await service.Post("/models/worn/predict?hop=7200", Arrays(rows))).Status);

        // The service answers on, the stream's own too, and nothing of it was a fault of the program's.
        Assert.Equal(windows.ToJsonString(), (await service.Post("/models/worn/predict?hop=0.4", Arrays(rows))).Json["windows"]!.ToJsonString());
        using (var socket = await Connect(service, ""))
        {
            await socket.SendAsync(MemoryMarshal.AsBytes<float>(rows.AsSpan(0, WindowRows * Axes)).ToArray(), WebSocketMessageType.Binary, true, default);
            Assert.NotNull(JsonNode.Parse(await Receive(socket))!["class"]);

            // A stream that waits does not hold up the end of the service.
            var began = System.Diagnostics.Stopwatch.StartNew();
            service.Service.Drain();
            await Assert.ThrowsAsync<EndOfStreamException>(() => Receive(socket));
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
            Assert.True(began.Elapsed < TimeSpan.FromSeconds(10), began.Elapsed.ToString());
        }
        Assert.DoesNotContain(service.Log, line => line.Contains("Exception", StringComparison.Ordinal));
    }

    async Task<RunningService> Start()
    {
        MmFitTree.Write(_folder["datasets/mm-fit"], new MmFitTreeOptions(["w01", "w15", "w16"], Sets: 2, SetSeconds: 3, RestSeconds: 2));
        KymoProgram.Succeed(_folder.Path, "train", "activity", "data=mmfit_debug", "scenario=debug", $"data.sensor_window_length={WindowRows}", "trainer.limit_train_batches=1", "run.name=small");
        Directory.CreateDirectory(_folder["models"]);
        KymoProgram.Succeed(_folder.Path, "export", "small", "--out", "models/worn.onnx");
        return await RunningService.Start([_folder["models"]]);
    }

    static JsonObject Arrays(float[] rows) => new(((string[])["x", "y", "z"]).Select((name, axis) =>
        KeyValuePair.Create(name, (JsonNode?)new JsonArray([.. Enumerable.Range(0, rows.Length / Axes).Select(row => (JsonNode)rows[(row * Axes) + axis])]))));

    static async Task<ClientWebSocket> Connect(RunningService service, string query)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{service.Client.BaseAddress!.Port}/models/worn/stream{query}"), default);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    static async Task<string> Receive(ClientWebSocket socket)
    {
        var buffer = new byte[1 << 14];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var received = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        return received.MessageType == WebSocketMessageType.Close ? throw new EndOfStreamException() : Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
