using Kymo.Lab.Training;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Tests.Training;

/// <summary>Tests that count the engine's live handles: no other test may make tensors beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class MicroBatchesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(100)]
    public void Backward_in_parts_equals_the_whole_batch(int size)
    {
        const int batch = 13;
        using var generator = new RandomGenerator(3);
        using var network = Network(generator);
        using var data = new TensorScope();
        using var scope = new TensorScope();
        var input = data.Normal(generator, batch, 1, 12, 10);
        var targets = data.From([.. Enumerable.Range(0, batch).Select(i => (long)(i % 3))]);
        var weights = data.From<float>([1, 1.5f, 5.5f]);
        var norm = Enumerable.Range(0, batch).Sum(i => i % 3 == 0 ? 1 : i % 3 == 1 ? 1.5 : 5.5);

        var expected = Losses.CrossEntropy(network.Forward(scope.Borrow(input)), targets, weights);
        expected.Backward();
        var (loss, grads) = (expected.Item(), Take(network));
        scope.Reset();
        var live = TorchInfo.LiveHandles;
        var total = MicroBatches.Backward(scope, batch, size, (first, count) =>
        {
            var logits = network.Forward(scope.Borrow(input).Narrow(0, first, count));
            return Losses.CrossEntropy(logits, scope.Borrow(targets).Narrow(0, first, count), weights, reduction: Reduction.Sum) / norm;
        });
        Assert.Equal(live, TorchInfo.LiveHandles);
        Assert.InRange(Math.Abs(loss - total), 0, 1e-6);
        foreach (var (whole, parts) in grads.Zip(Take(network)))
            Assert.InRange(whole.Zip(parts, (a, b) => Math.Abs(a - b)).Max() / whole.Max(Math.Abs), 0, 1e-5);
    }

    [Fact]
    public void Choose_takes_the_fastest_size_and_a_smaller_one_only_where_it_gains()
    {
        using var generator = new RandomGenerator(3);
        using var network = Network(generator);
        var clock = new SteppedClock();
        var seconds = new Dictionary<int, double> { [32] = 10, [16] = 6, [8] = 5.95, [4] = 7 };
        var tried = new List<int>();
        var choice = MicroBatches.Choose(network, 32, clock, size =>
        {
            tried.Add(size);
            clock.Now += (long)(seconds[size] * clock.TimestampFrequency);
        });
        Assert.Equal(16, choice.Size);
        Assert.Equal([32, 16, 8, 4], choice.Timings.Select(t => t.Size));
        Assert.Equal([10_000, 6_000, 5_950, 7_000], choice.Timings.Select(t => t.Milliseconds));
        Assert.Equal([32, 16, 8, 4, 32, 16, 8, 4], tried.Take(8));
    }

    [Fact]
    public void Choose_keeps_the_batch_where_examples_see_each_other()
    {
        using var generator = new RandomGenerator(3);
        using var network = new Sequential(new Sequential(new Conv2d(1, 4, 3, generator), new BatchNorm2d(4)), new Flatten());
        Assert.False(MicroBatches.Fit(network));
        var choice = MicroBatches.Choose(network, 64, TimeProvider.System, _ => Assert.Fail("nothing is to be measured"));
        Assert.Equal((64, 0), (choice.Size, choice.Timings.Count));
    }

    static Sequential Network(RandomGenerator generator) => new(
        new Conv2d(1, 8, 3, generator, padding: 1), new Relu(), new MaxPool2d(2), new Flatten(), new Linear(8 * 6 * 5, 3, generator));

    static float[][] Take(Module network)
    {
        var grads = network.Parameters().Select(p => p.Grad!.Value.ToArray<float>()).ToArray();
        foreach (var parameter in network.Parameters()) parameter.SetGrad(null);
        return grads;
    }

    sealed class SteppedClock : TimeProvider
    {
        public long Now { get; set; }

        public override long GetTimestamp() => Now;
    }
}
