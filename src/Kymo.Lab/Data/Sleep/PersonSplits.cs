using Kymo.Config;
using Kymo.Lab.Training;

namespace Kymo.Lab.Data.Sleep;

/// <summary>Which people a network learns from, which pick the epoch, and which are reported.</summary>
/// <param name="Fold">Number of the split, counted from 1.</param>
/// <param name="Train">Learned from.</param>
/// <param name="Validation">Pick the epoch.</param>
/// <param name="Test">Reported; touched once, at the end.</param>
public sealed record PersonSplit(int Fold, IReadOnlyList<string> Train, IReadOnlyList<string> Validation, IReadOnlyList<string> Test);

/// <summary>Splits by person: grouped folds, one person out, and a held-out part.</summary>
public static class PersonSplits
{
    /// <summary>
    /// The fold of each person, from 0: people by their rows, most first, each to the fold with the fewest, as scikit-learn's
    /// <c>GroupKFold</c> with people in ordinal order.
    /// </summary>
    /// <param name="rows">Rows of each person.</param>
    /// <param name="folds">Number of folds, from 2 to the number of people.</param>
    public static IReadOnlyDictionary<string, int> Folds(IReadOnlyDictionary<string, int> rows, int folds)
    {
        if (folds < 2 || folds > rows.Count)
            throw new ConfigException($"split.folds={folds}: expected 2 to {rows.Count}, the number of people with usable nights");
        var loads = new long[folds];
        var assigned = new Dictionary<string, int>();
        // Of people with equally many rows the last in ordinal order comes first, as in a reversed ascending sort.
        foreach (var person in rows.Keys.Order(StringComparer.Ordinal).OrderBy(id => rows[id]).Reverse())
        {
            var fold = Array.IndexOf(loads, loads.Min());
            loads[fold] += rows[person];
            assigned[person] = fold;
        }
        return assigned;
    }

    /// <summary>Every fold held out once; some of the others pick the epoch.</summary>
    /// <param name="rows">Rows of each person.</param>
    /// <param name="folds">Number of folds.</param>
    /// <param name="validationShare">Share of the training people that pick the epoch; at least two people.</param>
    /// <param name="seed">Draws them.</param>
    public static IReadOnlyList<PersonSplit> CrossValidation(IReadOnlyDictionary<string, int> rows, int folds, double validationShare, long seed)
    {
        var assigned = Folds(rows, folds);
        return [.. Enumerable.Range(0, folds).Select(fold => Split(fold + 1, rows.Keys, id => assigned[id] == fold, validationShare, seed))];
    }

    /// <summary>Every person held out once.</summary>
    public static IReadOnlyList<PersonSplit> LeaveOneOut(IReadOnlyDictionary<string, int> rows, double validationShare, long seed)
    {
        if (rows.Count < 4) throw new ConfigException($"split=loso needs at least 4 people with usable nights; there are {rows.Count}");
        return [.. rows.Keys.Order(StringComparer.Ordinal).Index().Select(item => Split(item.Index + 1, rows.Keys, id => id == item.Item, validationShare, seed))];
    }

    /// <summary>One split: a share of the people is held out.</summary>
    /// <param name="rows">Rows of each person.</param>
    /// <param name="trainShare">Share of the people that are trained on, those that pick the epoch among them; 0 to 1.</param>
    /// <param name="validationShare">Share of these that pick the epoch.</param>
    /// <param name="seed">Draws them.</param>
    public static IReadOnlyList<PersonSplit> HoldOut(IReadOnlyDictionary<string, int> rows, double trainShare, double validationShare, long seed)
    {
        if (!(trainShare is > 0 and < 1)) throw new ConfigException($"split.train_split={trainShare}: expected a share between 0 and 1");
        var people = rows.Keys.Order(StringComparer.Ordinal).ToArray();
        new RandomStream(seed, "holdout").Shuffle<string>(people);
        var held = people.Take(Math.Max(1, (int)Math.Round(people.Length * (1 - trainShare)))).ToHashSet();
        return [Split(1, rows.Keys, held.Contains, validationShare, seed)];
    }

    /// <summary>Refuses a split that has a person on both sides.</summary>
    /// <exception cref="ConfigException">A person stands in two parts.</exception>
    public static void CheckNoLeak(PersonSplit split)
    {
        var twice = split.Train.Concat(split.Validation).Concat(split.Test).GroupBy(id => id).Where(group => group.Count() > 1).Select(group => group.Key).ToArray();
        if (twice.Length > 0)
            throw new ConfigException($"fold {split.Fold}: {string.Join(", ", twice)} stand in more than one of training, validation and test; only compat=original allows that");
    }

    static PersonSplit Split(int fold, IEnumerable<string> everyone, Func<string, bool> isTest, double validationShare, long seed)
    {
        var people = everyone.Order(StringComparer.Ordinal).ToArray();
        var rest = people.Where(id => !isTest(id)).ToArray();
        var count = Math.Max(2, (int)Math.Round(rest.Length * validationShare));
        if (count >= rest.Length)
            throw new ConfigException($"fold {fold}: {rest.Length} people are left to train on and {count} must pick the epoch; use more people or more folds");
        var drawn = (string[])rest.Clone();
        new RandomStream(seed, $"validation/{fold}").Shuffle<string>(drawn);
        var validation = drawn.Take(count).ToHashSet();
        var split = new PersonSplit(
            fold, [.. rest.Where(id => !validation.Contains(id))], [.. rest.Where(validation.Contains)], [.. people.Where(isTest)]);
        CheckNoLeak(split);
        return split;
    }
}
