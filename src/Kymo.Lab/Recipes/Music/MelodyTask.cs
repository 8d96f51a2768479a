using System.Globalization;
using Kymo.Config;
using Kymo.Lab.Data.Music;
using Kymo.Signals;
using Kymo.Signals.Midi;
using Kymo.Signals.Music;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// What is asked of melodies: the next note from those before (<c>next</c>), or how often each pitch sounds in a mood or key
/// (<c>histogram</c>, the original's task).
/// </summary>
static class MelodyTask
{
    const int Steps = MelodyWindows.Steps, StepBins = MelodyWindows.StepBins, Inputs = MelodyWindows.Inputs;

    /// <summary>What can be asked.</summary>
    public static IReadOnlyList<string> Targets { get; } = ["next", "histogram"];

    /// <summary>Builds the task.</summary>
    public static MusicTask Of(MusicConfig config, MusicSet set, Action<int>? progress, CancellationToken cancel)
    {
        var target = config.Data.Target;
        if (!Targets.Contains(target)) throw new ConfigException($"data.target={target}: music-melody knows {string.Join(", ", Targets)}");
        var condition = config.Data.Condition == "auto" ? set.Items[0].Emotion is not null ? "emotion" : "key" : config.Data.Condition;
        if (target == "histogram" && condition == "key" && set.Name != "pop909")
            throw new ConfigException($"{set.Name} has no labels: add emotion_labels.json (file name to valence and arousal), or type data=pop909");
        return target == "next" ? Next(config, set, progress, cancel) : Histogram(config, set, condition, progress, cancel);
    }

    static MusicTask Next(MusicConfig config, MusicSet set, Action<int>? progress, CancellationToken cancel)
    {
        var examples = new MelodyWindows();
        var read = MidiSet.ForEach(
            set.Items, (item, midi) =>
            {
                if (midi.TicksPerQuarter is not { } ticks) return "counts in SMPTE frames, expected ticks per quarter";
                if (PitchHistogram.MelodyTrack(midi) is not { } track) return "has no melody track";
                var notes = TopLine(midi.Notes.Where(note => note.Track == track && !note.IsDrum));
                if (notes.Count < 2) return "has fewer than two melody notes";
                examples.Add(item, notes, ticks, KeyOf(set, item, midi));
                return null;
            }, config.Data.MaxBadFraction, progress, cancel);
        if (examples.Count == 0) throw new DataException(set.Root, "holds no melody; the first reason: " + read.Exclusions[0].Reason);
        var (train, select, report, rule) = MusicSplit.Of(examples, examples.Pieces, config);
        // Gone through once for each rival, never kept.
        var known = train.Concat(select).Select(index => examples[index]);
        var absolute = known.Select(Absolute);
        var bigram = Rivals.Bigram(absolute, PitchHistogram.Size, (example, i) => Clamp(MelodyWindows.PitchOf(example, i) - example.Shifts[i]));
        var inKey = Rivals.Bigram(known, PitchHistogram.Size, MelodyWindows.PitchOf);
        var unigram = Rivals.Unigram(absolute, PitchHistogram.Size);
        return new MusicTask
        {
            Name = "music_melody_next",
            Set = set,
            Steps = Steps,
            AnswersEachStep = true,
            Inputs = Inputs,
            Outputs = PitchHistogram.Size,
            Classes = PitchHistogram.Names,
            Unshift = (pitch, shift) => Clamp(pitch - shift),
            Loss = MusicLoss.CrossEntropy,
            Examples = examples,
            Train = train,
            Select = select,
            Report = report,
            SplitRule = rule,
            Baselines =
            [
                new("bigram in the key", inKey),
                new("bigram", example => Shifted(bigram(Absolute(example)), example)),
                new("unigram", example => Shifted([.. Enumerable.Range(0, Steps).SelectMany(_ => unigram)], example)),
            ],
            Model = ("music-sequence", GrooveTask.Sequence(config, Inputs, PitchHistogram.Size, bidirectional: false)),
            InputNames =
            [
                .. PitchHistogram.Names.Select(name => "in_C_" + name), .. Conditions.KeyNames.Take(24),
                .. Enumerable.Range(0, StepBins).Select(i => "onset_step_" + i.ToString(CultureInfo.InvariantCulture)),
                .. Enumerable.Range(0, 16).Select(i => "next_at_sixteenth_" + i.ToString(CultureInfo.InvariantCulture)),
            ],
            OutputNames = [.. PitchHistogram.Names.Select(name => "in_C_" + name)],
            Exclusions = [.. set.Exclusions.Concat(read.Exclusions)],
            ItemName = "notes",
            GroupName = "song",
        };
    }

    // Of notes that begin together the highest.
    static List<MidiNote> TopLine(IEnumerable<MidiNote> notes)
    {
        var line = new List<MidiNote>();
        foreach (var note in notes)
        {
            if (line.Count > 0 && line[^1].StartTick == note.StartTick) line[^1] = note;
            else line.Add(note);
        }
        return line;
    }

    static Key? KeyOf(MusicSet set, MusicItem item, MidiFile midi) =>
        set.Name == "pop909" && Pop909.Keys(item) is { Count: > 0 } keys ? keys[0].Key : Key.Estimate(PitchHistogram.PitchClassDurations(midi.Notes));

    static MusicExample Absolute(MusicExample example) => example with
    {
        Labels = [.. example.Labels.Select((label, i) => label < 0 ? -1 : Clamp(label - example.Shifts[i]))],
    };

    static float[] Shifted(float[] rows, MusicExample example)
    {
        var moved = new float[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            moved[(i / 128 * 128) + Clamp((i % 128) + example.Shifts[i / 128])] += rows[i];
        return moved;
    }

    static int Clamp(int pitch) => MelodyWindows.Clamp(pitch);

    static MusicTask Histogram(MusicConfig config, MusicSet set, string condition, Action<int>? progress, CancellationToken cancel)
    {
        var options = MusicEmotionTask.Histogram(config);
        if (set.Name == "pop909" && config.Features.Track == "all") options = options with { Track = TrackChoice.Melody };
        var examples = new List<MusicExample>();
        var pieces = new List<(string Group, string? Split)>();
        var read = MidiSet.ForEach(
            set.Items, (item, midi) =>
            {
                if (PitchHistogram.Compute(midi, options) is not { } histogram) return "has no pitched note";
                var key = condition == "key" ? KeyOf(set, item, midi) : null;
                examples.Add(new(item.Id, item.Group, MusicConditions.Of(item, condition, key, config.Compat)) { Numbers = histogram });
                pieces.Add((item.Group, item.Split));
                return null;
            }, config.Data.MaxBadFraction, progress, cancel);
        if (examples.Count == 0) throw new DataException(set.Root, "holds no pitched piece; the first reason: " + read.Exclusions[0].Reason);
        var (train, select, report, rule) = MusicSplit.Of(examples, pieces, config);
        MusicExample[] known = [.. train.Concat(select).Select(index => examples[index])];
        return MusicVectors.Task(config, "music_melody_histogram", set, examples, (train, select, report, rule), PitchHistogram.Names, MusicLoss.Binary, known) with
        {
            Model = ("melody-transformer", MusicVectors.NoSettings),
            InputNames = condition == "key" ? Conditions.KeyNames : EmotionCode.Names,
            Exclusions = [.. set.Exclusions.Concat(read.Exclusions)],
            ItemName = "pieces",
            GroupName = "song",
            Warnings = MusicOrganizer.SizeWarning(MusicKind.Melody, examples.Count) is { } few ? [few] : [],
        };
    }
}
