using System.Text;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kymo.App.Web.Pages;

/// <summary>Training as it happens, as server-sent events: what changed in a run's files since the last look.</summary>
static class LiveEndpoints
{
    const int MostListeners = 64, MostStepLosses = 400;
    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(700), s_sign = TimeSpan.FromSeconds(15);
    static int s_listeners;

    /// <summary>Adds <c>/live</c> for all running runs and <c>/runs/NAME/live</c> for one.</summary>
    public static void Map(IEndpointRouteBuilder routes, ResultsFolder results, TimeProvider time)
    {
        routes.Get("/live", context => Stream(context, time, () =>
        {
            var running = results.List().Where(card => card.Run.State == RunState.Running).ToArray();
            return ([new("running", new JsonObject { ["runs"] = new JsonArray([.. running.Select(card => (JsonNode)Line(card, time.GetUtcNow()))]) })], false);
        }));
        routes.Get("/runs/{name}/live", context =>
        {
            var name = (string)context.GetRouteValue("name")!;
            return results.Find(name) is null ? context.Detail(StatusCodes.Status404NotFound, "Not Found") : Stream(context, time, () => Look(results.Find(name), time.GetUtcNow()));
        });
    }

    static (IReadOnlyList<LiveEvent> Events, bool IsOver) Look(RunCard? card, DateTimeOffset now)
    {
        if (card is null) return ([new("over", new JsonObject { ["state"] = "deleted" })], true);
        if (card.Run.State is not RunState.Running) return ([new("over", new JsonObject { ["state"] = card.StateWord })], true);
        var curves = EpochCurves.Of(card);
        return
        ([
            new("progress", RunProgress.Of(card, curves, now).ToJson()),
            new("curves", CurveChart.Of(curves, card.Contract?.Scores ?? [])),
            new("steps", StepLosses(card)),
        ], false);
    }

    static JsonObject Line(RunCard card, DateTimeOffset now)
    {
        try
        {
            var line = RunProgress.Of(card, EpochCurves.Of(card), now).ToJson();
            (line["name"], line["recipe"]) = (card.Name, card.Recipe);
            return line;
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            return new JsonObject { ["name"] = card.Name, ["recipe"] = card.Recipe, ["done"] = 0, ["total"] = 1, ["text"] = "its files cannot be read now" };
        }
    }

    // The last losses of single steps, for trainings whose epochs take long.
    static JsonObject StepLosses(RunCard card)
    {
        const long Tail = 256 << 10;
        var (steps, losses, name) = (new List<double>(), new List<double>(), "");
        if (ResultsFolder.FileOf(card, RunFiles.Events) is { } path)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var from = Math.Max(0, file.Length - Tail);
            file.Seek(from, SeekOrigin.Begin);
            var bytes = new byte[Math.Min(Tail, file.Length - from)];
            var lines = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).Split('\n');
            foreach (var line in lines[(from > 0 ? 1 : 0)..^1].Where(line => line.Contains("train_loss_step\"", StringComparison.Ordinal)))
            {
                var logged = CanonicalJson.ParseObject(path, Encoding.UTF8.GetBytes(line));
                if (Words.Text(logged, "name") is var of && of != name) (name, steps, losses) = (of, [], []);
                steps.Add(Words.Number(logged, "step"));
                losses.Add(Words.Number(logged, "value"));
            }
        }
        return new JsonObject { ["steps"] = EpochCurves.Json(steps.TakeLast(MostStepLosses)), ["losses"] = EpochCurves.Json(losses.TakeLast(MostStepLosses)) };
    }

    static async Task Stream(HttpContext context, TimeProvider time, Func<(IReadOnlyList<LiveEvent> Events, bool IsOver)> look)
    {
        if (Interlocked.Increment(ref s_listeners) > MostListeners)
        {
            Interlocked.Decrement(ref s_listeners);
            context.Response.Headers.RetryAfter = "10";
            await context.Detail(StatusCodes.Status503ServiceUnavailable, $"{MostListeners} pages listen already; close one");
            return;
        }
        try
        {
            await Send(context, time, look);
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the service ends.
        }
        finally
        {
            Interlocked.Decrement(ref s_listeners);
        }
    }

    static async Task Send(HttpContext context, TimeProvider time, Func<(IReadOnlyList<LiveEvent> Events, bool IsOver)> look)
    {
        var ending = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, ending);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var sent = new Dictionary<string, string>();
        var said = time.GetTimestamp();
        await Write(context, "retry: 2000\n\n", stop.Token);
        while (true)
        {
            var isOver = false;
            try
            {
                (var events, isOver) = look();
                foreach (var one in events)
                {
                    var text = one.Data.ToJsonString();
                    if (sent.GetValueOrDefault(one.Name) == text) continue;
                    sent[one.Name] = text;
                    said = time.GetTimestamp();
                    await Write(context, $"event: {one.Name}\ndata: {text}\n\n", stop.Token);
                }
            }
            catch (Exception error) when (IsOfFiles(error))
            {
                // A file that is being replaced just now is looked at again.
            }
            if (isOver) return;
            if (time.GetElapsedTime(said) > s_sign)
            {
                said = time.GetTimestamp();
                await Write(context, ": still here\n\n", stop.Token);
            }
            await Task.Delay(s_look, time, stop.Token);
        }
    }

    static bool IsOfFiles(Exception error) => error is DataException or ConfigException or UnauthorizedAccessException or FormatException || error is IOException and not BadHttpRequestException;

    static async Task Write(HttpContext context, string text, CancellationToken stop)
    {
        await context.Response.WriteAsync(text, stop);
        await context.Response.Body.FlushAsync(stop);
    }

    sealed record LiveEvent(string Name, JsonNode Data);
}
