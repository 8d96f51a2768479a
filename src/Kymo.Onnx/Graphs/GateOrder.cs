namespace Kymo.Onnx.Graphs;

/// <summary>
/// The weights of one recurrent layer in ONNX's layout: W (directions, gates · hidden, input), R (directions, gates · hidden, hidden)
/// and B (directions, 2 · gates · hidden) = [Wb, Rb], the gates in ONNX's order.
/// </summary>
sealed record GateOrder(string Operator, int[] FromPyTorch)
{
    /// <summary>PyTorch i, f, g, o; ONNX i, o, f, c.</summary>
    public static GateOrder Lstm { get; } = new("LSTM", [0, 3, 1, 2]);

    /// <summary>PyTorch r, z, n; ONNX z, r, h.</summary>
    public static GateOrder Gru { get; } = new("GRU", [1, 0, 2]);

    /// <summary>One gate.</summary>
    public static GateOrder Rnn { get; } = new("RNN", [0]);

    int Gates => FromPyTorch.Length;

    /// <summary>Layer <paramref name="layer"/>'s weights; the second direction is there if its weights are.</summary>
    public (OnnxTensor W, OnnxTensor R, OnnxTensor? B) Weights(NetworkWeights weights, string prefix, int layer, bool both)
    {
        if (weights.Has($"{prefix}.weight_hr_l{layer}")) throw new OnnxException($"{prefix} projects its state, which ONNX cannot say");
        string[] ends = both ? [$"_l{layer}", $"_l{layer}_reverse"] : [$"_l{layer}"];
        var input = Joined(weights, ends.Select(end => $"{prefix}.weight_ih{end}"), $"{prefix}.W_l{layer}");
        var state = Joined(weights, ends.Select(end => $"{prefix}.weight_hh{end}"), $"{prefix}.R_l{layer}");
        if (input.Shape[1] != state.Shape[1] || state.Shape[1] != Gates * state.Shape[2])
            throw new OnnxException($"{prefix}: layer {layer} has input weights of {input.Shape[1]} rows and state weights of "
                + $"{state.Shape[1]} by {state.Shape[2]}, expected {Gates} gates of {state.Shape[2]} rows");
        if (!weights.Has($"{prefix}.bias_ih{ends[0]}")) return (input, state, null);
        var bias = Joined(weights, ends.SelectMany(end => new[] { $"{prefix}.bias_ih{end}", $"{prefix}.bias_hh{end}" }), $"{prefix}.B_l{layer}");
        return (input, state, OnnxTensor.Of(bias.Name, bias.AsFloat32(), ends.Length, 2 * Gates * state.Shape[2]));
    }

    OnnxTensor Joined(NetworkWeights weights, IEnumerable<string> names, string name)
    {
        var parts = names.Select(one => weights[one]).ToArray();
        foreach (var part in parts)
        {
            if (!part.Shape.AsSpan().SequenceEqual(parts[0].Shape) || part.Shape.Length == 0 || part.Shape[0] % Gates != 0)
                throw new OnnxException($"weight '{part.Name}' has the shape ({string.Join(", ", part.Shape)}), expected that of "
                    + $"'{parts[0].Name}' with rows for {Gates} gates");
        }
        return OnnxTensor.Of(name, parts.SelectMany(Reordered).ToArray(), [parts.Length, .. parts[0].Shape]);
    }

    float[] Reordered(OnnxTensor tensor)
    {
        var from = tensor.AsFloat32();
        var gate = from.Length / Gates;
        var to = new float[from.Length];
        for (var i = 0; i < Gates; i++) from.Slice(FromPyTorch[i] * gate, gate).CopyTo(to.AsSpan(i * gate));
        return to;
    }
}
