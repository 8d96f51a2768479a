using Kymo.Lab.Data;
using Kymo.Lab.Data.Music;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Music;

/// <summary>What the loss compares.</summary>
enum MusicLoss
{
    /// <summary>Cross-entropy of logits and a class.</summary>
    CrossEntropy,

    /// <summary>Squared difference.</summary>
    MeanSquare,

    /// <summary>Absolute difference.</summary>
    MeanAbsolute,

    /// <summary>Cross-entropy of each output's sigmoid with a share.</summary>
    Binary,

    /// <summary>Divergence of a target distribution from the outputs' softmax.</summary>
    Divergence,
}

/// <summary>An item of a task: a piece, or a stretch of one, with an answer for the whole or for each step.</summary>
/// <param name="Id">Name, stable from run to run.</param>
/// <param name="Group">Song, file: what never stands on both sides.</param>
sealed record MusicExample(string Id, string Group)
{
    readonly Func<float[]>? _build;
    float[]? _input;

    /// <summary>An item whose inputs are at hand.</summary>
    public MusicExample(string id, string group, float[] input) : this(id, group) => _input = input;

    /// <summary>An item whose inputs are made when they are first asked for.</summary>
    public MusicExample(string id, string group, Func<float[]> build) : this(id, group) => _build = build;

    /// <summary>(step, feature), or (feature) without steps.</summary>
    public float[] Input
    {
        get => _input ??= _build?.Invoke() ?? [];
        init => _input = value;
    }

    /// <summary>What <see cref="Input"/> is made of, where it is made when asked for; empty otherwise.</summary>
    public ReadOnlyMemory<byte> Source { get; init; }

    /// <summary>The class of each answer, -1 where there is none; for tasks with classes.</summary>
    public int[] Labels { get; init; } = [];

    /// <summary>How far classes were moved to a common key, in semitones, for each answer; empty for none.</summary>
    public int[] Shifts { get; init; } = [];

    /// <summary>(answer, output), for tasks with numbers.</summary>
    public float[] Numbers { get; init; } = [];

    /// <summary>1 where <see cref="Numbers"/> counts, 0 where it does not; empty where all count.</summary>
    public float[] Mask { get; init; } = [];
}

/// <summary>Numbers given to one held-out thing, in the units that are reported.</summary>
/// <param name="Id">Name, stable from run to run.</param>
/// <param name="Group">What intervals are drawn over.</param>
/// <param name="Truth">True value of each target; NaN where there is none.</param>
/// <param name="Predicted">Predicted value of each target.</param>
sealed record NumberAnswer(string Id, string Group, double[] Truth, double[] Predicted);

/// <summary>A mean error over some targets.</summary>
/// <param name="Name">For instance <c>velocity_mae</c>.</param>
/// <param name="Targets">Which targets.</param>
/// <param name="Squared">Squared, not absolute.</param>
sealed record NumberScore(string Name, int[] Targets, bool Squared)
{
    /// <summary>Sum and count of one answer.</summary>
    public (double Sum, int Count) Of(NumberAnswer answer)
    {
        var (sum, count) = (0.0, 0);
        foreach (var target in Targets)
        {
            var difference = answer.Predicted[target] - answer.Truth[target];
            if (double.IsNaN(difference)) continue;
            sum += Squared ? difference * difference : Math.Abs(difference);
            count++;
        }
        return (sum, count);
    }

    /// <summary>The mean of many.</summary>
    public double Of(IEnumerable<NumberAnswer> answers)
    {
        var (sum, count) = (0.0, 0L);
        foreach (var answer in answers)
        {
            var (s, c) = Of(answer);
            sum += s;
            count += c;
        }
        return count == 0 ? double.NaN : sum / count;
    }
}

/// <summary>A rival without a network.</summary>
/// <param name="Name">For instance <c>bigram</c>.</param>
/// <param name="Answer">(answer, class) probabilities or (answer, output) numbers of an item.</param>
sealed record MusicBaseline(string Name, Func<MusicExample, float[]> Answer);

/// <summary>Everything a training of a music recipe needs: items, parts, network, loss, rivals.</summary>
sealed record MusicTask
{
    /// <summary>Name of the task, for the contract.</summary>
    public required string Name { get; init; }

    /// <summary>The set it is made of.</summary>
    public required MusicSet Set { get; init; }

    /// <summary><c>real</c>, <c>synthetic</c>.</summary>
    public string DataSource { get; init; } = "real";

    /// <summary>Steps of an item; 0 for flat items.</summary>
    public int Steps { get; init; }

    /// <summary>Numbers of a step.</summary>
    public required int Inputs { get; init; }

    /// <summary>Numbers of an answer.</summary>
    public required int Outputs { get; init; }

    /// <summary>Whether each step has an answer of its own.</summary>
    public bool AnswersEachStep { get; init; }

    /// <summary>Class names; empty for numbers.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Names of the reported numbers; empty for classes.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Reported errors; the first is the headline.</summary>
    public IReadOnlyList<NumberScore> Scores { get; init; } = [];

    /// <summary>From an item and its (answer, output) numbers to reported answers.</summary>
    public Func<MusicExample, float[], IEnumerable<NumberAnswer>> Answers { get; init; } = (_, _) => [];

    /// <summary>Brings a class back from the common key: class, semitones.</summary>
    public Func<int, int, int> Unshift { get; init; } = (label, _) => label;

    /// <summary>What the loss compares.</summary>
    public required MusicLoss Loss { get; init; }

    /// <summary>The items.</summary>
    public required IReadOnlyList<MusicExample> Examples { get; init; }

    /// <summary>Learned from.</summary>
    public required int[] Train { get; init; }

    /// <summary>Picks the epoch.</summary>
    public required int[] Select { get; init; }

    /// <summary>Reported.</summary>
    public required int[] Report { get; init; }

    /// <summary>How the parts were cut, in a sentence.</summary>
    public required string SplitRule { get; init; }

    /// <summary>Rivals, the strongest first.</summary>
    public required IReadOnlyList<MusicBaseline> Baselines { get; init; }

    /// <summary>The network's name and settings.</summary>
    public required (string Name, IReadOnlyDictionary<string, string> Settings) Model { get; init; }

    /// <summary>Mean and deviation that inputs were scaled by; null for none.</summary>
    public (float[] Mean, float[] Deviation)? Scaling { get; init; }

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> InputNames { get; init; } = [];

    /// <summary>Names of the outputs.</summary>
    public IReadOnlyList<string> OutputNames { get; init; } = [];

    /// <summary>What a person should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What was left out while reading.</summary>
    public IReadOnlyList<Exclusion> Exclusions { get; init; } = [];

    /// <summary>What an item is called in the plural.</summary>
    public string ItemName { get; init; } = "items";

    /// <summary>What intervals are drawn over.</summary>
    public string GroupName { get; init; } = "file";

    /// <summary>Answers of an item.</summary>
    public int AnswerCount => AnswersEachStep ? Steps : 1;

    /// <summary>Whether answers are classes.</summary>
    public bool HasClasses => Classes.Count > 0;

    /// <summary>Shape of an item.</summary>
    public long[] ItemShape => Steps == 0 ? [Inputs] : [Steps, Inputs];

    /// <summary>A new network.</summary>
    public Module NewNetwork(RandomGenerator init, RandomGenerator dropout) => MusicNetworks.New(Model.Name, Model.Settings, init, dropout);
}
