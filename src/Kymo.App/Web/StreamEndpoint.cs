using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary>
/// <c>/models/NAME/stream</c>, a WebSocket for live sound: messages of float32 samples (mono, little-endian, at the model's rate) come in, an
/// answer goes out for each window, every <c>hop</c> seconds.
/// </summary>
static class StreamEndpoint
{
    // One message is at most ten seconds of sound, so that nobody fills the memory with one.
    const int LongestMessage = 10 * 48_000 * sizeof(float);

    public static void Map(IEndpointRouteBuilder routes, Service service) => routes.Get("/models/{name}/stream", context => Answer(context, service));

    static async Task Answer(HttpContext context, Service service)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await context.Detail(StatusCodes.Status426UpgradeRequired, "open this address as a WebSocket");
            return;
        }
        if (service.Models.Hold((string)context.Request.RouteValues["name"]!) is not { } hold)
        {
            await context.Detail(StatusCodes.Status404NotFound, "no such model; GET /models lists those that are loaded");
            return;
        }
        using (hold)
        {
            if (hold.Model.Sound is not { } sound)
            {
                await context.Detail(StatusCodes.Status400BadRequest, "this model does not listen to sound");
                return;
            }
            var rate = sound.Features.SampleRate;
            if (context.Request.Query["sample_rate"].ToString() is { Length: > 0 } asked && asked != rate.ToString(CultureInfo.InvariantCulture))
            {
                await context.Detail(StatusCodes.Status400BadRequest, $"this model listens at {rate} Hz; resample before sending");
                return;
            }
            var hop = sound.Features.Duration!.Value / 2;
            if (context.Request.Query["hop"].ToString() is { Length: > 0 } text
                && (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out hop) || hop is not (>= 0.05 and <= 60)))
            {
                await context.Detail(StatusCodes.Status400BadRequest, "hop is in seconds, 0.05 to 60");
                return;
            }
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await Listen(socket, sound, hop, service, context.RequestAborted);
        }
    }

    static async Task Listen(WebSocket socket, Lab.Prediction.SoundPredictor sound, double hop, Service service, CancellationToken cancel)
    {
        var rate = sound.Features.SampleRate;
        var window = new float[sound.Features.ClipSamples!.Value];
        var (heard, next) = (0L, (long)window.Length);
        var message = new byte[LongestMessage];
        while (!service.IsDraining)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                if (length == message.Length)
                {
                    await socket.CloseAsync(WebSocketCloseStatus.MessageTooBig, "a message has at most ten seconds of sound", cancel);
                    return;
                }
                part = await socket.ReceiveAsync(message.AsMemory(length), cancel);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancel);
                return;
            }
            if (part.MessageType != WebSocketMessageType.Binary || length % sizeof(float) != 0 || !Finite(message.AsSpan(0, length)))
            {
                await socket.CloseAsync(WebSocketCloseStatus.InvalidPayloadData, "send finite float32 samples, little-endian, as binary messages", cancel);
                return;
            }
            var samples = MemoryMarshal.Cast<byte, float>(message.AsSpan(0, length)).ToArray();
            for (var taken = 0; taken < samples.Length;)
            {
                // Up to the end of the next window that is answered.
                var count = (int)Math.Min(samples.Length - taken, next - heard);
                Push(window, samples.AsSpan(taken, count));
                heard += count;
                taken += count;
                if (heard < next) continue;
                next += Math.Max(1, (long)(hop * rate));
                var answer = await service.Heavy(cancel, () => sound.Hear("stream", window));
                if (answer is null) continue;
                var told = new JsonObject
                {
                    ["start"] = (heard - window.Length) / (double)rate,
                    ["end"] = heard / (double)rate,
                    ["class"] = answer.Class,
                    ["confidence"] = answer.Confidence,
                    ["probabilities"] = new JsonObject(answer.Classes.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)answer.Probabilities[i]))),
                };
                await socket.SendAsync(Encoding.UTF8.GetBytes(told.ToJsonString()), WebSocketMessageType.Text, true, cancel);
            }
        }
        await socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "the service is ending", cancel);
    }

    // The newest samples stand at the end.
    static void Push(float[] window, ReadOnlySpan<float> samples)
    {
        if (samples.Length > window.Length) samples = samples[^window.Length..];
        window.AsSpan(samples.Length).CopyTo(window);
        samples.CopyTo(window.AsSpan(window.Length - samples.Length));
    }

    static bool Finite(ReadOnlySpan<byte> bytes)
    {
        foreach (var sample in MemoryMarshal.Cast<byte, float>(bytes))
            if (!float.IsFinite(sample)) return false;
        return true;
    }
}
