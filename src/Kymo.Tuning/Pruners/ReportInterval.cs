namespace Kymo.Tuning.Pruners;

/// <summary>At which reports a pruner looks.</summary>
static class ReportInterval
{
    /// <summary>Whether the last report is past the warm-up and the first of its interval.</summary>
    public static bool IsDue(FrozenTrial trial, long warmupSteps, long intervalSteps)
    {
        if (trial.LastStep is not { } step || step < warmupSteps) return false;
        var start = (step - warmupSteps) / intervalSteps * intervalSteps + warmupSteps;
        return trial.IntermediateValues.Keys.All(other => other == step || other < start);
    }

    /// <summary>Refuses counts that make no sense.</summary>
    public static void Check(long warmupSteps, long intervalSteps)
    {
        if (warmupSteps < 0) throw new StudyException($"a pruner's warm-up is {warmupSteps} steps; type 0 or more");
        if (intervalSteps < 1) throw new StudyException($"a pruner's interval is {intervalSteps} steps; type 1 or more");
    }

    /// <summary>The best of reported values, NaN left out; NaN where nothing is left.</summary>
    public static double Best(IEnumerable<double> values, StudyDirection direction)
    {
        var best = double.NaN;
        foreach (var value in values)
        {
            var isBetter = direction == StudyDirection.Maximize ? value > best : value < best;
            if (isBetter || (double.IsNaN(best) && !double.IsNaN(value))) best = value;
        }
        return best;
    }
}
