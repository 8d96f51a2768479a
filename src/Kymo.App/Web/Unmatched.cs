using Microsoft.AspNetCore.Http;

namespace Kymo.App.Web;

/// <summary>Requests that no endpoint answers: 404, 405 with the methods there are, 307 from a trailing slash.</summary>
static class Unmatched
{
    public static async Task Answer(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value!;
        if (context.GetEndpoint() is null)
        {
            await context.Detail(StatusCodes.Status404NotFound, "Not Found");
            return;
        }
        // Routing takes both forms; clients of FastAPI know the redirection.
        if (path.Length > 1 && path.EndsWith('/'))
        {
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = context.Request.PathBase + Uri.EscapeDataString(path.TrimEnd('/')).Replace("%2F", "/", StringComparison.Ordinal) + context.Request.QueryString;
            return;
        }
        await next(context);
        if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed, ContentLength: null })
            await context.Detail(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed");
    }
}
