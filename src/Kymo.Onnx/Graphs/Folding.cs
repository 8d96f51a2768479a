namespace Kymo.Onnx.Graphs;

/// <summary>Layers folded into the weights of the layer before them.</summary>
static class Folding
{
    /// <summary>
    /// The convolution that equals a convolution followed by a batch norm in evaluation: weight · g and (bias - mean) · g + shift, with
    /// g = scale/√(variance + epsilon) per filter, computed in double precision.
    /// </summary>
    public static (OnnxTensor Kernel, OnnxTensor Bias) IntoConvolution(OnnxTensor kernel, OnnxTensor? bias, NetworkWeights weights,
        string norm, float epsilon)
    {
        var filters = (int)kernel.Shape[0];
        var mean = Channel(weights[norm + ".running_mean"], filters);
        var variance = Channel(weights[norm + ".running_var"], filters);
        var scale = weights.Find(norm + ".weight") is { } given ? Channel(given, filters) : default;
        var shift = weights.Find(norm + ".bias") is { } added ? Channel(added, filters) : default;
        var folded = kernel.AsFloat32().ToArray();
        var foldedBias = new float[filters];
        var perFilter = folded.Length / Math.Max(1, filters);
        for (var filter = 0; filter < filters; filter++)
        {
            var gain = (scale.IsEmpty ? 1 : scale[filter]) / Math.Sqrt((double)variance[filter] + epsilon);
            foreach (ref var weight in folded.AsSpan(filter * perFilter, perFilter)) weight = (float)(weight * gain);
            var before = bias is null ? 0.0 : bias.AsFloat32()[filter];
            foldedBias[filter] = (float)((before - mean[filter]) * gain + (shift.IsEmpty ? 0 : shift[filter]));
        }
        var stem = kernel.Name[..^".weight".Length];
        return (OnnxTensor.Of(stem + ".folded.weight", folded, kernel.Shape), OnnxTensor.Of(stem + ".folded.bias", foldedBias, filters));
    }

    static ReadOnlySpan<float> Channel(OnnxTensor tensor, int filters) => tensor.Shape is [var size] && size == filters
        ? tensor.AsFloat32()
        : throw new OnnxException($"weight '{tensor.Name}' has the shape ({string.Join(", ", tensor.Shape)}), expected ({filters})");
}
