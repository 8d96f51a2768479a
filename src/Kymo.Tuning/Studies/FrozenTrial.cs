namespace Kymo.Tuning;

/// <summary>One suggested parameter of a trial.</summary>
/// <param name="Name">Its name, as an override would write it.</param>
/// <param name="Distribution">What it was drawn from.</param>
/// <param name="Number">The internal number storages keep.</param>
public sealed record TrialParameter(string Name, Distribution Distribution, double Number)
{
    /// <summary>The value itself: <see cref="double"/>, <see cref="long"/> or a choice.</summary>
    public object? Value => Distribution.ToValue(Number);
}

/// <summary>A trial as it was when it was read; immutable.</summary>
public sealed record FrozenTrial
{
    /// <summary>No attributes.</summary>
    internal static IReadOnlyDictionary<string, object?> None { get; } = new Dictionary<string, object?>();

    static readonly SortedList<long, double> s_noValues = [];

    /// <summary>The storage's key of the trial; unique in the storage.</summary>
    public long Id { get; init; }

    /// <summary>Place in the study, from 0.</summary>
    public int Number { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required TrialState State { get; init; }

    /// <summary>One value for each objective; null without.</summary>
    public IReadOnlyList<double>? Values { get; init; }

    /// <summary>When a worker took it, local time; null while it waits.</summary>
    public DateTime? Started { get; init; }

    /// <summary>When it ended, local time; null before.</summary>
    public DateTime? Completed { get; init; }

    /// <summary>The suggested parameters, in the order they were asked for.</summary>
    public IReadOnlyList<TrialParameter> Parameters { get; init; } = [];

    /// <summary>What the user wrote to the trial, for instance <c>run_dir</c>.</summary>
    public IReadOnlyDictionary<string, object?> UserAttributes { get; init; } = None;

    /// <summary>What samplers, pruners and the study wrote, for instance <c>fixed_params</c>.</summary>
    public IReadOnlyDictionary<string, object?> SystemAttributes { get; init; } = None;

    /// <summary>Reported values by step, in order of steps; NaN allowed.</summary>
    public IReadOnlyDictionary<long, double> IntermediateValues { get; init; } = s_noValues;

    /// <summary>The value of the only objective, or null.</summary>
    public double? Value => Values is [var value] ? value : null;

    /// <summary>The highest reported step, or null.</summary>
    public long? LastStep => IntermediateValues.Count == 0 ? null : IntermediateValues.Keys.Max();

    /// <summary>Whether it ended, in whatever way.</summary>
    public bool IsFinished => State.IsFinished();

    /// <summary>The constraint values (feasible where none is above zero), or null where none were told.</summary>
    public IReadOnlyList<double>? Constraints =>
        SystemAttributes.GetValueOrDefault(AttributeNames.Constraints) is IReadOnlyList<object?> list
            ? [.. list.Select(item => Json.PythonJson.Number(item) ?? double.NaN)]
            : null;

    /// <summary>The parameter of a name, or null.</summary>
    public TrialParameter? Find(string name)
    {
        foreach (var parameter in Parameters)
            if (parameter.Name == name) return parameter;
        return null;
    }
}

/// <summary>A study as it was when it was read; immutable.</summary>
/// <param name="Id">The storage's key of the study.</param>
/// <param name="Name">Its name; unique in the storage.</param>
/// <param name="Directions">One for each objective.</param>
/// <param name="UserAttributes">What the user wrote to it.</param>
/// <param name="SystemAttributes">What samplers wrote to it.</param>
public sealed record FrozenStudy(
    long Id,
    string Name,
    IReadOnlyList<StudyDirection> Directions,
    IReadOnlyDictionary<string, object?> UserAttributes,
    IReadOnlyDictionary<string, object?> SystemAttributes);
