using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>Forward passes of a classifier over recordings and arrays, without gradients.</summary>
static class Classifier
{
    /// <summary>Scores recordings.</summary>
    public static Evaluation Evaluate(
        Module model, SpectrogramExamples examples, int[] indices, Standardizer standardizer, int batchSize, Device device)
    {
        var labels = examples.Labels(indices);
        var probabilities = new List<float[]>(indices.Length);
        var batch = new float[Math.Min(batchSize, Math.Max(indices.Length, 1)) * examples.Length];
        foreach (var chunk in indices.Chunk(batchSize))
        {
            var filled = batch.AsSpan(0, chunk.Length * examples.Length);
            examples.Fill(chunk, standardizer, filled);
            probabilities.AddRange(Probabilities(model, filled, chunk.Length, examples.Bands, examples.Frames, device));
        }
        var loss = probabilities.Select((row, i) => -Math.Log(Math.Max(row[labels[i]], 1e-12))).DefaultIfEmpty(double.NaN).Average();
        var matrix = ConfusionMatrix.Of(examples.Set.Classes.Count, labels, [.. probabilities.Select(row => ArgMax(row))]);
        return new Evaluation(loss, matrix, [.. probabilities]);
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

    /// <summary>Index of the largest value; the first of equals.</summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }

    /// <summary>Counts each clip by its target's heaviest class and the class of its largest logit.</summary>
    /// <param name="logits">(batch, class).</param>
    /// <param name="targets">(batch, class).</param>
    /// <param name="matrix">Takes the counts.</param>
    public static void Count(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, ConfusionMatrix matrix)
    {
        var classes = matrix.ClassCount;
        for (var start = 0; start < logits.Length; start += classes)
            matrix.Add(ArgMax(targets.Slice(start, classes)), ArgMax(logits.Slice(start, classes)));
    }
}
