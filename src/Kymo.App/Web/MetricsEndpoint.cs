using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary><c>GET /metrics</c> for Prometheus; in the OpenMetrics form for those who ask for it.</summary>
static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes, Service service) => routes.Get("/metrics", context =>
    {
        var open = context.Request.Headers.Accept.ToString().Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase);
        return context.Text(
            service.Metrics.Text(service.Models.Ready, service.Options.Metrics == "triton", open),
            open ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8");
    });
}
