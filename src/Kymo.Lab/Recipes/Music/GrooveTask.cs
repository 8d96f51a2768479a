using System.Globalization;
using Kymo.Config;
using Kymo.Lab.Data.Music;
using Kymo.Signals;
using Kymo.Signals.Music;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// What is asked of drum parts: the 32 groove numbers from style, tempo and metre (<c>vector</c>, the original's task), the style
/// (<c>style</c>), beat or fill (<c>kind</c>), or the loudness and micro-timing of each stroke from what is struck (<c>performance</c>).
/// </summary>
static class GrooveTask
{
    const int WindowSteps = 64;
    const int SummarySize = 23, TempoSize = 126, LogTempo = 0, LogBars = 1;
    const double OffsetUnit = 25;

    /// <summary>What can be asked.</summary>
    public static IReadOnlyList<string> Targets { get; } = ["style", "kind", "performance", "vector"];

    /// <summary>Builds the task.</summary>
    public static MusicTask Of(MusicConfig config, MusicSet set, Action<int>? progress, CancellationToken cancel)
    {
        var target = config.Data.Target;
        if (!Targets.Contains(target)) throw new ConfigException($"data.target={target}: music-groove knows {string.Join(", ", Targets)}");
        if (target != "vector" && set.Items.Any(item => item.Drums is null))
            throw new ConfigException($"data.target={target} needs Groove's table (style, tempo, beat or fill); the set {set.Name} has none: type data.target=vector");
        var parts = new List<(MusicItem Item, DrumPattern Pattern)>();
        var read = MidiSet.ForEach(
            set.Items, (item, midi) =>
            {
                if (DrumPattern.Read(midi, out var reason) is { } pattern) parts.Add((item, pattern));
                return reason;
            }, config.Data.MaxBadFraction, progress, cancel);
        if (parts.Count == 0) throw new DataException(set.Root, "holds no usable drum part; the first reason: " + read.Exclusions[0].Reason);
        var task = target switch
        {
            "vector" => Vector(config, set, parts),
            "performance" => Performance(config, set, parts),
            _ => Named(config, set, parts, target),
        };
        return task with { Exclusions = [.. set.Exclusions.Concat(read.Exclusions)], ItemName = "drum parts" };
    }

    /// <summary>The description of a part that <c>style</c> and <c>kind</c> are read from, without scaling.</summary>
    public static float[] Describe(DrumPattern pattern, double bpm)
    {
        var row = new float[SummarySize + TempoSize];
        var summary = row.AsSpan(0, SummarySize);
        var hits = pattern.Hits;
        foreach (var hit in hits)
        {
            summary[5 + (int)hit.Drum] += hit.Velocity / 127f;
            summary[14 + (int)hit.Drum] += 1;
        }
        for (var drum = 0; drum < DrumPitches.Count; drum++)
        {
            if (summary[14 + drum] > 0) summary[5 + drum] /= summary[14 + drum];
            summary[14 + drum] /= hits.Count;
        }
        var groove = Groove.Compute(pattern);
        (summary[LogTempo], summary[LogBars]) = ((float)Math.Log(bpm), (float)Math.Log(pattern.Bars));
        (summary[2], summary[3], summary[4]) = ((float)hits.Count / pattern.Steps, groove[0], groove[1]);
        for (var i = 0; i < TempoSize; i++) row[SummarySize + i] = (float)Math.Exp(-0.5 * Math.Pow((bpm - 40 - (2 * i)) / 2, 2));
        return row;
    }

    /// <summary>Names of <see cref="Describe"/>.</summary>
    public static IReadOnlyList<string> DescriptionNames { get; } =
    [
        "log_bpm", "log_bars", "hits_per_step", "offset_sd", "offset_mean",
        .. DrumPitches.Names.Select(drum => drum + "_velocity"), .. DrumPitches.Names.Select(drum => drum + "_share"),
        .. Enumerable.Range(0, TempoSize).Select(i => string.Create(CultureInfo.InvariantCulture, $"bpm_{40 + (2 * i)}")),
    ];

    static MusicTask Named(MusicConfig config, MusicSet set, List<(MusicItem Item, DrumPattern Pattern)> parts, string target)
    {
        var isStyle = target == "style";
        IReadOnlyList<string> classes = isStyle ? Conditions.Styles : ["fill", "beat"];
        var raw = parts.Select(part => Describe(part.Pattern, part.Item.Drums!.Bpm)).ToArray();
        var items = parts.Select((part, i) => new MusicExample(part.Item.Id, part.Item.Group, raw[i])
        {
            Labels = [isStyle ? StyleIndex(part.Item) : part.Item.Drums!.IsBeat ? 1 : 0],
        }).ToArray();
        var (train, select, report, rule) = MusicSplit.Of([.. parts.Select(part => (part.Item.Group, part.Item.Split))], config);
        var scaling = MusicScaling.Of(train.Select(index => raw[index]));
        var examples = items.Select(item => item with { Input = MusicScaling.Apply(item.Input, scaling) }).ToArray();
        MusicExample[] known = [.. train.Concat(select).Select(index => examples[index])];
        var unigram = Rivals.Unigram(known, classes.Count);
        var grooves = parts.ToDictionary(part => part.Item.Id, part => Groove.Compute(part.Pattern));
        var grooveScaling = MusicScaling.Of(known.Select(example => grooves[example.Id]));
        return new MusicTask
        {
            Name = isStyle ? "music_groove_style" : "music_groove_kind",
            Set = set,
            Inputs = raw[0].Length,
            Outputs = classes.Count,
            Classes = classes,
            Loss = MusicLoss.CrossEntropy,
            Examples = examples,
            Train = train,
            Select = select,
            Report = report,
            SplitRule = rule,
            Baselines =
            [
                new("nearest groove", Rivals.Nearest(known, classes.Count, example => MusicScaling.Apply(grooves[example.Id], grooveScaling))),
                isStyle ? new("nearest tempo", Rivals.Nearest(known, classes.Count, example => [example.Input[LogTempo]]))
                    : new("nearest length", Rivals.Nearest(known, classes.Count, example => [example.Input[LogBars]])),
                new("majority", Rivals.Always(unigram, 1)),
            ],
            Model = ("music-mlp", Width(config, raw[0].Length, classes.Count)),
            Scaling = scaling,
            InputNames = DescriptionNames,
            OutputNames = classes,
            Warnings = isStyle ? ["the published parts share drummers and sessions, and a session's pieces share their tempo: part of the accuracy is knowing the session"] : [],
        };
    }

    // The grid of sixteenths in windows; what is struck goes in, how loud and how late comes out.
    static MusicTask Performance(MusicConfig config, MusicSet set, List<(MusicItem Item, DrumPattern Pattern)> parts)
    {
        const int inputs = DrumPitches.Count + 16 + 1, outputs = 2 * DrumPitches.Count;
        var examples = parts.SelectMany(part => Windows(part.Item, part.Pattern, inputs, outputs)).ToArray();
        var (train, select, report, rule) = MusicSplit.Of(examples, parts.Select(part => (part.Item.Group, part.Item.Split)), config);
        MusicExample[] known = [.. train.Concat(select).Select(index => examples[index])];
        var mean = Rivals.Mean(known, outputs);
        var all = (Velocity: Pooled(known, 0), Offset: Pooled(known, DrumPitches.Count));
        float[] constant = [.. Enumerable.Range(0, outputs).Select(k => k < DrumPitches.Count ? all.Velocity : all.Offset)];
        return new MusicTask
        {
            Name = "music_groove_performance",
            Set = set,
            Steps = WindowSteps,
            Inputs = inputs,
            Outputs = outputs,
            AnswersEachStep = true,
            Targets = ["velocity", "offset_ms"],
            Scores = [new("velocity_mae", [0], false), new("offset_mae_ms", [1], false)],
            Answers = Strokes,
            Loss = MusicLoss.MeanAbsolute,
            Examples = examples,
            Train = train,
            Select = select,
            Report = report,
            SplitRule = rule,
            Baselines =
            [
                new("linear", Rivals.Ridge(known, outputs, example => example.Input, inputs)),
                new("mean of the drum", Rivals.Always(mean, WindowSteps)),
                new("constant", Rivals.Always(constant, WindowSteps)),
                new("quantised", Rivals.Always([.. constant.Select((value, k) => k < DrumPitches.Count ? value : 0)], WindowSteps)),
            ],
            Model = ("music-sequence", Sequence(config, inputs, outputs, bidirectional: true)),
            InputNames = [.. DrumPitches.Names, .. Enumerable.Range(0, 16).Select(step => "step_" + step.ToString(CultureInfo.InvariantCulture)), "tempo"],
            OutputNames = [.. DrumPitches.Names.Select(drum => drum + "_velocity_72_24"), .. DrumPitches.Names.Select(drum => drum + "_offset_25ms")],
        };
    }

    static MusicTask Vector(MusicConfig config, MusicSet set, List<(MusicItem Item, DrumPattern Pattern)> parts)
    {
        var condition = config.Data.Condition == "auto" ? parts[0].Item.Drums is not null ? "style" : "emotion" : config.Data.Condition;
        var examples = parts.Select(part => new MusicExample(part.Item.Id, part.Item.Group, MusicConditions.Of(part.Item, condition, null, config.Compat))
        {
            Numbers = Groove.Compute(part.Pattern),
        }).ToArray();
        var (train, select, report, rule) = MusicSplit.Of([.. parts.Select(part => (part.Item.Group, part.Item.Split))], config);
        MusicExample[] known = [.. train.Concat(select).Select(index => examples[index])];
        return MusicVectors.Task(config, "music_groove_vector", set, examples, (train, select, report, rule), Groove.Names, MusicLoss.MeanSquare, known) with
        {
            Model = config.Model.Name == "original" ? ("groove-predictor", MusicVectors.NoSettings) : ("music-mlp", Width(config, 64, Groove.Size)),
            InputNames = condition == "style" ? Conditions.StyleNames : EmotionCode.Names,
        };
    }

    static IEnumerable<MusicExample> Windows(MusicItem item, DrumPattern pattern, int inputs, int outputs)
    {
        var (steps, drums) = (pattern.Steps, DrumPitches.Count);
        var grid = new DrumHit?[steps, drums];
        foreach (var hit in pattern.Hits)
        {
            ref var cell = ref grid[pattern.StepInPattern(hit), (int)hit.Drum];
            if (cell is null || hit.Velocity > cell.Value.Velocity) cell = hit;
        }
        for (var start = 0; start < steps; start += WindowSteps)
        {
            var (input, numbers, mask) = (new float[WindowSteps * inputs], new float[WindowSteps * outputs], new float[WindowSteps * outputs]);
            for (var step = 0; step < WindowSteps && start + step < steps; step++)
            {
                var row = input.AsSpan(step * inputs, inputs);
                row[drums + ((start + step) % pattern.StepsPerBar % 16)] = 1;
                row[^1] = (float)((item.Drums!.Bpm - 120) / 50);
                for (var drum = 0; drum < drums; drum++)
                {
                    if (grid[start + step, drum] is not { } hit) continue;
                    row[drum] = 1;
                    var at = (step * outputs) + drum;
                    (numbers[at], mask[at]) = (VelocityUnits.Of(hit.Velocity), 1);
                    (numbers[at + drums], mask[at + drums]) = ((float)(1000 * (hit.Seconds - hit.StepSeconds) / OffsetUnit), 1);
                }
            }
            yield return new($"{item.Id}#{start.ToString(CultureInfo.InvariantCulture)}", item.Group, input) { Numbers = numbers, Mask = mask };
        }
    }

    static IEnumerable<NumberAnswer> Strokes(MusicExample example, float[] output)
    {
        for (var i = 0; i < output.Length; i++)
        {
            var (step, column) = (i / (2 * DrumPitches.Count), i % (2 * DrumPitches.Count));
            if (column >= DrumPitches.Count || example.Mask[i] == 0) continue;
            var late = i + DrumPitches.Count;
            yield return new(
                string.Create(CultureInfo.InvariantCulture, $"{example.Id}/{step}/{DrumPitches.Names[column]}"), example.Group,
                [Math.Round(VelocityUnits.From(example.Numbers[i])), OffsetUnit * example.Numbers[late]], [VelocityUnits.From(output[i]), OffsetUnit * output[late]]);
        }
    }

    static float Pooled(IEnumerable<MusicExample> examples, int first)
    {
        double sum = 0, count = 0;
        foreach (var example in examples)
            for (var i = 0; i < example.Numbers.Length; i++)
            {
                var column = i % (2 * DrumPitches.Count);
                if (column < first || column >= first + DrumPitches.Count) continue;
                sum += example.Mask[i] * example.Numbers[i];
                count += example.Mask[i];
            }
        return (float)(sum / count);
    }

    static int StyleIndex(MusicItem item)
    {
        var style = item.Drums!.Style.Split('/')[0];
        for (var i = 0; i < Conditions.Styles.Count; i++)
            if (Conditions.Styles[i] == style) return i;
        throw new DataException(item.Path, $"has the style '{style}', expected {string.Join(", ", Conditions.Styles)}");
    }

    internal static Dictionary<string, string> Width(MusicConfig config, int inputs, int outputs) => new()
    {
        ["inputs"] = inputs.ToString(CultureInfo.InvariantCulture),
        ["outputs"] = outputs.ToString(CultureInfo.InvariantCulture),
        ["hidden"] = config.Model.Hidden.ToString(CultureInfo.InvariantCulture),
        ["dropout"] = config.Model.Dropout.ToString("R", CultureInfo.InvariantCulture),
    };

    internal static Dictionary<string, string> Sequence(MusicConfig config, int inputs, int outputs, bool bidirectional)
    {
        var settings = Width(config, inputs, outputs);
        settings["bidirectional"] = bidirectional ? "true" : "false";
        return settings;
    }
}
