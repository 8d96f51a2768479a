using System.Globalization;
using System.Text;

namespace Kymo.Tuning;

/// <summary>
/// Hyperband (Li et al. 2018): several successive halvings, from cautious to bold, each over its own share of the trials. A
/// trial's share follows from the study's name and the trial's number; brackets and decisions are those of Optuna's
/// <c>HyperbandPruner</c>.
/// </summary>
public sealed class HyperbandPruner : Pruner
{
    readonly long _least;
    readonly int _reduction, _bootstrap;
    readonly List<SuccessiveHalvingPruner> _brackets = [];
    readonly List<long> _budgets = [];

    /// <summary>Makes the pruner.</summary>
    /// <param name="least">Steps of the first rung; default 1.</param>
    /// <param name="most">Steps of a whole trial; by default one more than the complete trials' last step.</param>
    /// <param name="reduction">One in so many goes on, at each rung so many times as far; default 3.</param>
    /// <param name="bootstrap">Trials needed at a rung before any goes on; default 0.</param>
    /// <exception cref="StudyException">A number is out of its range.</exception>
    public HyperbandPruner(long least = 1, long? most = null, int reduction = 3, int bootstrap = 0)
    {
        if (least < 1) throw new StudyException($"hyperband starts with {least} steps; type 1 or more");
        if (reduction < 2) throw new StudyException($"hyperband keeps one in {reduction}; type 2 or more");
        if (most < least) throw new StudyException($"hyperband goes from {least} to {most} steps; type the smaller number first");
        if (bootstrap > 0 && most is null)
            throw new StudyException("hyperband that waits for trials needs the steps of a whole trial");
        (_least, _reduction, _bootstrap) = (least, reduction, bootstrap);
        if (most is not null) MakeBrackets(most.Value);
    }

    /// <inheritdoc/>
    public override bool ShouldPrune(Trial trial, IReadOnlyList<FrozenTrial> trials)
    {
        if (_brackets.Count == 0)
        {
            var last = trials.Where(other => other.State == TrialState.Complete).Max(other => other.LastStep);
            if (last is null) return false;
            MakeBrackets(last.Value + 1);
        }
        var name = trial.Study.Name;
        return _brackets[Bracket(name, trial.Number)].ShouldPrune(trial, Comparable(name, trial.Number, trials));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FrozenTrial> Comparable(string studyName, int number, IReadOnlyList<FrozenTrial> trials)
    {
        if (_brackets.Count == 0) return trials;
        var bracket = Bracket(studyName, number);
        return [.. trials.Where(trial => Bracket(studyName, trial.Number) == bracket)];
    }

    /// <summary>The bracket of a trial, from 0, the most cautious.</summary>
    internal int Bracket(string studyName, int number)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{studyName}_{number}");
        var place = Crc32(Encoding.UTF8.GetBytes(text)) % _budgets.Sum();
        var bracket = 0;
        while (place >= _budgets[bracket]) place -= _budgets[bracket++];
        return bracket;
    }

    void MakeBrackets(long most)
    {
        var count = (int)Math.Floor(Math.Log((double)most / _least) / Math.Log(_reduction)) + 1;
        for (var bracket = 0; bracket < count; bracket++)
        {
            var rest = count - 1 - bracket;
            _budgets.Add((long)Math.Ceiling(count * Math.Pow(_reduction, rest) / (rest + 1)));
            _brackets.Add(new SuccessiveHalvingPruner(_least, _reduction, bracket, _bootstrap));
        }
    }

    // IEEE 802.3, bit by bit: names are short.
    static uint Crc32(byte[] bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) == 1 ? (sum >> 1) ^ 0xedb88320 : sum >> 1;
        }
        return ~sum;
    }
}
