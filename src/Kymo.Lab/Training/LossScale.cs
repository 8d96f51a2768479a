using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Training;

/// <summary>
/// Multiplies the loss so that gradients of half precision do not vanish, and looks for the largest factor that does not overflow: halved
/// when it does, doubled after 2,000 steps that do not (Micikevicius et al. 2018; PyTorch's <c>GradScaler</c> with its defaults).
/// </summary>
public sealed class LossScale
{
    const double First = 65_536;
    const int Patience = 2_000;

    int _steps;

    /// <summary>The factor of the next loss.</summary>
    public double Factor { get; private set; } = First;

    /// <summary>Factor and steps since it last changed; what a checkpoint keeps.</summary>
    public (double Factor, int Steps) State
    {
        get => (Factor, _steps);
        set => (Factor, _steps) = value.Factor > 0 ? value : (First, 0);
    }

    /// <summary>Takes the factor out of the gradients.</summary>
    public void Unscale(Optimizer optimizer)
    {
        foreach (var (_, tensor, _) in optimizer.Parameters)
            if (tensor.Grad is { } gradient) gradient.MultiplyInPlace(1 / Factor);
    }

    /// <summary>A step was finite.</summary>
    public void Grow()
    {
        if (++_steps < Patience) return;
        (Factor, _steps) = (2 * Factor, 0);
    }

    /// <summary>A step overflowed.</summary>
    public void Shrink() => (Factor, _steps) = (Math.Max(1, Factor / 2), 0);
}
