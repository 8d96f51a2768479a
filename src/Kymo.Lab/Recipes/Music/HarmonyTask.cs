using System.Globalization;
using System.Text.Json;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Data.Music;
using Kymo.Signals;
using Kymo.Signals.Music;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// What is asked of chords: the next one from those before and the key (<c>next</c>, POP909), or which chords a mood has
/// (<c>histogram</c>, a file of labelled progressions).
/// </summary>
static class HarmonyTask
{
    const int SequenceSteps = 128;
    const int SequenceInputs = ChordVocabulary.Used + 3;

    /// <summary>What can be asked.</summary>
    public static IReadOnlyList<string> Targets { get; } = ["next", "histogram"];

    /// <summary>Builds the task.</summary>
    public static MusicTask Of(MusicConfig config, MusicSet set, CancellationToken cancel)
    {
        var target = config.Data.Target;
        if (!Targets.Contains(target)) throw new ConfigException($"data.target={target}: music-harmony knows {string.Join(", ", Targets)}");
        if (target == "histogram") return Histogram(config, set);
        if (set.Name != "pop909") throw new ConfigException("data.target=next needs chords in time: type data=pop909, or data.target=histogram for a file of progressions");
        var songs = new List<(MusicItem Item, IReadOnlyList<Event> Chords)>();
        var unreadable = new List<Exclusion>();
        foreach (var item in set.Items)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                songs.Add((item, Merge(item)));
            }
            catch (DataException error)
            {
                unreadable.Add(new(item.Id, error.Message));
            }
        }
        if (unreadable.Count > config.Data.MaxBadFraction * set.Items.Count) throw MidiSet.TooMany(set.Items, unreadable, config.Data.MaxBadFraction);
        var usable = songs.Where(song => song.Chords.Count >= 2).ToArray();
        if (usable.Length == 0) throw new DataException(set.Root, "holds no song with two chords");
        var isOriginal = config.Model.Name == "original";
        var examples = usable.SelectMany(song => isOriginal ? Flat(song.Item, song.Chords) : Windows(song.Item, song.Chords)).ToArray();
        var (train, select, report, rule) = MusicSplit.Of(examples, usable.Select(song => (song.Item.Group, song.Item.Split)), config);
        // The rivals learn from all songs that are not reported.
        MusicExample[] known = [.. train.Concat(select).Select(index => examples[index])];
        var classes = isOriginal ? ChordVocabulary.Size : ChordVocabulary.Used;
        var absolute = known.Select(Absolute).ToArray();
        var before = usable.ToDictionary(song => song.Item.Id, song => song.Chords);
        int Before(MusicExample example, int answer) => example.Shifts.Length == 0 ? before[IdOf(example)][IndexOf(example)].Slot
            : before[IdOf(example)][IndexOf(example) + answer].Slot;
        int BeforeInKey(MusicExample example, int answer) => example.Shifts.Length == 0
            ? ChordVocabulary.Transpose(Before(example, answer), ShiftOf(before[IdOf(example)][IndexOf(example) + 1]))
            : ChordVocabulary.Transpose(Before(example, answer), example.Shifts[answer]);
        var bigram = Rivals.Bigram(absolute, classes, Before);
        var inKey = Rivals.Bigram(isOriginal ? [.. known.Select(example => InKey(example, before))] : known, classes, BeforeInKey);
        return new MusicTask
        {
            Name = "music_harmony_next",
            Set = set,
            Steps = isOriginal ? 0 : SequenceSteps,
            AnswersEachStep = !isOriginal,
            Inputs = isOriginal ? ChordVocabulary.ContextSize : SequenceInputs,
            Outputs = classes,
            Classes = [.. ChordVocabulary.Names.Take(classes)],
            Unshift = (slot, shift) => ChordVocabulary.Transpose(slot, -shift),
            Loss = MusicLoss.CrossEntropy,
            Examples = examples,
            Train = train,
            Select = select,
            Report = report,
            SplitRule = rule,
            Baselines =
            [
                new("bigram in the key", example => isOriginal ? Rotate(inKey(InKey(example, before)), example, before, classes) : inKey(example)),
                new("bigram", example => isOriginal ? bigram(example) : Shifted(bigram(Absolute(example)), example, classes)),
                new("unigram", Unigram(absolute, classes, isOriginal)),
            ],
            Model = isOriginal ? ("harmony-predictor", MusicVectors.NoSettings)
                : ("music-sequence", GrooveTask.Sequence(config, SequenceInputs, classes, bidirectional: false)),
            InputNames = isOriginal ? [.. Conditions.KeyNames, .. ChordVocabulary.Names.Select(name => "history_" + name)]
                : [.. ChordVocabulary.Names.Take(ChordVocabulary.Used).Select(name => "in_C_" + name), "minor", "seconds_over_4", "key_known"],
            OutputNames = isOriginal ? ChordVocabulary.Names : [.. ChordVocabulary.Names.Take(ChordVocabulary.Used).Select(name => "in_C_" + name)],
            Exclusions = [.. set.Exclusions, .. unreadable, .. songs.Where(song => song.Chords.Count < 2).Select(song => new Exclusion(song.Item.Id, "has fewer than two chords"))],
            ItemName = "chords",
            GroupName = "song",
        };
    }

    // Equal slots in a row are one event.
    static List<Event> Merge(MusicItem song)
    {
        var keys = Pop909.Keys(song);
        var events = new List<Event>();
        foreach (var (span, slot) in Pop909.Chords(song))
        {
            if (events.Count > 0 && events[^1].Slot == slot) events[^1] = events[^1] with { Seconds = span.End - events[^1].Start };
            else events.Add(new(slot, span.Start, span.End - span.Start, Pop909.KeyAt(keys, span.Start)));
        }
        return events;
    }

    // The original's net: a key and the weighted history go in.
    static IEnumerable<MusicExample> Flat(MusicItem song, IReadOnlyList<Event> chords)
    {
        int[] slots = [.. chords.Select(chord => chord.Slot)];
        for (var i = 1; i < chords.Count; i++)
        {
            var key = chords[i].Key is { } known ? Conditions.OfKey(known) : [];
            yield return new(Id(song, i - 1), song.Group, ChordVocabulary.Context(key, slots.AsSpan(Math.Max(0, i - 8)..i))) { Labels = [slots[i]] };
        }
    }

    // Chords one after another, moved to C major or A minor by the key at the chord that is asked for.
    static IEnumerable<MusicExample> Windows(MusicItem song, IReadOnlyList<Event> chords)
    {
        for (var start = 0; start + 1 < chords.Count; start += SequenceSteps)
        {
            var (input, labels, shifts) = (new float[SequenceSteps * SequenceInputs], new int[SequenceSteps], new int[SequenceSteps]);
            Array.Fill(labels, -1);
            for (var step = 0; step < SequenceSteps && start + step + 1 < chords.Count; step++)
            {
                var (now, next) = (chords[start + step], chords[start + step + 1]);
                shifts[step] = ShiftOf(next);
                labels[step] = ChordVocabulary.Transpose(next.Slot, shifts[step]);
                var row = input.AsSpan(step * SequenceInputs, SequenceInputs);
                row[ChordVocabulary.Transpose(now.Slot, shifts[step])] = 1;
                row[^3] = next.Key is { IsMinor: true } ? 1 : 0;
                row[^2] = (float)Math.Min(now.Seconds, 8) / 4;
                row[^1] = next.Key is null ? 0 : 1;
            }
            yield return new(Id(song, start), song.Group, input) { Labels = labels, Shifts = shifts };
        }
    }

    static int ShiftOf(Event chord) => chord.Key?.ToNeutral ?? 0;

    static string Id(MusicItem song, int index) => string.Create(CultureInfo.InvariantCulture, $"{song.Id}#{index}");

    static string IdOf(MusicExample example) => example.Id[..example.Id.LastIndexOf('#')];

    static int IndexOf(MusicExample example) => int.Parse(example.Id.AsSpan(example.Id.LastIndexOf('#') + 1), CultureInfo.InvariantCulture);

    static MusicExample Absolute(MusicExample example) => example.Shifts.Length == 0 ? example : example with
    {
        Labels = [.. example.Labels.Select((label, i) => label < 0 ? -1 : ChordVocabulary.Transpose(label, -example.Shifts[i]))],
    };

    static MusicExample InKey(MusicExample example, Dictionary<string, IReadOnlyList<Event>> songs) => example with
    {
        Labels = [ChordVocabulary.Transpose(example.Labels[0], ShiftOf(songs[IdOf(example)][IndexOf(example) + 1]))],
    };

    // Probabilities of absolute classes in the frame of an item whose labels are moved.
    static float[] Shifted(float[] rows, MusicExample example, int classes)
    {
        var moved = new float[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            moved[(i / classes * classes) + ChordVocabulary.Transpose(i % classes, example.Shifts[i / classes])] = rows[i];
        return moved;
    }

    static float[] Rotate(float[] row, MusicExample example, Dictionary<string, IReadOnlyList<Event>> songs, int classes)
    {
        var shift = ShiftOf(songs[IdOf(example)][IndexOf(example) + 1]);
        var moved = new float[classes];
        for (var i = 0; i < classes; i++) moved[ChordVocabulary.Transpose(i, -shift)] = row[i];
        return moved;
    }

    static Func<MusicExample, float[]> Unigram(IEnumerable<MusicExample> absolute, int classes, bool isOriginal)
    {
        var row = Rivals.Unigram(absolute, classes);
        return example => isOriginal ? row : Shifted([.. Enumerable.Range(0, example.Labels.Length).SelectMany(_ => row)], example, classes);
    }

    static MusicTask Histogram(MusicConfig config, MusicSet set)
    {
        if (set.Name != "simple") throw new ConfigException("data.target=histogram needs chord_progressions.json in training/chords/; type data=simple");
        var path = set.Items[0].Path;
        var (examples, exclusions) = Progressions(path, config);
        if (exclusions.Count > config.Data.MaxBadFraction * (examples.Count + exclusions.Count))
            throw new DataException(path, $"{exclusions.Count} of {examples.Count + exclusions.Count} progressions cannot be used, for instance {exclusions[0].Id}: {exclusions[0].Reason}");
        var (train, select, report, rule) = MusicSplit.Of([.. examples.Select(example => (example.Group, (string?)null))], config);
        MusicExample[] known = [.. train.Concat(select).Select(index => examples[index])];
        return MusicVectors.Task(config, "music_harmony_histogram", set, examples, (train, select, report, rule), ChordVocabulary.Names, MusicLoss.Divergence, known) with
        {
            Model = ("harmony-predictor", MusicVectors.NoSettings),
            Exclusions = exclusions,
            ItemName = "progressions",
            Warnings = MusicOrganizer.SizeWarning(MusicKind.Harmony, examples.Count) is { } few ? [few] : [],
        };
    }

    static (List<MusicExample> Examples, List<Exclusion> Exclusions) Progressions(string path, MusicConfig config)
    {
        using var document = JsonFile.Open(path);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object)
            root = root.TryGetProperty("progressions", out var list) || root.TryGetProperty("chord_progressions", out list) ? list
                : throw new DataException(path, "has no list 'progressions'");
        if (root.ValueKind != JsonValueKind.Array) throw new DataException(path, "'progressions' is no list");
        var (examples, exclusions) = (new List<MusicExample>(), new List<Exclusion>());
        foreach (var (index, entry) in root.EnumerateArray().Index())
        {
            var id = $"progression {index.ToString(CultureInfo.InvariantCulture)}";
            if (Labels(entry) is not { Count: > 0 } labels)
            {
                exclusions.Add(new(id, "has no list 'chords' of texts"));
                continue;
            }
            var slots = new List<int>();
            var unknown = labels.FirstOrDefault(label =>
            {
                var known = ChordVocabulary.TryParse(label, out var slot);
                slots.Add(slot);
                return !known;
            });
            if (unknown is not null && config.Compat.Chords == "none")
            {
                exclusions.Add(new(id, $"has the unknown chord '{unknown}'"));
                continue;
            }
            var emotion = EmotionOf(path, id, entry);
            var numbers = config.Compat.Chords == "first60" ? ChordVocabulary.FirstLetterHistogram(labels) : ChordVocabulary.Histogram(slots.ToArray());
            if (numbers is null) exclusions.Add(new(id, "has a chord that begins with no letter from A to G"));
            else examples.Add(new(id, id, ChordVocabulary.Context(MusicConditions.Code(emotion, config.Compat), [])) { Numbers = numbers });
        }
        return (examples, exclusions);
    }

    static List<string>? Labels(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("chords", out var chords) && chords.ValueKind == JsonValueKind.Array
        && chords.EnumerateArray().All(chord => chord.ValueKind == JsonValueKind.String)
            ? [.. chords.EnumerateArray().Select(chord => chord.GetString()!)] : null;

    static Emotion EmotionOf(string path, string id, JsonElement entry)
    {
        if (!entry.TryGetProperty("emotion", out var emotion) || emotion.ValueKind != JsonValueKind.Object
            || !emotion.TryGetProperty("valence", out var valence) || !emotion.TryGetProperty("arousal", out var arousal)
            || valence.ValueKind != JsonValueKind.Number || arousal.ValueKind != JsonValueKind.Number)
            throw new DataException(path, $"{id}: no emotion with numbers valence and arousal");
        var (v, a) = (valence.GetDouble(), arousal.GetDouble());
        if (v is not (>= -1 and <= 1)) throw new DataException(path, string.Create(CultureInfo.InvariantCulture, $"{id}: valence is {v}, expected -1 to 1"));
        if (a is not (>= 0 and <= 1)) throw new DataException(path, string.Create(CultureInfo.InvariantCulture, $"{id}: arousal is {a}, expected 0 to 1"));
        return new(v, a);
    }

    readonly record struct Event(int Slot, double Start, double Seconds, Key? Key);
}
