namespace Kymo.Torch.Layers;

/// <summary>While training sets every element to zero with a probability and divides the others by one minus it. PyTorch's <c>nn.Dropout</c>.</summary>
/// <param name="probability">From 0 to 1.</param>
/// <param name="generator">What is drawn from; it stays the caller's.</param>
public sealed class Dropout(double probability, RandomGenerator generator) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Training && probability > 0 ? Functional.Dropout(input, probability, generator) : input;
}
