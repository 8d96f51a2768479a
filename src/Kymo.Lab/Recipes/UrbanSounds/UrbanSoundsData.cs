using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Training;
using Kymo.Signals.Audio;
using Kymo.Signals.Features;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>How a recording becomes an example of this recipe.</summary>
static class UrbanSoundsData
{
    /// <summary>Clips of the synthetic set: classes, folds and clips of each class in each fold.</summary>
    const int SyntheticClasses = 4, SyntheticFolds = 3, SyntheticClips = 6;

    /// <summary>Reads the dataset that the configuration names, with folds.</summary>
    public static RecordingSet Read(UrbanSoundsConfig config)
    {
        var data = config.Data;
        var columns = new AudioTableColumns(data.FileColumn, data.ClassColumn, data.FoldColumn, data.GroupColumn);
        var set = data.Name switch
        {
            "urbansound8k" => UrbanSound8K.Read(data.Root, data.AllowAbsent),
            "folders" => AudioTable.ReadFolders(data.Root),
            "drumkits" => DrumKits.Read(data.Root),
            "synthetic" => Synthesize(data.Root, config.Features.SampleRate, config.Seed),
            _ => AudioTable.Read(data.Root, data.Table, columns, data.AllowAbsent),
        };
        if (set.Classes.Count < 2) throw new ConfigException($"{set.Root}: only the class {set.Classes[0]}; a classifier needs two");
        return Splits.WithFolds(set, config.Cv.Count, new RandomStream(config.Seed, "folds"));
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
    public static FeatureKind Kind(UrbanFeatureOptions features)
    {
        var options = Options(features);
        return new FeatureKind(options.ToCanonicalText(), options.NMels, Frames(options), () =>
        {
            var extractor = new LogMelExtractor(options);
            return (path, destination) => extractor.Extract(AudioFile.ReadMono(path, options.SampleRate), destination);
        });
    }

    /// <summary>Frames of one spectrogram.</summary>
    public static int Frames(LogMelOptions options) => new LogMelExtractor(options).FrameCount(options.ClipSamples!.Value);

    // Tones whose pitch tells the class, with harmonics, level and noise that do not; every clip is its own recording.
    static RecordingSet Synthesize(string root, int sampleRate, long seed)
    {
        Directory.CreateDirectory(root);
        var classes = Enumerable.Range(0, SyntheticClasses).Select(label => $"tone_{label}").ToArray();
        var recordings = new List<Recording>();
        var random = new RandomStream(seed, "synthetic");
        for (var fold = 1; fold <= SyntheticFolds; fold++)
        {
            for (var label = 0; label < SyntheticClasses; label++)
            {
                for (var clip = 0; clip < SyntheticClips; clip++)
                {
                    var id = $"fold{fold}_{classes[label]}_{clip}.wav";
                    var path = Path.Combine(root, id);
                    // Trials of a search write the same clips at the same time; a reader finds them whole.
                    var fresh = Path.Combine(root, $".{Guid.NewGuid():N}.wav");
                    AudioFile.WriteWav(fresh, new AudioClip(sampleRate, 1, Tone(300 * Math.Pow(2, label), sampleRate, random)));
                    File.Move(fresh, path, overwrite: true);
                    recordings.Add(new Recording(id, path, label, fold, id));
                }
            }
        }
        return new RecordingSet("synthetic", Path.GetFullPath(root), "none", classes, recordings, []);
    }

    static float[] Tone(double pitch, int sampleRate, RandomStream random)
    {
        var samples = new float[(int)(sampleRate * random.Uniform(0.6, 1.2))];
        var (frequency, level, noise) = (pitch * random.Uniform(0.97, 1.03), random.Uniform(0.2, 0.8), random.Uniform(0.001, 0.02));
        for (var i = 0; i < samples.Length; i++)
        {
            var phase = 2 * Math.PI * frequency * i / sampleRate;
            samples[i] = (float)((level * (Math.Sin(phase) + (0.3 * Math.Sin(2 * phase))) / 1.3) + (noise * random.Normal()));
        }
        return samples;
    }
}
