namespace Kymo.Config;

/// <summary>
/// Python's <c>==</c> on override values: numbers and bools by value whatever their type, dictionaries in any order.
/// </summary>
static class PythonEquality
{
    public static bool AreEqual(OverrideValue a, OverrideValue b) => (a, b) switch
    {
        (IntValue or FloatValue or BoolValue, IntValue or FloatValue or BoolValue) => Ordering.CompareNumbers(a, b) == 0,
        (ListValue x, ListValue y) => x.Items.Count == y.Items.Count
            && x.Items.Zip(y.Items).All(pair => AreEqual(pair.First, pair.Second)),
        (DictValue x, DictValue y) => x.Items.Count == y.Items.Count && x.Items.All(item =>
            y.Items.Any(other => AreEqual(item.Key, other.Key) && AreEqual(item.Value, other.Value))),
        _ => a.Equals(b),
    };
}
