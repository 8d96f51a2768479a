using Kymo.Torch.Layers;
using Kymo.Torch.Optimizers;

namespace Kymo.Torch.Tests.Layers;

/// <summary>The joined convolution (Float32) against LibTorch's own layers one after another (Float64).</summary>
public sealed class ConvolutionBlockTests
{
    public static TheoryData<int, int, int, int, int, int, int, int, bool, bool> Cases => new()
    {
        // batch, in, out, rows, columns, kernel, window height, window width, normalisation, ReLU
        { 3, 1, 16, 13, 27, 3, 2, 2, false, true },
        { 2, 16, 32, 9, 31, 3, 2, 2, false, true },
        { 5, 6, 24, 8, 50, 3, 1, 1, false, true },
        { 2, 3, 5, 11, 14, 3, 2, 3, false, true },
        { 20, 2, 40, 6, 7, 3, 1, 1, false, false },
        { 2, 8, 8, 7, 9, 3, 2, 2, false, false },
        { 2, 4, 12, 10, 12, 5, 2, 4, false, true },
        { 3, 7, 9, 5, 6, 1, 1, 2, false, true },
        { 2, 5, 8, 6, 40, 3, 1, 30, false, true },
        { 4, 1, 32, 12, 21, 3, 2, 2, true, true },
        { 3, 16, 64, 9, 29, 3, 2, 4, true, true },
        { 2, 3, 11, 7, 8, 3, 1, 1, true, false },
        { 18, 3, 8, 5, 5, 3, 2, 2, true, false },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Joined_layers_equal_those_of_LibTorch(
        int batch, int inputs, int outputs, int rows, int columns, int kernel, int high, int wide, bool normalizes, bool relu)
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(7);
        Tensor[] given =
        [
            scope.Normal(generator, batch, inputs, rows, columns),
            scope.Normal(generator, outputs, inputs, kernel, kernel) * 0.3,
            scope.Normal(generator, outputs),
            scope.Normal(generator, outputs),
            scope.Normal(generator, outputs),
        ];
        if (!normalizes) given = given[..3];
        long[] padding = [kernel / 2, kernel / 2], window = [high, wide];

        var (single, singleGrads) = Run([.. given.Select(Leaf)]);
        var (exact, exactGrads) = Run([.. given.Select(t => Leaf(t.To(ElementType.Float64)))]);
        for (var i = 0; i < exact.Length; i++) Golden.AssertClose(exact[i], single[i], 2e-6, $"result {i}");
        // Normalisation takes the bias away, so its gradient is nothing but the rounding of either side.
        for (var i = 0; i < exactGrads.Length; i++) Golden.AssertClose(exactGrads[i], singleGrads[i], 1e-5, $"gradient {i}");

        (float[][] Results, float[][] Grads) Run(Tensor[] leaves)
        {
            var exact = leaves[0].Type == ElementType.Float64;
            Tensor? normWeight = normalizes ? leaves[3] : null, normBias = normalizes ? leaves[4] : null;
            var mean = scope.Full(0.5, leaves[0].Type, outputs);
            var variance = scope.Full(2, leaves[0].Type, outputs);
            Tensor output;
            if (exact)
            {
                output = Functional.Conv2d(leaves[0], leaves[1], leaves[2], [1, 1], padding, [1, 1]);
                if (normalizes) output = Functional.BatchNorm(output, normWeight, normBias, mean, variance, true, 0.3, 1e-3);
                if (relu) output = output.Relu();
                if (high * wide > 1) output = Functional.MaxPool2d(output, window, window, [0, 0], [1, 1]);
            }
            else
                output = Functional.ConvolutionBlock(leaves[0], leaves[1], leaves[2], normWeight, normBias,
                    normalizes ? mean : null, normalizes ? variance : null, true, 0.3, 1e-3, relu, padding, window);
            var weights = scope.Range(0, output.Count).To(output.Type).Sin().View(output.Shape.ToArray());
            (output * weights + output.Square()).Sum().Backward();
            return ([Floats(output), Floats(mean), Floats(variance)], [.. leaves.Select(l => Floats(l.Grad!.Value))]);
        }
    }

    [Fact]
    public void Normalisation_far_from_zero_loses_no_more_digits_than_LibTorch()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(5);
        var input = scope.Normal(generator, 4, 2, 40, 30) + 300;
        var (weight, ones, zeros) = (scope.Normal(generator, 8, 2, 3, 3), scope.Ones(8), scope.Zeros(8));
        var joined = Functional.ConvolutionBlock(input, weight, zeros, ones, zeros, null, null, true, 0.1, 1e-5, false, [1, 1], 1, 1);
        var single = OneByOne(ElementType.Float32);
        var exact = OneByOne(ElementType.Float64);
        // Which of two roundings is the smaller one is the processor's affair; a digit is ten times as much.
        Assert.InRange(Error(joined), 0, 10 * Error(single));

        Tensor OneByOne(ElementType type) => Functional.BatchNorm(
            Functional.Conv2d(input.To(type), weight.To(type), zeros.To(type), [1, 1], [1, 1], [1, 1]),
            ones.To(type), zeros.To(type), null, null, true, 0.1, 1e-5);

        double Error(Tensor output) => (output.To(ElementType.Float64) - exact).Abs().Max().Item();
    }

    [Fact]
    public void Layers_of_a_sequence_give_what_they_give_alone()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(2);
        Module[] layers =
        [
            new Conv2d(1, 8, 3, generator, padding: 1), new BatchNorm2d(8), new Relu(), new MaxPool2d(2),
            new Conv2d(8, 12, 3, generator, padding: 1), new Relu(), new MaxPool2d(3, 2),
            new Conv2d(12, 8, 3, generator, stride: 2, padding: 1), new Relu(inPlace: true),
        ];
        using var sequence = new Sequential(layers);
        var input = scope.Normal(generator, 3, 1, 20, 24);
        var apart = input;
        foreach (var layer in layers) apart = layer.Forward(apart);
        Golden.AssertClose(Floats(apart), Floats(sequence.Forward(input)));
        Assert.Equal(2, ((BatchNorm2d)layers[1]).BatchesTracked.Item());

        sequence.Eval();
        using var _ = Autograd.NoGrad();
        apart = input;
        foreach (var layer in layers) apart = layer.Forward(apart);
        Golden.AssertClose(Floats(apart), Floats(sequence.Forward(input)), 5e-6);
        Assert.Equal(2, ((BatchNorm2d)layers[1]).BatchesTracked.Item());
    }

    [Fact]
    public void Frozen_statistics_pass_gradients_on()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(2);
        using var convolution = new Conv2d(2, 8, 3, generator, padding: 1);
        using var norm = new BatchNorm2d(8);
        norm.RunningMean.FillNormal(0, 1, generator);
        norm.Eval();
        var input = scope.Normal(generator, 2, 2, 6, 7);
        new ConvolutionBlock(convolution, norm).Forward(input).Square().Sum().Backward();
        var joined = Floats(convolution.Weight.Grad!.Value);
        convolution.Weight.SetGrad(null);
        norm.Forward(convolution.Forward(input)).Relu().Square().Sum().Backward();
        Golden.AssertClose(Floats(convolution.Weight.Grad!.Value), joined);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_number_of_threads_gives_the_same_bits(bool normalizes)
    {
        using var leaks = new LeakCheck();
        using var generator = new RandomGenerator(4);
        using var data = new TensorScope();
        using var convolution = new Conv2d(5, 24, 3, generator, padding: 1);
        using var norm = new BatchNorm2d(24);
        var block = new ConvolutionBlock(convolution, normalizes ? norm : null, pool: new MaxPool2d(2));
        var input = data.Normal(generator, 37, 5, 18, 31).SetRequiresGrad();
        var threads = TorchThreads.Get();
        var runs = new List<float[][]>();
        foreach (var count in (int[])[1, 2, 3])
        {
            TorchThreads.Set(count);
            using var scope = new TensorScope();
            convolution.Weight.SetGrad(null);
            input.SetGrad(null);
            var output = block.Forward(scope.Borrow(input));
            output.Square().Sum().Backward();
            runs.Add([Floats(output), Floats(convolution.Weight.Grad!.Value), Floats(input.Grad!.Value)]);
        }

        TorchThreads.Set(threads);
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
    }

    [Fact]
    public void Not_a_number_stays_and_the_first_of_equals_gets_the_gradient()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        var weight = scope.Ones(8, 1, 1, 1);
        float[] values = [1, 1, float.NaN, 9, -1, -2, 3, float.NaN, 0, 1, 4, 4, -5, 1, 4, 4];
        var input = scope.From(values, 1, 1, 4, 4).SetRequiresGrad();
        var output = Functional.ConvolutionBlock(input, weight, null, null, null, null, null, false, 0, 0, true, [0, 0], 2, 2);
        Assert.Equal([1, float.NaN, 1, 4], Floats(output.Select(1, 0)));
        output.Select(1, 0).Sum().Backward();
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0], Floats(input.Grad!.Value));
    }

    [Fact]
    public void A_thousand_steps_hold_no_more_than_the_first()
    {
        using var leaks = new LeakCheck();
        using var generator = new RandomGenerator(6);
        using var network = new Sequential(
            new Conv2d(1, 8, 3, generator, padding: 1), new Relu(), new MaxPool2d(2),
            new Conv2d(8, 16, 3, generator, padding: 1), new BatchNorm2d(16), new Relu(), new MaxPool2d(2),
            new AdaptiveAvgPool2d(1), new Flatten(), new Linear(16, 3, generator));
        using var adam = new Adam(network.NamedParameters());
        using var data = new TensorScope();
        using var scope = new TensorScope();
        var (input, targets) = (data.Normal(generator, 6, 1, 24, 32), data.From<long>([0, 1, 2, 0, 1, 2]));
        var (live, bytes, peak, allocated) = (0L, 0L, 0L, 0L);
        for (var step = 0; step < 1000; step++)
        {
            if (step == 50) allocated = GC.GetAllocatedBytesForCurrentThread();
            var loss = Losses.CrossEntropy(network.Forward(scope.Borrow(input)), targets);
            scope.ResetExcept(loss);
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
            scope.Reset();
            var memory = TorchMemory.Statistics;
            if (step == 2) (live, bytes, peak) = (TorchInfo.LiveHandles, memory.InUse, memory.Peak);
            if (step > 2 && (live, bytes, peak) != (TorchInfo.LiveHandles, memory.InUse, memory.Peak))
                Assert.Fail($"step {step}: {TorchInfo.LiveHandles} handles, {memory.InUse} bytes, peak {memory.Peak}; after the third {live}, {bytes}, {peak}");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    [Fact]
    public void An_input_with_other_channels_is_refused()
    {
        using var scope = new TensorScope();
        var error = Assert.Throws<TorchException>(() => Functional.ConvolutionBlock(
            scope.Ones(1, 2, 4, 4), scope.Ones(8, 3, 3, 3), null, null, null, null, null, false, 0, 0, true, [1, 1], 1, 1));
        Assert.Contains("channels", error.Message, StringComparison.Ordinal);
    }

    static Tensor Leaf(Tensor tensor) => tensor.Detach().Clone().SetRequiresGrad();

    static float[] Floats(Tensor tensor) =>
        tensor.Type == ElementType.Float32 ? tensor.ToArray<float>() : tensor.To(ElementType.Float32).ToArray<float>();
}
