namespace Kymo.Lab.Prediction;

/// <summary>Probabilities from logits.</summary>
public static class Softmax
{
    /// <summary>exp(x) over its sum, computed below the largest so that nothing overflows.</summary>
    public static float[] Of(ReadOnlySpan<float> logits)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in logits) largest = Math.Max(largest, value);
        var sum = 0.0;
        foreach (var value in logits) sum += Math.Exp(value - largest);
        var probabilities = new float[logits.Length];
        for (var i = 0; i < logits.Length; i++) probabilities[i] = (float)(Math.Exp(logits[i] - largest) / sum);
        return probabilities;
    }
}
