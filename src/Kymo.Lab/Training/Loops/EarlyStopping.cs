using Kymo.Config;

namespace Kymo.Lab.Training.Loops;

/// <summary>
/// Says when a training of one's own should end: after <c>patience</c> scores that are not better than the best by more than
/// <c>minDelta</c>. It touches no weights; going back to the best ones is <see cref="CheckpointManager"/>'s task.
/// </summary>
public sealed class EarlyStopping
{
    readonly int _patience;
    readonly double _minDelta;
    readonly bool _largest;
    readonly Action<string>? _tell;

    /// <summary>Begins.</summary>
    /// <param name="patience">Scores without improvement after which it stops, from 1.</param>
    /// <param name="minDelta">How much better counts, from 0.</param>
    /// <param name="mode"><c>min</c> for losses, <c>max</c> for accuracies.</param>
    /// <param name="tell">Told each time a score is no improvement, and when it stops; null says nothing.</param>
    /// <exception cref="ConfigException">A value out of range.</exception>
    public EarlyStopping(int patience = 10, double minDelta = 0.001, string mode = "min", Action<string>? tell = null)
    {
        if (patience < 1) throw new ConfigException($"patience is {patience}, expected at least 1");
        if (!(minDelta >= 0)) throw new ConfigException($"minDelta is {minDelta}, expected 0 or more");
        if (mode is not ("min" or "max")) throw new ConfigException($"mode is '{mode}', expected min or max");
        (_patience, _minDelta, _largest, _tell) = (patience, minDelta, mode == "max", tell);
    }

    /// <summary>The best finite score so far; null before the first.</summary>
    public double? Best { get; private set; }

    /// <summary>The epoch of <see cref="Best"/>; null before the first.</summary>
    public int? BestEpoch { get; private set; }

    /// <summary>Scores without improvement since the best.</summary>
    public int Counter { get; private set; }

    /// <summary>Takes an epoch's score.</summary>
    /// <param name="score">What is not finite counts as no improvement.</param>
    /// <param name="epoch">Which epoch.</param>
    /// <returns>True to stop; stays true.</returns>
    public bool ShouldStop(double score, int epoch)
    {
        if (double.IsFinite(score) && (Best is not { } best || (_largest ? score > best + _minDelta : score < best - _minDelta)))
        {
            (Best, BestEpoch) = (score, epoch);
            if (Counter < _patience) Counter = 0;
        }
        else
        {
            Counter++;
            _tell?.Invoke($"early stopping: no improvement for {Counter} of {_patience} epochs (best {Best} at epoch {BestEpoch})");
        }
        return Counter >= _patience;
    }

    /// <summary>Puts saved values back.</summary>
    public void Restore(double? best, int? bestEpoch, int counter) => (Best, BestEpoch, Counter) = (best, bestEpoch, counter);
}
