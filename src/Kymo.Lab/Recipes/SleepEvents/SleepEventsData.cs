using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Training;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>How recordings become this recipe's parts.</summary>
static class SleepEventsData
{
    /// <summary>Reads the dataset that the configuration names, with folds.</summary>
    public static RecordingSet Read(SleepEventsConfig config)
    {
        var data = config.Data;
        var columns = new AudioTableColumns(data.FileColumn, data.ClassColumn, data.FoldColumn, data.GroupColumn);
        var set = data.Name switch
        {
            "dreamcatcher" => DreamCatcher.Read(data.Root, data.Labels),
            "folders" => AudioTable.ReadFolders(data.Root),
            "synthetic" => SyntheticTones.Write(data.Root, EventNetwork.Options(config.Features).SampleRate, config.Seed),
            _ => AudioTable.Read(data.Root, data.Table, columns, data.AllowAbsent),
        };
        if (set.Classes.Count < 2) throw new ConfigException($"{set.Root}: only the class {set.Classes[0]}; a classifier needs two");
        return Splits.WithFolds(set, config.Split.Count, new RandomStream(config.Seed, "folds"));
    }

    /// <summary>The version of the dataset, where it has one; empty otherwise.</summary>
    public static string CommitOf(SleepEventsConfig config) => config.Data.Name == "dreamcatcher" ? DreamCatcher.Revision : "";

    /// <summary>Cuts the recordings into the part that teaches, the part that picks the epoch and the part that is reported.</summary>
    /// <exception cref="ConfigException">No such fold, a part without one of the classes, or a group on two sides.</exception>
    public static Split Cut(RecordingSet set, EventSplitOptions options)
    {
        var folds = set.Folds;
        if (folds.Count < 3) throw new ConfigException($"{set.Root}: {folds.Count} folds; three parts need three (training, validation, test)");
        int[] test = [.. options.Test.Count > 0 ? options.Test : [folds[^1]]];
        int[] validation = [.. options.Validation.Count > 0 ? options.Validation : [folds.Last(fold => !test.Contains(fold))]];
        foreach (var fold in test.Concat(validation))
            if (!folds.Contains(fold)) throw new ConfigException($"split: there is no fold {fold}; there are {string.Join(", ", folds)}");
        int[] Of(Func<int, bool> isIn) => [.. Enumerable.Range(0, set.Recordings.Count).Where(index => isIn(set.Recordings[index].Fold))];
        var (reported, picking) = (Of(test.Contains), Of(validation.Contains));
        var held = reported.Concat(picking).Select(index => set.Recordings[index].Group).ToHashSet();
        var teaching = Of(fold => !test.Contains(fold) && !validation.Contains(fold));
        int[] train = [.. teaching.Where(index => !held.Contains(set.Recordings[index].Group))];
        var split = new Split(test[0], train, picking, reported, [.. teaching.Except(train)]);
        Splits.CheckNoLeak(set, split);
        foreach (var (name, part) in new[] { ("training", train), ("validation", picking), ("test", reported) })
        {
            var present = part.Select(index => set.Recordings[index].Label).ToHashSet();
            if (Enumerable.Range(0, set.Classes.Count).FirstOrDefault(label => !present.Contains(label), -1) is >= 0 and var missing)
                throw new ConfigException($"the {name} part has no '{set.Classes[missing]}'; choose other folds with split.validation=[...] split.test=[...]");
        }
        return split;
    }
}
