using System.Globalization;
using System.Numerics;
using Kymo.Config;
using Kymo.Tuning;
using Kymo.Tuning.Json;

namespace Kymo.App.Searches;

/// <summary>How <c>range(a,b,s)</c> and text without a function are meant in a search-space file.</summary>
enum SpaceDialect
{
    /// <summary>As Hydra's Optuna sweeper: a range is an integer or stepped parameter, its stop included.</summary>
    HydraOptuna,

    /// <summary>As the seed of the activity recipe: a range is a choice of its members, its stop excluded.</summary>
    Activity,
}

/// <summary>One parameter of a search space, from the text that describes it.</summary>
static class ParameterSpec
{
    static readonly string[] s_functions = ["int(", "float(", "str(", "bool(", "sort(", "shuffle(", "glob("];

    /// <summary>The distribution that a value of a search-space file describes.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="value">Text such as <c>tag(log, interval(1e-5, 1e-2))</c>; any other value is the only choice.</param>
    /// <param name="dialect">What ranges mean.</param>
    /// <exception cref="ConfigException">The text describes no distribution.</exception>
    /// <exception cref="StudyException">The distribution contradicts itself, for instance by reversed bounds.</exception>
    public static Distribution Read(string name, ConfigNode value, SpaceDialect dialect)
    {
        if (value is not ScalarNode { Value: string text }) return new CategoricalDistribution([Choice(value)]);
        if (dialect == SpaceDialect.HydraOptuna) return Of(Override.Parse($"{name}={text}").Value!);
        var spec = string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));
        return s_functions.Any(function => spec.StartsWith(function, StringComparison.Ordinal))
            ? Of(Override.Parse($"{name}={spec}").Value!)
            : Activity(name, spec);
    }

    /// <summary>The distribution of a sweep as Hydra's Optuna sweeper understands it; a single value is the only choice.</summary>
    public static Distribution Of(OverrideValue value) => value switch
    {
        ChoiceSweep choice => new CategoricalDistribution(choice.Items.Select(Plain)),
        RangeSweep range => Range(range),
        IntervalSweep { Start: IntValue low, End: IntValue high } interval =>
            new IntDistribution(Whole(low.Value), Whole(high.Value), log: interval.Tags.Contains("log")),
        IntervalSweep interval => new FloatDistribution(Real(interval.Start), Real(interval.End), log: interval.Tags.Contains("log")),
        GlobSweep => throw new ConfigException("glob(...) names no values here; list the options by choice(a,b)"),
        _ => new CategoricalDistribution([Plain(value)]),
    };

    /// <summary>A node as a choice: scalars as they are, lists and maps as JSON text.</summary>
    public static object? Choice(ConfigNode node) => node is ScalarNode scalar && scalar.Value is not BigInteger ? scalar.Value : PythonJson.Write(Json(node));

    static Distribution Range(RangeSweep range)
    {
        var log = range.Tags.Contains("log");
        if (range is { Start: IntValue start, Stop: IntValue stop, Step: IntValue step })
            return new IntDistribution(Whole(start.Value), Whole(stop.Value), log, Whole(step.Value));
        return new FloatDistribution(Real(range.Start), Real(range.Stop), log, Real(range.Step));
    }

    static Distribution Activity(string name, string spec)
    {
        if (Arguments(spec, "tag") is { } tagged)
        {
            if (tagged is not ["log", var inner]) throw new ConfigException($"'{spec}': expected tag(log,interval(low,high))");
            if (Arguments(inner, "interval") is not [var low, var high]) return Of(Override.Parse($"{name}={spec}").Value!);
            return new FloatDistribution(Real(low, spec), Real(high, spec), log: true);
        }
        if (Arguments(spec, "interval") is { } bounds)
        {
            return bounds is [var low, var high]
                ? new FloatDistribution(Real(low, spec), Real(high, spec))
                : throw new ConfigException($"'{spec}': expected interval(low,high)");
        }
        if (Arguments(spec, "range") is { } ends) return new CategoricalDistribution(Members(ends, spec));
        if (Arguments(spec, "choice") is { } choices) return new CategoricalDistribution(choices.Select(choice => Choice(YamlReader.Read(choice, spec))));
        return new CategoricalDistribution([Choice(YamlReader.Read(spec, "search space"))]);
    }

    // The arguments of `name(...)`, split at commas outside brackets; null for any other text. One missing bracket at the end is let pass.
    static List<string>? Arguments(string spec, string name)
    {
        if (!spec.StartsWith(name + "(", StringComparison.Ordinal)) return null;
        var missing = spec.Count(letter => letter == '(') - spec.Count(letter => letter == ')');
        if (missing == 1) spec += ")";
        else if (missing != 0 || spec[^1] != ')') throw new ConfigException($"'{spec}': the brackets do not close");
        var inside = spec[(name.Length + 1)..^1];
        var (parts, depth, start) = (new List<string>(), 0, 0);
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] is '(' or '[' or '{') depth++;
            else if (inside[i] is ')' or ']' or '}') depth--;
            else if (inside[i] == ',' && depth == 0)
            {
                parts.Add(inside[start..i]);
                start = i + 1;
            }
        }
        parts.Add(inside[start..]);
        if (parts.Any(part => part.Length == 0)) throw new ConfigException($"'{spec}': a value between the commas is missing");
        return parts;
    }

    static IEnumerable<object?> Members(List<string> ends, string spec)
    {
        const int Most = 10_000;
        if (ends.Count is < 1 or > 3) throw new ConfigException($"'{spec}': expected range(start,stop,step)");
        var (start, stop) = ends.Count == 1 ? (0, Integer(ends[0], spec)) : (Integer(ends[0], spec), Integer(ends[1], spec));
        var step = ends.Count == 3 ? Integer(ends[2], spec) : 1;
        if (step == 0) throw new ConfigException($"'{spec}': the step is 0; type one above or below it");
        var count = Math.Max(0, (stop - start + step - Math.Sign(step)) / step);
        if (count == 0) throw new ConfigException($"'{spec}' has no members: its ends are equal or reversed; the stop is not a member");
        if (count > Most) throw new ConfigException($"'{spec}' has {count} members; at most {Most} are choices");
        return Enumerable.Range(0, (int)count).Select(i => (object?)(start + i * step));
    }

    static long Integer(string text, string spec) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ConfigException($"'{spec}': '{text}' is no whole number");

    static double Real(string text, string spec) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ConfigException($"'{spec}': '{text}' is no number");

    static double Real(OverrideValue value) => value switch
    {
        FloatValue number => number.Value,
        IntValue number => (double)number.Value,
        BoolValue flag => flag.Value ? 1 : 0,
        _ => throw new ConfigException($"'{value}' is no number"),
    };

    static long Whole(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (long)value
        : throw new ConfigException($"{value} does not fit into 64 bits");

    static object? Plain(OverrideValue value) => Value(value) switch
    {
        System.Collections.IEnumerable structure and not string => PythonJson.Write(structure),
        var scalar => scalar,
    };

    static object? Value(OverrideValue value) => value switch
    {
        NullValue => null,
        BoolValue flag => flag.Value,
        IntValue number => Whole(number.Value),
        FloatValue number => number.Value,
        TextValue text => text.Text,
        QuotedValue text => text.Text,
        ListValue list => list.Items.Select(Value).ToList(),
        DictValue map => map.Items.ToDictionary(item => item.Key.ToString(), item => Value(item.Value)),
        _ => throw new ConfigException($"'{value}' cannot stand inside a choice"),
    };

    static object? Json(ConfigNode node) => node switch
    {
        ListNode list => list.Select(Json).ToList(),
        MapNode map => map.ToDictionary(entry => entry.Key.ToString(), entry => Json(entry.Value)),
        ScalarNode { Value: BigInteger number } => throw new ConfigException($"{number} does not fit into 64 bits"),
        ScalarNode scalar => scalar.Value,
        _ => throw new ConfigException($"{node.Position}: expected a value"),
    };
}
