using System.Numerics;

namespace Kymo.Config;

/// <summary>The target of a cast.</summary>
enum CastKind
{
    Int,
    Float,
    Str,
    Bool,
}

/// <summary>
/// <c>int float str bool</c>: applied to scalars, to the elements of lists, the values of dictionaries and the members of sweeps;
/// several arguments make a comma list.
/// </summary>
static class Casts
{
    public static OverrideValue Apply(CastKind kind, FunctionArguments arguments)
    {
        var named = arguments["value"] is NullValue ? null : arguments["value"];
        if (arguments.Positional.Count > 0 && named is not null)
            throw FunctionError.OfType("cannot use both position and named arguments");
        if (named is null && arguments.Positional.Count == 0) throw FunctionError.OfType("No positional args or value specified");
        return Cast(kind, named
            ?? (arguments.Positional is [var only] ? only : SweepFunctions.SimpleChoice(arguments.Positional)));
    }

    static OverrideValue Cast(CastKind kind, OverrideValue value) => value switch
    {
        QuotedValue quoted => Cast(kind, new TextValue(quoted.Text)),
        DictValue dict => new DictValue([.. dict.Items.Select(item => KeyValuePair.Create(item.Key, Cast(kind, item.Value)))]),
        ListValue list => new ListValue([.. list.Items.Select(item => Cast(kind, item))]),
        ChoiceSweep choice =>
            new ChoiceSweep([.. choice.Items.Select(item => CastMember(kind, item))]) { IsSimple = choice.IsSimple },
        RangeSweep range => CastRange(kind, range),
        IntervalSweep interval => CastInterval(kind, interval),
        _ => CastScalar(kind, value),
    };

    static OverrideValue CastMember(CastKind kind, OverrideValue member)
    {
        var value = Cast(kind, member);
        return value is Sweep ? throw FunctionError.Assertion("a sweep cannot stand in a choice that is cast") : value;
    }

    static RangeSweep CastRange(CastKind kind, RangeSweep range) => kind is CastKind.Int or CastKind.Float
        ? new RangeSweep(Cast(kind, range.Start), Cast(kind, range.Stop), Cast(kind, range.Step))
        : throw FunctionError.OfValue("Range can only be cast to int or float");

    static IntervalSweep CastInterval(CastKind kind, IntervalSweep interval) => kind is CastKind.Int or CastKind.Float
        ? new IntervalSweep(Cast(kind, interval.Start), Cast(kind, interval.End)) { Tags = interval.Tags }
        : throw FunctionError.OfValue($"Intervals cannot be cast to {(kind == CastKind.Str ? "str" : "bool")}");

    static OverrideValue CastScalar(CastKind kind, OverrideValue value)
    {
        if (kind == CastKind.Bool) return BoolValue.Of(ToBool(value));
        if (value is NullValue or GlobSweep)
            throw FunctionError.Assertion($"{(value is NullValue ? "null" : "glob(...)")} cannot be cast to "
                + $"{kind.ToString().ToLowerInvariant()}");
        return kind switch
        {
            CastKind.Int => new IntValue(ToInt(value)),
            CastKind.Float => new FloatValue(ToFloat(value)),
            _ => new TextValue(ToText(value)),
        };
    }

    static BigInteger ToInt(OverrideValue value) => value switch
    {
        BoolValue flag => flag.Value ? BigInteger.One : BigInteger.Zero,
        IntValue number => number.Value,
        FloatValue { Value: var number } when double.IsNaN(number) =>
            throw FunctionError.OfValue("cannot convert float NaN to integer"),
        FloatValue { Value: var number } when double.IsInfinity(number) =>
            throw new FunctionError("OverflowError", "cannot convert float infinity to integer"),
        FloatValue number => new BigInteger(number.Value),
        TextValue { Text: var text } => ParseInt(text),
        _ => throw new InvalidOperationException(),
    };

    static BigInteger ParseInt(string text)
    {
        if (PythonArithmetic.HasTooManyDigits(text))
            throw FunctionError.OfValue($"Exceeds the limit ({PythonArithmetic.MaxIntDigits} digits) for integer string "
                + $"conversion");
        return PythonNumbers.TryParseInt(text, 10, out var value)
            ? value as BigInteger? ?? (long)value
            : throw FunctionError.OfValue($"invalid literal for int() with base 10: {PythonText.Quoted(text)}");
    }

    /// <summary><c>float(value)</c> of a scalar.</summary>
    public static double ToFloat(OverrideValue value) => value switch
    {
        BoolValue flag => flag.Value ? 1 : 0,
        IntValue { Value: var number } when double.IsInfinity(PythonArithmetic.ToDouble(number)) =>
            throw new FunctionError("OverflowError", "int too large to convert to float"),
        IntValue number => PythonArithmetic.ToDouble(number.Value),
        FloatValue number => number.Value,
        TextValue { Text: var text } => PythonNumbers.TryParseFloat(text, out var parsed)
            ? parsed
            : throw FunctionError.OfValue($"could not convert string to float: {PythonText.Quoted(text)}"),
        _ => throw new InvalidOperationException(),
    };

    static string ToText(OverrideValue value) => value switch
    {
        BoolValue flag => flag.Value ? "true" : "false",
        IntValue number => number.Value.ToString(),
        FloatValue number => PythonText.Of(number.Value),
        TextValue text => text.Text,
        _ => throw new InvalidOperationException(),
    };

    static bool ToBool(OverrideValue value) => value switch
    {
        NullValue => false,
        BoolValue flag => flag.Value,
        IntValue number => !number.Value.IsZero,
        FloatValue number => number.Value != 0,
        TextValue { Text: var text } when text.Equals("true", StringComparison.OrdinalIgnoreCase) => true,
        TextValue { Text: var text } when text.Equals("false", StringComparison.OrdinalIgnoreCase) => false,
        TextValue { Text: var text } => throw FunctionError.OfValue($"Cannot cast '{text}' to bool"),
        _ => true,
    };
}
