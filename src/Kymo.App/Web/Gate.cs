using System.Diagnostics;
using Microsoft.AspNetCore.Http;

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
        string? fault = null;
        try
        {
            if (service.IsDraining && !ProbeEndpoints.Paths.Contains(context.Request.Path.Value!))
            {
                context.Response.Headers.Connection = "close";
                await context.Detail(StatusCodes.Status503ServiceUnavailable, "the service is ending; ask another instance");
            }
            else await next(context);
        }
        catch (BadHttpRequestException error)
        {
            await Problem(context, error.StatusCode, error.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => "Request body too large",
                StatusCodes.Status408RequestTimeout => "Request body arrived too slowly",
                _ => "Bad Request",
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
        if (service.Options.AccessLog || fault is not null) log(AccessLog.Line(context, id, Stopwatch.GetElapsedTime(began), fault, service.Time));
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
