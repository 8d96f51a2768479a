using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Weights = System.Collections.Generic.IReadOnlyDictionary<string, Kymo.Torch.Checkpoints.StoredTensor>;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>The part of an epoch that is done.</summary>
/// <param name="Started">When it began.</param>
/// <param name="Seconds">Time spent in it.</param>
/// <param name="Batches">Batches that were learned from.</param>
/// <param name="Losses">Sum of the clips' losses.</param>
/// <param name="Order">The epoch's order of the training clips.</param>
/// <param name="Matrix">The answers so far.</param>
sealed record PartialEpoch(DateTimeOffset Started, double Seconds, int Batches, double Losses, int[] Order, ConfusionMatrix Matrix);

/// <summary>
/// What a fold remembers from epoch to epoch besides the network: its history, the best weights, their moving average,
/// early stop and schedule.
/// </summary>
sealed class FoldState(UrbanSoundsConfig config)
{
    // The original's scheduler: a fifth of the rate after five epochs whose validation loss was not lower by one part in ten thousand.
    const double PlateauFactor = 0.2, PlateauThreshold = 1e-4, PlateauSmallestRate = 1e-5;
    const int PlateauPatience = 5;

    /// <summary>One row for each finished epoch.</summary>
    public List<EpochRow> History { get; init; } = [];

    /// <summary>The epoch that is under way; null between two.</summary>
    public PartialEpoch? Partial { get; set; }

    /// <summary>Weights of the epoch with the best validation accuracy.</summary>
    public Weights? Best { get; set; }

    /// <summary>The moving average of the weights.</summary>
    public Weights? Average { get; set; }

    /// <summary>Best validation accuracy so far; below any accuracy before the first epoch.</summary>
    public double BestAccuracy => History.Count == 0 ? -1 : History.Max(row => row.Validation["acc"]);

    /// <summary>Number of the epoch with the best validation accuracy, counted from 1; the first of equals.</summary>
    public int BestEpoch => History.Count == 0 ? 0 : History.MaxBy(row => (row.Validation["acc"], -row.Epoch))!.Epoch;

    /// <summary>Whether early stop ended the fold.</summary>
    public bool Stopped
    {
        get
        {
            if (config.Trainer.EarlyStopPatience == 0) return false;
            var (best, waited) = (double.PositiveInfinity, 0);
            foreach (var row in History)
            {
                waited = row.Validation["loss"] < best ? 0 : waited + 1;
                best = Math.Min(best, row.Validation["loss"]);
            }
            return waited >= config.Trainer.EarlyStopPatience;
        }
    }

    /// <summary>Takes a finished epoch.</summary>
    /// <param name="row">Its scores.</param>
    /// <param name="weights">The network's weights after it.</param>
    public void Add(EpochRow row, Weights weights)
    {
        if (row.IsBest) Best = weights;
        History.Add(row);
        Partial = null;
    }

    /// <summary>The weights that are reported; null for those the network has now.</summary>
    public Weights? Selected() => config.Trainer.Select switch
    {
        WeightSelection.Best => Best,
        WeightSelection.Average => Average,
        _ => null,
    };

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">Steps taken before it.</param>
    /// <param name="total">Steps of the whole training.</param>
    public double Rate(int step, int total) => config.Optim.Schedule switch
    {
        RateSchedule.OneCycle => OneCycle(config.Optim.Lr, config.Optim.Warmup, step, total),
        RateSchedule.WarmupCosine => WarmupCosine(config.Optim.Lr, config.Optim.Warmup, step, total),
        RateSchedule.Cosine => config.Optim.Lr * (1 + Math.Cos(Math.PI * step / total)) / 2,
        RateSchedule.Plateau => Plateau(),
        _ => config.Optim.Lr,
    };

    // From a 25th of the rate up to it, then down to a 10,000th of the start; both along half a cosine.
    static double OneCycle(double highest, double warmup, int step, int total)
    {
        var (lowest, last) = (highest / 25, highest / 25 / 10_000);
        var top = Math.Max((warmup * total) - 1, 1);
        return step <= top
            ? Along(lowest, highest, step / top)
            : Along(highest, last, Math.Min((step - top) / Math.Max(total - 1 - top, 1), 1));
    }

    // Up from a tenth along a line, then down to a hundredth along half a cosine.
    static double WarmupCosine(double highest, double warmup, int step, int total)
    {
        var top = Math.Max(warmup * total, 1);
        return step < top
            ? highest * (0.1 + (0.9 * step / top))
            : Along(highest, highest / 100, Math.Min((step - top) / Math.Max(total - top, 1), 1));
    }

    static double Along(double from, double to, double share) => to + ((from - to) * (1 + Math.Cos(Math.PI * share)) / 2);

    double Plateau()
    {
        var (rate, best, waited) = (config.Optim.Lr, double.PositiveInfinity, 0);
        foreach (var row in History)
        {
            if (row.Validation["loss"] < best * (1 - PlateauThreshold)) (best, waited) = (row.Validation["loss"], 0);
            else waited++;
            if (waited <= PlateauPatience) continue;
            (rate, waited) = (Math.Max(rate * PlateauFactor, PlateauSmallestRate), 0);
        }
        return rate;
    }
}
