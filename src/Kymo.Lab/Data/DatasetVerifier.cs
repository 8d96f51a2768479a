using Kymo.Signals;
using Kymo.Signals.Audio;

namespace Kymo.Lab.Data;

/// <summary>Holds a dataset's tree against what its publisher states, and decodes every recording.</summary>
public static class DatasetVerifier
{
    // Salamon, Jacoby and Bello 2014: clips of folds 1 to 10.
    static readonly int[] s_urbanFolds = [873, 888, 925, 990, 936, 823, 838, 806, 816, 837];

    /// <summary>Checks everything; an empty list means sound.</summary>
    /// <param name="set">The dataset, absent files among its exclusions.</param>
    /// <param name="progress">Told how many recordings were decoded.</param>
    /// <param name="cancel">Stops.</param>
    public static IReadOnlyList<string> Verify(RecordingSet set, Action<int> progress, CancellationToken cancel)
    {
        var findings = set.Exclusions.Select(exclusion => $"{exclusion.Id}: {exclusion.Reason}").ToList();
        if (set.Name == "UrbanSound8K" && !File.Exists(Path.Combine(set.Root, "metadata", "subset.csv")))
        {
            for (var fold = 1; fold <= s_urbanFolds.Length; fold++)
            {
                var count = set.Recordings.Count(recording => recording.Fold == fold);
                if (count != s_urbanFolds[fold - 1]) findings.Add($"fold {fold}: {count} clips; published are {s_urbanFolds[fold - 1]}");
            }
        }
        for (var i = 0; i < set.Recordings.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                AudioFile.Read(set.Recordings[i].Path);
            }
            catch (DataException error)
            {
                findings.Add($"{set.Recordings[i].Id}: {error.Problem}");
            }
            progress(i + 1);
        }
        return findings;
    }
}
