using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Initial weights that the activity networks share.</summary>
static class HarLayers
{
    /// <summary>Kaiming's normal weights (deviation sqrt(2 / ((1 + slope²) fanIn))) and a bias of zero; zeros without a generator.</summary>
    public static Linear Kaiming(Linear layer, RandomGenerator? init, double slope = 0)
    {
        Draw(layer.Weight, init, slope);
        return layer;
    }

    /// <inheritdoc cref="Kaiming(Linear, RandomGenerator?, double)"/>
    public static Conv1d Kaiming(Conv1d layer, RandomGenerator? init, double slope = 0)
    {
        Draw(layer.Weight, init, slope);
        return layer;
    }

    /// <summary>A table drawn from a normal distribution of deviation 0.1; zeros without a generator.</summary>
    public static Embedding SmallEmbedding(int count, int size, RandomGenerator? init)
    {
        var embedding = new Embedding(count, size, null);
        if (init is not null) Initialization.Normal(embedding.Weight, init, 0, 0.1);
        return embedding;
    }

    static void Draw(Tensor weight, RandomGenerator? init, double slope)
    {
        if (init is null) return;
        var shape = weight.Shape;
        Initialization.Normal(weight, init, 0, Math.Sqrt(2 / ((1 + (slope * slope)) * (shape.Count / (double)shape[0]))));
    }
}
