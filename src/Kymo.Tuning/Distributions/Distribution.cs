using Kymo.Tuning.Json;

namespace Kymo.Tuning;

/// <summary>
/// The values a parameter may take. Two numbers stand for a value: what a person sees (a <see cref="double"/>, a
/// <see cref="long"/>, a choice) and the internal number that storages keep (the number itself, or the index of a choice), as in
/// Optuna. Distributions are immutable and equal when their stored texts are.
/// </summary>
public abstract class Distribution : IEquatable<Distribution>
{
    string? _json;

    private protected Distribution()
    {
    }

    /// <summary>The text every storage keeps, byte for byte as Optuna 3 and 4 write it.</summary>
    public string Json =>
        _json ??= PythonJson.Write(new Dictionary<string, object?> { ["name"] = GetType().Name, ["attributes"] = Attributes() });

    /// <summary>Whether only one value is possible.</summary>
    public abstract bool IsSingle { get; }

    /// <summary>The internal number of the only value, when <see cref="IsSingle"/>.</summary>
    internal abstract double Single { get; }

    /// <summary>Whether an internal number lies in the range and on the grid.</summary>
    public abstract bool Contains(double number);

    /// <summary>The value an internal number stands for: <see cref="double"/>, <see cref="long"/> or a choice.</summary>
    public abstract object? ToValue(double number);

    /// <summary>The internal number of a value; a value outside the range is allowed where it has a number.</summary>
    /// <exception cref="StudyException">The value has no number here.</exception>
    public abstract double ToNumber(object? value);

    /// <summary>Whether values of both may stand in one study under one name: same kind, same scale, same choices.</summary>
    public abstract bool IsCompatible(Distribution other);

    private protected abstract Dictionary<string, object?> Attributes();

    /// <inheritdoc/>
    public bool Equals(Distribution? other) => ReferenceEquals(this, other) || (other is not null && Json == other.Json);

    /// <inheritdoc/>
    public override bool Equals(object? other) => Equals(other as Distribution);

    /// <inheritdoc/>
    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Json;

    private protected static double FiniteNumber(object? value, bool log, Distribution self)
    {
        var number = PythonJson.Number(value)
            ?? throw new StudyException($"{PythonJson.Write(value)} is not a number, as {self} needs");
        if (double.IsNaN(number)) throw new StudyException($"NaN is no value of {self}");
        if (log && number <= 0)
            throw new StudyException($"{PythonJson.Write(value)} is not above zero, as {self} needs (its scale is logarithmic)");
        return number;
    }
}
