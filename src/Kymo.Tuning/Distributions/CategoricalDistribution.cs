using Kymo.Tuning.Json;

namespace Kymo.Tuning;

/// <summary>
/// One of several values without order: null, true or false, integers, reals, text. The internal number is the index.
/// </summary>
public sealed class CategoricalDistribution : Distribution
{
    /// <summary>Makes the distribution.</summary>
    /// <param name="choices">At least one value; each null, bool, int, long, float, double or string. Lists go in as JSON
    /// text.</param>
    /// <exception cref="StudyException">There is no choice, or one of another kind.</exception>
    public CategoricalDistribution(IEnumerable<object?> choices)
    {
        Choices = [.. choices.Select(Plain)];
        if (Choices.Count == 0) throw new StudyException("a choice needs at least one value");
    }

    /// <summary>
    /// The values, in order: null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/> or <see cref="string"/>.
    /// </summary>
    public IReadOnlyList<object?> Choices { get; }

    /// <inheritdoc/>
    public override bool IsSingle => Choices.Count == 1;

    internal override double Single => 0;

    /// <inheritdoc/>
    public override bool Contains(double number) => number >= 0 && (int)number < Choices.Count;

    /// <inheritdoc/>
    public override object? ToValue(double number) => Choices[(int)number];

    /// <inheritdoc/>
    public override double ToNumber(object? value)
    {
        for (var i = 0; i < Choices.Count; i++)
            if (PythonJson.AreEqual(Choices[i], value)) return i;
        throw new StudyException($"{PythonJson.Write(value)} is none of the choices {PythonJson.Write(Choices)}");
    }

    /// <inheritdoc/>
    public override bool IsCompatible(Distribution other) =>
        other is CategoricalDistribution categorical && PythonJson.AreEqual(Choices, categorical.Choices);

    private protected override Dictionary<string, object?> Attributes() => new() { ["choices"] = Choices };

    static object? Plain(object? choice) => choice switch
    {
        null or bool or long or double or string => choice,
        int number => (long)number,
        float number => (double)number,
        _ =>
            throw new StudyException(
                $"a choice may be null, true or false, a number or text, not {choice.GetType().Name}; give lists as JSON text"),
    };
}
