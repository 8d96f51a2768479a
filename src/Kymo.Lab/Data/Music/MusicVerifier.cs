using Kymo.Signals;
using Kymo.Signals.Audio;
using Kymo.Signals.Midi;

namespace Kymo.Lab.Data.Music;

/// <summary>Opens every file of a music set and holds its counts against what the publisher states.</summary>
public static class MusicVerifier
{
    // Rows of each published part.
    static readonly Dictionary<string, (string Split, int Count)[]> s_published = new()
    {
        ["groove"] = [("train", 897), ("validation", 124), ("test", 129)],
        ["maestro"] = [("train", 962), ("validation", 137), ("test", 177)],
    };

    /// <summary>Sets that can be described and verified.</summary>
    public static IReadOnlyList<string> Names { get; } = ["deam", "lakh", "maestro", "groove", "pop909"];

    /// <summary>Reads a set for looking at it: unlabelled files are listed, not refused.</summary>
    public static MusicSet Read(string name, string root) => MusicFolders.Read(
        name, name switch
        {
            "deam" => MusicKind.Emotion,
            "maestro" => MusicKind.Dynamics,
            "groove" => MusicKind.Groove,
            "pop909" => MusicKind.Harmony,
            _ => MusicKind.Melody,
        }, root, new LabelOptions(SkipUnlabelled: true));

    /// <summary>Lines for a person: pieces, groups, published parts, licence, what was left out.</summary>
    public static IReadOnlyList<string> Describe(MusicSet set) =>
    [
        $"{set.Name}: {set.Items.Count} pieces of {set.Items.Select(item => item.Group).Distinct().Count()} groups; {set.Licence}; labels: {set.LabelSource}",
        .. set.Items.Where(item => item.Split is not null).CountBy(item => item.Split!).OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => $"{part.Key}: {part.Value}"),
        .. set.Notes,
        .. set.Exclusions.Count > 0 ? [$"left out: {set.Exclusions.Count}, for instance {set.Exclusions[0].Id}: {set.Exclusions[0].Reason}"] : Array.Empty<string>(),
    ];

    /// <summary>Opens every file; an empty list means sound.</summary>
    /// <param name="set">The set.</param>
    /// <param name="progress">Told how many files were opened.</param>
    /// <param name="cancel">Stops.</param>
    public static IReadOnlyList<string> Verify(MusicSet set, Action<int> progress, CancellationToken cancel)
    {
        var findings = set.Exclusions.Select(exclusion => $"{exclusion.Id}: {exclusion.Reason}").ToList();
        foreach (var (split, count) in s_published.GetValueOrDefault(set.Name, []))
        {
            var found = set.Items.Count(item => item.Split == split);
            if (found != count) findings.Add($"{split}: {found} files; published are {count}");
        }
        foreach (var (index, item) in set.Items.Index())
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                if (set.Kind == MusicKind.Emotion) AudioFile.Read(item.Path);
                else
                {
                    var midi = MidiFile.Read(item.Path);
                    if (midi.ProblemCount > 0) findings.Add($"{item.Id}: {midi.ProblemCount} oddities, the first at byte {midi.Problems[0].Offset}: {midi.Problems[0].Text}");
                    if (midi.Notes.Count == 0) findings.Add($"{item.Id}: holds no notes");
                }
                if (set.Name == "pop909") Pop909.Chords(item);
            }
            catch (DataException error)
            {
                findings.Add($"{item.Id}: {error.Problem}");
            }
            progress(index + 1);
        }
        return findings;
    }
}
