namespace Kymo.Config;

/// <summary>A number that must lie between two bounds, both allowed.</summary>
/// <param name="low">Smallest value.</param>
/// <param name="high">Largest value.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute(double low, double high) : Attribute
{
    /// <summary>Smallest value.</summary>
    public double Low { get; } = low;

    /// <summary>Largest value.</summary>
    public double High { get; } = high;
}

/// <summary>A text that must be one of a few.</summary>
/// <param name="values">The texts.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AllowedValuesAttribute(params string[] values) : Attribute
{
    /// <summary>The texts.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>The key of a setting, where it is not the property's name in snake case.</summary>
/// <param name="key">The key.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyAttribute(string key) : Attribute
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}
