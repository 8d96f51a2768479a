using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Kymo.App.Web.Pages;

/// <summary><c>/login</c> and <c>/logout</c>: how a person shows a key where the service asks for one; programs send it with each request.</summary>
static class LoginPage
{
    /// <summary>The page's address.</summary>
    public const string Path = "/login";

    const int LargestForm = 16 << 10;

    public static void Map(IEndpointRouteBuilder routes, Service service)
    {
        routes.Get(Path, context => service.IsKeyed && service.Opens(context) ? Go(context, Target(context.Request.Query["next"])) : Form(context, Target(context.Request.Query["next"])));
        routes.Post(Path, context => Enter(context, service));
        routes.Post("/logout", context =>
        {
            Sessions.End(context);
            return Go(context, Path);
        });
    }

    /// <summary>Sends a browser here, and back to where it was going afterwards.</summary>
    public static Task Ask(HttpContext context) =>
        Go(context, $"{Path}?next={Uri.EscapeDataString(context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent())}");

    static async Task Enter(HttpContext context, Service service)
    {
        var bytes = await JsonBody.Bytes(context, LargestForm, service.Options.BodySeconds);
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(bytes));
        var next = Target(form.TryGetValue("next", out var target) ? target.ToString() : null);
        if (!service.OpensWith(form.TryGetValue("key", out var key) ? key.ToString() : null))
        {
            await Form(context, next, "This key does not open the service.", StatusCodes.Status401Unauthorized);
            return;
        }
        service.Sessions.Begin(context);
        await Go(context, next);
    }

    static Task Form(HttpContext context, string next, string fault = "", int status = StatusCodes.Status200OK) => context.Page("Log in", Path, Markup.Of($"""
        <h1>Log in</h1>
        <p class="lead">This service asks for a key; whoever runs it has given you one. Programs send it as <code>X-API-Key</code>.</p>
        {(fault == "" ? Markup.None : Markup.Of($"""<p class="warning" role="alert">{fault}</p>"""))}
        <form method="post" action="{Path}">
        <input type="hidden" name="next" value="{next}">
        <p><label>Key <input type="password" name="key" autocomplete="current-password" required autofocus></label></p>
        <p><button type="submit">Log in</button></p>
        </form>
        """), status: status);

    static Task Go(HttpContext context, string target)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = target;
        context.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    // A place on this server only: neither another address nor what a browser would take for one.
    static string Target(string? next) =>
        next is ['/', ..] and not ['/', '/' or '\\', ..] && next.All(letter => letter is > ' ' and < (char)127 and not '\\') && !next.StartsWith(Path, StringComparison.Ordinal) ? next : "/";
}
