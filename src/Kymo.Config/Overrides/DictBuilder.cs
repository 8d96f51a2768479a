using System.Numerics;

namespace Kymo.Config;

/// <summary>
/// Collects the entries of a dictionary as Python does: keys that compare equal (<c>1</c>, <c>1.0</c>, <c>true</c>) are one, the
/// first keeps its place, the last gives the value. Two <c>nan</c> are two keys.
/// </summary>
sealed class DictBuilder
{
    const int Few = 8;

    readonly List<KeyValuePair<OverrideValue, OverrideValue>> _items = [];
    Dictionary<object, int>? _places;

    public IReadOnlyList<KeyValuePair<OverrideValue, OverrideValue>> Items => _items;

    public void Set(OverrideValue key, OverrideValue value)
    {
        var place = PlaceOf(key);
        if (place >= 0)
        {
            _items[place] = new(_items[place].Key, value);
            return;
        }
        _items.Add(new(key, value));
        _places?.Add(Canonical(key), _items.Count - 1);
    }

    int PlaceOf(OverrideValue key)
    {
        if (_items.Count < Few) return _items.FindIndex(item => SameKey(item.Key, key));
        if (_places is null)
        {
            _places = [];
            for (var i = 0; i < _items.Count; i++) _places.Add(Canonical(_items[i].Key), i);
        }
        return _places.TryGetValue(Canonical(key), out var place) ? place : -1;
    }

    static bool SameKey(OverrideValue a, OverrideValue b) => a switch
    {
        TextValue text => b is TextValue other && text.Text == other.Text,
        NullValue => b is NullValue,
        _ => b is not (TextValue or NullValue) && Canonical(a).Equals(Canonical(b)),
    };

    static object Canonical(OverrideValue key) => key switch
    {
        TextValue text => text.Text,
        IntValue number => number.Value,
        BoolValue flag => flag.Value ? BigInteger.One : BigInteger.Zero,
        FloatValue { Value: var number } when double.IsNaN(number) => new object(),
        FloatValue { Value: var number } when double.IsInteger(number) => new BigInteger(number),
        FloatValue number => number.Value,
        _ => key,
    };
}
