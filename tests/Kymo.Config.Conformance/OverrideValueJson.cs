using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace Kymo.Config.Conformance;

/// <summary>Override values in the JSON form of the conformance cases.</summary>
static class OverrideValueJson
{
    public static JsonNode? Write(OverrideValue? value) => value switch
    {
        null or NullValue => null,
        BoolValue flag => JsonValue.Create(flag.Value),
        IntValue number => Whole(number.Value),
        FloatValue number => Float(number.Value),
        TextValue text => JsonValue.Create(text.Text),
        QuotedValue quoted => new JsonObject
        {
            ["quoted"] = quoted.Text,
            ["quote"] = quoted.Quote == QuoteKind.Single ? "single" : "double",
        },
        ListValue list => Array(list.Items),
        DictValue dict => new JsonObject
        {
            ["dict"] = new JsonArray([.. dict.Items.Select(item => new JsonArray(Write(item.Key), Write(item.Value)))]),
        },
        ChoiceSweep choice => new JsonObject
        {
            ["choice"] = Array(choice.Items),
            ["simple"] = choice.IsSimple,
            ["shuffle"] = choice.Shuffle,
            ["tags"] = Tags(choice),
        },
        RangeSweep range => new JsonObject
        {
            ["range"] = Array([range.Start, range.Stop, range.Step]),
            ["shuffle"] = range.Shuffle,
            ["tags"] = Tags(range),
        },
        IntervalSweep interval => new JsonObject { ["interval"] = Array([interval.Start, interval.End]), ["tags"] = Tags(interval) },
        GlobSweep glob => new JsonObject { ["glob"] = Array(glob.Include), ["exclude"] = Array(glob.Exclude) },
        _ => throw new NotSupportedException(value.GetType().Name),
    };

    static JsonNode Whole(BigInteger value) => JsonNode.Parse(value.ToString(CultureInfo.InvariantCulture))!;

    static JsonObject Float(double value) => new() { ["float"] = PythonText.Of(value) };

    static JsonArray Array(IReadOnlyList<OverrideValue> items) => new([.. items.Select(Write)]);

    static JsonArray Tags(Sweep sweep) => new([.. sweep.Tags.Order(StringComparer.Ordinal).Select(tag => (JsonNode)tag)]);
}
