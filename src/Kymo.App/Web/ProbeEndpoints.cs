using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary>Whether the process lives, and whether it can answer: <c>/healthz</c>, <c>/livez</c>, <c>/readyz</c>, <c>/ping</c>, <c>/health</c>.</summary>
static class ProbeEndpoints
{
    /// <summary>Paths that answer without a key and while the service drains.</summary>
    public static IReadOnlySet<string> Paths { get; } = new HashSet<string>(["/healthz", "/livez", "/readyz", "/ping", "/health", "/v2/health/live", "/v2/health/ready"], StringComparer.Ordinal);

    public static void Map(IEndpointRouteBuilder routes, Service service)
    {
        foreach (var path in (string[])["/healthz", "/livez", "/ping"])
            routes.Get(path, context => context.Json(new JsonObject { ["status"] = "ok" }));
        foreach (var path in (string[])["/readyz", "/health"])
            routes.Get(path, context => Ready(context, service));
    }

    static Task Ready(HttpContext context, Service service)
    {
        var missing = service.NotReady();
        return context.Json(
            new JsonObject
            {
                ["status"] = missing.Count == 0 ? "ok" : "unavailable",
                ["missing"] = new JsonArray([.. missing.Select(text => (JsonNode)text)]),
            },
            missing.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
