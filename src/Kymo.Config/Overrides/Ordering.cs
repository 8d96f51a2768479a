using System.Numerics;

namespace Kymo.Config;

/// <summary><c>sort</c> and <c>shuffle</c>.</summary>
static class Ordering
{
    /// <summary>Lists below this length Python sorts by binary insertion.</summary>
    const int ShortLength = 64;

    public static OverrideValue Sort(FunctionArguments arguments)
    {
        var reverse = arguments["reverse"] is BoolValue { Value: true };
        if (arguments["list"] is ListValue list) return new ListValue(Sorted(list.Items, reverse));
        if (arguments["sweep"] is Sweep sweep) return SortSweep(sweep, reverse);
        if (arguments.Positional is [var only]) return only switch
        {
            Sweep inner => SortSweep(inner, reverse),
            ListValue items => new ListValue(Sorted(items.Items, reverse)),
            _ => only,
        };
        if (arguments.Positional.Any(argument => argument is not (IntValue or FloatValue or BoolValue or TextValue)))
            throw FunctionError.OfType($"Invalid arguments: "
                + $"({string.Join(", ", arguments.Positional.Select(PythonValues.Quoted))})");
        if (arguments.Positional.Count == 0) throw FunctionError.OfValue("empty sort input");
        return new ChoiceSweep(Sorted(arguments.Positional, reverse)) { IsSimple = true };
    }

    public static OverrideValue Shuffle(FunctionArguments arguments, Random random)
    {
        var given = arguments["list"] as ListValue ?? (OverrideValue?)(arguments["sweep"] as Sweep);
        if (given is null && arguments.Positional is [var only]) given = only;
        return given switch
        {
            ChoiceSweep choice => choice with { Shuffle = true },
            RangeSweep range => range with { Shuffle = true },
            ListValue items => Shuffled(items, random),
            null => SweepFunctions.SimpleChoice(arguments.Positional) with { Shuffle = true },
            _ => new ListValue([given]),
        };
    }

    static ListValue Shuffled(ListValue list, Random random)
    {
        var items = list.Items.ToArray();
        random.Shuffle(items);
        return new ListValue(items);
    }

    static Sweep SortSweep(Sweep sweep, bool reverse) => sweep switch
    {
        ChoiceSweep choice => choice with { Items = Sorted(choice.Items, reverse) },
        RangeSweep range => SortRange(range, reverse),
        _ => throw FunctionError.Assertion("only choice() and range() can be sorted"),
    };

    /// <summary>
    /// Flips a range that runs against the order asked for. The new ends lie one step inside the old ones, as Hydra computes
    /// them; for a range that does not land on its stop these are other members than before.
    /// </summary>
    static RangeSweep SortRange(RangeSweep range, bool reverse)
    {
        var flip = reverse ? LessThan(range.Start, range.Stop) : LessThan(range.Stop, range.Start);
        if (!flip) return range;
        var size = LessThan(range.Step, new IntValue(0)) ? Negate(range.Step) : range.Step;
        var shift = reverse ? Negate(size) : size;
        return range with { Start = Add(range.Stop, shift), Stop = Add(range.Start, shift), Step = Negate(range.Step) };
    }

    static IReadOnlyList<OverrideValue> Sorted(IReadOnlyList<OverrideValue> items, bool reverse)
    {
        var sorted = items.ToList();
        if (reverse) sorted.Reverse();
        if (sorted.Count < ShortLength) ShortSort(sorted);
        else sorted = [.. sorted.Order(Comparer<OverrideValue>.Create((a, b) => LessThan(a, b) ? -1 : LessThan(b, a) ? 1 : 0))];
        if (reverse) sorted.Reverse();
        return sorted;
    }

    /// <summary>
    /// The leading run, reversed if it falls, then each further item by bisection. With items that have no order (<c>nan</c>) the
    /// result depends on which pairs are compared, so these are the pairs Python compares.
    /// </summary>
    static void ShortSort(List<OverrideValue> items)
    {
        if (items.Count < 2) return;
        var run = 2;
        var falls = LessThan(items[1], items[0]);
        while (run < items.Count && LessThan(items[run], items[run - 1]) == falls) run++;
        if (falls) items.Reverse(0, run);
        for (; run < items.Count; run++)
        {
            var item = items[run];
            var (low, high) = (0, run);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (LessThan(item, items[middle])) high = middle;
                else low = middle + 1;
            }
            items.RemoveAt(run);
            items.Insert(low, item);
        }
    }

    /// <summary>Python's <c>&lt;</c>.</summary>
    static bool LessThan(OverrideValue a, OverrideValue b)
    {
        if (a is TextValue left && b is TextValue right) return PythonValues.Compare(left.Text, right.Text) < 0;
        if (IsNumber(a) && IsNumber(b)) return CompareNumbers(a, b) < 0;
        if (a is not ListValue first || b is not ListValue second)
            throw FunctionError.OfType($"'<' not supported between instances of '{PythonValues.TypeName(a)}' and "
                + $"'{PythonValues.TypeName(b)}'");
        for (var i = 0; i < Math.Min(first.Items.Count, second.Items.Count); i++)
            if (!PythonEquality.AreEqual(first.Items[i], second.Items[i])) return LessThan(first.Items[i], second.Items[i]);
        return first.Items.Count < second.Items.Count;
    }

    static bool IsNumber(OverrideValue value) => value is IntValue or FloatValue or BoolValue;

    /// <summary>Sign of a - b by exact values; null if one is <c>nan</c>.</summary>
    public static int? CompareNumbers(OverrideValue a, OverrideValue b) => (a, b) switch
    {
        (FloatValue x, FloatValue y) => double.IsNaN(x.Value) || double.IsNaN(y.Value) ? null : x.Value.CompareTo(y.Value),
        (FloatValue x, _) => -PythonArithmetic.Compare(Whole(b), x.Value),
        (_, FloatValue y) => PythonArithmetic.Compare(Whole(a), y.Value),
        _ => Whole(a).CompareTo(Whole(b)),
    };

    static OverrideValue Add(OverrideValue a, OverrideValue b) => a is FloatValue || b is FloatValue
        ? new FloatValue(Casts.ToFloat(a) + Casts.ToFloat(b))
        : new IntValue(Whole(a) + Whole(b));

    static OverrideValue Negate(OverrideValue value) => value is FloatValue number
        ? new FloatValue(-number.Value)
        : new IntValue(-Whole(value));

    /// <summary>The value of a whole number or bool.</summary>
    public static BigInteger Whole(OverrideValue value) => value is BoolValue flag
        ? (flag.Value ? BigInteger.One : BigInteger.Zero)
        : ((IntValue)value).Value;
}
