using System.Text.Json;
using Kymo.Torch.Checkpoints;
using Kymo.Torch.Optimizers;

namespace Kymo.Torch.Tests.Optimizers;

/// <summary>Every optimiser against PyTorch over twelve steps, one parameter without a gradient in most of them.</summary>
public sealed class OptimizerTests
{
    static readonly JsonElement s_golden = Golden.Read("torch_optimizers");

    static readonly Dictionary<string, Func<NamedTensor[], Optimizer>> s_cases = new()
    {
        ["adam"] = p => new Adam(p, 0.01),
        ["adam_decay"] = p => new Adam(p, new AdamOptions { LearningRate = 0.02, Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-6, WeightDecay = 0.1 }),
        ["adamw"] = p => new AdamW(p, new AdamOptions { LearningRate = 0.02, WeightDecay = 0.1 }),
        ["sgd"] = p => new Sgd(p, new SgdOptions { LearningRate = 0.1 }),
        ["sgd_decay"] = p => new Sgd(p, new SgdOptions { LearningRate = 0.1, WeightDecay = 0.05 }),
        ["sgd_momentum"] = p => new Sgd(p, new SgdOptions { LearningRate = 0.1, Momentum = 0.9, Dampening = 0.2, WeightDecay = 0.05 }),
        ["sgd_nesterov"] = p => new Sgd(p, new SgdOptions { LearningRate = 0.1, Momentum = 0.9, Nesterov = true }),
    };

    public static TheoryData<string, bool> Names => [.. s_cases.Keys.SelectMany(k => new (string, bool)[] { (k, false), (k, true) })];

    [Theory, MemberData(nameof(Names))]
    public void Steps_equal_those_of_PyTorch(string name, bool strided)
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var weights = new Weights(strided);
        using var optimizer = s_cases[name](weights.Named);
        var golden = s_golden.GetProperty("optimizers").GetProperty(name);
        for (var step = 0; step < 12; step++)
        {
            weights.Step(optimizer, scope, step);
            Golden.AssertClose(golden.GetProperty("steps")[step][0], weights.A, 3e-6, $"a after step {step}");
            Golden.AssertClose(golden.GetProperty("steps")[step][1], weights.B, 3e-6, $"b after step {step}");
        }

        var saved = optimizer.SaveState();
        foreach (var entry in golden.GetProperty("state").EnumerateObject())
        {
            var stored = saved[entry.Name];
            Assert.Equal(entry.Value.Sizes(), stored.Shape);
            Golden.AssertClose(entry.Value.Values(), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(stored.Data.Span).ToArray(), 3e-6, entry.Name);
        }
    }

    [Theory]
    [InlineData("adam_decay")]
    [InlineData("sgd_nesterov")]
    public void A_restored_optimizer_goes_on_to_the_same_bits(string name)
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var straight = new Weights(false);
        using var optimizer = s_cases[name](straight.Named);
        for (var step = 0; step < 5; step++) straight.Step(optimizer, scope, step);
        using var resumed = new Weights(false);
        resumed.A.CopyFrom(straight.A.ToArray<float>());
        resumed.B.CopyFrom(straight.B.ToArray<float>());
        using var other = s_cases[name](resumed.Named);
        other.LoadState(optimizer.SaveState());
        for (var step = 5; step < 12; step++)
        {
            straight.Step(optimizer, scope, step);
            resumed.Step(other, scope, step);
        }

        Assert.Equal(straight.A.ToArray<float>(), resumed.A.ToArray<float>());
        Assert.Equal(straight.B.ToArray<float>(), resumed.B.ToArray<float>());
    }

    [Fact]
    public void LoadState_of_another_shape_is_refused_and_changes_nothing()
    {
        using var weights = new Weights(false);
        using var adam = new Adam(weights.Named);
        var state = new Dictionary<string, StoredTensor>
        {
            ["a.step"] = new(ElementType.Float32, [], BitConverter.GetBytes(3f)),
            ["a.exp_avg"] = new(ElementType.Float32, [2], new byte[8]),
        };
        var error = Assert.Throws<CheckpointException>(() => adam.LoadState(state, "file.pth"));
        Assert.Contains("a.exp_avg has the shape (2), expected (3, 4)", error.Message, StringComparison.Ordinal);
        Assert.Contains("a.exp_avg_sq is missing", error.Message, StringComparison.Ordinal);
        Assert.Empty(adam.SaveState());
    }

    [Theory]
    [InlineData("two", 2, 0.7)]
    [InlineData("one", 1, 3)]
    [InlineData("infinity", double.PositiveInfinity, 0.5)]
    [InlineData("loose", 2, 1000)]
    public void ClipGradientNorm_equals_PyTorch(string name, double order, double limit)
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var weights = new Weights(false, 1);
        using var sgd = new Sgd(weights.Named, new SgdOptions());
        var (a, b) = (scope.Borrow(weights.A), scope.Borrow(weights.B));
        (a.Square().Sum() + (b.Square() * b).Sum()).Backward();
        var golden = s_golden.GetProperty("clipping").GetProperty(name);
        Assert.Equal(golden.GetProperty("norm").GetDouble(), sgd.ClipGradientNorm(limit, order), 4);
        Golden.AssertClose(golden.GetProperty("a"), weights.A.Grad!.Value, 1e-5);
        Golden.AssertClose(golden.GetProperty("b"), weights.B.Grad!.Value, 1e-5);
    }

    [Fact]
    public void ClipGradientValue_equals_PyTorch()
    {
        using var scope = new TensorScope();
        using var weights = new Weights(false);
        using var sgd = new Sgd(weights.Named, new SgdOptions());
        scope.Borrow(weights.A).Square().Sum().Backward();
        sgd.ClipGradientValue(0.3);
        Golden.AssertClose(s_golden.GetProperty("clipping").GetProperty("value").GetProperty("a"), weights.A.Grad!.Value, 1e-6);
    }

    /// <summary>The two parameters of <c>torch_optimizers.py</c>, dense or with gaps in memory (which the fused loops do not take).</summary>
    sealed class Weights : IDisposable
    {
        internal Weights(bool strided, float scaleOfB = 2)
        {
            (A, B) = (Make(strided, 1, 3, 4), Make(strided, scaleOfB, 5));
            Named = [new NamedTensor("a", A), new NamedTensor("b", B)];
        }

        internal Tensor A { get; }
        internal Tensor B { get; }
        internal NamedTensor[] Named { get; }

        internal void Step(Optimizer optimizer, TensorScope scope, int step)
        {
            optimizer.ZeroGrad();
            var loss = (scope.Borrow(A) - 0.5).Square().Sum() * (1 + 0.1 * step);
            if (step % 3 == 0) loss += (scope.Borrow(B) + 0.25).Square().Square().Sum();
            loss.Backward();
            optimizer.Step();
            scope.Reset();
        }

        public void Dispose()
        {
            A.Dispose();
            B.Dispose();
        }

        static Tensor Make(bool strided, float scale, params long[] shape)
        {
            var count = (int)new Shape(shape).Count;
            var values = Enumerable.Range(1, count).Select(k => (float)(Math.Sin(Math.Pow(k, 1.5)) * scale)).ToArray();
            using var scope = new TensorScope();
            var place = strided ? scope.Zeros([.. shape, 2]).Select(-1, 1) : scope.Zeros(shape);
            place.CopyFrom<float>(values);
            return place.Keep().SetRequiresGrad();
        }
    }
}
