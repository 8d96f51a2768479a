using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Metrics;
using Kymo.Lab.Prediction;
using Kymo.Signals;
using Kymo.Signals.Audio;
using Kymo.Signals.Midi;
using Kymo.Signals.Music;

namespace Kymo.Lab.Recipes.Music;

/// <summary>What a trained network says of a file: of sound its valence and arousal, of MIDI what the run was trained to answer.</summary>
static class MusicPredictor
{
    /// <summary>Opens the network of a run.</summary>
    public static Predictor Open(string run)
    {
        var (card, network) = MusicCard.Open(run);
        return new Predictor(1, (path, options) => Predict(card, item => MusicExport.Own(card, network, item, 1), path, options), network.Dispose);
    }

    /// <summary>Opens an export.</summary>
    /// <exception cref="DataException">It has no card, a damaged one, or one of other features.</exception>
    public static Predictor OpenExport(ExportedNetwork export)
    {
        var card = export.Card<MusicCard>(MusicCard.Json);
        MusicCard.CheckVersion(card, export.Path);
        float[] Own(float[] item) => card.Steps == 0 ? export.Run(item, 1, card.InputSize) : export.Run(item, 1, card.Steps, card.InputSize);
        return new Predictor(1, (path, options) => Predict(card, Own, path, options), export.Dispose);
    }

    static FilePrediction Predict(MusicCard card, Func<float[], float[]> own, string path, PredictionOptions options) => card.Task switch
    {
        "music_emotion" => Emotion(card, own, path),
        "music_groove_style" or "music_groove_kind" => Groove(card, own, path, options),
        "music_dynamics_vector" => Vector(card, Dynamics.Names, path, own(Segment(path))),
        "music_dynamics_velocity" => Velocities(card, own, path),
        _ => throw new ConfigException(
            $"a run of {card.Task} answers to a condition or a sequence, not to a file; export it with kymo export RUN --format onnx and feed it the inputs that feature_spec.json names"),
    };

    static FilePrediction Emotion(MusicCard card, Func<float[], float[]> own, string path)
    {
        float[] input;
        if (card.Features.Input == "midi")
        {
            var options = new PitchHistogramOptions(
                card.Features.Weight == "duration" ? NoteWeight.Duration : NoteWeight.Count,
                card.Features.Track == "melody" ? TrackChoice.Melody : TrackChoice.All, card.Features.Transpose == "key");
            input = PitchHistogram.Compute(MidiFile.Read(path), options) ?? throw new DataException(path, "has no pitched note");
        }
        else
        {
            var samples = AudioFile.ReadMono(path, MelMean.SampleRate);
            if (samples.Length < Math.Max(1, card.Steps) * MelMean.SampleRate)
                throw new DataException(path, $"has {samples.Length / (double)MelMean.SampleRate:0.##} s, expected at least {Math.Max(1, card.Steps)}");
            var mel = new MelMean(card.Compat.Contains("compat.mel=zscore30") ? MelMeanKind.ZScore30
                : card.Compat.Contains("compat.mel=db80x2s") ? MelMeanKind.Decibel80 : MelMeanKind.Fixed);
            input = card.Steps == 0 ? mel.Extract(samples) : mel.Steps(samples)[..(card.Steps * MelMean.Size)];
        }
        var code = own(input);
        var (valence, arousal) = EmotionCode.Decode(code);
        return new(
            [string.Create(CultureInfo.InvariantCulture, $"{path}: valence {valence:0.000}, arousal {arousal:0.000}")],
            new JsonObject { ["file"] = path, ["valence"] = valence, ["arousal"] = arousal, ["code"] = Floats(code) });
    }

    static FilePrediction Groove(MusicCard card, Func<float[], float[]> own, string path, PredictionOptions options)
    {
        var midi = MidiFile.Read(path);
        var pattern = DrumPattern.Read(midi, out var reason) ?? throw new DataException(path, reason!);
        var bpm = midi.TempoChanges.Count > 0 ? 60e6 / midi.TempoChanges[0].MicrosecondsPerQuarter : 120;
        var logits = own(GrooveTask.Describe(pattern, bpm));
        var largest = logits.Max();
        var sum = logits.Sum(value => Math.Exp(value - largest));
        double[] chances = [.. logits.Select(value => Math.Exp(value - largest) / sum)];
        var best = chances.Select((chance, i) => (Name: card.Outputs[i], Chance: chance)).OrderByDescending(entry => entry.Chance).Take(options.Shown);
        return new(
            [$"{path}: " + string.Join(", ", best.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Name} {entry.Chance:0.000}")))],
            new JsonObject
            {
                ["file"] = path,
                ["class"] = card.Outputs[Largest.IndexOf(logits)],
                ["probabilities"] = new JsonObject(chances.Select((chance, i) => KeyValuePair.Create(card.Outputs[i], (JsonNode?)chance))),
            });
    }

    static float[] Segment(string path) => ScoreContext.Compute(
        ScoreSegment.Cut(MidiFile.Read(path), null).FirstOrDefault() ?? throw new DataException(path, $"has fewer than {ScoreSegment.LeastNotes} pitched notes"));

    static FilePrediction Velocities(MusicCard card, Func<float[], float[]> own, string path)
    {
        if (card.InputSize != NoteDescription.Size)
            throw new ConfigException(
                $"the network was trained on {card.InputSize} numbers of a note, this program computes {NoteDescription.Size}; train it again: kymo train music-dynamics");
        var midi = MidiFile.Read(path);
        MidiNote[] notes = [.. midi.Notes.Where(note => !note.IsDrum).OrderBy(note => note.Start).ThenBy(note => note.Pitch)];
        if (notes.Length == 0) throw new DataException(path, "has no pitched note");
        var rows = NoteDescription.Of(midi, notes);
        var velocities = new List<int>();
        for (var start = 0; start < notes.Length; start += card.Steps)
        {
            var count = Math.Min(card.Steps, notes.Length - start);
            var window = new float[card.Steps * card.InputSize];
            rows.AsSpan(start * card.InputSize, count * card.InputSize).CopyTo(window);
            velocities.AddRange(own(window).Take(count).Select(value => (int)Math.Round(VelocityUnits.From(value))));
        }
        return new(
            [string.Create(CultureInfo.InvariantCulture, $"{path}: {notes.Length} notes, mean velocity {velocities.Average():0.0} (in the file {notes.Average(note => note.Velocity):0.0})")],
            new JsonObject { ["file"] = path, ["velocities"] = new JsonArray([.. velocities.Select(value => (JsonNode)value)]) });
    }

    static FilePrediction Vector(MusicCard card, IReadOnlyList<string> names, string path, float[] values) => new(
        [$"{path}: {card.Task}", .. names.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"  {name} {values[i]:0.000}"))],
        new JsonObject { ["file"] = path, ["values"] = new JsonObject(names.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)values[i]))) });

    static JsonArray Floats(float[] values) => new([.. values.Select(value => (JsonNode)value)]);
}
