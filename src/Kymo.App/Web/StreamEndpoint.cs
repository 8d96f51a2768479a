using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Kymo.App.Web.Models;
using Kymo.Lab.Prediction;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary>
/// <c>/models/NAME/stream</c>, a WebSocket for what is being recorded: messages of float32 rows (little-endian, at the model's rate) come in, an answer
/// goes out for each window, every <c>hop</c> seconds. A row is a sample of sound, the axes of a worn sensor, or the features of a watch.
/// </summary>
static class StreamEndpoint
{
    // As much as ten seconds of sound, so that nobody fills the memory with one message.
    const int LongestMessage = 10 * 48_000 * sizeof(float), FirstMessage = 1 << 14;

    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250), s_patience = TimeSpan.FromSeconds(5);

    // What is listened to: rows of numbers, windows of rows, and the answer to one window; null where too much waits.
    sealed record Source(int Columns, int WindowRows, double RateHz, Func<float[], Task<JsonObject?>> Answer);

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
            if (SourceOf(hold.Model, service, context.RequestAborted) is not { } source)
            {
                await context.Detail(StatusCodes.Status400BadRequest, "this model hears no sound and reads no sensor row by row");
                return;
            }
            if (context.Request.Query["sample_rate"].ToString() is { Length: > 0 } asked
                && (!double.TryParse(asked, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) || Math.Abs(rate - source.RateHz) > 1e-3 * source.RateHz))
            {
                await context.Detail(StatusCodes.Status400BadRequest, FormattableString.Invariant($"this model listens at {source.RateHz:0.####} Hz; resample before sending"));
                return;
            }
            var (hop, least) = (source.WindowRows / 2 / source.RateHz, Math.Max(0.05, 1 / source.RateHz));
            if (context.Request.Query["hop"].ToString() is { Length: > 0 } text
                && (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out hop) || !(hop >= least && hop <= 3600)))
            {
                await context.Detail(StatusCodes.Status400BadRequest, FormattableString.Invariant($"hop is in seconds, {least:0.####} to 3600"));
                return;
            }
            if (context.Request.Query.ContainsKey("smooth"))
            {
                await context.Detail(StatusCodes.Status400BadRequest, "smooth: a stream is answered window by window, before the windows that follow are heard; leave it out");
                return;
            }
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            try
            {
                await Listen(socket, source, hop, service, context.RequestAborted);
            }
            catch (WebSocketException)
            {
                // The other side left without a word, or spoke no WebSocket.
                socket.Abort();
            }
        }
    }

    static Source? SourceOf(ServedModel model, Service service, CancellationToken cancel)
    {
        if (model.Sound is { } sound)
        {
            return new Source(1, sound.Features.ClipSamples!.Value, sound.Features.SampleRate, window => service.Heavy(cancel, () =>
            {
                var heard = sound.Hear("stream", window);
                return Told(heard.Classes, heard.Probabilities);
            }));
        }
        if (model.Activity is { } activity)
        {
            return new Source(activity.Axes, activity.WindowRows, activity.RateHz, window => service.Heavy(cancel, () =>
                Told(activity.Classes, [.. activity.Answer("stream", window, new PredictionOptions())["probabilities"]!.AsObject().Select(entry => (float)entry.Value!)])));
        }
        if (model.Sleep is not { WindowRows: > 0 } sleep) return null;
        return new Source(sleep.Features.Count, sleep.WindowRows, 1 / sleep.RowSeconds, async window =>
        {
            double[][] columns = [.. sleep.Features.Select((_, column) => Enumerable.Range(0, sleep.WindowRows).Select(row => (double)window[(row * sleep.Features.Count) + column]).ToArray())];
            var scaled = sleep.Scale(columns, out var isOwn);
            if (model.Queue!.Ask([scaled], [sleep.WindowRows, sleep.Features.Count]) is not { } asked) return null;
            return Told(sleep.Classes, [.. sleep.Answer((await asked)[0], isOwn)["probabilities"]!.AsObject().Select(entry => (float)entry.Value!)]);
        });
    }

    static JsonObject Told(IReadOnlyList<string> classes, float[] probabilities)
    {
        var best = Lab.Metrics.Largest.IndexOf(probabilities);
        return new JsonObject
        {
            ["class"] = classes[best],
            ["confidence"] = probabilities[best],
            ["probabilities"] = new JsonObject(classes.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)probabilities[i]))),
        };
    }

    static async Task Listen(WebSocket socket, Source source, double hop, Service service, CancellationToken cancel)
    {
        var window = new float[source.WindowRows * source.Columns];
        var (heard, next) = (0L, (long)source.WindowRows);
        var message = new byte[FirstMessage];
        var rowBytes = source.Columns * sizeof(float);
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                if (length == LongestMessage)
                {
                    await End(socket, WebSocketCloseStatus.MessageTooBig, $"a message has at most {LongestMessage} bytes; send shorter ones", cancel);
                    return;
                }
                if (length == message.Length) Array.Resize(ref message, Math.Min(2 * length, LongestMessage));
                var receive = socket.ReceiveAsync(message.AsMemory(length), cancel).AsTask();
                while (!receive.IsCompleted && !service.IsDraining) await Task.WhenAny(receive, Task.Delay(s_look, cancel));
                if (service.IsDraining)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "the service is ending; ask another instance", cancel);
                    return;
                }
                part = await receive;
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancel);
                return;
            }
            if (Fault(part.MessageType, message.AsSpan(0, length), source.Columns) is var (status, words))
            {
                await End(socket, status, words, cancel);
                return;
            }
            for (var taken = 0; taken < length / rowBytes;)
            {
                // Up to the end of the next window that is answered.
                var rows = (int)Math.Min((length / rowBytes) - taken, next - heard);
                Push(window, MemoryMarshal.Cast<byte, float>(message.AsSpan(taken * rowBytes, rows * rowBytes)));
                heard += rows;
                taken += rows;
                if (heard < next) continue;
                next += Math.Max(1, (long)(hop * source.RateHz));
                if (await source.Answer(window) is not { } answer) continue;
                answer["start"] = (heard - source.WindowRows) / source.RateHz;
                answer["end"] = heard / source.RateHz;
                await socket.SendAsync(Encoding.UTF8.GetBytes(answer.ToJsonString()), WebSocketMessageType.Text, true, cancel);
            }
        }
    }

    // What is wrong with a message, in the words of a close frame (123 bytes at most).
    static (WebSocketCloseStatus Status, string Words)? Fault(WebSocketMessageType type, ReadOnlySpan<byte> bytes, int columns)
    {
        var expected = $"send binary messages of float32 rows, {columns} numbers each, little-endian";
        if (type != WebSocketMessageType.Binary) return (WebSocketCloseStatus.InvalidMessageType, "text is not read here; " + expected);
        if (bytes.Length % (columns * sizeof(float)) != 0) return (WebSocketCloseStatus.InvalidPayloadData, $"{bytes.Length} bytes are no whole rows; {expected}");
        return Finite(bytes) ? null : (WebSocketCloseStatus.InvalidPayloadData, "a number is NaN or infinite; " + expected);
    }

    // Says why, then waits a moment for the other side to hear it.
    static async Task End(WebSocket socket, WebSocketCloseStatus status, string words, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(s_patience);
        try
        {
            await socket.CloseAsync(status, words, patience.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            socket.Abort();
        }
    }

    // The newest rows stand at the end.
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
