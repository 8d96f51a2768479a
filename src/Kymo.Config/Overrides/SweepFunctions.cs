using System.Numerics;

namespace Kymo.Config;

/// <summary><c>choice range interval glob tag</c>.</summary>
static class SweepFunctions
{
    /// <summary>The comma list that several arguments of a cast, of <c>sort</c> or of <c>shuffle</c> make.</summary>
    public static ChoiceSweep SimpleChoice(IReadOnlyList<OverrideValue> items) => items.Any(item => item is Sweep or GlobSweep)
        ? throw FunctionError.Assertion("a sweep cannot stand among several arguments")
        : new ChoiceSweep(items) { IsSimple = true };

    public static ChoiceSweep Choice(IReadOnlyList<OverrideValue> items)
    {
        if (items.Count == 0) throw FunctionError.OfValue("empty choice is not legal");
        if (items is not [ChoiceSweep only]) return new ChoiceSweep(items);
        return only.IsSimple ? only with { IsSimple = false } : throw FunctionError.OfValue("nesting choices is not supported");
    }

    public static RangeSweep Range(OverrideValue start, OverrideValue? stop, OverrideValue? step)
    {
        step ??= new IntValue(BigInteger.One);
        return stop is null or NullValue
            ? new RangeSweep(new IntValue(BigInteger.Zero), start, step)
            : new RangeSweep(start, stop, step);
    }

    public static IntervalSweep Interval(OverrideValue start, OverrideValue end) =>
        new(new FloatValue(Casts.ToFloat(start)), new FloatValue(Casts.ToFloat(end)));

    public static GlobSweep Glob(OverrideValue include, OverrideValue? exclude) => new(Patterns(include), Patterns(exclude));

    static IReadOnlyList<OverrideValue> Patterns(OverrideValue? patterns) => patterns switch
    {
        null or NullValue => [],
        ListValue list => list.Items,
        _ => [patterns],
    };

    public static OverrideValue Tag(IReadOnlyList<OverrideValue> arguments, OverrideValue? sweep)
    {
        if (arguments.Count == 0) throw FunctionError.OfValue("Not enough arguments to tag, must take at least a sweep");
        if (sweep is not null and not NullValue) return Tag([.. arguments, sweep], null);
        if (arguments[^1] is not Sweep last)
            throw FunctionError.OfValue("Last argument to tag() must be a choice(), range() or interval(), got NoneType");
        var tags = new List<string>();
        foreach (var tag in arguments.Take(arguments.Count - 1))
        {
            if (tag is not TextValue { Text: var text })
                throw FunctionError.OfValue($"tag arguments type must be string, got {PythonValues.TypeName(tag)}");
            if (!tags.Contains(text)) tags.Add(text);
        }
        return last with { Tags = tags };
    }
}
