using Kymo.Torch.Layers;

namespace Kymo.Torch.Tests.Layers;

public sealed class DropoutTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void The_share_of_zeros_is_the_probability_and_the_rest_is_scaled(double probability)
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(11);
        const int count = 1_000_003;
        var output = Functional.Dropout(scope.Ones(count), probability, generator).ToArray<float>();
        var kept = output.Where(v => v != 0).ToArray();
        Assert.All(kept.Distinct(), v => Assert.Equal(1 / (1 - probability), v, 5));
        var deviation = Math.Sqrt(probability * (1 - probability) / count);
        Assert.InRange(1 - (double)kept.Length / count, probability - 5 * deviation, probability + 5 * deviation);

        // Neighbours, also those one block of 4096 apart, are dropped independently: joint share p², within five deviations.
        foreach (var lag in (int[])[1, 2, 64, 4096])
        {
            var both = Enumerable.Range(0, count - lag).Count(i => output[i] == 0 && output[i + lag] == 0) / (double)(count - lag);
            Assert.InRange(both, probability * probability - 5 * deviation, probability * probability + 5 * deviation);
        }
    }

    [Fact]
    public void Gradient_goes_through_the_same_mask_whatever_the_layout()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(11);
        var x = scope.Normal(generator, 3, 4, 5, 6).Contiguous(MemoryFormat.ChannelsLast).SetRequiresGrad();
        var y = Functional.Dropout(x, 0.4, generator);
        Assert.True(y.IsChannelsLast);
        var upstream = scope.Normal(generator, 3, 4, 5, 6);
        y.Backward(upstream);
        var expected = (y.Detach() / x.Detach()) * upstream;
        Golden.AssertClose(expected.ToArray<float>(), x.Grad!.Value.ToArray<float>(), 1e-6);
    }

    [Fact]
    public void Threads_do_not_change_the_mask_and_the_generators_state_repeats_it()
    {
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(11);
        var threads = TorchThreads.Get();
        var state = generator.GetState();
        var x = scope.Ones(300_000);
        TorchThreads.Set(1);
        var one = Functional.Dropout(x, 0.3, generator).ToArray<float>();
        TorchThreads.Set(3);
        var next = Functional.Dropout(x, 0.3, generator).ToArray<float>();
        generator.SetState(state);
        var again = Functional.Dropout(x, 0.3, generator).ToArray<float>();
        TorchThreads.Set(threads);
        Assert.Equal(one, again);
        Assert.NotEqual(one, next);
    }

    [Fact]
    public void Double_precision_and_the_ends_of_the_range_work()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(11);
        var x = scope.Full(1, ElementType.Float64, 10_000).SetRequiresGrad();
        var y = Functional.Dropout(x, 0.25, generator);
        y.Sum().Backward();
        Assert.Equal(y.ToArray<double>(), x.Grad!.Value.ToArray<double>());
        Assert.InRange(y.EqualTo(0).Sum().Item(), 2200, 2800);
        Assert.Equal(0, Functional.Dropout(x, 1, generator).Sum().Item());
        Assert.Equal(10_000, Functional.Dropout(x, 0, generator).Sum().Item());
        Assert.Contains("from 0 to 1", Assert.Throws<TorchException>(() => Functional.Dropout(x, 1.5, generator)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluation_passes_the_input_through()
    {
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(11);
        using var layer = new Dropout(0.5, generator);
        layer.Eval();
        var x = scope.Ones(5);
        Assert.Equal(x, layer.Forward(x));
    }
}
