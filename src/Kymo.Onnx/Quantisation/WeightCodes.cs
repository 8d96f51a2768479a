namespace Kymo.Onnx.Quantisation;

/// <summary>Weights as int8, one step per channel, 0 kept exactly.</summary>
/// <param name="Codes">The int8 tensor.</param>
/// <param name="Scales">The step of each channel.</param>
sealed record WeightCodes(OnnxTensor Codes, float[] Scales)
{
    /// <param name="weight">The weights.</param>
    /// <param name="axis">The channel's axis.</param>
    /// <param name="largest">The largest code: 127, or 63 in 7 bits.</param>
    /// <param name="leastScales">Steps no channel may go below, or empty.</param>
    public static WeightCodes Of(OnnxTensor weight, int axis, int largest, ReadOnlySpan<float> leastScales = default)
    {
        var values = weight.AsFloat32();
        var channels = (int)weight.Shape[axis];
        var inner = (int)OnnxTensor.CountOf(weight.Shape.AsSpan(axis + 1));
        var scales = new float[channels];
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) throw new OnnxException($"weight '{weight.Name}' holds {values[i]}");
            ref var scale = ref scales[i / inner % channels];
            scale = Math.Max(scale, Math.Abs(values[i]));
        }
        for (var channel = 0; channel < channels; channel++)
        {
            var scale = Math.Max(scales[channel] / largest, leastScales.IsEmpty ? 0 : leastScales[channel]);
            scales[channel] = scale > 0 && float.IsNormal(scale) ? scale : 1;
        }
        var codes = new sbyte[values.Length];
        for (var i = 0; i < values.Length; i++)
            codes[i] = (sbyte)Math.Clamp(Math.Round(values[i] / (double)scales[i / inner % channels]), -largest, largest);
        return new(OnnxTensor.Of(weight.Name + ".int8", codes, weight.Shape), scales);
    }
}
