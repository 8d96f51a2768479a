using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Torch;

namespace Kymo.Lab.Training;

/// <summary>What an epoch adds up while it trains: weighted sums of named numbers, and counts of answers by class.</summary>
/// <param name="classes">Classes of the answers; 0 for a task without.</param>
public sealed class EpochSums(int classes)
{
    readonly SortedDictionary<string, (double Sum, double Weight)> _sums = new(StringComparer.Ordinal);

    /// <summary>Counts by true and predicted class; null for a task without classes.</summary>
    public ConfusionMatrix? Matrix { get; internal set; } = classes > 0 ? new ConfusionMatrix(classes) : null;

    /// <summary>Sums and weights by name.</summary>
    public IReadOnlyDictionary<string, (double Sum, double Weight)> Sums => _sums;

    /// <summary>Adds a mean over some examples.</summary>
    /// <param name="name">Of the score, for instance <c>mse</c>; <c>loss</c> is added by the training itself.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="weight">How many examples it is of.</param>
    public void Add(string name, double mean, double weight)
    {
        var (sum, total) = _sums.GetValueOrDefault(name);
        _sums[name] = (sum + (mean * weight), total + weight);
    }

    /// <summary>Makes room for the names of other sums; processes that add up together have the same names.</summary>
    internal void AddNames(EpochSums others)
    {
        foreach (var name in others._sums.Keys) Add(name, 0, 0);
    }

    /// <summary>Puts a saved sum back.</summary>
    internal void Set(string name, double sum, double weight) => _sums[name] = (sum, weight);

    /// <summary>The sums of all processes together; called by all of them.</summary>
    internal EpochSums Over(ProcessGroup processes)
    {
        var cells = Matrix?.ClassCount ?? 0;
        var values = new double[(2 * _sums.Count) + (cells * cells)];
        var i = 0;
        foreach (var (sum, weight) in _sums.Values) (values[i], values[i + 1], i) = (sum, weight, i + 2);
        for (var cell = 0; cell < cells * cells; cell++) values[i + cell] = Matrix![cell / cells, cell % cells];
        processes.Sum(values);
        var total = new EpochSums(cells);
        i = 0;
        foreach (var name in _sums.Keys)
        {
            total.Set(name, values[i], values[i + 1]);
            i += 2;
        }
        for (var cell = 0; cell < cells * cells; cell++) total.Matrix!.Add(cell / cells, cell % cells, (long)values[i + cell]);
        return total;
    }

    /// <summary>Forgets everything, where another process remembers it.</summary>
    internal void Clear()
    {
        foreach (var name in _sums.Keys.ToArray()) _sums[name] = default;
        if (Matrix is not null) Matrix = new ConfusionMatrix(Matrix.ClassCount);
    }

    /// <summary>Counts each example by its target's heaviest class and the class of its largest logit.</summary>
    /// <param name="logits">(example, class).</param>
    /// <param name="targets">(example, class).</param>
    public void Count(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets)
    {
        var matrix = Matrix ?? throw new InvalidOperationException("this training was begun without classes");
        for (var start = 0; start < logits.Length; start += matrix.ClassCount)
            matrix.Add(Largest.IndexOf(targets.Slice(start, matrix.ClassCount)), Largest.IndexOf(logits.Slice(start, matrix.ClassCount)));
    }

    /// <summary>The mean under a name.</summary>
    public double Mean(string name) => _sums.TryGetValue(name, out var sum) ? sum.Sum / sum.Weight : double.NaN;

    /// <summary>All means; with classes, the six scores of a classification too.</summary>
    public Dictionary<string, double> Scores()
    {
        var scores = Matrix is { } matrix ? StandardScores.Classification(Mean("loss"), matrix) : new Dictionary<string, double> { ["loss"] = Mean("loss") };
        foreach (var name in _sums.Keys) scores[name] = Mean(name);
        return scores;
    }
}
