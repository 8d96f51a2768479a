namespace Kymo.Torch;

/// <summary>Losses as PyTorch's <c>torch.nn.functional</c> defines them.</summary>
public static class Losses
{
    /// <summary>
    /// Cross-entropy of logits (batch, class, ...). With weights and the mean, the sum of w_y l over the sum of w_y.
    /// </summary>
    /// <param name="logits">(batch, class) or (batch, class, ...).</param>
    /// <param name="targets">Int64 classes (batch, ...), or probabilities of the logits' shape.</param>
    /// <param name="weight">One weight per class, or null.</param>
    /// <param name="labelSmoothing">From 0 to 1: the share of the target spread over all classes.</param>
    /// <param name="reduction">Mean by default.</param>
    public static Tensor CrossEntropy(Tensor logits, Tensor targets, Tensor? weight = null, double labelSmoothing = 0,
        Reduction reduction = Reduction.Mean) =>
        Functional.CrossEntropy(logits, targets, weight, reduction, -100, labelSmoothing);

    /// <summary>The squared difference.</summary>
    public static Tensor MeanSquaredError(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
        Functional.MeanSquaredError(input, target, reduction);

    /// <summary>Cross-entropy of probabilities against targets between 0 and 1.</summary>
    public static Tensor BinaryCrossEntropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
        Functional.BinaryCrossEntropy(input, target, weight, reduction);

    /// <summary>Cross-entropy of sigmoid(logits) against targets between 0 and 1, without overflow.</summary>
    /// <param name="logits">Any shape.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="weight">A weight per element (broadcast), or null.</param>
    /// <param name="positiveWeight">A weight of the positive part (broadcast), or null.</param>
    /// <param name="reduction">Mean by default.</param>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor logits, Tensor target, Tensor? weight = null, Tensor? positiveWeight = null,
        Reduction reduction = Reduction.Mean) =>
        Functional.BinaryCrossEntropyWithLogits(logits, target, weight, positiveWeight, reduction);

    /// <summary>
    /// The divergence KL(target ‖ input), summed over classes and averaged over the batch (PyTorch's <c>batchmean</c>).
    /// </summary>
    /// <param name="logProbabilities">(batch, class), logarithms.</param>
    /// <param name="target">(batch, class), probabilities, or logarithms where <paramref name="logTarget"/> is true.</param>
    /// <param name="logTarget">Whether the target is given as logarithms.</param>
    public static Tensor KullbackLeibler(Tensor logProbabilities, Tensor target, bool logTarget = false) =>
        Functional.KullbackLeibler(logProbabilities, target, Reduction.Sum, logTarget) / logProbabilities.Shape[0];

    /// <summary>1 - cos(a, b) where the target is 1, max(0, cos(a, b) - margin) where it is -1.</summary>
    public static Tensor CosineEmbedding(Tensor a, Tensor b, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean) =>
        Functional.CosineEmbedding(a, b, target, margin, reduction);
}
