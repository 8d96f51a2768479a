using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Kymo.App.Web;

/// <summary>How endpoints answer: JSON, and errors as <c>{"detail": ...}</c>.</summary>
static class Answer
{
    static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A JSON document.</summary>
    public static Task Json(this HttpContext context, JsonNode document, int status = StatusCodes.Status200OK)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(document.ToJsonString(s_json));
        return context.Bytes(bytes, "application/json", status);
    }

    /// <summary>An error in words.</summary>
    public static Task Detail(this HttpContext context, int status, string detail) => context.Json(new JsonObject { ["detail"] = detail }, status);

    /// <summary>Text of another kind.</summary>
    public static Task Text(this HttpContext context, string text, string type, int status = StatusCodes.Status200OK) =>
        context.Bytes(System.Text.Encoding.UTF8.GetBytes(text), type, status);

    /// <summary>Bytes of a kind; a HEAD request gets their length only.</summary>
    public static Task Bytes(this HttpContext context, ReadOnlyMemory<byte> bytes, string type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
