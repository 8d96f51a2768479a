using System.Diagnostics;
using Kymo.App.Web.Models;
using Microsoft.AspNetCore.Http;

namespace Kymo.App.Web;

/// <summary>What endpoints of models have in common: the facts of the answer, the counts, a full queue.</summary>
static class Calls
{
    /// <summary>Answers with a model held, its hashes in the head, its counts kept.</summary>
    public static async Task With(this HttpContext context, ModelHold hold, Func<ServedModel, Task> answer)
    {
        var began = Stopwatch.GetTimestamp();
        using (hold)
        {
            var model = hold.Model;
            context.Response.Headers["X-Model"] = model.Name;
            context.Response.Headers["X-Model-Version"] = model.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
            context.Response.Headers["X-Model-Hash"] = model.Network.Hash;
            if (model.Network.FeatureHash != "") context.Response.Headers["X-Feature-Hash"] = model.Network.FeatureHash;
            await answer(model);
            model.Statistics.Answered(context.Response.StatusCode, began);
        }
    }

    /// <summary>Answers that too much waits already.</summary>
    public static Task Busy(this HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return context.Detail(StatusCodes.Status429TooManyRequests, "too many requests wait for this model; try again in a second");
    }

    /// <summary>Answers with the faults of a body.</summary>
    public static Task Faults(this HttpContext context, IEnumerable<RequestFault> faults, bool version1) => context.Json(
        new System.Text.Json.Nodes.JsonObject { ["detail"] = new System.Text.Json.Nodes.JsonArray([.. faults.Select(fault => (System.Text.Json.Nodes.JsonNode)fault.ToJson(version1))]) },
        StatusCodes.Status422UnprocessableEntity);
}
