using System.Runtime.InteropServices;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Training;

/// <summary>
/// The exponential moving average of a network's weights and batch statistics (Polyak and Juditsky 1992), taken after every step:
/// mean = d · mean + (1 - d) · weights, where d = min(<paramref name="decay"/>, (1 + t) / (10 + t)) at step t, so that the first steps
/// do not count for long. Counters and other integers are those of the latest weights.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="decay">Largest decay, 0 to 1.</param>
public sealed class WeightAverage(Module network, double decay)
{
    readonly List<(string Name, Tensor Tensor, float[] Mean)> _means =
        [.. network.State().Where(entry => entry.Tensor.Type == ElementType.Float32).Select(entry => (entry.Name, entry.Tensor, entry.Tensor.ToArray<float>()))];

    float[] _latest = [];

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Takes the weights of the step just made.</summary>
    public void Update()
    {
        var keep = (float)Math.Min(decay, (1.0 + Steps) / (10 + Steps));
        Steps++;
        foreach (var (_, tensor, mean) in _means)
        {
            if (_latest.Length < mean.Length) _latest = new float[mean.Length];
            var latest = _latest.AsSpan(0, mean.Length);
            tensor.CopyTo(latest);
            for (var i = 0; i < mean.Length; i++) mean[i] = (keep * mean[i]) + ((1 - keep) * latest[i]);
        }
    }

    /// <summary>The mean, under the network's state names.</summary>
    public OrderedDictionary<string, StoredTensor> Save()
    {
        var state = network.SaveState();
        foreach (var (name, _, mean) in _means)
            state[name] = state[name] with { Data = MemoryMarshal.AsBytes(mean.AsSpan()).ToArray() };
        return state;
    }

    /// <summary>Goes on from a saved mean.</summary>
    /// <param name="state">What <see cref="Save"/> gave.</param>
    /// <param name="steps">Steps that were taken.</param>
    public void Load(IReadOnlyDictionary<string, StoredTensor> state, long steps)
    {
        foreach (var (name, _, mean) in _means) MemoryMarshal.Cast<byte, float>(state[name].Data.Span).CopyTo(mean);
        Steps = steps;
    }
}
