using System.Diagnostics;
using System.Text.Json.Nodes;
using Kymo.Torch;

namespace Kymo.App.Bench;

/// <summary>One thing that was timed on both sides.</summary>
/// <param name="Name">What.</param>
/// <param name="Kymo">Milliseconds of each repetition here.</param>
/// <param name="Peer">The same of PyTorch; null where there is none.</param>
/// <param name="FloorMs">How long a matrix product of as many multiplications takes; null where they are not counted.</param>
/// <param name="Items">Items in one repetition.</param>
sealed record BenchCase(string Name, double[] Kymo, double[]? Peer, double? FloorMs, int Items)
{
    /// <summary>Largest difference of the two sides' logits for the same weights and input.</summary>
    public double? LargestDifference { get; init; }

    /// <summary>The most memory that this process has held so far, bytes.</summary>
    public long? KymoPeakBytes { get; init; }

    /// <summary>The same of the PyTorch process.</summary>
    public long? PeerPeakBytes { get; init; }

    /// <summary>Median here.</summary>
    public double KymoMs => Quantile(Kymo, 0.5);

    /// <summary>95th percentile here.</summary>
    public double KymoP95 => Quantile(Kymo, 0.95);

    /// <summary>Median of the peer.</summary>
    public double? PeerMs => Peer is null ? null : Quantile(Peer, 0.5);

    /// <summary>Peer over Kymo: above 1 is faster here.</summary>
    public double? Ratio => PeerMs / KymoMs;

    /// <summary>Items a second, by the median.</summary>
    public double Throughput => Items / KymoMs * 1000;

    /// <summary>The case as the answer holds it.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["kymo_ms"] = KymoMs,
        ["peer_ms"] = PeerMs,
        ["ratio"] = Ratio,
        ["floor_ms"] = FloorMs,
        ["kymo_p95_ms"] = KymoP95,
        ["peer_p95_ms"] = Peer is null ? null : Quantile(Peer, 0.95),
        ["items_per_second"] = Throughput,
        ["repetitions"] = Kymo.Length,
        ["largest_difference"] = LargestDifference,
        ["kymo_peak_bytes"] = KymoPeakBytes,
        ["peer_peak_bytes"] = PeerPeakBytes,
    };

    /// <summary>The quantile, linear between neighbours.</summary>
    public static double Quantile(double[] values, double q)
    {
        var sorted = values.Order().ToArray();
        var place = q * (sorted.Length - 1);
        var (low, part) = ((int)place, place - (int)place);
        return part == 0 ? sorted[low] : sorted[low] + (part * (sorted[low + 1] - sorted[low]));
    }
}

/// <summary>
/// Times a network here and in PyTorch. The sides take turns in short blocks, so that whatever else the machine does meets both.
/// </summary>
static class Benchmark
{
    const int MatrixSize = 768;
    const int MatrixRepetitions = 15;
    const int Warmup = 3;

    /// <summary>Times the forward pass in evaluation mode.</summary>
    /// <param name="subject">Network and input.</param>
    /// <param name="repetitions">Repetitions on each side.</param>
    /// <param name="missing">Why there is no peer; empty where there is one.</param>
    /// <param name="progress">Told after each block: repetitions done.</param>
    /// <param name="cancel">Asks to stop between two blocks.</param>
    public static BenchCase Forward(BenchSubject subject, int repetitions, out string missing, Action<int> progress, CancellationToken cancel)
    {
        subject.Network.Eval();
        using var peer = TorchPeer.TryStart(subject, out missing);
        var logits = Logits(subject);
        var (kymo, other) = TakeTurns(() => Logits(subject), peer, repetitions, progress, cancel);
        return new BenchCase($"{subject.Model} forward, batch {subject.Batch}", kymo, other, Floor(subject.Macs * subject.Batch), subject.Batch)
        {
            LargestDifference = peer?.Logits.Zip(logits, (one, two) => Math.Abs((double)one - two)).Max(),
            KymoPeakBytes = Machine.PeakBytes(),
            PeerPeakBytes = peer?.Finish(),
        };
    }

    /// <summary>How long a matrix product of that many multiplications takes on as many threads, milliseconds.</summary>
    public static double? Floor(long? macs)
    {
        if (macs is null) return null;
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(0);
        var (a, b) = (scope.Normal(generator, MatrixSize, MatrixSize), scope.Normal(generator, MatrixSize, MatrixSize));
        var times = new double[MatrixRepetitions];
        for (var i = 0; i < Warmup + MatrixRepetitions; i++)
        {
            var began = Stopwatch.GetTimestamp();
            a.MatrixMultiply(b);
            times[Math.Max(0, i - Warmup)] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
        return times.Min() * macs.Value / ((double)MatrixSize * MatrixSize * MatrixSize);
    }

    static float[] Logits(BenchSubject subject)
    {
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        return subject.Network.Forward(scope.From<float>(subject.Input, subject.Shape)).ToArray<float>();
    }

    static (double[] Kymo, double[]? Peer) TakeTurns(
        Action step, TorchPeer? peer, int repetitions, Action<int> progress, CancellationToken cancel)
    {
        for (var i = 0; i < Warmup; i++) step();
        peer?.Run(Warmup);
        var (kymo, other) = (new List<double>(), new List<double>());
        var block = Math.Max(1, repetitions / 5);
        while (kymo.Count < repetitions)
        {
            cancel.ThrowIfCancellationRequested();
            var count = Math.Min(block, repetitions - kymo.Count);
            for (var i = 0; i < count; i++)
            {
                var began = Stopwatch.GetTimestamp();
                step();
                kymo.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            if (peer is not null) other.AddRange(peer.Run(count));
            progress(kymo.Count);
        }
        return ([.. kymo], peer is null ? null : [.. other]);
    }
}
