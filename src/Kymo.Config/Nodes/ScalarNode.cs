using System.Numerics;

namespace Kymo.Config;

/// <summary>A single value: null, a bool, an integer, a float, a string or bytes. It does not change; to change a value, replace the node.</summary>
public sealed class ScalarNode : ConfigNode
{
    /// <summary>The text of a value that must be given before it is read.</summary>
    public const string Missing = "???";

    Syntax.Joined? _interpolation;

    /// <summary>A node of the given value.</summary>
    /// <param name="value">null, bool, int, long, <see cref="BigInteger"/>, float, double, string or bytes.</param>
    /// <exception cref="ArgumentException">A value of another type.</exception>
    public ScalarNode(object? value) => Value = Normalize(value);

    /// <summary>null, bool, long, <see cref="BigInteger"/> (only beyond long), double, string or byte[].</summary>
    public object? Value { get; }

    /// <inheritdoc/>
    public override bool IsMissing => Value is Missing;

    /// <inheritdoc/>
    public override bool IsInterpolation => Value is string text && text.Contains("${", StringComparison.Ordinal);

    /// <summary>The parts of a text with interpolations, read once.</summary>
    /// <exception cref="InterpolationFault">The text does not fit the grammar.</exception>
    internal Syntax.Joined Interpolation => _interpolation ??= InterpolationParser.ConfigValue((string)Value!);

    /// <inheritdoc/>
    public override bool IsNull => Value is null;

    /// <inheritdoc/>
    public override ScalarNode Copy() => new(Value) { Position = Position, _interpolation = _interpolation };

    /// <inheritdoc/>
    public override bool SameAs(ConfigNode? other) => other is ScalarNode scalar && SameValue(Value, scalar.Value);

    /// <summary>The value as Python prints it.</summary>
    public override string ToString() => PythonText.Of(Value);

    /// <summary>Brings a value to one of the types of <see cref="Value"/>.</summary>
    internal static object? Normalize(object? value) => value switch
    {
        null or bool or long or double or string or byte[] => value,
        int number => (long)number,
        float number => (double)number,
        BigInteger number => number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number,
        _ => throw new ArgumentException($"a value of the type {value.GetType()} cannot stand in a configuration", nameof(value)),
    };

    static bool SameValue(object? left, object? right) => (left, right) switch
    {
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        _ => Equals(left, right),
    };
}
