using System.Text.Json.Nodes;
using Kymo.App.Web.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary><c>POST /predict</c>: the original's request of sleep stages, answered rightly.</summary>
static class PredictEndpoint
{
    static readonly string[] s_networks = ["LSTM", "GRU", "RNN", "Transformer"];
    static readonly string[] s_channels = ["heart_rate", "motion_x", "motion_y", "motion_z", "steps"];

    public static void Map(IEndpointRouteBuilder routes, Service service) => routes.Post("/predict", context => Predict(context, service));

    /// <summary>Answers for a window of a night.</summary>
    public static async Task Window(HttpContext context, Service service, JsonBody body, ServedModel model)
    {
        var isVersion1 = service.Options.Errors == "pydantic1";
        var sleep = model.Sleep!;
        // The request's own fields are checked even where the network does not read them: clients rely on the answer.
        var read = s_channels.Concat(sleep.Features).Where(name => name != "motion_magnitude").Distinct().ToDictionary(name => name, name => body.Numbers(name));
        read["motion_magnitude"] = body.Numbers("motion_magnitude", isRequired: false);
        var given = read.Where(entry => entry.Key != "motion_magnitude" || entry.Value is { Length: > 0 }).ToArray();
        if (body.Faults.Count == 0 && given.Select(entry => entry.Value!.Length).Distinct().Count() > 1)
            foreach (var (name, values) in given) body.Rule(name, $"{name} has {values!.Length} items; all arrays must be equally long", values.Length);
        if (body.Faults.Count > 0)
        {
            await context.Faults(body.Faults, isVersion1);
            return;
        }
        var rows = read["heart_rate"]!.Length;
        if (sleep.WindowRows == 0)
        {
            await context.Detail(StatusCodes.Status400BadRequest, "This network reads whole nights; post them to /nights.");
            return;
        }
        if (rows < sleep.WindowRows)
        {
            await context.Detail(StatusCodes.Status400BadRequest, $"Sequence must be at least {sleep.WindowRows} time steps long.");
            return;
        }
        if (sleep.Features.Contains("motion_magnitude") && read["motion_magnitude"]!.Length == 0)
        {
            if (!service.Options.DeriveMagnitude)
            {
                await context.Detail(StatusCodes.Status400BadRequest, "motion_magnitude is enabled but missing.");
                return;
            }
            var (x, y, z) = (read["motion_x"]!, read["motion_y"]!, read["motion_z"]!);
            read["motion_magnitude"] = [.. Enumerable.Range(0, rows).Select(i => Math.Sqrt((x[i] * x[i]) + (y[i] * y[i]) + (z[i] * z[i])))];
        }
        var scaled = sleep.Scale([.. sleep.Features.Select(name => read[name]!)], out var isOwn);
        if (model.Queue!.Ask([scaled], [sleep.WindowRows, sleep.Features.Count]) is not { } asked)
        {
            await context.Busy();
            return;
        }
        var answer = sleep.Answer((await asked)[0], isOwn);
        await context.Json(service.Options.Compat == "original" ? new JsonObject { ["predicted_label"] = answer["predicted_label"]!.DeepClone() } : answer);
    }

    static async Task Predict(HttpContext context, Service service)
    {
        var bytes = await JsonBody.Bytes(context, service.Options.MaxBodyBytes, service.Options.BodySeconds);
        var isVersion1 = service.Options.Errors == "pydantic1";
        using var body = JsonBody.Read(bytes, context.Request.ContentType, out var fault, isVersion1);
        if (body is null)
        {
            await context.Faults([fault!], isVersion1);
            return;
        }
        var network = body.Choice("model_type", s_networks);
        if (network is null)
        {
            foreach (var name in s_channels) body.Numbers(name);
            body.Numbers("motion_magnitude", isRequired: false);
            await context.Faults(body.Faults, isVersion1);
            return;
        }
        if ((service.Models.Hold(network) ?? service.Models.Hold(model => model.Sleep?.Network == network)) is not { } hold)
        {
            foreach (var name in s_channels) body.Numbers(name);
            body.Numbers("motion_magnitude", isRequired: false);
            if (body.Faults.Count > 0) await context.Faults(body.Faults, isVersion1);
            else await context.Detail(StatusCodes.Status503ServiceUnavailable, $"no {network} network is loaded; GET /models lists those that are");
            return;
        }
        await context.With(hold, model => Window(context, service, body, model));
    }
}
