using System.Numerics;

namespace Kymo.Config;

/// <summary>A value as it was typed in an override: a scalar, a list, a dictionary, or a sweep over several values.</summary>
public abstract record OverrideValue
{
    /// <summary>The value as override text, such that parsing the text gives the value again.</summary>
    public sealed override string ToString() => OverrideWriter.Write(this);
}

/// <summary><c>null</c>, in any case.</summary>
public sealed record NullValue : OverrideValue
{
    /// <summary>The one value of this type.</summary>
    public static NullValue Instance { get; } = new();

    NullValue()
    {
    }
}

/// <summary><c>true</c> or <c>false</c>, in any case.</summary>
/// <param name="Value">The value.</param>
public sealed record BoolValue(bool Value) : OverrideValue
{
    /// <summary>The value <c>true</c>.</summary>
    public static BoolValue True { get; } = new(true);

    /// <summary>The value <c>false</c>.</summary>
    public static BoolValue False { get; } = new(false);

    /// <summary>One of the two.</summary>
    public static BoolValue Of(bool value) => value ? True : False;
}

/// <summary>A whole number of any size.</summary>
/// <param name="Value">The value.</param>
public sealed record IntValue(BigInteger Value) : OverrideValue;

/// <summary>A number with a point or an exponent, <c>inf</c> or <c>nan</c>.</summary>
/// <param name="Value">The value.</param>
public sealed record FloatValue(double Value) : OverrideValue;

/// <summary>Text without quotes; interpolations (<c>${...}</c>) stand in it as they were typed.</summary>
/// <param name="Text">The text, escapes undone.</param>
public sealed record TextValue(string Text) : OverrideValue
{
    /// <summary>The value of <c>key=</c>.</summary>
    public static TextValue Empty { get; } = new("");
}

/// <summary>The quotes around a text.</summary>
public enum QuoteKind
{
    /// <summary><c>'...'</c></summary>
    Single,

    /// <summary><c>"..."</c></summary>
    Double,
}

/// <summary>Text that was typed in quotes.</summary>
/// <param name="Text">What stood between the quotes, escapes undone.</param>
/// <param name="Quote">The quotes it stood in.</param>
public sealed record QuotedValue(string Text, QuoteKind Quote) : OverrideValue;

/// <summary><c>[a,b]</c></summary>
/// <param name="Items">The elements in order.</param>
public sealed record ListValue(IReadOnlyList<OverrideValue> Items) : OverrideValue
{
    /// <inheritdoc/>
    public bool Equals(ListValue? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Count;
}

/// <summary><c>{a:1,2:b}</c></summary>
/// <param name="Items">
/// Keys (null, bool, whole number, float or text) and values in the order typed. A key that is repeated keeps its first place and
/// its last value; as in Python, <c>1</c>, <c>1.0</c> and <c>true</c> are one key.
/// </param>
public sealed record DictValue(IReadOnlyList<KeyValuePair<OverrideValue, OverrideValue>> Items) : OverrideValue
{
    /// <inheritdoc/>
    public bool Equals(DictValue? other) => other is not null && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Count;
}
