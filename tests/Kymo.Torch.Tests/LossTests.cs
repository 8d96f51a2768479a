using System.Text.Json;

namespace Kymo.Torch.Tests;

/// <summary>Every loss against PyTorch: value and gradient.</summary>
public sealed class LossTests
{
    static readonly JsonElement s_golden = Golden.Read("torch_losses");

    static readonly Dictionary<string, Func<Inputs, Tensor>> s_cases = new()
    {
        ["cross_entropy"] = i => Losses.CrossEntropy(i.X, i.Classes),
        ["cross_entropy_weighted"] = i => Losses.CrossEntropy(i.X, i.Classes, i.Weights),
        ["cross_entropy_smoothed"] = i => Losses.CrossEntropy(i.X, i.Classes, i.Weights, 0.1),
        ["cross_entropy_none"] = i => Losses.CrossEntropy(i.X, i.Classes, i.Weights, reduction: Reduction.None),
        ["cross_entropy_sum"] = i => Losses.CrossEntropy(i.X, i.Classes, reduction: Reduction.Sum),
        ["cross_entropy_soft"] = i => Losses.CrossEntropy(i.X, i.Soft, i.Weights, 0.05),
        ["mse"] = i => Losses.MeanSquaredError(i.X, i.Soft),
        ["mse_sum"] = i => Losses.MeanSquaredError(i.X, i.Soft, Reduction.Sum),
        ["bce"] = i => Losses.BinaryCrossEntropy(i.X.Sigmoid(), i.Wave.Sigmoid()),
        ["bce_logits"] = i => Losses.BinaryCrossEntropyWithLogits(i.X, i.Wave.Sigmoid()),
        ["bce_logits_weighted"] = i => Losses.BinaryCrossEntropyWithLogits(i.X, i.Wave.Sigmoid(), i.Weights, i.Weights * 2),
        ["kl"] = i => Losses.KullbackLeibler(i.X.LogSoftmax(1), i.Soft),
        ["kl_log"] = i => Losses.KullbackLeibler(i.X.LogSoftmax(1), (i.Wave * 2).LogSoftmax(1), logTarget: true),
        ["cosine"] = i => Losses.CosineEmbedding(i.X, i.Soft, i.Signs, 0.2),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Fact]
    public void Every_case_of_the_oracle_is_tested() =>
        Assert.Equal(s_golden.EnumerateObject().Select(p => p.Name).Order(), s_cases.Keys.Order());

    [Theory, MemberData(nameof(Names))]
    public void Loss_equals_PyTorch(string name)
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        var inputs = new Inputs(scope);
        var value = s_cases[name](inputs);
        value.Sum().Backward();
        Golden.AssertClose(s_golden.GetProperty(name).GetProperty("value"), value, what: "value");
        Golden.AssertClose(s_golden.GetProperty(name).GetProperty("grad"), inputs.X.Grad!.Value, 1e-5, "gradient");
    }

    [Fact]
    public void CrossEntropy_gives_the_worked_values()
    {
        using var scope = new TensorScope();
        var inputs = new Inputs(scope);
        Assert.Equal(0.54088527, Losses.CrossEntropy(inputs.X, inputs.Classes, inputs.Weights).Item(), 6);
        Assert.Equal(0.44472274, Losses.CrossEntropy(inputs.X, inputs.Classes).Item(), 6);
    }

    /// <summary>The inputs of <c>torch_losses.py</c>.</summary>
    sealed class Inputs(TensorScope scope)
    {
        internal Tensor X { get; } = scope.From([2, -1, .5f, 0, 1, -2, 1, 1, 1, -.5f, .25f, 3], 4, 3).SetRequiresGrad();
        internal Tensor Classes { get; } = scope.From(new long[] { 0, 1, 2, 2 });
        internal Tensor Weights { get; } = scope.From([1, 1.5f, 5.5f]);
        internal Tensor Signs { get; } = scope.From(new long[] { 1, -1, 1, -1 });
        internal Tensor Wave { get; } = scope.From([.. Enumerable.Range(1, 12).Select(k => (float)Math.Sin(Math.Pow(k, 1.5)))], 4, 3);
        internal Tensor Soft => Wave.Softmax(1);
    }
}
