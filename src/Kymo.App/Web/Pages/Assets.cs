using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary>Styles, scripts and the picture of the pages; they are inside the program, so that no network and no folder is needed.</summary>
static class Assets
{
    const string Prefix = "Web.Assets.";

    static readonly FrozenDictionary<string, (byte[] Bytes, string Type, string Tag)> s_files = typeof(Assets).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(name => name[Prefix.Length..], Read);

    /// <summary>Adds <c>/assets/NAME</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.Get("/assets/{name}", context =>
    {
        if (!s_files.TryGetValue((string)context.GetRouteValue("name")!, out var file)) return context.Detail(StatusCodes.Status404NotFound, "Not Found");
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ETag = file.Tag;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (context.Request.Headers.IfNoneMatch != file.Tag) return context.Bytes(file.Bytes, file.Type);
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    });

    static (byte[], string, string) Read(string resource)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (bytes, TypeOf(resource), $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
    }

    static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
}
