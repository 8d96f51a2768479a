using System.Globalization;
using Kymo.Config;
using Kymo.Lab.Data.Music;
using Kymo.Signals;
using Kymo.Signals.Midi;
using Kymo.Signals.Music;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// What is asked of performances: the velocity of each note from the notes around it (<c>velocity</c>), or the 16 dynamics of half a
/// minute from its score (<c>vector</c>, the original's task).
/// </summary>
static class DynamicsTask
{
    const int Steps = 128, Inputs = NoteDescription.Size;

    /// <summary>What can be asked.</summary>
    public static IReadOnlyList<string> Targets { get; } = ["velocity", "vector"];

    /// <summary>Builds the task.</summary>
    public static MusicTask Of(MusicConfig config, MusicSet set, Action<int>? progress, CancellationToken cancel)
    {
        var target = config.Data.Target;
        if (!Targets.Contains(target)) throw new ConfigException($"data.target={target}: music-dynamics knows {string.Join(", ", Targets)}");
        var examples = new List<MusicExample>();
        var pieces = new List<(string Group, string? Split)>();
        var read = MidiSet.ForEach(
            set.Items, (item, midi) =>
            {
                MusicExample[] found = [.. target == "vector" ? Segments(config, item, midi) : Windows(set, item, midi)];
                if (found.Length == 0) return $"has no stretch with {ScoreSegment.LeastNotes} pitched notes";
                examples.AddRange(found);
                pieces.Add((item.Group, item.Split));
                return null;
            }, config.Data.MaxBadFraction, progress, cancel);
        if (examples.Count == 0) throw new DataException(set.Root, "holds no usable piece; the first reason: " + read.Exclusions[0].Reason);
        var (train, select, report, rule) = MusicSplit.Of(examples, pieces.Distinct(), config);
        MusicExample[] known = [.. train.Concat(select).Select(index => examples[index])];
        var task = target == "vector"
            ? MusicVectors.Task(
                config, "music_dynamics_vector", set, examples, (train, select, report, rule), Dynamics.Names, MusicLoss.MeanSquare, known,
                ("velocity", [.. Dynamics.VelocityGroup]), ("timing", [.. Dynamics.TimingGroup]), ("pedal", [.. Dynamics.PedalGroup])) with
            {
                Model = config.Model.Name == "original" ? ("dynamics-engine", MusicVectors.NoSettings) : ("music-mlp", GrooveTask.Width(config, ScoreContext.Size, Dynamics.Size)),
                InputNames = ScoreContext.Names,
                ItemName = "segments",
            }
            : Velocity(config, set, examples, (train, select, report, rule));
        return task with
        {
            Exclusions = [.. set.Exclusions.Concat(read.Exclusions)],
            GroupName = set.Name == "maestro" ? "composition" : "song",
            Warnings = set.Name == "pop909" ? ["POP909's velocities were edited by arrangers and follow its score only in part; make claims about performance on MAESTRO"] : [],
        };
    }

    static MusicTask Velocity(
        MusicConfig config, MusicSet set, IReadOnlyList<MusicExample> raw, (int[] Train, int[] Select, int[] Report, string Rule) parts)
    {
        var scaling = MusicScaling.OfSteps(parts.Train.Select(index => raw[index]), Inputs);
        MusicExample[] examples = [.. raw.Select(example => example with { Input = MusicScaling.Apply(example.Input, scaling) })];
        MusicExample[] known = [.. parts.Train.Concat(parts.Select).Select(index => examples[index])];
        var mean = Rivals.Mean(known, 1);
        return new MusicTask
        {
            Name = "music_dynamics_velocity",
            Set = set,
            Steps = Steps,
            AnswersEachStep = true,
            Inputs = Inputs,
            Outputs = 1,
            Targets = ["velocity"],
            Scores = [new("velocity_mae", [0], false), new("velocity_mse", [0], true)],
            Answers = Notes,
            Loss = MusicLoss.MeanAbsolute,
            Examples = examples,
            Train = parts.Train,
            Select = parts.Select,
            Report = parts.Report,
            SplitRule = parts.Rule,
            Baselines =
            [
                new("linear", Rivals.Ridge(known, 1, example => example.Input, Inputs)),
                new("linear, least absolute", Rivals.LeastAbsolute(known, example => example.Input, Inputs)),
                new("mean", Rivals.Always(mean, Steps)),
                new("constant 64", Rivals.Always([VelocityUnits.Of(64)], Steps)),
            ],
            // Its numbers say what stands around a note; a GRU over the notes learns the songs by heart.
            Model = ("music-mlp", GrooveTask.Width(config, Inputs, 1)),
            Scaling = scaling,
            InputNames = NoteDescription.Names,
            OutputNames = ["velocity_72_24"],
            ItemName = "notes",
        };
    }

    static IEnumerable<MusicExample> Windows(MusicSet set, MusicItem item, MidiFile midi)
    {
        MidiNote[] notes = [.. midi.Notes.Where(note => !note.IsDrum).OrderBy(note => note.Start).ThenBy(note => note.Pitch)];
        if (notes.Length < ScoreSegment.LeastNotes) yield break;
        var rows = NoteDescription.Of(midi, notes);
        for (var start = 0; start < notes.Length; start += Steps)
        {
            var count = Math.Min(Steps, notes.Length - start);
            var (input, numbers, mask) = (new float[Steps * Inputs], new float[Steps], new float[Steps]);
            rows.AsSpan(start * Inputs, count * Inputs).CopyTo(input);
            for (var step = 0; step < count; step++) (numbers[step], mask[step]) = (VelocityUnits.Of(notes[start + step].Velocity), 1);
            yield return new(string.Create(CultureInfo.InvariantCulture, $"{item.Id}#{start}"), item.Group, input) { Numbers = numbers, Mask = mask };
        }
    }

    static IEnumerable<NumberAnswer> Notes(MusicExample example, float[] output)
    {
        for (var step = 0; step < output.Length; step++)
            if (example.Mask[step] > 0)
                yield return new(
                    string.Create(CultureInfo.InvariantCulture, $"{example.Id}/{step}"), example.Group, [Math.Round(VelocityUnits.From(example.Numbers[step]))], [VelocityUnits.From(output[step])]);
    }

    static IEnumerable<MusicExample> Segments(MusicConfig config, MusicItem item, MidiFile midi) =>
        ScoreSegment.Cut(midi, config.Data.SegmentS).Select(segment => new MusicExample(
            string.Create(CultureInfo.InvariantCulture, $"{item.Id}#{segment.Index}"), item.Group,
            config.Compat.DynamicsContext == "emotion32" ? MusicConditions.Of(item, "emotion", null, config.Compat)[..32] : ScoreContext.Compute(segment))
        {
            Numbers = Dynamics.Compute(segment),
        });
}
