namespace Kymo.Lab.Training.Loops;

/// <summary>One example of a training of one's own.</summary>
/// <param name="Input">The numbers that go in.</param>
/// <param name="Target">The numbers that shall come out.</param>
public readonly record struct Example(float[] Input, float[] Target);

/// <summary>Cuts data sets in two.</summary>
public static class Datasets
{
    /// <summary>Cuts a data set in a training and a validation part, as PyTorch's <c>random_split</c> with the same seed.</summary>
    /// <param name="dataset">The examples.</param>
    /// <param name="valSplit">Share of the validation part, from 0 to below 1; at least one example where above 0.</param>
    /// <param name="shuffle">Whether the parts are drawn; otherwise the last examples are the validation part.</param>
    /// <param name="seed">Seeds the drawing.</param>
    /// <param name="groups">The group of each example, none of which comes to stand on both sides; null where each is its own.</param>
    /// <exception cref="ArgumentException">A share out of range, or groups of another length.</exception>
    public static (IReadOnlyList<T> Train, IReadOnlyList<T> Validation) SplitDataset<T>(
        IReadOnlyList<T> dataset, double valSplit = 0.2, bool shuffle = true, long seed = 42, IReadOnlyList<string>? groups = null)
    {
        var (train, validation) = SplitIndices(dataset.Count, valSplit, shuffle, seed, groups);
        return ([.. train.Select(index => dataset[index])], [.. validation.Select(index => dataset[index])]);
    }

    /// <summary>The indices of both parts.</summary>
    public static (int[] Train, int[] Validation) SplitIndices(
        int count, double valSplit = 0.2, bool shuffle = true, long seed = 42, IReadOnlyList<string>? groups = null)
    {
        if (!(valSplit is >= 0 and < 1)) throw new ArgumentException($"valSplit is {valSplit}, expected 0 up to below 1", nameof(valSplit));
        if (groups is not null && groups.Count != count) throw new ArgumentException($"{count} examples but {groups.Count} groups", nameof(groups));
        var wanted = (int)Math.Floor((count * valSplit) + 1e-9);
        if (valSplit > 0 && count >= 2) wanted = Math.Clamp(wanted, 1, count - 1);
        if (groups is not null) return ByGroup(count, wanted, shuffle, seed, groups);
        var order = shuffle ? TorchPermutation.Of(count, seed) : [.. Enumerable.Range(0, count)];
        return (order[..(count - wanted)], order[(count - wanted)..]);
    }

    /// <summary>Cuts a data set in three parts; what rounding leaves over is the last one's.</summary>
    /// <exception cref="ArgumentException">The shares do not sum to 1.</exception>
    public static (IReadOnlyList<T> Train, IReadOnlyList<T> Validation, IReadOnlyList<T> Test) SplitDataset<T>(
        IReadOnlyList<T> dataset, double train, double validation, double test, long seed = 42)
    {
        if (Math.Abs(train + validation + test - 1) > 1e-6 || train < 0 || validation < 0 || test < 0)
            throw new ArgumentException($"shares {train}, {validation} and {test} sum to {train + validation + test}, expected 1");
        var order = TorchPermutation.Of(dataset.Count, seed);
        var (first, second) = ((int)Math.Floor((dataset.Count * train) + 1e-9), (int)Math.Floor((dataset.Count * validation) + 1e-9));
        T[] Part(int[] indices) => [.. indices.Select(index => dataset[index])];
        return (Part(order[..first]), Part(order[first..(first + second)]), Part(order[(first + second)..]));
    }

    // Whole groups, from the end of their order, until the validation part is large enough; one always stays for training.
    static (int[] Train, int[] Validation) ByGroup(int count, int wanted, bool shuffle, long seed, IReadOnlyList<string> groups)
    {
        string[] names = [.. groups.Distinct().Order(StringComparer.Ordinal)];
        var order = shuffle ? TorchPermutation.Of(names.Length, seed) : [.. Enumerable.Range(0, names.Length)];
        var sizes = groups.CountBy(group => group).ToDictionary();
        var held = new HashSet<string>(StringComparer.Ordinal);
        for (var (i, have) = (order.Length - 1, 0); i > 0 && have < wanted; i--)
        {
            held.Add(names[order[i]]);
            have += sizes[names[order[i]]];
        }
        return (
            [.. Enumerable.Range(0, count).Where(index => !held.Contains(groups[index]))],
            [.. Enumerable.Range(0, count).Where(index => held.Contains(groups[index]))]);
    }
}
