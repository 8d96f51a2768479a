using System.Diagnostics;
using Kymo.Torch;

namespace Kymo.Lab.Training;

/// <summary>How large a network is and how long one item takes on the CPU.</summary>
/// <param name="Parameters">Trainable parameters.</param>
/// <param name="SizeMiB">Bytes of parameters and buffers over 1,048,576.</param>
/// <param name="Milliseconds">Forward passes of one item, sorted.</param>
public sealed record NetworkCost(long Parameters, double SizeMiB, IReadOnlyList<double> Milliseconds)
{
    const int Warmups = 10, Runs = 50;

    /// <summary>Mean time of one item, milliseconds.</summary>
    public double Mean => Milliseconds.Average();

    /// <summary>Median.</summary>
    public double P50 => Milliseconds[Milliseconds.Count / 2];

    /// <summary>95th percentile.</summary>
    public double P95 => Milliseconds[(int)(Milliseconds.Count * 0.95)];

    /// <summary>Measures a network on zeros.</summary>
    /// <param name="network">On the CPU; left in evaluation mode.</param>
    /// <param name="item">Shape of one item, without the batch.</param>
    public static NetworkCost Of(Module network, params ReadOnlySpan<long> item)
    {
        long[] shape = [1, .. item];
        return Of(network, scope => network.Forward(scope.Zeros(shape)));
    }

    /// <summary>Measures a forward pass that the caller knows.</summary>
    /// <param name="network">On the CPU; left in evaluation mode.</param>
    /// <param name="forward">One pass of one item.</param>
    public static NetworkCost Of(Module network, Func<TensorScope, Tensor> forward)
    {
        network.Eval();
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var times = new List<double>(Runs);
        for (var i = 0; i < Warmups + Runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            forward(scope);
            if (i >= Warmups) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            scope.Reset();
        }
        var bytes = network.SaveState().Sum(entry => (long)entry.Value.Data.Length);
        return new NetworkCost(network.ParameterCount, bytes / 1048576.0, [.. times.Order()]);
    }
}
