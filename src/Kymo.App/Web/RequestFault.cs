using System.Text.Json.Nodes;

namespace Kymo.App.Web;

/// <summary>One fault of a request's body, as FastAPI tells it.</summary>
/// <param name="Location">Where: <c>body</c>, the field, the index.</param>
/// <param name="Type">Its kind in pydantic 2's words.</param>
/// <param name="Message">In words.</param>
/// <param name="Input">What was found; null for JSON's null.</param>
/// <param name="Context">Further facts; null for none.</param>
sealed record RequestFault(IReadOnlyList<object> Location, string Type, string Message, JsonNode? Input, JsonObject? Context = null)
{
    /// <summary>Pydantic 1's kind and words, where they differ.</summary>
    public (string Type, string Message, JsonObject? Context)? Version1 { get; init; }

    /// <summary>The fault as JSON.</summary>
    public JsonObject ToJson(bool version1)
    {
        JsonArray location = [.. Location.Select(part => part is int number ? (JsonNode)number : (string)part)];
        if (version1)
        {
            var (type, message, context) = Version1 ?? (Type, Message, Context);
            var old = new JsonObject { ["loc"] = location, ["msg"] = message, ["type"] = type };
            if (context is not null) old["ctx"] = context.DeepClone();
            return old;
        }
        var fault = new JsonObject { ["type"] = Type, ["loc"] = location, ["msg"] = Message, ["input"] = Input?.DeepClone() };
        if (Context is not null) fault["ctx"] = Context.DeepClone();
        return fault;
    }
}
