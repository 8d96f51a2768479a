using Kymo.Signals;
using Kymo.Signals.Midi;

namespace Kymo.Lab.Data.Music;

/// <summary>
/// Reads the files of a set one by one and hands on what is made of each; only that is kept in memory. What cannot be used is counted
/// with its reason; more than a stated share of unreadable files stops.
/// </summary>
public sealed class MidiSet
{
    MidiSet(IReadOnlyList<Exclusion> unreadable, IReadOnlyList<Exclusion> unsuited) => (Unreadable, Unsuited) = (unreadable, unsuited);

    /// <summary>Files that are damaged or absent, and why.</summary>
    public IReadOnlyList<Exclusion> Unreadable { get; }

    /// <summary>Files that are sound but hold nothing of use, and why.</summary>
    public IReadOnlyList<Exclusion> Unsuited { get; }

    /// <summary>Both.</summary>
    public IReadOnlyList<Exclusion> Exclusions => [.. Unreadable.Concat(Unsuited)];

    /// <summary>Reads all items.</summary>
    /// <param name="items">The files.</param>
    /// <param name="use">Takes a file; answers with the reason why it is of no use, or null. Its <see cref="DataException"/> is damage.</param>
    /// <param name="largestShare">Share of unreadable files that is borne, 0 to 1.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancel">Stops between two files.</param>
    /// <exception cref="DataException">Too many files are unreadable; the first ones are named.</exception>
    public static MidiSet ForEach(
        IReadOnlyList<MusicItem> items, Func<MusicItem, MidiFile, string?> use, double largestShare, Action<int>? progress = null, CancellationToken cancel = default)
    {
        var (unreadable, unsuited) = (new List<Exclusion>(), new List<Exclusion>());
        foreach (var (index, item) in items.Index())
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                if (use(item, MidiFile.Read(item.Path)) is { } reason) unsuited.Add(new(item.Id, reason));
            }
            catch (DataException error)
            {
                unreadable.Add(new(item.Id, error.Path == item.Path ? error.Problem : error.Message));
            }
            progress?.Invoke(index + 1);
        }
        if (unreadable.Count > largestShare * items.Count) throw TooMany(items, unreadable, largestShare);
        return new(unreadable, unsuited);
    }

    /// <summary>The error of a set with too many unreadable files.</summary>
    public static DataException TooMany(IReadOnlyList<MusicItem> items, IReadOnlyList<Exclusion> unreadable, double largestShare) => new(
        items.First(item => item.Id == unreadable[0].Id).Path, string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"is one of {items.Count} files of which {unreadable.Count} cannot be read ({string.Join("; ", unreadable.Take(3).Select(exclusion => $"{exclusion.Id}: {exclusion.Reason}"))}); repair them, or allow more than {largestShare:0.##} with data.max_bad_fraction=1"));
}
