using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Training;
using Kymo.Signals.Features;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>How a recording becomes an example of this recipe.</summary>
static class UrbanSoundsData
{
    /// <summary>Reads the dataset that the configuration names, with folds.</summary>
    public static RecordingSet Read(UrbanSoundsConfig config)
    {
        var data = config.Data;
        var set = data.Name switch
        {
            "urbansound8k" => UrbanSound8K.Read(data.Root, data.AllowAbsent),
            "folders" => AudioTable.ReadFolders(data.Root),
            "drumkits" => DrumKits.Read(data.Root),
            "synthetic" => SyntheticTones.Write(data.Root, config.Features.SampleRate, config.Seed),
            _ => ReadTable(data),
        };
        if (set.Classes.Count < 2) throw new ConfigException($"{set.Root}: only the class {set.Classes[0]}; a classifier needs two");
        return Splits.WithFolds(set, config.Cv.Count, new RandomStream(config.Seed, "folds"));
    }

    // Every fold is held out once: parts that a table names would be mixed.
    static RecordingSet ReadTable(UrbanDataOptions data)
    {
        var columns = new AudioTableColumns(data.FileColumn, data.ClassColumn, data.FoldColumn, data.GroupColumn);
        var table = AudioTable.Open(data.Root, data.Table, columns);
        if (table.Has(data.SplitColumn) && !table.Has(data.FoldColumn))
            throw new ConfigException($"{table.Path} names training, validation and test parts in its column '{data.SplitColumn}', which folds would mix; type kymo train sleep-events data=table data.root={data.Root}, or data.split_column='' to make folds all the same");
        return AudioTable.Read(data.Root, table, columns, data.AllowAbsent);
    }

    /// <summary>The spectrogram settings in the words of Kymo.Signals.</summary>
    public static LogMelOptions Options(UrbanFeatureOptions features) => LogMelOptions.UrbanSounds with
    {
        SampleRate = features.SampleRate,
        NFft = features.NFft,
        WinLength = features.WinLength,
        HopLength = features.HopLength,
        NMels = features.NMels,
        FMin = features.FMin,
        FMax = features.FMax,
        Duration = features.Duration,
        ShortClips = features.ShortClips == "repeat" ? ShortClipRule.Repeat : ShortClipRule.Zero,
        Silence = features.Silence == "loudest" ? SilenceRule.Zero : SilenceRule.Floor,
    };

    /// <summary>The features as the cache builder wants them.</summary>
    public static FeatureKind Kind(UrbanFeatureOptions features) => LogMelFeatures.Kind(Options(features));
}
