namespace Kymo.Torch.Layers;

/// <summary>
/// Normalises each channel over batch and space, then scales and shifts it. While training it uses the batch's statistics and moves the
/// running ones (the variance over n - 1); otherwise the running ones. Ioffe and Szegedy 2015; PyTorch's <c>nn.BatchNorm1d/2d</c>.
/// </summary>
public abstract class BatchNorm : Module
{
    readonly double _epsilon, _momentum;

    private protected BatchNorm(int features, double epsilon, double momentum)
    {
        (_epsilon, _momentum) = (epsilon, momentum);
        Weight = AddParameter("weight", features);
        Bias = AddParameter("bias", features);
        RunningMean = AddBuffer("running_mean", ElementType.Float32, features);
        RunningVariance = AddBuffer("running_var", ElementType.Float32, features);
        BatchesTracked = AddBuffer("num_batches_tracked", ElementType.Int64);
        Initialization.Constant(Weight, 1);
        RunningVariance.Fill(1);
    }

    /// <summary>Scale of each channel.</summary>
    public Tensor Weight { get; }

    /// <summary>Shift of each channel.</summary>
    public Tensor Bias { get; }

    /// <summary>Running mean of each channel.</summary>
    public Tensor RunningMean { get; }

    /// <summary>Running variance of each channel.</summary>
    public Tensor RunningVariance { get; }

    /// <summary>How many batches moved the running statistics (Int64).</summary>
    public Tensor BatchesTracked { get; }

    /// <summary>How far one batch moves the running statistics, and what is added to the variance.</summary>
    internal (double Momentum, double Epsilon) Settings => (_momentum, _epsilon);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        if (Training) BatchesTracked.AddInPlace(1);
        return Functional.BatchNorm(input, Weight, Bias, RunningMean, RunningVariance, Training, _momentum, _epsilon);
    }
}

/// <summary>Batch normalisation of (batch, channel) or (batch, channel, time).</summary>
/// <param name="features">Channels.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">How far one batch moves the running statistics.</param>
public sealed class BatchNorm1d(int features, double epsilon = 1e-5, double momentum = 0.1) : BatchNorm(features, epsilon, momentum);

/// <summary>Batch normalisation of (batch, channel, height, width).</summary>
/// <param name="features">Channels.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">How far one batch moves the running statistics.</param>
public sealed class BatchNorm2d(int features, double epsilon = 1e-5, double momentum = 0.1) : BatchNorm(features, epsilon, momentum);
