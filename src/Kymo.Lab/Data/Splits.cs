using Kymo.Config;
using Kymo.Lab.Training;

namespace Kymo.Lab.Data;

/// <summary>Which recordings a network learns from, which pick the epoch, and which are reported. Indices into the recordings.</summary>
/// <param name="Fold">The held-out fold's number, counted from 1.</param>
/// <param name="Train">Learned from.</param>
/// <param name="Validation">Picks the epoch and drives the schedule.</param>
/// <param name="Test">Reported; touched once, at the end.</param>
/// <param name="Dropped">Left out of training because their group also stands in the validation or test part.</param>
public sealed record Split(int Fold, int[] Train, int[] Validation, int[] Test, int[] Dropped);

/// <summary>How the validation part of a fold is chosen.</summary>
public enum ValidationRule
{
    /// <summary>The next fold where at least five folds take part, otherwise a part of the training folds.</summary>
    Auto,

    /// <summary>The next fold in the list, the first after the last.</summary>
    NextFold,

    /// <summary>A share of the training folds, cut by group.</summary>
    Cut,

    /// <summary>The held-out fold itself: the original's rule, which flatters. Only under <c>compat=original</c>.</summary>
    TestFold,
}

/// <summary>Cross-validation by published folds, or by folds made from groups.</summary>
public static class Splits
{
    /// <summary>The recordings with folds: the published ones, or <paramref name="count"/> folds made by group, balanced by class.</summary>
    /// <param name="set">The recordings.</param>
    /// <param name="count">Number of folds to make where the dataset has none.</param>
    /// <param name="random">Breaks ties; the same stream gives the same folds.</param>
    public static RecordingSet WithFolds(RecordingSet set, int count, RandomStream random)
    {
        if (set.Folds.Count > 0) return set;
        var groups = set.Recordings.GroupBy(recording => recording.Group).ToArray();
        if (groups.Length < count)
            throw new ConfigException($"cv.count={count} folds cannot be made of {groups.Length} groups; type cv.count={groups.Length} or less");
        random.Shuffle<IGrouping<string, Recording>>(groups);
        var folds = new Dictionary<string, int>();
        var perClass = new int[count, set.Classes.Count];
        var sizes = new int[count];
        foreach (var group in groups.OrderByDescending(group => group.Count()))
        {
            var labels = group.CountBy(recording => recording.Label).ToArray();
            // The fold that has least of this group's classes takes it; the smaller fold where they are equal.
            var fold = Enumerable.Range(0, count)
                .MinBy(f => (labels.Sum(label => (double)label.Value * perClass[f, label.Key]), sizes[f]));
            folds[group.Key] = fold + 1;
            sizes[fold] += group.Count();
            foreach (var label in labels) perClass[fold, label.Key] += label.Value;
        }
        return set with { Recordings = [.. set.Recordings.Select(recording => recording with { Fold = folds[recording.Group] })] };
    }

    /// <summary>One split for each requested fold.</summary>
    /// <param name="set">Recordings with folds.</param>
    /// <param name="folds">The folds that take part; empty for all that occur.</param>
    /// <param name="rule">How the validation part is chosen.</param>
    /// <param name="validationShare">Share of the training recordings that <see cref="ValidationRule.Cut"/> takes, 0 to 0.5.</param>
    /// <param name="seed">Seeds the cut.</param>
    /// <param name="heldOut">The folds that are held out, each once; empty for all that take part.</param>
    /// <exception cref="ConfigException">A fold that does not exist, or fewer than two folds.</exception>
    public static IReadOnlyList<Split> CrossValidation(
        RecordingSet set, IReadOnlyList<int> folds, ValidationRule rule, double validationShare, long seed, IReadOnlyList<int>? heldOut = null)
    {
        var present = set.Folds;
        var chosen = folds.Count == 0 ? present : [.. folds.Distinct().Order()];
        var absent = chosen.Except(present).ToArray();
        if (absent.Length > 0)
            throw new ConfigException($"cv.folds: there is no fold {string.Join(", ", absent)}; the data hold the folds {string.Join(", ", present)}");
        if (chosen.Count < 2) throw new ConfigException($"cv.folds={chosen.Count} fold: cross-validation needs at least two folds; to hold out only one, type cv.held_out=[{chosen[0]}]");
        if (heldOut?.Except(chosen).ToArray() is { Length: > 0 } strangers)
            throw new ConfigException($"cv.held_out: fold {string.Join(", ", strangers)} does not take part; cv.folds are {string.Join(", ", chosen)}");
        if (rule == ValidationRule.Auto) rule = chosen.Count >= 5 ? ValidationRule.NextFold : ValidationRule.Cut;

        return [.. chosen.Index().Where(item => heldOut is not { Count: > 0 } || heldOut.Contains(item.Item)).Select(item =>
        {
            var (i, fold) = item;
            var test = Where(set, recording => recording.Fold == fold);
            var rest = Where(set, recording => recording.Fold != fold && chosen.Contains(recording.Fold));
            return rule switch
            {
                ValidationRule.TestFold => new Split(fold, rest, test, test, []),
                ValidationRule.NextFold => Separate(set, fold, test, rest, IsIn(set, chosen[(i + 1) % chosen.Count])),
                _ => Separate(set, fold, test, rest, CutByGroup(set, rest, validationShare, new RandomStream(seed, $"validation/{fold}"))),
            };
        })];
    }

    /// <summary>Refuses splits that have a group on both sides.</summary>
    /// <exception cref="ConfigException">A group stands in the training part and in the validation or test part.</exception>
    public static void CheckNoLeak(RecordingSet set, Split split)
    {
        string Group(int index) => set.Recordings[index].Group;
        var train = split.Train.Select(Group).ToHashSet();
        var shared = split.Validation.Concat(split.Test).Select(Group).Where(train.Contains).Distinct().Take(5).ToArray();
        if (shared.Length > 0)
            throw new ConfigException($"fold {split.Fold}: {string.Join(", ", shared)} stand in training and in evaluation; only compat=original allows that");
    }

    static int[] Where(RecordingSet set, Func<Recording, bool> chosen) =>
        [.. Enumerable.Range(0, set.Recordings.Count).Where(index => chosen(set.Recordings[index]))];

    static Func<int, bool> IsIn(RecordingSet set, int fold) => index => set.Recordings[index].Fold == fold;

    // A few source recordings stand in two published folds; their clips leave the training part, never the published test fold.
    static Split Separate(RecordingSet set, int fold, int[] test, int[] rest, Func<int, bool> isValidation)
    {
        string Group(int index) => set.Recordings[index].Group;
        var tested = test.Select(Group).ToHashSet();
        var validation = rest.Where(index => isValidation(index) && !tested.Contains(Group(index))).ToArray();
        var held = validation.Select(Group).Concat(tested).ToHashSet();
        var train = rest.Where(index => !held.Contains(Group(index))).ToArray();
        return new Split(fold, train, validation, test, [.. rest.Except(train).Except(validation)]);
    }

    // Takes whole groups, class by class, until each class has given its share and all together no more than theirs; a class of one
    // group stays in training.
    static Func<int, bool> CutByGroup(RecordingSet set, int[] rest, double share, RandomStream random)
    {
        var taken = new HashSet<string>();
        var sizes = rest.CountBy(index => set.Recordings[index].Group).ToDictionary();
        double all = 0;
        foreach (var label in rest.GroupBy(index => set.Recordings[index].Label).OrderBy(label => label.Key))
        {
            var groups = label.GroupBy(index => set.Recordings[index].Group).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
            random.Shuffle<IGrouping<string, int>>(groups);
            var wanted = share * label.Count();
            double have = 0;
            foreach (var group in groups.Take(groups.Length - 1))
            {
                var size = sizes[group.Key];
                if (taken.Contains(group.Key))
                {
                    have += group.Count();
                    continue;
                }
                if (have + (group.Count() / 2.0) > wanted || all + (size / 2.0) > share * rest.Length) continue;
                taken.Add(group.Key);
                have += group.Count();
                all += size;
            }
        }
        return index => taken.Contains(set.Recordings[index].Group);
    }
}
