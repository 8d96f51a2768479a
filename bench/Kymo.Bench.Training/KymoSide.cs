using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Kymo.Lab.Training;
using Kymo.Torch;
using Kymo.Torch.Optimizers;

namespace Kymo.Bench.Training;

/// <summary>This side in a process of its own, with the protocol of <c>bench/peers/torch_training.py</c>.</summary>
static class KymoSide
{
    /// <summary>Answers numbers of steps from standard input until it ends.</summary>
    public static void Answer(Network network, int threads)
    {
        TorchThreads.Set(threads);
        using var generator = new RandomGenerator(0);
        using var model = network.Build(generator);
        using var optimizer = new Adam(model.NamedParameters());
        using var data = new TensorScope();
        var input = data.Normal(generator, network.Shape);
        var targets = data.From([.. Enumerable.Range(0, (int)network.Shape[0]).Select(i => (long)(i % network.Classes))]);
        using var scope = new TensorScope();
        var batch = (int)network.Shape[0];
        Func<int, int, Tensor> share = (first, count) =>
        {
            var (x, y) = (scope.Borrow(input).Narrow(0, first, count), scope.Borrow(targets).Narrow(0, first, count));
            return Losses.CrossEntropy(model.Forward(x), y) * ((double)count / batch);
        };
        var choice = MicroBatches.Choose(model, batch, TimeProvider.System, size => MicroBatches.Backward(scope, batch, size, share));
        var folder = Directory.CreateTempSubdirectory("kymo-bench");
        while (Console.ReadLine() is { } line)
        {
            var turn = new Turn(new double[int.Parse(line, CultureInfo.InvariantCulture)]) { MicroBatch = choice.Size };
            for (var i = 0; i < turn.Seconds.Length; i++)
            {
                var (start, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                optimizer.ZeroGrad();
                turn.Loss = MicroBatches.Backward(scope, batch, choice.Size, share);
                optimizer.Step();
                turn.Seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                turn.ProcessorSeconds[i] = (Environment.CpuUsage.TotalTime - used).TotalSeconds;
            }

            turn.PeakBytes = Machine.PeakBytes();
            turn.CheckpointSeconds = Checkpoint(model, optimizer, folder.FullName);
            Console.WriteLine(JsonSerializer.Serialize(turn, Report.Json));
        }
    }

    // How long a training waits for a checkpoint of network, best and mean weights and optimiser; it is written and read back beside the steps.
    static double Checkpoint(Module model, Adam optimizer, string folder)
    {
        var trainer = new TrainerOptions(new EarlyStoppingOptions(), new CheckpointOptions(), new WandbOptions([]));
        var start = Stopwatch.GetTimestamp();
        var weights = model.SaveState();
        var snapshot = new FitSnapshot(new FitState(trainer) { Best = weights, Average = weights }, weights, optimizer.SaveState(),
            new Dictionary<string, IReadOnlyDictionary<string, Torch.Checkpoints.StoredTensor>>(), 1e-3, 0, new Dictionary<string, byte[]>());
        var files = new FitCheckpoints(folder, trainer);
        files.SaveSoon(snapshot);
        var waited = Stopwatch.GetElapsedTime(start).TotalSeconds;
        files.Save(snapshot);
        return waited;
    }

    /// <summary>Multiplications and additions per second of a product of two 2048-wide matrices, the best of a few.</summary>
    public static double ProductFlops(int threads)
    {
        const int size = 2048;
        TorchThreads.Set(threads);
        using var generator = new RandomGenerator(0);
        using var scope = new TensorScope();
        var (a, b) = (scope.Normal(generator, size, size), scope.Normal(generator, size, size));
        var best = double.PositiveInfinity;
        for (var i = 0; i < 8; i++)
        {
            var start = Stopwatch.GetTimestamp();
            a.MatrixMultiply(b).Dispose();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * size * size * size / best;
    }
}

/// <summary>What one side answers to a number of steps.</summary>
/// <param name="Seconds">Wall-clock of each step.</param>
sealed record Turn(double[] Seconds)
{
    /// <summary>Processor time of each step, all threads together.</summary>
    public double[] ProcessorSeconds { get; init; } = new double[Seconds.Length];

    /// <summary>Examples whose activations are held at a time; 0 where that was not chosen.</summary>
    public int MicroBatch { get; init; }

    /// <summary>Time of one checkpoint, written and read back; 0 on the other side.</summary>
    public double CheckpointSeconds { get; set; }

    /// <summary>The last step's.</summary>
    public double Loss { get; set; }

    /// <summary>The most memory that was resident so far.</summary>
    public long PeakBytes { get; set; }
}
