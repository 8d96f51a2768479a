using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kymo.App.Web.Pages;

/// <summary>The frame of every page: head, navigation, what a browser may load, errors in words.</summary>
static class Layout
{
    /// <summary>Everything comes from this server, scripts and styles from files only.</summary>
    const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; media-src 'self' blob:; "
        + "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    static readonly (string Path, string Name)[] s_places =
    [
        ("/", "Overview"), ("/runs", "Runs"), ("/leaderboard", "Leaderboard"), ("/studies", "Studies"), ("/try", "Try it"), ("/docs", "API"),
    ];

    static readonly Markup s_leave = Markup.Of($"""<form method="post" action="/logout"><button type="submit">Log out</button></form>""");

    /// <summary>Sends a page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="title">Title of the page.</param>
    /// <param name="place">The entry of the navigation that it belongs to.</param>
    /// <param name="body">What stands in the page's main part.</param>
    /// <param name="scripts">Further scripts, by their names among the assets.</param>
    /// <param name="status">Status of the answer.</param>
    public static Task Page(this HttpContext context, string title, string place, Markup body, IReadOnlyList<string>? scripts = null, int status = StatusCodes.Status200OK)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        var page = Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{title} – Kymo</title>
            <link rel="icon" href="/assets/kymo.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/assets/uplot.css">
            <link rel="stylesheet" href="/assets/kymo.css">
            <script src="/assets/theme.js"></script>
            {(scripts ?? []).Append("copy.js").Select(Script)}
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <header class="bar"><div>
            <a class="brand" href="/"><img src="/assets/kymo.svg" alt="" width="28" height="28"><span>Kymo</span></a>
            <nav aria-label="Pages"><ul>{s_places.Select(entry => Place(entry.Path, entry.Name, place))}</ul></nav>
            <button type="button" class="theme" id="theme" aria-label="Colours: as the system" title="Light, dark or as the system">◐</button>
            </div></header>
            <main id="main" tabindex="-1">
            {body}
            </main>
            <footer><p>Kymo. Everything on these pages comes from this server; nothing is loaded from elsewhere. <a href="/assets/licences">Licences</a></p>{(Sessions.IsCarried(context) ? s_leave : Markup.None)}</footer>
            </body>
            </html>

            """);
        return context.Bytes(Encoding.UTF8.GetBytes(page.ToString()), "text/html; charset=utf-8", status);
    }

    /// <summary>A page that says why there is no other.</summary>
    public static Task Problem(this HttpContext context, int status, string title, string reason, string place) => context.Page(title, place, Markup.Of($"""
        <h1>{title}</h1>
        <p class="warning" role="alert">{reason}</p>
        <p><a href="{place}">Back</a></p>
        """), status: status);

    static Markup Script(string name) => name.EndsWith(".min.js", StringComparison.Ordinal)
        ? Markup.Of($"""<script src="/assets/{name}" defer></script>{"\n"}""")
        : Markup.Of($"""<script src="/assets/{name}" type="module"></script>{"\n"}""");

    static Markup Place(string path, string name, string place) => path == place
        ? Markup.Of($"""<li><a href="{path}" aria-current="page">{name}</a></li>""")
        : Markup.Of($"""<li><a href="{path}">{name}</a></li>""");
}
