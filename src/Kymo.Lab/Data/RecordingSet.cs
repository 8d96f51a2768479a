namespace Kymo.Lab.Data;

/// <summary>One labelled recording of a dataset.</summary>
/// <param name="Id">Name within the dataset, stable across machines (usually the file's path under the root).</param>
/// <param name="Path">The file.</param>
/// <param name="Label">Index into <see cref="RecordingSet.Classes"/>.</param>
/// <param name="Fold">The published fold, counted from 1; 0 where the dataset has none.</param>
/// <param name="Group">What must never stand on both sides of a split: the source recording, the person, the kit.</param>
/// <param name="Scene">A sub-population whose score is reported apart (<c>foreground</c>, <c>background</c>), or null.</param>
public sealed record Recording(string Id, string Path, int Label, int Fold, string Group, string? Scene = null);

/// <summary>A recording that is not used, and why.</summary>
/// <param name="Id">Name within the dataset.</param>
/// <param name="Reason">Why it is left out.</param>
public sealed record Exclusion(string Id, string Reason);

/// <summary>What a dataset reader finds: the usable recordings, what was left out, and where the data come from.</summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Root">The folder it was read from.</param>
/// <param name="Licence">The licence its publisher states.</param>
/// <param name="Classes">Class names; a recording's label is an index into them.</param>
/// <param name="Recordings">The recordings, in the order of the dataset's own table.</param>
/// <param name="Exclusions">What was left out.</param>
public sealed record RecordingSet(
    string Name,
    string Root,
    string Licence,
    IReadOnlyList<string> Classes,
    IReadOnlyList<Recording> Recordings,
    IReadOnlyList<Exclusion> Exclusions)
{
    /// <summary>The column of the dataset's table that says what teaches, what picks the epoch and what is reported: folds 1, 2 and 3; null where folds are just folds.</summary>
    public string? SplitColumn { get; init; }

    /// <summary>The published folds that occur, in order; empty where the dataset has none.</summary>
    public IReadOnlyList<int> Folds => [.. Recordings.Select(recording => recording.Fold).Where(fold => fold > 0).Distinct().Order()];

    /// <summary>The same set without some recordings.</summary>
    /// <param name="exclusions">What to leave out, and why.</param>
    public RecordingSet Without(IReadOnlyCollection<Exclusion> exclusions)
    {
        var dropped = exclusions.Select(exclusion => exclusion.Id).ToHashSet();
        return this with
        {
            Recordings = [.. Recordings.Where(recording => !dropped.Contains(recording.Id))],
            Exclusions = [.. Exclusions, .. exclusions],
        };
    }
}
