using Kymo.Torch.Checkpoints;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Training;

/// <summary>An optimiser's state as PyTorch's <c>optimizer.load_state_dict</c> takes it.</summary>
static class OptimizerPickle
{
    /// <summary>The tree <c>{state: {i: {step, ...}}, param_groups: [{lr, ..., params}]}</c>.</summary>
    /// <param name="optimizer">Gives settings and the order of the parameters.</param>
    /// <param name="saved">What <see cref="Optimizer.SaveState"/> gave.</param>
    public static PickleDictionary Of(Optimizer optimizer, IReadOnlyDictionary<string, StoredTensor> saved)
    {
        var (state, indices) = (new PickleDictionary(), new PickleList(Enumerable.Range(0, optimizer.Parameters.Count).Select(index => (PickleValue)index)));
        for (var i = 0; i < optimizer.Parameters.Count; i++)
        {
            var prefix = optimizer.Parameters[i].Name + ".";
            if (!saved.TryGetValue(prefix + "step", out var step)) continue;
            var entry = new PickleDictionary { { "step", step } };
            foreach (var (name, tensor) in saved)
                if (name.StartsWith(prefix, StringComparison.Ordinal) && name.IndexOf('.', prefix.Length) < 0 && name != prefix + "step") entry.Add(name[prefix.Length..], tensor);
            state.Add(i, entry);
        }
        var group = new PickleDictionary();
        foreach (var (name, value) in optimizer.Settings) group.Add(name, Value(value));
        group.Add("params", indices);
        return new PickleDictionary { { "state", state }, { "param_groups", new PickleList([group]) } };
    }

    static PickleValue Value(object setting) => setting switch
    {
        bool flag => flag,
        double number => number,
        ValueTuple<double, double> pair => new PickleTuple(pair.Item1, pair.Item2),
        _ => throw new ArgumentException($"a setting of kind {setting.GetType().Name} has no place in PyTorch's state"),
    };
}
