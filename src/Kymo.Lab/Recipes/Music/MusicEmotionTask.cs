using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Data.Music;
using Kymo.Signals;
using Kymo.Signals.Audio;
using Kymo.Signals.Music;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// Valence and arousal of a piece from its average mel spectrum (<c>features.input=audio</c>) or its pitch histogram (<c>midi</c>). The
/// net puts out a code, scores are of what the code says.
/// </summary>
static class MusicEmotionTask
{
    /// <summary>The pitch histogram that the settings ask for.</summary>
    public static PitchHistogramOptions Histogram(MusicConfig config) => new(
        config.Features.Weight == "duration" ? NoteWeight.Duration : NoteWeight.Count,
        config.Features.Track == "melody" ? TrackChoice.Melody : TrackChoice.All, config.Features.Transpose == "key");

    /// <summary>The definition of the mel average that the settings ask for.</summary>
    public static MelMeanKind Kind(MusicCompatOptions compat) =>
        compat.Mel switch { "zscore30" => MelMeanKind.ZScore30, "db80x2s" => MelMeanKind.Decibel80, _ => MelMeanKind.Fixed };

    /// <summary>Builds the task.</summary>
    public static MusicTask Of(MusicConfig config, MusicSet set, Action<int>? progress, CancellationToken cancel)
    {
        if (set.Items.FirstOrDefault(item => item.Emotion is null) is { } unlabelled)
            throw new ConfigException($"{unlabelled.Id} has no valence and arousal; music-emotion needs labels: data=deam, or labels.csv beside the files");
        var frames = config.Model.Frames;
        if (frames > 1 && (config.Features.Input == "midi" || config.Compat.Mel != "none"))
            throw new ConfigException("model.frames above 1 needs features.input=audio and compat.mel=none");
        var rows = new List<(MusicItem Item, float[] Row)>();
        var exclusions = config.Features.Input == "midi" ? FromMidi(config, set, rows, progress, cancel) : FromAudio(config, set, rows, progress, cancel);
        if (rows.Count == 0) throw new DataException(set.Root, "holds no usable piece; the first reason: " + exclusions[0].Reason);
        var (train, select, report, rule) = MusicSplit.Of([.. rows.Select(row => (row.Item.Group, row.Item.Split))], config);
        var scaling = config.Features.Norm == "train" ? MusicScaling.Of(train.Select(index => rows[index].Row)) : ((float[], float[])?)null;
        MusicExample[] examples = [.. rows.Select(row => new MusicExample(row.Item.Id, row.Item.Group, scaling is { } known ? MusicScaling.Apply(row.Row, known) : row.Row)
        {
            Numbers = MusicConditions.Code(row.Item.Emotion!.Value, config.Compat),
        })];
        var truth = rows.ToDictionary(row => row.Item.Id, row => row.Item.Emotion!.Value);
        return Codes(config, "music_emotion", set, examples, (train, select, report, rule), example => truth[example.Id]) with
        {
            Steps = frames == 1 ? 0 : frames,
            Inputs = frames == 1 ? examples[0].Input.Length : MelMean.Size,
            Scaling = scaling,
            InputNames = config.Features.Input == "midi" ? PitchHistogram.Names : MelMean.Names,
            Exclusions = [.. set.Exclusions.Concat(exclusions)],
            Warnings = MusicOrganizer.SizeWarning(MusicKind.Emotion, examples.Length) is { } few ? [few] : [],
            ItemName = "clips",
        };
    }

    /// <summary>A task whose answer is a code of 64 and whose scores are of valence and arousal.</summary>
    public static MusicTask Codes(
        MusicConfig config, string name, MusicSet set, IReadOnlyList<MusicExample> examples, (int[] Train, int[] Select, int[] Report, string Rule) parts, Func<MusicExample, Emotion> truth)
    {
        MusicExample[] known = [.. parts.Train.Concat(parts.Select).Select(index => examples[index])];
        var isRepeat = config.Compat.Embedding == "repeat";
        return MusicVectors.Task(config, name, set, examples, parts, EmotionCode.Names, MusicLoss.MeanSquare, known) with
        {
            Targets = ["valence", "arousal"],
            Scores = [new("valence_mse", [0], true), new("arousal_mse", [1], true), new("valence_mae", [0], false), new("arousal_mae", [1], false)],
            Answers = (example, output) =>
            {
                var (valence, arousal) = isRepeat ? Averages(output) : EmotionCode.Decode(output);
                var emotion = truth(example);
                return [new(example.Id, example.Group, [emotion.Valence, emotion.Arousal], [valence, arousal])];
            },
            Model = config.Model.Name == "original" || config.Model.Frames > 1
                ? ("emotion-recognizer", MusicVectors.NoSettings) : ("music-mlp", GrooveTask.Width(config, examples[0].Input.Length, EmotionCode.Size)),
            OutputNames = EmotionCode.Names,
        };
    }

    // The original's row of tanh values, read back by their means.
    static (double Valence, double Arousal) Averages(float[] output) => (
        Math.Atanh(Math.Clamp(output[..32].Average(), -0.9999, 0.9999)), Math.Atanh(Math.Clamp(output[32..].Average(), -0.9999, 0.9999)));

    static IReadOnlyList<Exclusion> FromMidi(MusicConfig config, MusicSet set, List<(MusicItem, float[])> rows, Action<int>? progress, CancellationToken cancel) =>
        MidiSet.ForEach(
            set.Items, (item, midi) =>
            {
                if (PitchHistogram.Compute(midi, Histogram(config)) is not { } histogram) return "has no pitched note";
                rows.Add((item, histogram));
                return null;
            }, config.Data.MaxBadFraction, progress, cancel).Exclusions;

    static List<Exclusion> FromAudio(MusicConfig config, MusicSet set, List<(MusicItem, float[])> rows, Action<int>? progress, CancellationToken cancel)
    {
        var mel = new MelMean(Kind(config.Compat));
        var cache = new MelCache(config.Data.Cache, $"mel_v{MusicCard.Version}_{(config.Model.Frames == 1 ? config.Compat.Mel : "steps")}");
        var (exclusions, lacking) = (new List<Exclusion>(), new List<Exclusion>());
        foreach (var (index, item) in set.Items.Index())
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                var numbers = cache.Of(item.Path, () =>
                {
                    var samples = AudioFile.ReadMono(item.Path, MelMean.SampleRate, new AudioReadOptions { AllowSilence = true });
                    if (samples.Length < MelMean.SampleRate) throw new DataException(item.Path, $"has {samples.Length} samples at 22,050 Hz, expected at least one second");
                    return config.Model.Frames == 1 ? mel.Extract(samples) : mel.Steps(samples);
                });
                if (config.Model.Frames == 1) rows.Add((item, numbers));
                else if (numbers is var steps && steps.Length >= config.Model.Frames * MelMean.Size) rows.Add((item, steps[..(config.Model.Frames * MelMean.Size)]));
                else lacking.Add(new(item.Id, $"has fewer than model.frames={config.Model.Frames} seconds"));
            }
            catch (DataException error)
            {
                exclusions.Add(new(item.Id, error.Problem));
            }
            progress?.Invoke(index + 1);
        }
        if (exclusions.Count > config.Data.MaxBadFraction * set.Items.Count) throw MidiSet.TooMany(set.Items, exclusions, config.Data.MaxBadFraction);
        return [.. exclusions.Concat(lacking)];
    }
}
