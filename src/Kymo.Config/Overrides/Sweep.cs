namespace Kymo.Config;

/// <summary>A value that stands for several: one job is made of each.</summary>
public abstract record Sweep : OverrideValue
{
    /// <summary>Tags set by <c>tag(...)</c>, each once, in the order typed. Samplers read them (<c>log</c>).</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether <paramref name="other"/> carries the same tags, in any order.</summary>
    private protected bool SameTags(Sweep other) => Tags.Count == other.Tags.Count && Tags.All(other.Tags.Contains);
}

/// <summary><c>a,b,c</c> or <c>choice(a,b,c)</c>.</summary>
/// <param name="Items">The values to choose from.</param>
public sealed record ChoiceSweep(IReadOnlyList<OverrideValue> Items) : Sweep
{
    /// <summary>Whether it was typed as a comma list (or came from a cast of several arguments).</summary>
    public bool IsSimple { get; init; }

    /// <summary>Whether the order of the values is to be shuffled.</summary>
    public bool Shuffle { get; init; }

    /// <inheritdoc/>
    public bool Equals(ChoiceSweep? other) => other is not null && IsSimple == other.IsSimple && Shuffle == other.Shuffle
        && SameTags(other) && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Count;
}

/// <summary>
/// <c>range(start,stop,step)</c>: start, start + step, ... as long as it is below stop (above, for a negative step). Of whole
/// numbers if all three are.
/// </summary>
/// <param name="Start">First value; whole number, float or bool.</param>
/// <param name="Stop">End, not included.</param>
/// <param name="Step">Step, default 1.</param>
public sealed record RangeSweep(OverrideValue Start, OverrideValue Stop, OverrideValue Step) : Sweep
{
    /// <summary>Whether the order of the values is to be shuffled.</summary>
    public bool Shuffle { get; init; }

    /// <inheritdoc/>
    public bool Equals(RangeSweep? other) => other is not null && Shuffle == other.Shuffle && SameTags(other)
        && Start == other.Start && Stop == other.Stop && Step == other.Step;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Start, Stop, Step);
}

/// <summary><c>interval(start,end)</c>: all numbers between the two. Needs a sweeper that samples.</summary>
/// <param name="Start">Lower end; a float, or a whole number after <c>int(...)</c>.</param>
/// <param name="End">Upper end.</param>
public sealed record IntervalSweep(OverrideValue Start, OverrideValue End) : Sweep
{
    /// <inheritdoc/>
    public bool Equals(IntervalSweep? other) => other is not null && SameTags(other) && Start == other.Start && End == other.End;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Start, End);
}

/// <summary><c>glob(include, exclude)</c>: the options of a config group whose names match.</summary>
/// <param name="Include">Patterns of names to take; text, unless something else was typed in a list.</param>
/// <param name="Exclude">Patterns of names to leave out.</param>
public sealed record GlobSweep(IReadOnlyList<OverrideValue> Include, IReadOnlyList<OverrideValue> Exclude) : OverrideValue
{
    /// <inheritdoc/>
    public bool Equals(GlobSweep? other) => other is not null && Include.SequenceEqual(other.Include)
        && Exclude.SequenceEqual(other.Exclude);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Include.Count, Exclude.Count);
}
