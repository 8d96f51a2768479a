using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>Forward passes of a classifier over recordings and arrays, without gradients.</summary>
static class Classifier
{
    /// <summary>Scores recordings.</summary>
    public static ClassEvaluation Evaluate(
        Module model, SpectrogramExamples examples, int[] indices, Standardizer standardizer, int batchSize, Device device)
    {
        var probabilities = new List<float[]>(indices.Length);
        var batch = new float[Math.Min(batchSize, Math.Max(indices.Length, 1)) * examples.Length];
        foreach (var chunk in indices.Chunk(batchSize))
        {
            var filled = batch.AsSpan(0, chunk.Length * examples.Length);
            examples.Fill(chunk, standardizer, filled);
            probabilities.AddRange(Probabilities(model, filled, chunk.Length, examples.Bands, examples.Frames, device));
        }
        return ClassEvaluation.Of(examples.Set.Classes.Count, examples.Labels(indices), probabilities);
    }

    /// <summary>Class probabilities of a batch.</summary>
    /// <param name="model">The network; left in evaluation mode.</param>
    /// <param name="clips">(batch, mel, frame), standardised.</param>
    /// <param name="batch">Clips in the batch.</param>
    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Frames.</param>
    /// <param name="device">Where the network is.</param>
    public static float[][] Probabilities(Module model, ReadOnlySpan<float> clips, int batch, int bands, int frames, Device device)
    {
        model.Eval();
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var flat = model.Forward(scope.From(clips, batch, bands, frames).To(device)).Softmax(-1).ToArray<float>();
        return [.. flat.Chunk(flat.Length / batch)];
    }
}
