using Kymo.Torch.Layers;

namespace Kymo.Torch.Tests.Layers;

/// <summary>The fused recurrent layers (Float32) against LibTorch's own (Float64), at sizes that do not fill whole vectors.</summary>
public sealed class RecurrentTests
{
    [Theory]
    [InlineData("tanh", 1, false)]
    [InlineData("relu", 1, true)]
    [InlineData("gru", 3, false)]
    [InlineData("gru", 3, true)]
    [InlineData("lstm", 4, false)]
    [InlineData("lstm", 4, true)]
    public void Fused_layers_equal_those_of_LibTorch(string cell, int gates, bool bidirectional)
    {
        const int batch = 5, time = 19, features = 7, hidden = 37, layers = 2;
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(3);
        var directions = bidirectional ? 2 : 1;
        var weights = new List<Tensor>();
        for (var layer = 0; layer < layers; layer++)
            for (var direction = 0; direction < directions; direction++)
                foreach (var shape in (long[][])[[gates * hidden, layer == 0 ? features : hidden * directions], [gates * hidden, hidden], [gates * hidden], [gates * hidden]])
                    weights.Add(scope.Empty(ElementType.Float32, shape).FillUniform(-0.3, 0.3, generator));
        var input = scope.Normal(generator, batch, time, features);
        Tensor[] states = [scope.Normal(generator, layers * directions, batch, hidden), scope.Normal(generator, layers * directions, batch, hidden)];

        Tensor[] inputs = [input, .. states[..(cell == "lstm" ? 2 : 1)], .. weights];
        var (single, singleGrads) = Run(inputs);
        var (exact, exactGrads) = Run([.. inputs.Select(t => t.To(ElementType.Float64))]);
        Assert.Equal(exact.Length, single.Length);
        for (var i = 0; i < exact.Length; i++) Golden.AssertClose(exact[i], single[i], 3e-6, $"result {i}");
        for (var i = 0; i < exactGrads.Length; i++) Golden.AssertClose(exactGrads[i], singleGrads[i], 1e-5, $"gradient {i}");

        (float[][] Results, float[][] Grads) Run(Tensor[] given)
        {
            Tensor[] leaves = [.. given.Select(t => t.Detach().Clone().SetRequiresGrad())];
            var first = cell == "lstm" ? 3 : 2;
            ReadOnlySpan<Tensor> w = leaves.AsSpan(first);
            Tensor[] results;
            if (cell == "lstm")
            {
                var (output, last, lastCell) = Functional.Lstm(leaves[0], [leaves[1], leaves[2]], w, true, layers, bidirectional, true);
                results = [output, last, lastCell];
            }
            else
            {
                var (output, last) = cell == "gru" ? Functional.Gru(leaves[0], leaves[1], w, true, layers, bidirectional, true)
                    : cell == "relu" ? Functional.RnnRelu(leaves[0], leaves[1], w, true, layers, bidirectional, true)
                    : Functional.RnnTanh(leaves[0], leaves[1], w, true, layers, bidirectional, true);
                results = [output, last];
            }

            var loss = results.Select((r, i) => (r * (i + 1)).Square().Mean()).Aggregate((a, b) => a + b);
            loss.Backward();
            return ([.. results.Select(Floats)], [.. leaves.Select(l => Floats(l.Grad!.Value))]);
        }
    }

    [Fact]
    public void Large_inputs_saturate_and_stay_finite()
    {
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(3);
        foreach (var net in (Recurrent[])[new Gru(4, 9, generator), new Lstm(4, 9, generator), new Rnn(4, 9, generator)])
            using (net)
            {
                var output = net.Forward(scope.Normal(generator, 3, 6, 4) * 1e6);
                output.Sum().Backward();
                Assert.Equal(1, output.IsFinite().All().Item());
                Assert.InRange(output.Abs().Max().Item(), 0.5, 1);
                foreach (var parameter in net.Parameters()) Assert.Equal(1, parameter.Grad!.Value.IsFinite().All().Item());
            }
    }

    [Fact]
    public void Wrong_sizes_are_errors_that_say_what_is_expected()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(3);
        using var gru = new Gru(4, 9, generator);
        Assert.Contains("(batch, time, feature)", Assert.Throws<TorchException>(() => gru.Forward(scope.Zeros(3, 4))).Message, StringComparison.Ordinal);
        Assert.Contains("5 features, the layer was made for 4",
            Assert.Throws<TorchException>(() => gru.Forward(scope.Zeros(3, 6, 5))).Message, StringComparison.Ordinal);
        Assert.Contains("expected (1, 3, 9)",
            Assert.Throws<TorchException>(() => gru.ForwardWithState(scope.Zeros(3, 6, 4), scope.Zeros(1, 2, 9))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_between_layers_acts_only_while_training_and_repeats_from_its_generator()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(3);
        using var dropout = new RandomGenerator(4);
        using var gru = new Gru(4, 9, generator, new RecurrentOptions { Layers = 2, Dropout = 0.5, DropoutGenerator = dropout });
        using var plain = new Gru(4, 9, null, new RecurrentOptions { Layers = 2 });
        plain.LoadState(gru.SaveState());
        var input = scope.Normal(generator, 3, 6, 4);
        var first = gru.ForwardWithState(input);
        var second = gru.Forward(input).ToArray<float>();
        dropout.Seed(4);
        Assert.Equal(first.Output.ToArray<float>(), gru.Forward(input).ToArray<float>());
        Assert.NotEqual(first.Output.ToArray<float>(), second);
        Assert.Equal([2, 3, 9], first.Hidden.Shape.ToArray());
        gru.Eval();
        Assert.Equal(plain.Forward(input).ToArray<float>(), gru.Forward(input).ToArray<float>());
        Assert.Throws<ArgumentException>(() => new Gru(4, 9, null, new RecurrentOptions { Dropout = 0.1 }));
    }

    static float[] Floats(Tensor tensor) => tensor.To(ElementType.Float32).ToArray<float>();
}
