using Kymo.Tuning.Json;

namespace Kymo.Tuning;

/// <summary>
/// Tries every combination of given values once, in random order. The cell of a trial is kept in its system attributes as
/// Optuna's <c>GridSampler</c> keeps it, so workers of both kinds share one grid.
/// </summary>
public sealed class GridSampler : Sampler
{
    const string SpaceKey = "search_space", CellKey = "grid_id";

    readonly SortedDictionary<string, IReadOnlyList<object?>> _space;
    readonly Dictionary<string, int> _strides = [];
    readonly NumpyRandom _random;
    readonly int _cells = 1;

    /// <summary>Makes the grid.</summary>
    /// <param name="values">The values of each parameter: null, true or false, numbers or text.</param>
    /// <param name="seed">Start of the stream that orders the cells.</param>
    /// <exception cref="StudyException">A parameter has no value, or the grid has more than 2^31 cells.</exception>
    public GridSampler(IReadOnlyDictionary<string, IReadOnlyList<object?>> values, uint seed)
    {
        _space = new(values.ToDictionary(), StringComparer.Ordinal);
        _random = new NumpyRandom(seed);
        foreach (var (name, list) in _space.Reverse())
        {
            if (list.Count == 0) throw new StudyException($"the grid has no value for {name}; give at least one");
            if ((long)_cells * list.Count > int.MaxValue)
                throw new StudyException("the grid has more than 2147483647 cells; leave values out");
            _strides[name] = _cells;
            _cells *= list.Count;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TrialParameter> SampleTogether(Trial trial)
    {
        var attributes = trial.Frozen.SystemAttributes;
        if (attributes.ContainsKey(CellKey) || attributes.ContainsKey(AttributeNames.FixedParameters)) return [];
        var open = OpenCells(trial.Others, withRunning: false);
        if (open.Count == 0) open = OpenCells(trial.Others, withRunning: true);
        var cell = open.Count > 0 ? open[_random.NextInt(open.Count)] : _random.NextInt(_cells);
        trial.SetAttribute(AttributeOwner.System, SpaceKey, _space.ToDictionary(pair => pair.Key, pair => (object?)pair.Value));
        trial.SetAttribute(AttributeOwner.System, CellKey, (long)cell);
        return [];
    }

    /// <inheritdoc/>
    public override double SampleAlone(Trial trial, string name, Distribution distribution)
    {
        if (!_space.TryGetValue(name, out var values))
            throw new StudyException($"the grid has no values for {name}; it has {string.Join(", ", _space.Keys)}");
        if (trial.Frozen.SystemAttributes.GetValueOrDefault(CellKey) is not long cell)
        {
            throw new StudyException(
                $"enqueued trial {trial.Number} of a grid has no value for {name}; enqueue a value for every parameter");
        }
        return distribution.ToNumber(values[(int)(cell / _strides[name] % values.Count)]);
    }

    /// <inheritdoc/>
    public override bool IsExhausted(IReadOnlyList<FrozenTrial> trials) => OpenCells(trials, withRunning: true).Count == 0;

    // Cells that no ended trial has, or, unless running ones count as open, no running trial either.
    List<int> OpenCells(IReadOnlyList<FrozenTrial> trials, bool withRunning)
    {
        var taken = new HashSet<long>();
        foreach (var trial in trials)
        {
            if (!trial.IsFinished && (withRunning || trial.State != TrialState.Running)) continue;
            if (trial.SystemAttributes.GetValueOrDefault(CellKey) is long cell && IsThisGrid(trial)) taken.Add(cell);
        }
        return [.. Enumerable.Range(0, _cells).Where(cell => !taken.Contains(cell))];
    }

    bool IsThisGrid(FrozenTrial trial) =>
        trial.SystemAttributes.GetValueOrDefault(
            SpaceKey) is IReadOnlyDictionary<string, object?> space && space.Count == _space.Count &&
        _space.All(pair => space.TryGetValue(pair.Key, out var values) && PythonJson.AreEqual(values, pair.Value));
}
