namespace Kymo.Tuning;

/// <summary>Which trials no other one beats.</summary>
public static class ParetoFront
{
    /// <summary>The trials that no other one dominates, in the order given; equal ones stay.</summary>
    /// <param name="trials">Trials with one value for each direction.</param>
    /// <param name="directions">Which way each objective is better.</param>
    public static IReadOnlyList<FrozenTrial> Of(IReadOnlyList<FrozenTrial> trials, IReadOnlyList<StudyDirection> directions)
    {
        var losses = trials.Select(trial => Losses(trial.Values!, directions)).ToArray();
        // In order of the first objective nothing later dominates: only the front so far can.
        var order = Enumerable.Range(0, losses.Length).ToArray();
        Array.Sort(order, (a, b) => Compare(losses[a], losses[b]));
        var front = new List<int>();
        foreach (var i in order)
            if (!front.Any(j => Dominates(losses[j], losses[i]))) front.Add(i);
        front.Sort();
        return [.. front.Select(i => trials[i])];
    }

    /// <summary>The values as something to minimise.</summary>
    internal static double[] Losses(IReadOnlyList<double> values, IReadOnlyList<StudyDirection> directions) =>
        [.. values.Select((value, objective) => directions[objective].Loss(value))];

    /// <summary>Whether <paramref name="left"/> is nowhere worse and somewhere better.</summary>
    internal static bool Dominates(double[] left, double[] right)
    {
        var better = false;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] > right[i]) return false;
            better |= left[i] < right[i];
        }
        return better;
    }

    static int Compare(double[] left, double[] right)
    {
        for (var i = 0; i < left.Length; i++)
            if (left[i].CompareTo(right[i]) is not 0 and var order) return order;
        return 0;
    }
}
