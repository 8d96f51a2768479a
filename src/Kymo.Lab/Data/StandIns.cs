using Kymo.Signals;

namespace Kymo.Lab.Data;

/// <summary>What becomes of a recording that cannot be used.</summary>
public enum UnusableAudio
{
    /// <summary>It is left out and counted.</summary>
    Exclude,

    /// <summary>The original's: the next usable recording of its fold stands in for it, with that one's label.</summary>
    Skip,

    /// <summary>The original's: as <see cref="Skip"/>, and silence with its own label where there is none.</summary>
    Resample,

    /// <summary>The original's: silence stands in for it, with its own label.</summary>
    Zero,
}

/// <summary>
/// The original's substitutes for unusable recordings: the set keeps its length, some recordings count twice. Kept to repeat its results;
/// a twin stands in the same fold, so that it is never on two sides.
/// </summary>
public static class StandIns
{
    // The original gives up after so many neighbours.
    const int MostTries = 1024;

    /// <summary>Substitutes for the exclusions of a set.</summary>
    /// <param name="set">Every recording, in the order of its table.</param>
    /// <param name="exclusions">Those that cannot be used, and why.</param>
    /// <param name="rule">What becomes of them; not <see cref="UnusableAudio.Exclude"/>.</param>
    /// <returns>The set at full length, and for each of its recordings whose features it has; null for silence.</returns>
    /// <exception cref="DataException">With <see cref="UnusableAudio.Skip"/>: no usable recording follows within 1,024.</exception>
    public static (RecordingSet Set, IReadOnlyList<string?> Features) Of(RecordingSet set, IReadOnlyCollection<Exclusion> exclusions, UnusableAudio rule)
    {
        var unusable = exclusions.Select(exclusion => exclusion.Id).ToHashSet();
        var (recordings, features) = (set.Recordings.ToArray(), set.Recordings.Select(recording => (string?)recording.Id).ToArray());
        foreach (var fold in Enumerable.Range(0, recordings.Length).GroupBy(index => set.Recordings[index].Fold))
        {
            int[] members = [.. fold];
            foreach (var (place, index) in members.Index().Where(member => unusable.Contains(set.Recordings[member.Item].Id)))
            {
                var found = rule == UnusableAudio.Zero ? -1 : Enumerable.Range(1, Math.Min(MostTries, members.Length - 1)).Select(step => members[(place + step) % members.Length])
                    .FirstOrDefault(candidate => !unusable.Contains(set.Recordings[candidate].Id), -1);
                if (found < 0 && rule == UnusableAudio.Skip)
                    throw new DataException(set.Recordings[index].Path, "cannot be used, nor can any of the 1,024 recordings behind it in its fold (data.unusable=skip); type data.unusable=resample, or leave them out with data.unusable=exclude");
                features[index] = found < 0 ? null : set.Recordings[found].Id;
                if (found >= 0) recordings[index] = recordings[index] with { Label = set.Recordings[found].Label, Group = set.Recordings[found].Group };
            }
        }
        return (set with { Recordings = recordings }, features);
    }
}
