namespace Kymo.Tuning.Samplers;

/// <summary>The parameters that every complete or pruned trial of a study has with one and the same distribution.</summary>
sealed class CommonSpace
{
    List<KeyValuePair<string, Distribution>>? _space;
    int _next;

    /// <summary>Takes in the trials that ended since the last call.</summary>
    /// <param name="trials">All trials but the one asking, in order of number.</param>
    /// <param name="asking">Number of the trial asking.</param>
    public IReadOnlyList<KeyValuePair<string, Distribution>> Update(IReadOnlyList<FrozenTrial> trials, int asking)
    {
        var next = trials.Count == 0 ? asking : Math.Min(asking, trials[^1].Number + 1);
        for (var i = trials.Count - 1; i >= 0 && trials[i].Number >= _next; i--)
        {
            var trial = trials[i];
            if (!trial.IsFinished) next = Math.Min(next, trial.Number);
            if (trial.State is not (TrialState.Complete or TrialState.Pruned)) continue;
            if (_space is null)
                _space = [.. trial.Parameters.Select(p => new KeyValuePair<string, Distribution>(p.Name, p.Distribution))];
            else _space.RemoveAll(
                parameter => trial.Find(parameter.Key) is not { } other || !other.Distribution.Equals(parameter.Value));
        }
        _next = next;
        return _space ?? [];
    }
}

/// <summary>Parameters in the groups that trials have in common: no trial has a part of a group only.</summary>
sealed class SpaceGroups
{
    List<Dictionary<string, Distribution>> _groups = [];
    readonly HashSet<long> _seen = [];

    /// <summary>Takes in the trials that ended since the last call.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, Distribution>> Update(IReadOnlyList<FrozenTrial> trials)
    {
        foreach (var trial in trials)
            if (trial.State is TrialState.Complete or TrialState.Pruned && _seen.Add(trial.Id)) Add(trial);
        return _groups;
    }

    void Add(FrozenTrial trial)
    {
        var rest = trial.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Distribution);
        var groups = new List<Dictionary<string, Distribution>>();
        foreach (var group in _groups)
        {
            groups.Add(group.Where(parameter => rest.ContainsKey(parameter.Key)).ToDictionary());
            groups.Add(group.Where(parameter => !rest.ContainsKey(parameter.Key)).ToDictionary());
            foreach (var name in group.Keys) rest.Remove(name);
        }
        groups.Add(rest);
        _groups = [.. groups.Where(group => group.Count > 0)];
    }
}
