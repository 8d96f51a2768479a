using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Kymo.App.Web;

/// <summary>A span for each request, sent by OpenTelemetry's protocol over HTTP where a collector is named; nothing is made where none is.</summary>
static class Tracing
{
    const string Name = "Kymo.Serve";

    static readonly ActivitySource s_source = new(Name);

    /// <summary>Sends spans until it is disposed of, which sends the last ones.</summary>
    /// <param name="collector">Its address, as <c>http://collector:4318</c>; null for none.</param>
    public static IDisposable? To(Uri? collector) => collector is null ? null : Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService("kymo", serviceVersion: typeof(Tracing).Assembly.GetName().Version!.ToString(3)))
        .AddSource(Name)
        .AddOtlpExporter(options =>
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = new Uri(collector, "/v1/traces");
        })
        .Build();

    /// <summary>Begins a request's span, below the caller's where the request names it (<c>traceparent</c>).</summary>
    public static Activity? Begin(HttpContext context)
    {
        if (!s_source.HasListeners()) return null;
        ActivityContext.TryParse(context.Request.Headers.TraceParent, context.Request.Headers.TraceState, isRemote: true, out var caller);
        return s_source.StartActivity(context.Request.Method, ActivityKind.Server, caller);
    }

    /// <summary>Says how the request ended. The path is told as the endpoint's pattern, never as typed.</summary>
    public static void End(Activity? span, HttpContext context, string? fault)
    {
        if (span is null) return;
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        if (route is not null) span.DisplayName = $"{context.Request.Method} {route}";
        span.SetTag("http.request.method", context.Request.Method).SetTag("http.route", route).SetTag("http.response.status_code", context.Response.StatusCode);
        span.SetTag("kymo.request_id", context.Response.Headers["X-Request-Id"].ToString());
        if (context.Response.Headers["X-Model"] is [{ } model]) span.SetTag("kymo.model", model).SetTag("kymo.model_hash", context.Response.Headers["X-Model-Hash"].ToString());
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError) span.SetStatus(ActivityStatusCode.Error, fault?.Split('\n')[0]);
    }
}
