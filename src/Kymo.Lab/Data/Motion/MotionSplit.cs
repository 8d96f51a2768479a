using Kymo.Config;

namespace Kymo.Lab.Data.Motion;

/// <summary>Which recordings a network learns from, which pick the epoch, and which are reported.</summary>
/// <param name="Name">The rule's name.</param>
/// <param name="Train">Learned from.</param>
/// <param name="Validation">Picks the epoch and drives the schedule.</param>
/// <param name="Test">Reported.</param>
/// <param name="SharedPeople">People on more than one side; empty for an honest split.</param>
public sealed record MotionSplit(
    string Name, IReadOnlyList<PairedRecording> Train, IReadOnlyList<PairedRecording> Validation, IReadOnlyList<PairedRecording> Test, IReadOnlyList<string> SharedPeople)
{
    /// <summary>What is not held out: <c>person</c> where a reported person teaches or picks the epoch, <c>validation</c> where only learning and picking share one, null for an honest split.</summary>
    public string? Leak => SharedPeople.Count == 0 ? null
        : Test.Any(tested => Train.Concat(Validation).Any(other => other.Participant == tested.Participant)) ? "person" : "validation";
}

/// <summary>The lists of a split: recordings (workouts), or people.</summary>
/// <param name="Name">The rule's name.</param>
/// <param name="Train">Learned from.</param>
/// <param name="Validation">Picks the epoch.</param>
/// <param name="Test">Reported.</param>
public sealed record SplitLists(string Name, IReadOnlyList<string> Train, IReadOnlyList<string> Validation, IReadOnlyList<string> Test);

/// <summary>Splits of MM-Fit by workout.</summary>
public static class MmFitSplits
{
    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["people", "official", "official_unseen", "original", "loso"];

    /// <summary>Splits as they were published, which have people on two sides: allowed by name, and stamped.</summary>
    public static IReadOnlyList<string> Shared { get; } = ["official", "official_unseen", "original"];

    /// <summary>A split by name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="fold">For <c>loso</c>: the person held out, 0 to 9.</param>
    /// <exception cref="ConfigException">No such split or person.</exception>
    public static SplitLists Find(string name, int fold = 0) => name switch
    {
        "people" => Of(name, "01 02 03 04 06 07 08 09 10 11 14 15 16 17", "18 19", "00 05 12 13 20"),
        "official" => Of(name, "01 02 03 04 06 07 08 16 17 18", "14 15 19", "09 10 11"),
        "official_unseen" => Of(name, "01 02 03 04 06 07 08 16 17 18", "14 15 19", "00 05 12 13 20"),
        "original" => Of(name, "01 02 03 04 06 07 08 16 17 18 00 05", "14 15 19 20", "09 10 11 13"),
        "loso" => LeaveOneOut(fold),
        _ => throw new ConfigException($"data.split={name}: there is no such split; there are {string.Join(", ", Names)}"),
    };

    // The next person picks the epoch.
    static SplitLists LeaveOneOut(int fold)
    {
        if (fold is < 0 or > 9) throw new ConfigException($"data.fold={fold}: MM-Fit has the people 0 to 9");
        string[] Of(Func<int, bool> chosen) => [.. Enumerable.Range(0, 21).Where(w => chosen(MmFitLayout.Participants[w])).Select(w => $"w{w:00}")];
        var next = (fold + 1) % 10;
        return new SplitLists("loso", Of(person => person != fold && person != next), Of(person => person == next), Of(person => person == fold));
    }

    static SplitLists Of(string name, string train, string validation, string test) => new(name, List(train), List(validation), List(test));

    static string[] List(string numbers) => [.. numbers.Split(' ').Select(number => "w" + number)];
}

/// <summary>Makes splits and refuses those that share a person.</summary>
public static class MotionSplits
{
    /// <summary>Sorts recordings into the lists, which name recordings or people.</summary>
    /// <param name="set">The recordings.</param>
    /// <param name="lists">The lists.</param>
    /// <param name="skipMissing">Whether listed recordings may be missing; they are told.</param>
    /// <param name="allowSharedPeople">Whether a person may stand on two sides.</param>
    /// <param name="missing">What was listed and is not there.</param>
    /// <exception cref="Signals.DataException">A listed recording is missing, a part is empty, or a person stands on two sides.</exception>
    public static MotionSplit Make(PairedSet set, SplitLists lists, bool skipMissing, bool allowSharedPeople, out IReadOnlyList<string> missing)
    {
        var known = set.Recordings.SelectMany(recording => new[] { recording.Id, recording.Participant }).ToHashSet();
        missing = [.. lists.Train.Concat(lists.Validation).Concat(lists.Test).Distinct().Where(name => !known.Contains(name))];
        if (missing.Count > 0 && !skipMissing)
        {
            throw new Signals.DataException(set.Root, $"the split '{lists.Name}' lists {string.Join(", ", missing)}, which {(missing.Count == 1 ? "is" : "are")} not there; "
                + "complete the data, or leave them out with data.missing=skip");
        }
        PairedRecording[] Part(IReadOnlyList<string> names) =>
            [.. set.Recordings.Where(recording => names.Contains(recording.Id) || names.Contains(recording.Participant))];
        var (train, validation, test) = (Part(lists.Train), Part(lists.Validation), Part(lists.Test));
        foreach (var (part, name) in new[] { (train, "train"), (validation, "val"), (test, "test") })
            if (part.Length == 0) throw new Signals.DataException(set.Root, $"the split '{lists.Name}' leaves nothing for {name}; name recordings or people that are there with data.{name}_subjects=[...]");
        var shared = Shared(train, validation, test);
        if (shared.Count > 0 && !allowSharedPeople)
        {
            throw new Signals.DataException(set.Root, $"the split '{lists.Name}' has people on more than one side: {string.Join("; ", shared)}; "
                + "list whole people, or allow it with data.allow_shared_people=true");
        }
        return new MotionSplit(lists.Name, train, validation, test, shared);
    }

    static List<string> Shared(params PairedRecording[][] parts)
    {
        var names = new[] { "train", "val", "test" };
        var places = parts.SelectMany((part, i) => part.Select(recording => (recording.Participant, Place: $"{recording.Id} in {names[i]}", Part: i)));
        return [.. places.GroupBy(place => place.Participant).Where(person => person.Select(place => place.Part).Distinct().Count() > 1)
            .OrderBy(person => person.Key, StringComparer.Ordinal)
            .Select(person => $"person {person.Key} ({string.Join(", ", person.DistinctBy(place => place.Part).Select(place => place.Place))})")];
    }
}
