using System.Globalization;
using System.Text.Json.Nodes;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>One thing a run logged: a scalar or a text at a step.</summary>
/// <param name="When">When it was logged.</param>
/// <param name="Step">Step it belongs to, or epoch (<see cref="IsEpoch"/>).</param>
/// <param name="Name">For instance <c>val/acc</c>.</param>
/// <param name="Value">The scalar; may be infinite or not a number. Null for a text.</param>
/// <param name="Text">The text; null for a scalar.</param>
public sealed record LoggedEvent(DateTimeOffset When, long Step, string Name, double? Value, string? Text)
{
    const string Epoch = "epoch";

    /// <summary>Whether <see cref="Step"/> counts epochs.</summary>
    public bool IsEpoch { get; init; }

    /// <summary>The event as one line of <c>events.jsonl</c>, with its line end.</summary>
    internal string ToLine()
    {
        var fields = new JsonObject { ["ts_utc"] = Timestamp.Text(When), ["step"] = Step, ["name"] = Name };
        if (IsEpoch) fields["unit"] = Epoch;
        if (Text is not null) fields["text"] = Text;
        else fields["value"] = double.IsFinite(Value!.Value) ? Value : Value.Value.ToString(CultureInfo.InvariantCulture);
        return CanonicalJson.Compact(fields) + "\n";
    }

    /// <summary>Reads such a line.</summary>
    /// <exception cref="Signals.DataException">The line is no event.</exception>
    internal static LoggedEvent OfLine(string where, ReadOnlySpan<byte> line)
    {
        var object_ = CanonicalJson.ParseObject(where, line);
        var fields = new JsonFields(where, object_);
        if (!Timestamp.TryRead(fields.Text("ts_utc"), out var when))
            throw new Signals.DataException(where, $"ts_utc '{fields.Text("ts_utc")}' is no moment");
        var isEpoch = fields.Has("unit") && fields.Text("unit") == Epoch;
        if (fields.Has("text"))
            return new LoggedEvent(when, fields.Integer("step"), fields.Text("name"), null, fields.Text("text")) { IsEpoch = isEpoch };
        var value = object_["value"] is JsonValue v && v.TryGetValue(out string? word)
            ? word switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => throw new Signals.DataException(where, $"value '{word}' is no number"),
            }
            : fields.Number("value");
        return new LoggedEvent(when, fields.Integer("step"), fields.Text("name"), value, null) { IsEpoch = isEpoch };
    }
}
