using Kymo.Lab.Data.Sleep;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>One held-out part, as nights and windows.</summary>
/// <param name="Fold">Its number, from 1.</param>
/// <param name="TrainNights">Nights learned from.</param>
/// <param name="ValidationNights">Nights that pick the epoch.</param>
/// <param name="TestNights">Nights that are reported.</param>
/// <param name="Train">Windows learned from.</param>
/// <param name="Validation">Windows that pick the epoch.</param>
/// <param name="Test">Windows that are reported.</param>
sealed record SleepSplit(
    int Fold, int[] TrainNights, int[] ValidationNights, int[] TestNights, int[] Train, int[] Validation, int[] Test)
{
    const ulong OriginalSeed = 42;

    /// <summary>The splits that a configuration asks for.</summary>
    public static IReadOnlyList<SleepSplit> Of(SleepStagesConfig config, SleepNights nights)
    {
        var split = config.Split;
        if (split.Name == "window") return [ByWindow(nights, split.TrainSplit)];
        var rows = nights.RowsOf;
        var people = split.Name switch
        {
            "loso" => PersonSplits.LeaveOneOut(rows, split.ValidationPeople, config.Seed),
            "holdout" => PersonSplits.HoldOut(rows, split.TrainSplit, split.ValidationPeople, config.Seed),
            _ => PersonSplits.CrossValidation(rows, split.Folds, split.ValidationPeople, config.Seed),
        };
        if (split.HeldOut.Except(people.Select(part => part.Fold)).ToArray() is { Length: > 0 } strangers)
            throw new Config.ConfigException($"split.held_out: there is no fold {string.Join(", ", strangers)}; there are 1 to {people.Count}");
        return [.. people.Where(part => split.HeldOut.Count == 0 || split.HeldOut.Contains(part.Fold)).Select(part =>
        {
            PersonSplits.CheckNoLeak(part);
            var (train, validation, test) = (nights.NightsOf(part.Train), nights.NightsOf(part.Validation), nights.NightsOf(part.Test));
            return new SleepSplit(part.Fold, train, validation, test, nights.WindowsOf(train), nights.WindowsOf(validation), nights.WindowsOf(test));
        })];
    }

    // The original's: a permutation of all windows by PyTorch's generator, the first of them trained on, the rest both picks and is reported.
    static SleepSplit ByWindow(SleepNights nights, double trainSplit)
    {
        var order = Permutation(nights.Windows.Length, OriginalSeed);
        var count = (int)(trainSplit * order.Length);
        if (count == 0 || count == order.Length)
            throw new Config.ConfigException($"split.train_split={trainSplit}: {order.Length} windows leave nothing to train on or nothing to validate with");
        int[] all = [.. Enumerable.Range(0, nights.Nights.Count)];
        return new SleepSplit(1, all, all, all, order[..count], order[count..], order[count..]);
    }

    /// <summary>PyTorch's <c>randperm</c> with a generator of its own.</summary>
    internal static int[] Permutation(int count, ulong seed)
    {
        var order = Enumerable.Range(0, count).ToArray();
        using var generator = new RandomGenerator(seed);
        using var draw = Tensor.Zeros(ElementType.Int64, 1);
        var value = new long[1];
        for (var i = 0; i < count - 1; i++)
        {
            draw.FillIntegers(0, count - i, generator);
            draw.CopyTo<long>(value);
            (order[i], order[i + value[0]]) = (order[i + value[0]], order[i]);
        }
        return order;
    }
}
