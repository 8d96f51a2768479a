using Kymo.Config;
using Kymo.Lab.Training.Loops;

namespace Kymo.Lab.Recipes.Music;

/// <summary>Cuts items in what is learned from, what picks the epoch and what is reported; by published parts, else by group.</summary>
static class MusicSplit
{
    /// <summary>The parts as indices.</summary>
    /// <param name="items">Group and published part of each item.</param>
    /// <param name="config">Shares, rule and seed of the cuts.</param>
    /// <exception cref="ConfigException">A part is empty, or a group stands on two sides.</exception>
    public static (int[] Train, int[] Select, int[] Report, string Rule) Of(
        IReadOnlyList<(string Group, string? Split)> items, MusicConfig config)
    {
        int[] Named(string split) => [.. Enumerable.Range(0, items.Count).Where(index => items[index].Split == split)];
        int[] train, select, report;
        string rule;
        if (items.All(item => item.Split is not null) && Named("train").Length > 0 && Named("validation").Length + Named("test").Length > 0)
        {
            (train, select, report) = (Named("train"), Named("validation"), Named("test"));
            rule = "The published parts: training, validation (picks the epoch, where one is picked), test (reported).";
            if (report.Length == 0)
            {
                (report, (train, select)) = (select, Cut(items, train, config.Data.SelectSplit, config));
                rule = "The published validation part is reported (the test part is absent); a cut of the training part, by group, validates.";
            }
            else if (select.Length == 0) (train, select) = Cut(items, train, config.Data.SelectSplit, config);
        }
        else
        {
            (train, report) = Cut(items, [.. Enumerable.Range(0, items.Count)], config.Data.ValSplit, config);
            (train, select) = Cut(items, train, config.Data.SelectSplit, config);
            rule = "Drawn by group: one part is learned from, a second validates, a third is reported.";
        }
        if (train.Length == 0 || select.Length == 0 || report.Length == 0)
            throw new ConfigException($"{items.Count} items of {items.Select(item => item.Group).Distinct().Count()} groups cannot be cut in three parts; at least 3 groups are needed");
        CheckNoLeak(items, train, select, report);
        return (train, select, report, rule);
    }

    /// <summary>The parts of items that were made of pieces: the pieces are cut, each item follows its piece's group.</summary>
    public static (int[] Train, int[] Select, int[] Report, string Rule) Of(
        IReadOnlyList<MusicExample> examples, IEnumerable<(string Group, string? Split)> pieces, MusicConfig config)
    {
        var kept = examples.Select(example => example.Group).ToHashSet(StringComparer.Ordinal);
        (string Group, string? Split)[] used = [.. pieces.Where(piece => kept.Contains(piece.Group))];
        var (train, select, report, rule) = Of(used, config);
        int[] Items(int[] part)
        {
            var groups = part.Select(index => used[index].Group).ToHashSet(StringComparer.Ordinal);
            return [.. Enumerable.Range(0, examples.Count).Where(index => groups.Contains(examples[index].Group))];
        }
        return (Items(train), Items(select), Items(report), rule);
    }

    static (int[] Kept, int[] Held) Cut(IReadOnlyList<(string Group, string? Split)> items, int[] indices, double share, MusicConfig config)
    {
        // The original's trainer rounds what is learned from down, not what is held out.
        if (config.Compat.Split == "trainer") share = (indices.Length - Math.Floor((1 - share) * indices.Length)) / indices.Length;
        var (rest, held) = Datasets.SplitIndices(indices.Length, share, shuffle: true, config.Seed, [.. indices.Select(index => items[index].Group)]);
        return ([.. rest.Select(i => indices[i])], [.. held.Select(i => indices[i])]);
    }

    // A published split may hold one piece twice under two names; a group on two sides is an error there, too.
    static void CheckNoLeak(IReadOnlyList<(string Group, string? Split)> items, params int[][] parts)
    {
        var owner = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var part = 0; part < parts.Length; part++)
            foreach (var index in parts[part])
                if (!owner.TryAdd(items[index].Group, part) && owner[items[index].Group] != part)
                    throw new ConfigException($"{items[index].Group} stands in two parts of the split");
    }
}
