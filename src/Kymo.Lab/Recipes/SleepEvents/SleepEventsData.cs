using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>How recordings become this recipe's parts.</summary>
static class SleepEventsData
{
    /// <summary>Reads the dataset that the configuration names, with folds or with the parts that its table names.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="tell">Told which of two columns counts.</param>
    public static RecordingSet Read(SleepEventsConfig config, Action<RunEvent> tell)
    {
        var data = config.Data;
        var set = data.Name switch
        {
            "dreamcatcher" => DreamCatcher.Read(data.Root, data.Labels),
            "folders" => AudioTable.ReadFolders(data.Root),
            "synthetic" => SyntheticTones.Write(data.Root, EventNetwork.Options(config.Features).SampleRate, config.Seed),
            _ => ReadTable(config, tell),
        };
        if (set.Classes.Count < 2) throw new ConfigException($"{set.Root}: only the class {set.Classes[0]}; a classifier needs two");
        return Splits.WithFolds(set, config.Split.Count, new RandomStream(config.Seed, "folds"));
    }

    // The parts of the table's column split, unless folds are named.
    static RecordingSet ReadTable(SleepEventsConfig config, Action<RunEvent> tell)
    {
        var (data, namesFolds) = (config.Data, config.Split.Validation.Count + config.Split.Test.Count > 0);
        var columns = new AudioTableColumns(data.FileColumn, data.ClassColumn, data.FoldColumn, data.GroupColumn, data.SplitColumn);
        var table = AudioTable.Open(data.Root, data.Table, columns);
        if (table.Has(data.SplitColumn) && namesFolds)
        {
            if (!table.Has(data.FoldColumn))
                throw new ConfigException($"split.validation and split.test name folds, but {table.Path} names the parts in its column '{data.SplitColumn}'; leave them out, or type data.split_column='' to make folds");
            tell(new RunEvent.Warning($"{table.Path}: split.validation and split.test name folds, so its column '{data.SplitColumn}' is not used"));
            columns = columns with { Split = "" };
        }
        else if (table.Has(data.SplitColumn) && table.Has(data.FoldColumn))
            tell(new RunEvent.Warning($"{table.Path}: the parts are those of its column '{data.SplitColumn}', not of '{data.FoldColumn}'; to cut by folds type data.split_column=''"));
        return AudioTable.Read(data.Root, table, columns, data.AllowAbsent);
    }

    /// <summary>The version of the dataset, where it has one; empty otherwise.</summary>
    public static string CommitOf(SleepEventsConfig config) => config.Data.Name == "dreamcatcher" ? DreamCatcher.Revision : "";

    /// <summary>Cuts the recordings into the part that teaches, the part that picks the epoch and the part that is reported.</summary>
    /// <exception cref="ConfigException">No such fold, a part without one of the classes, or a group on two sides.</exception>
    public static Split Cut(RecordingSet set, EventSplitOptions options)
    {
        var folds = set.Folds;
        if (folds.Count < 3)
        {
            throw new ConfigException(set.SplitColumn is { } column
                ? $"{set.Root}: no usable recording is '{AudioTable.Parts[Enumerable.Range(1, 3).First(fold => !folds.Contains(fold)) - 1]}' in the column '{column}' of its table, which must name {string.Join(", ", AudioTable.Parts)}; to make folds instead type data.split_column=''"
                : $"{set.Root}: {folds.Count} folds; three parts need three (training, validation, test)");
        }
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
            {
                throw new ConfigException($"the {name} part has no '{set.Classes[missing]}'; " + (set.SplitColumn is { } column
                    ? $"give it one in the column '{column}' of the table, or make folds with data.split_column=''"
                    : "choose other folds with split.validation=[...] split.test=[...]"));
            }
        }
        return split;
    }
}
