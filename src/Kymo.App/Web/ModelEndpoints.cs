using System.Text.Json.Nodes;
using Kymo.App.Web.Models;
using Kymo.Lab.Recipes;
using Kymo.Signals;
using Kymo.Signals.Audio;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary>
/// <c>GET /models</c>, <c>GET /models/NAME</c>, and <c>POST /models/NAME/predict</c>: a recording as the body or a form's file for sound and
/// MIDI, arrays as JSON for sensors.
/// </summary>
static class ModelEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, Service service)
    {
        routes.Get("/models", context => context.Json(new JsonObject
        {
            ["models"] = new JsonArray([.. service.Models.Ready.Select(model => (JsonNode)Describe(model))]),
            ["unavailable"] = new JsonArray([.. service.Models.States.Where(state => !state.IsReady).Select(state => (JsonNode)new JsonObject
            {
                ["name"] = state.Name,
                ["version"] = state.Version,
                ["reason"] = state.Reason,
            })]),
        }));
        routes.Get("/models/{name}", context => Held(context, service, model => context.Json(Describe(model))));
        routes.Post("/models/{name}/predict", context => Held(context, service, model => Predict(context, service, model)));
    }

    /// <summary>A model as <c>/models</c> tells it.</summary>
    public static JsonObject Describe(ServedModel model)
    {
        var network = model.Network;
        return new JsonObject
        {
            ["name"] = model.Name,
            ["version"] = model.Version,
            ["recipe"] = network.Recipe,
            ["network"] = model.Sleep?.Network ?? network.Session.Name,
            ["about"] = network.Session.Documentation,
            ["classes"] = new JsonArray([.. network.Classes.Select(name => (JsonNode)name)]),
            ["input"] = InputOf(model),
            ["window_rows"] = model.Sleep?.WindowRows ?? model.Activity?.WindowRows,
            ["features"] = model.Sleep is { } sleep ? new JsonArray([.. sleep.Features.Select(name => (JsonNode)name)]) : null,
            ["sample_rate"] = network["sample_rate"] is { } rate && int.TryParse(rate, out var hertz) ? hertz : null,
            ["data"] = network["data"] ?? (network["dataset"] is { } set ? $"{set} ({network["licence"]})" : null),
            ["hash"] = network.Hash,
            ["feature_hash"] = network.FeatureHash == "" ? null : network.FeatureHash,
            ["bytes"] = network.Bytes,
            ["loaded"] = model.Loaded.UtcDateTime,
        };
    }

    /// <summary>What a model reads: <c>sound</c>, <c>midi</c>, <c>window</c>, <c>night</c>, <c>sensor</c> or <c>tensor</c>.</summary>
    public static string InputOf(ServedModel model) =>
        model.Sleep is { } sleep ? (sleep.WindowRows > 0 ? "window" : "night")
        : model.Activity is not null ? "sensor"
        : model.Sound is not null ? "sound"
        : model.Network.Recipe == "music-emotion" ? ((string?)JsonNode.Parse(model.Network["kymo"] ?? "{}")!["features"]?["input"] == "midi" ? "midi" : "sound")
        : model.Predictor is not null && model.Network["task"] is "music_groove_style" or "music_groove_kind" or "music_dynamics_vector" or "music_dynamics_velocity" ? "midi"
        : "tensor";

    static async Task Held(HttpContext context, Service service, Func<ServedModel, Task> answer)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        int? version = context.Request.Query["version"].ToString() is { Length: > 0 } text ? int.TryParse(text, out var number) ? number : -1 : null;
        if (service.Models.Hold(name, version) is not { } hold)
        {
            await context.Detail(StatusCodes.Status404NotFound, $"no model '{Shortened(name)}'{(version is null ? "" : " of that version")}; GET /models lists those that are loaded");
            return;
        }
        await context.With(hold, answer);
    }

    static string Shortened(string name) => name.Length <= 100 ? name : name[..100];

    static async Task Predict(HttpContext context, Service service, ServedModel model)
    {
        switch (InputOf(model))
        {
            case "window" or "night":
                if (await PredictionQuery.Read(context, service, model.Network.Recipe) is null) return;
                using (var body = await Body(context, service))
                    if (body is not null) await PredictEndpoint.Window(context, service, body, model);
                break;
            case "sensor":
                await Sensor(context, service, model);
                break;
            case "tensor":
                await context.Detail(StatusCodes.Status400BadRequest, $"this network reads tensors; post them to /v2/models/{model.Name}/infer");
                break;
            default:
                await Recording(context, service, model);
                break;
        }
    }

    static async Task<JsonBody?> Body(HttpContext context, Service service)
    {
        var bytes = await JsonBody.Bytes(context, service.Options.MaxBodyBytes, service.Options.BodySeconds);
        var body = JsonBody.Read(bytes, context.Request.ContentType, out var fault);
        if (body is null) await context.Faults([fault!], service.Options.Errors == "pydantic1");
        return body;
    }

    // {"x": [...], "y": [...], "z": [...]}: one array for each axis; hop and smooth stand in the address.
    static async Task Sensor(HttpContext context, Service service, ServedModel model)
    {
        if (await PredictionQuery.Read(context, service, model.Network.Recipe, "hop", "smooth") is not { } options) return;
        using var body = await Body(context, service);
        if (body is null) return;
        var activity = model.Activity!;
        string[] axes = activity.Axes == 3 ? ["x", "y", "z"] : [.. Enumerable.Range(0, activity.Axes).Select(axis => $"axis{axis}")];
        var columns = axes.Select(axis => body.Numbers(axis)).ToArray();
        if (body.Faults.Count == 0 && columns.Select(column => column!.Length).Distinct().Count() > 1)
            for (var i = 0; i < axes.Length; i++) body.Rule(axes[i], $"{axes[i]} has {columns[i]!.Length} items; all arrays must be equally long", columns[i]!.Length);
        if (body.Faults.Count > 0)
        {
            await context.Faults(body.Faults, service.Options.Errors == "pydantic1");
            return;
        }
        var rows = new float[columns[0]!.Length * axes.Length];
        for (var axis = 0; axis < axes.Length; axis++)
            for (var i = 0; i < columns[axis]!.Length; i++) rows[(i * axes.Length) + axis] = (float)columns[axis]![i];
        if (columns[0]!.Length < activity.WindowRows)
        {
            await context.Detail(StatusCodes.Status400BadRequest, $"Sequence must be at least {activity.WindowRows} time steps long.");
            return;
        }
        if (await PredictionQuery.IsTooFine(context, columns[0]!.Length / activity.RateHz, options.Hop)) return;
        if (await service.Heavy(context.RequestAborted, () => activity.Answer("signal", rows, options)) is not { } answer) await context.Busy();
        else await context.Json(answer);
    }

    static async Task Recording(HttpContext context, Service service, ServedModel model)
    {
        string[] heeded = [.. ((string[])["hop", "smooth"]).Where(name => Registry.Find(model.Network.Recipe).Heeds.Contains("--" + name))];
        if (await PredictionQuery.Read(context, service, model.Network.Recipe, heeded) is not { } options) return;
        using var upload = await Upload.Read(context, service, InputOf(model) == "midi" ? ".mid" : ".wav");
        if (upload is null) return;
        JsonObject? answer;
        try
        {
            // A small packed file may hold days of silence.
            if (InputOf(model) == "sound" && AudioFile.ReadInfo(upload.Files[0].Path).Seconds is { } length)
            {
                if (length > service.Options.MaxSeconds)
                {
                    await context.Detail(StatusCodes.Status413PayloadTooLarge, $"{upload.Files[0].Name}: {length:0} s of sound; at most {service.Options.MaxSeconds:0} s are listened to (serve.max_seconds)");
                    return;
                }
                if (await PredictionQuery.IsTooFine(context, length, options.Hop)) return;
            }
            answer = await service.Heavy(context.RequestAborted, () => model.Predictor!.Predict(upload.Files[0].Path, options).Json);
        }
        catch (DataException error)
        {
            await context.Detail(StatusCodes.Status400BadRequest, $"{upload.Files[0].Name}: {error.Problem}");
            return;
        }
        if (answer is null)
        {
            await context.Busy();
            return;
        }
        answer["file"] = upload.Files[0].Name;
        answer["model"] = model.Name;
        await context.Json(answer);
    }
}
