namespace Kymo.Torch.Tests;

/// <summary>Gradients against central differences in double precision.</summary>
public sealed class GradientTests
{
    static readonly Dictionary<string, Func<Tensor, Tensor>> s_cases = new()
    {
        ["exp"] = x => x.Exp(),
        ["log"] = x => (x + 2).Log(),
        ["log1p"] = x => (x + 1.5).Log1p(),
        ["sqrt"] = x => (x + 2).Sqrt(),
        ["rsqrt"] = x => (x + 2).Rsqrt(),
        ["square"] = x => x.Square(),
        ["reciprocal"] = x => (x + 2).Reciprocal(),
        ["sin"] = x => x.Sin(),
        ["cos"] = x => x.Cos(),
        ["erf"] = x => x.Erf(),
        ["abs"] = x => x.Abs(),
        ["pow"] = x => (x + 2).Pow(2.5),
        ["softplus"] = x => x.Softplus(),
        ["hardtanh"] = x => x.Hardtanh(-0.5, 0.7),
        ["clamp"] = x => x.Clamp(min: -0.3),
        ["softmax"] = x => x.Softmax(0),
        ["log_softmax"] = x => x.LogSoftmax(),
        ["logsumexp"] = x => x.LogSumExp([0, 1]),
        ["operators"] = x => (3 - x) * x / (x + 2) + 1 / (x + 3) - x * 0.5 + -x,
        ["broadcast"] = x => x * x.Select(0, 1) + x.Narrow(1, 0, 1),
        ["matmul"] = x => x.MatrixMultiply(x.Transpose(0, 1)),
        ["max"] = x => x.MaxWithIndices(1).Values,
        ["amax"] = x => x.Max(0),
        ["min"] = x => x.Min([1], keepDim: true),
        ["maximum"] = x => x.Maximum(x.Flip(1)),
        ["mean"] = x => x.Mean(1),
        ["var"] = x => x.Variance([0, 1]),
        ["std"] = x => x.StandardDeviation(1, unbiased: false),
        ["norm"] = x => x.Norm() + x.Norm(0).Sum(),
        ["cumsum"] = x => x.CumulativeSum(1),
        ["sort"] = x => x.Sort().Values,
        ["topk"] = x => x.TopK(2).Values,
        ["views"] = x => x.Reshape(2, 6).Permute(1, 0).Unsqueeze(1).Slice(0, 1, 6, 2).Squeeze(1).Expand(2, 3, 2),
        ["unfold"] = x => x.Unfold(1, 3, 1),
        ["roll"] = x => x.Roll(1, 1) * x,
        ["pad"] = x => x.Pad([1, 2, 0, 1], 0.5).Square(),
        ["triangles"] = x => x.LowerTriangle() * 2 + x.UpperTriangle(1),
        ["join"] = x => Functional.Concatenate([x, Functional.Stack([x.Select(0, 0), x.Select(0, 2)])]) * 2,
        ["where"] = x => Functional.Where(x.GreaterThan(0), x.Square(), x * 3),
        ["masked_fill"] = x => x.MaskedFill(x.LessThan(-0.5), 4) * x,
        ["lerp"] = x => x.Lerp(x.Square(), 0.3),
        ["cosine"] = x => Functional.CosineSimilarity(x, x.Flip(0)),
        ["repeat"] = x => x.Repeat(2, 1) * x.Repeat(2, 1),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Gradient_equals_central_differences(string name)
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        double[] at = [.. Enumerable.Range(1, 12).Select(k => Math.Sin(Math.Pow(k, 1.5)))];
        var x = scope.From(at, 3, 4).SetRequiresGrad();
        Weigh(s_cases[name](x)).Backward();
        var gradient = x.Grad!.Value.ToArray<double>();
        for (var i = 0; i < at.Length; i++)
        {
            var difference = (Value(i, 1e-6) - Value(i, -1e-6)) / 2e-6;
            Assert.True(Math.Abs(difference - gradient[i]) < 1e-6 * Math.Max(1, Math.Abs(difference)), $"[{i}]: {difference:R} by differences, {gradient[i]:R}");
        }

        double Value(int index, double step)
        {
            var moved = (double[])at.Clone();
            moved[index] += step;
            return Weigh(s_cases[name](scope.From(moved, 3, 4))).Item();
        }
    }

    [Fact]
    public void NoGrad_records_no_history_and_Grad_inside_does()
    {
        using var scope = new TensorScope();
        var x = scope.Ones(2).SetRequiresGrad();
        using (Autograd.NoGrad())
        {
            Assert.False((x * 2).RequiresGrad);
            using (Autograd.Grad()) Assert.True((x * 2).RequiresGrad);
            Assert.False((x * 2).RequiresGrad);
        }

        Assert.True((x * 2).RequiresGrad);
    }

    [Fact]
    public void Gradients_add_up_until_they_are_removed()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        var x = scope.From([1f, 2f]).SetRequiresGrad();
        Assert.Null(x.Grad);
        x.Square().Sum().Backward();
        x.Square().Sum().Backward();
        Assert.Equal([4f, 8f], x.Grad!.Value.ToArray<float>());
        Assert.Equal(x.Grad, x.Grad);
        x.SetGrad(null);
        Assert.Null(x.Grad);
    }

    [Fact]
    public void A_second_walk_needs_keepGraph()
    {
        using var scope = new TensorScope();
        var x = scope.Ones(2).SetRequiresGrad();
        var y = x.Square().Sum();
        y.Backward(keepGraph: true);
        y.Backward();
        Assert.Contains("second time", Assert.Throws<TorchException>(() => y.Backward()).Message, StringComparison.Ordinal);
    }

    static Tensor Weigh(Tensor value)
    {
        var weights = value.Detach() * 0 + 1;
        return (value * weights.Flatten().CumulativeSum(0).Sin().Reshape(value.Shape)).Sum();
    }
}
