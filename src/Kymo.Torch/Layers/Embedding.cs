namespace Kymo.Torch.Layers;

/// <summary>One row of a table per Int64 index: (...) to (..., size). PyTorch's <c>nn.Embedding</c>.</summary>
public sealed class Embedding : Module
{
    readonly int _padding;

    /// <summary>A table drawn from the standard normal distribution; all zeros without a generator, for weights that are loaded.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="size">Numbers per row.</param>
    /// <param name="generator">What is drawn from, or null.</param>
    /// <param name="paddingIndex">A row that is zero at first and gets no gradient; -1 for none.</param>
    public Embedding(int count, int size, RandomGenerator? generator, int paddingIndex = -1)
    {
        _padding = paddingIndex;
        Weight = AddParameter("weight", count, size);
        if (generator is null) return;
        Initialization.Normal(Weight, generator);
        if (paddingIndex < 0) return;
        using var _ = Autograd.NoGrad();
        using var row = Weight.Select(0, paddingIndex);
        row.FillZero();
    }

    /// <summary>(count, size).</summary>
    public Tensor Weight { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Embedding(Weight, input, _padding);
}
