using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Kymo.App.Web;

/// <summary>One JSON line a request: no headers, no query, no body, so no key and no recording.</summary>
static class AccessLog
{
    const int LongestPath = 256;

    public static string Line(HttpContext context, string id, TimeSpan took, string? fault, TimeProvider time)
    {
        using var stream = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(stream))
        {
            var path = context.Request.Path.Value ?? "";
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().UtcDateTime);
            json.WriteString("level", fault is null ? "info" : "error");
            json.WriteString("request_id", id);
            json.WriteString("method", context.Request.Method);
            json.WriteString("path", path.Length > LongestPath ? path[..LongestPath] : path);
            json.WriteNumber("status", context.Response.StatusCode);
            json.WriteNumber("milliseconds", Math.Round(took.TotalMilliseconds, 3));
            if (context.Response.ContentLength is { } length) json.WriteNumber("bytes", length);
            if (fault is not null) json.WriteString("fault", fault);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
