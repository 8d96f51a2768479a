using Kymo.Lab.Runs;
using Weights = System.Collections.Generic.IReadOnlyDictionary<string, Kymo.Torch.Checkpoints.StoredTensor>;

namespace Kymo.Lab.Training;

/// <summary>The part of an epoch that is done.</summary>
/// <param name="started">When it began.</param>
/// <param name="order">The epoch's order of the training examples.</param>
/// <param name="sums">What is added up.</param>
public sealed class PartialEpoch(DateTimeOffset started, int[] order, EpochSums sums)
{
    /// <summary>When it began.</summary>
    public DateTimeOffset Started => started;

    /// <summary>The epoch's order of the training examples.</summary>
    public int[] Order => order;

    /// <summary>What was added up so far.</summary>
    public EpochSums Sums => sums;

    /// <summary>What all processes added up, where there are several; taken out with a snapshot.</summary>
    public EpochSums? Shared { get; set; }

    /// <summary>Time spent in it.</summary>
    public double Seconds { get; set; }

    /// <summary>Batches that were learned from.</summary>
    public int Batches { get; set; }

    /// <summary>Steps that were left out because they were not finite.</summary>
    public int Skipped { get; set; }
}

/// <summary>What a training remembers from epoch to epoch besides the network: history, best and mean weights, early stop.</summary>
/// <param name="options">The rules.</param>
public sealed class FitState(TrainerOptions options)
{
    readonly MonitoredScore _best = MonitoredScore.Of(options.Checkpoint.Monitor, options.Checkpoint.Mode);

    /// <summary>One row for each finished epoch.</summary>
    public List<EpochRow> History { get; init; } = [];

    /// <summary>The epoch that is under way; null between two.</summary>
    public PartialEpoch? Partial { get; set; }

    /// <summary>Optimiser steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Steps that were left out because they were not finite, in finished epochs.</summary>
    public int Skipped { get; set; }

    /// <summary>Weights of the best epoch.</summary>
    public Weights? Best { get; set; }

    /// <summary>The moving average of the weights, when it was last taken out.</summary>
    public Weights? Average { get; set; }

    /// <summary>Examples of a part of a batch; the whole batch where 0.</summary>
    public MicroBatchChoice? MicroBatch { get; set; }

    /// <summary>The learning rate that a range test suggested; null where none was asked for.</summary>
    public double? FoundRate { get; set; }

    /// <summary>First epochs that minimise another loss; they count while there are no others, and never for an early stop.</summary>
    public int PretrainEpochs { get; set; }

    /// <summary>The finished epochs that are held against each other.</summary>
    public IEnumerable<EpochRow> Compared => History.Count > PretrainEpochs ? History.Skip(PretrainEpochs) : History;

    /// <summary>Number of the best epoch by <c>checkpoint.monitor</c>, from 1; the first of equals, 0 before the first.</summary>
    public int BestEpoch
    {
        get
        {
            var (best, value) = (0, _best.Worst);
            foreach (var row in Compared)
                if (best == 0 || _best.IsBetter(_best.RankOf(row), value)) (best, value) = (row.Epoch, _best.RankOf(row));
            return best;
        }
    }

    /// <summary>Whether early stop ended the training.</summary>
    public bool Stopped
    {
        get
        {
            if (!options.EarlyStopping.Enabled) return false;
            var monitor = MonitoredScore.Of(options.EarlyStopping.Monitor, options.EarlyStopping.Mode);
            var (best, waited) = (monitor.Worst, 0);
            foreach (var row in History.Skip(PretrainEpochs))
            {
                var value = monitor.ValueOf(row);
                if (monitor.IsBetter(value, best, double.IsInfinity(best) ? 0 : options.EarlyStopping.MinDelta)) (best, waited) = (value, 0);
                else waited++;
            }
            return waited >= options.EarlyStopping.Patience;
        }
    }

    /// <summary>Seconds of all epochs, the one under way included.</summary>
    public double Seconds => History.Sum(row => row.Seconds) + (Partial?.Seconds ?? 0);

    /// <summary>Whether an epoch would be better than all before it.</summary>
    public bool IsBest(EpochRow row) => History.Count == 0 || History.Count == PretrainEpochs || _best.IsBetter(_best.RankOf(row), _best.RankOf(History[BestEpoch - 1]));

    /// <summary>The finished epochs whose weights are kept, by their rank.</summary>
    public IEnumerable<EpochRow> TopEpochs()
    {
        if (!options.EnableCheckpointing || !options.Checkpoint.Enabled || options.Checkpoint.SaveTopK == 0) return [];
        if (options.Checkpoint.SaveTopK < 0) return History;
        var ranked = _best.Largest
            ? Compared.OrderByDescending(_best.RankOf).ThenBy(row => row.Epoch)
            : Compared.OrderBy(_best.RankOf).ThenBy(row => row.Epoch);
        return ranked.Take(options.Checkpoint.SaveTopK);
    }

    /// <summary>Takes a finished epoch.</summary>
    /// <param name="row">Its scores.</param>
    /// <param name="weights">The network's weights after it.</param>
    public void Add(EpochRow row, Weights weights)
    {
        if (row.IsBest) Best = weights;
        History.Add(row);
        Skipped += Partial?.Skipped ?? 0;
        Partial = null;
    }

    /// <summary>The weights that are reported; null for those the network has now.</summary>
    public Weights? Selected() => options.Select switch
    {
        WeightSelection.Best => Best,
        WeightSelection.Average => Average,
        _ => null,
    };
}
