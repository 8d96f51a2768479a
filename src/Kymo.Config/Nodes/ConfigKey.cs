using System.Numerics;

namespace Kymo.Config;

/// <summary>
/// A key of a <see cref="MapNode"/>: a string, an integer, a float, a bool, or null. As in Python's dictionaries, numbers that are
/// equal are one key (1, 1.0 and true), and a number is never equal to its text.
/// </summary>
public readonly struct ConfigKey : IEquatable<ConfigKey>
{
    /// <summary>A key of the given value.</summary>
    /// <param name="value">null, bool, int, long, <see cref="BigInteger"/>, double or string.</param>
    /// <exception cref="ArgumentException">A value of another type.</exception>
    public ConfigKey(object? value) => Value = ScalarNode.Normalize(value);

    /// <summary>null, bool, long, <see cref="BigInteger"/> (only beyond long), double or string.</summary>
    public object? Value { get; }

    /// <summary>The text when the key is a string, otherwise null.</summary>
    public string? Text => Value as string;

    /// <summary>A key that is a string.</summary>
    public static implicit operator ConfigKey(string text) => new(text);

    /// <summary>True when both are the same key of a map: equal strings or equal numbers.</summary>
    public static bool operator ==(ConfigKey left, ConfigKey right) => left.Equals(right);

    /// <summary>The opposite of ==.</summary>
    public static bool operator !=(ConfigKey left, ConfigKey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(ConfigKey other) => Value is string text
        ? other.Value is string otherText && text == otherText
        : other.Value is not string && Equals(Number(Value), Number(other.Value));

    /// <summary>True when the keys are equal and of the same type, so that 1 and true differ.</summary>
    public bool SameAs(ConfigKey other) => Value?.GetType() == other.Value?.GetType() && Equals(other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ConfigKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value is string text ? text.GetHashCode() : Number(Value)?.GetHashCode() ?? 0;

    /// <summary>The key as Python prints it: <c>True</c>, <c>None</c>, <c>1.0</c>, text as is.</summary>
    public override string ToString() => PythonText.Of(Value);

    static object? Number(object? value) => value switch
    {
        bool flag => flag ? 1L : 0L,
        double number when Math.Floor(number) == number && Math.Abs(number) < 9e18 => (long)number,
        double number when Math.Floor(number) == number && !double.IsInfinity(number) => new BigInteger(number),
        _ => value,
    };
}
