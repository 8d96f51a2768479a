namespace Kymo.Tuning.Samplers;

/// <summary>Which of two complete trials is better when constraints count before values (Deb et al. 2002).</summary>
static class Domination
{
    /// <summary>
    /// Whether <paramref name="left"/> is feasible and <paramref name="right"/> is not, breaks constraints less, or dominates
    /// it. A
    /// trial without constraint values loses against one with them.
    /// </summary>
    public static bool Dominates(FrozenTrial left, FrozenTrial right, IReadOnlyList<StudyDirection> directions)
    {
        if (left.Constraints is { } a && right.Constraints is { } b)
        {
            double brokenLeft = a.Where(value => value > 0).Sum(), brokenRight = b.Where(value => value > 0).Sum();
            if (brokenLeft > 0 || brokenRight > 0) return brokenLeft < brokenRight;
        }
        else if (left.Constraints is not null || right.Constraints is not null) return left.Constraints is not null;
        return ParetoFront.Dominates(ParetoFront.Losses(left.Values!, directions), ParetoFront.Losses(right.Values!, directions));
    }

    /// <summary>The best of a population: whole fronts, of the last one those with the most room around them.</summary>
    public static List<FrozenTrial> Elite(List<FrozenTrial> population, int count, IReadOnlyList<StudyDirection> directions)
    {
        var elite = new List<FrozenTrial>();
        foreach (var front in Fronts(population, directions))
        {
            if (elite.Count + front.Count < count)
            {
                elite.AddRange(front);
                continue;
            }
            elite.AddRange(ByRoom(front).Take(count - elite.Count));
            break;
        }
        return elite;
    }

    // Fronts in Optuna's order of members: a member taken out is replaced by the last one.
    static IEnumerable<List<FrozenTrial>> Fronts(List<FrozenTrial> population, IReadOnlyList<StudyDirection> directions)
    {
        var dominated = new Dictionary<long, List<long>>();
        var losses = population.ToDictionary(trial => trial.Id, _ => 0);
        foreach (var trial in population)
        {
            dominated[trial.Id] = [.. population.Where(other => Dominates(trial, other, directions)).Select(other => other.Id)];
            foreach (var other in dominated[trial.Id]) losses[other]++;
        }
        List<FrozenTrial> rest = [.. population];
        while (rest.Count > 0)
        {
            var front = new List<FrozenTrial>();
            for (var i = 0; i < rest.Count;)
            {
                if (losses[rest[i].Id] > 0)
                {
                    i++;
                    continue;
                }
                front.Add(rest[i]);
                rest[i] = rest[^1];
                rest.RemoveAt(rest.Count - 1);
            }
            foreach (var other in front.SelectMany(trial => dominated[trial.Id])) losses[other]--;
            yield return front;
        }
    }

    // Room is the distance between the neighbours on both sides, summed over objectives; most room first.
    static IEnumerable<FrozenTrial> ByRoom(List<FrozenTrial> front)
    {
        var room = front.ToDictionary(trial => trial.Id, _ => 0.0);
        for (var objective = 0; objective < front[0].Values!.Count; objective++)
        {
            front = [.. front.OrderBy(trial => trial.Values![objective])];
            if (front[0].Values![objective] == front[^1].Values![objective]) continue;
            double[] values = [double.NegativeInfinity, .. front.Select(trial => trial.Values![objective]),
                double.PositiveInfinity];
            var width = values.Last(value => value < double.PositiveInfinity) - values.First(
                value => value > double.NegativeInfinity);
            for (var i = 0; i < front.Count; i++)
                room[front[i].Id] += values[i] == values[i + 2] ? 0 : (values[i + 2] - values[i]) / (width > 0 ? width : 1);
        }
        return front.OrderBy(trial => room[trial.Id]).Reverse();
    }
}
