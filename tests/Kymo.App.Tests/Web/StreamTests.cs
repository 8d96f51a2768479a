using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Kymo.App.Tests.Web;

/// <summary>Rows of a watch over a WebSocket: the answers are those of <c>/predict</c> to the same rows.</summary>
public sealed class StreamTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_of_a_watch_are_answered_window_by_window()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])]);
        string[] channels = ["heart_rate", "motion_x", "motion_y", "motion_z", "steps"];
        var request = OriginalModels.Request("GRU", rows: 75);
        var columns = channels.Select(name => request[name]!.AsArray().Select(value => (float)(double)value!).ToArray()).ToArray();
        float[] rows = [.. Enumerable.Range(0, 75).SelectMany(row => columns.Select(column => column[row]))];
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{service.Client.BaseAddress!.Port}/models/GRU/stream?hop=15"), default);
        foreach (var part in rows.Chunk(7 * channels.Length)) await socket.SendAsync(MemoryMarshal.AsBytes<float>(part).ToArray(), WebSocketMessageType.Binary, true, default);
        var buffer = new byte[1 << 14];
        foreach (var start in new[] { 0, 15, 30, 45 })
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), default);
            var told = JsonNode.Parse(buffer.AsSpan(0, received.Count))!;
            Assert.Equal((start, start + 30.0), ((double)told["start"]!, (double)told["end"]!));
            var body = new JsonObject { ["model_type"] = "GRU" };
            foreach (var (name, column) in channels.Zip(columns)) body[name] = new JsonArray([.. column[start..(start + 30)].Select(value => (JsonNode)value)]);
            var (_, answer) = await service.Post("/predict", body);
            Assert.Equal((string?)answer["predicted_label"], (string?)told["class"]);
            Assert.Equal(answer["probabilities"]!.ToJsonString(), told["probabilities"]!.ToJsonString());
        }
        // Half a row.
        await socket.SendAsync(new byte[8], WebSocketMessageType.Binary, true, default);
        await socket.ReceiveAsync(buffer.AsMemory(), default);
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, socket.CloseStatus);
    }

    [Theory]
    [InlineData("/models/GRU/stream?hop=x")]
    [InlineData("/models/GRU/stream?hop=0")]
    [InlineData("/models/GRU/stream?hop=nan")]
    [InlineData("/models/GRU/stream?sample_rate=50")]
    [InlineData("/models/none/stream")]
    public async Task Wrong_settings_are_refused_before_the_stream_begins(string path)
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])]);
        using var socket = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{service.Client.BaseAddress!.Port}{path}"), default));
    }
}
