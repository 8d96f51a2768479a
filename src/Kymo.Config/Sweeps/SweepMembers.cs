using System.Numerics;

namespace Kymo.Config;

/// <summary>The values that a sweep stands for, in order.</summary>
static class SweepMembers
{
    /// <summary>More members or jobs than this are refused.</summary>
    public const int Most = 1_000_000;

    public static IReadOnlyList<OverrideValue> Of(ChoiceSweep choice, Random? random) =>
        choice.Shuffle ? Shuffled(choice.Items, random) : choice.Items;

    public static IReadOnlyList<OverrideValue> Of(RangeSweep range, Random? random)
    {
        var members = range is { Start: not FloatValue, Stop: not FloatValue, Step: not FloatValue } ? Whole(range)
            : Floats(range);
        return range.Shuffle ? Shuffled(members, random) : members;
    }

    static List<OverrideValue> Whole(RangeSweep range)
    {
        var (start, stop, step) = (Ordering.Whole(range.Start), Ordering.Whole(range.Stop), Ordering.Whole(range.Step));
        if (step.IsZero) throw new ConfigException($"The step of {range} is zero. range(start,stop,step) needs a step above "
            + $"or below zero.");
        var count = BigInteger.Max(0, (stop - start + step - step.Sign) / step);
        if (count > Most) throw TooMany(range);
        var members = new List<OverrideValue>((int)count);
        for (var i = 0; i < (int)count; i++) members.Add(new IntValue(start + (i * step)));
        return members;
    }

    static List<OverrideValue> Floats(RangeSweep range)
    {
        var (start, stop, step) = (Casts.ToFloat(range.Start), Casts.ToFloat(range.Stop), Casts.ToFloat(range.Step));
        if (double.IsNaN(start) || double.IsNaN(stop) || double.IsNaN(step))
            throw new ConfigException($"{range} has an end or step that is no number (nan).");
        if (step == 0)
            throw new ConfigException($"Invalid range values (start:{Show(range.Start)}, stop:{Show(range.Stop)}, "
                + $"step:{Show(range.Step)})");
        if (step > 0 ? !(start < stop) : !(start > stop)) return [];
        if (double.IsFinite(step) && !(Math.Abs((stop / step) - (start / step)) <= Most)) throw TooMany(range);
        if (double.IsInfinity(step)) return [new FloatValue(start)];
        return Count(range);
    }

    static List<OverrideValue> Count(RangeSweep range)
    {
        var (current, stop, step) = (Exact(range.Start), Exact(range.Stop), Exact(range.Step));
        var members = new List<OverrideValue>();
        while (step.Sign > 0 ? current.CompareTo(stop) < 0 : current.CompareTo(stop) > 0)
        {
            if (members.Count == Most) throw TooMany(range);
            members.Add(new FloatValue(current.ToDouble()));
            current += step;
        }
        return members;
    }

    static ExactDecimal Exact(OverrideValue value) =>
        value is FloatValue number ? ExactDecimal.From(number.Value) : ExactDecimal.From(Ordering.Whole(value));

    static OverrideValue[] Shuffled(IReadOnlyList<OverrideValue> members, Random? random)
    {
        var shuffled = members.ToArray();
        (random ?? new Random(shuffled.Length)).Shuffle(shuffled);
        return shuffled;
    }

    static string Show(OverrideValue value) => OverrideWriter.Write(value);

    static ConfigException TooMany(RangeSweep range) => new($"{range} has more than {Most} members. Check its ends and its "
        + $"step.");
}
