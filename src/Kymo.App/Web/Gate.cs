using System.Diagnostics;
using Kymo.App.Web.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary>What every request passes: its id, the end of the service, errors that nobody expected, the access log.</summary>
sealed class Gate(RequestDelegate next, Service service, Action<string> log)
{
    const int LongestId = 128;

    public async Task Answer(HttpContext context)
    {
        var began = Stopwatch.GetTimestamp();
        var id = RequestId(context);
        context.Response.Headers["X-Request-Id"] = id;
        using var span = Tracing.Begin(context);
        string? fault = null;
        try
        {
            if (service.IsDraining && !ProbeEndpoints.Paths.Contains(context.Request.Path.Value!))
            {
                context.Response.Headers.Connection = "close";
                await context.Detail(StatusCodes.Status503ServiceUnavailable, "the service is ending; ask another instance");
            }
            else if (!IsPublic(context.Request.Path.Value!) && !service.Opens(context))
            {
                if (IsPage(context.Request)) await LoginPage.Ask(context);
                else await Refuse(context);
            }
            else if (!Cors(context)) await next(context);
        }
        catch (BadHttpRequestException error)
        {
            await Problem(context, error.StatusCode, error.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => "Request body too large",
                StatusCodes.Status408RequestTimeout => "Request body arrived too slowly",
                _ => error.Message is { Length: > 0 } text && error.InnerException is null ? text : "Bad Request",
            });
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            fault = "the client left";
        }
        catch (Exception error)
        {
            fault = error.ToString();
            await Problem(context, StatusCodes.Status500InternalServerError, "Internal Server Error");
        }
        var took = Stopwatch.GetElapsedTime(began);
        Tracing.End(span, context, fault);
        service.Metrics.Answered((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none", context.Response.StatusCode, took);
        if (service.Options.AccessLog || fault is not null) log(AccessLog.Line(context, id, took, fault, service.Time));
    }

    static Task Refuse(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return context.Detail(StatusCodes.Status401Unauthorized, "send a key as Authorization: Bearer KEY or X-API-Key: KEY; a person logs in at /login");
    }

    // Answers a preflight itself; marks other answers to allowed origins.
    bool Cors(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin == "" || !service.Options.CorsOrigins.Contains(origin)) return false;
        context.Response.Headers.AccessControlAllowOrigin = origin;
        context.Response.Headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(context.Request.Method) || context.Request.Headers.AccessControlRequestMethod.Count == 0) return false;
        context.Response.Headers.AccessControlAllowMethods = "GET, HEAD, POST";
        context.Response.Headers.AccessControlAllowHeaders = "Authorization, Content-Type, Inference-Header-Content-Length, X-API-Key, X-Request-Id";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    // What tells nothing of models and runs.
    static bool IsPublic(string path) =>
        ProbeEndpoints.Paths.Contains(path) || path is "/docs" or "/openapi.json" or LoginPage.Path || path.StartsWith("/assets/", StringComparison.Ordinal);

    // A browser that opens a page; programs and scripts of pages ask for other kinds.
    static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>The key that a request carries in its head, or null.</summary>
    public static string? KeyOf(HttpContext context)
    {
        if (context.Request.Headers["X-API-Key"].ToString() is { Length: > 0 } key) return key;
        var given = context.Request.Headers.Authorization.ToString();
        return given.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? given["Bearer ".Length..].Trim() : null;
    }

    static Task Problem(HttpContext context, int status, string detail)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        context.Response.Headers.Connection = "close";
        return context.Detail(status, detail);
    }

    // Taken over from the caller where it is short and plain.
    static string RequestId(HttpContext context)
    {
        var given = context.Request.Headers["X-Request-Id"].ToString();
        return given.Length is > 0 and <= LongestId && given.All(letter => letter is > ' ' and < (char)127) ? given : Guid.NewGuid().ToString("N");
    }
}
