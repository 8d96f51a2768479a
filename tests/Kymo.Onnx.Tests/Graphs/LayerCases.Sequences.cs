namespace Kymo.Onnx.Tests.Graphs;

static partial class LayerCases
{
    static readonly EncoderOptions s_fourHeads = new() { Heads = 4 };

    public static readonly Dictionary<string, Build> Sequences = new()
    {
        ["lstm"] = (g, x, w) => g.Lstm(x[0], w, "layer").Sequence,
        ["lstm-hidden"] = (g, x, w) => Both(g, g.Lstm(x[0], w, "layer")),
        ["lstm-both-hidden"] = (g, x, w) => Both(g, g.Lstm(x[0], w, "layer")),
        ["lstm-stacked-both"] = (g, x, w) => g.Lstm(x[0], w, "layer").Sequence,
        ["lstm-time-first"] = (g, x, w) => g.Lstm(x[0], w, "layer", batchFirst: false).Sequence,
        ["lstm-from-state"] = (g, x, w) => g.Lstm(x[0], w, "layer", hidden: States(g, x[0], 0.25f), cell: States(g, x[0], -0.5f)).Sequence,
        ["gru"] = (g, x, w) => g.Gru(x[0], w, "layer").Sequence,
        ["gru-stacked-both"] = (g, x, w) => g.Gru(x[0], w, "layer").Sequence,
        ["rnn"] = (g, x, w) => g.Rnn(x[0], w, "layer").Sequence,
        ["rnn-relu"] = (g, x, w) => g.Rnn(x[0], w, "layer", relu: true).Sequence,
        ["attention"] = (g, x, w) => g.MultiHeadAttention(x[0], w, "layer", 4),
        ["attention-masked"] = (g, x, w) => g.MultiHeadAttention(x[0], w, "layer", 4, g.Cast(x[1], OnnxType.Bool)),
        ["encoder-layer"] = (g, x, w) => g.TransformerEncoderLayer(x[0], w, "layer", s_fourHeads),
        ["encoder-layer-norm-first-gelu"] = (g, x, w) =>
            g.TransformerEncoderLayer(x[0], w, "layer", s_fourHeads with { NormFirst = true, Gelu = true }),
        ["encoder"] = (g, x, w) => g.TransformerEncoder(x[0], w, "layer", s_fourHeads),
        ["positions"] = (g, x, w) => g.AddPositions(x[0]),
        ["logmel-sleep-events"] = (g, x, w) => g.LogMel(x[0], Mel(w, 512, 160)),
        ["logmel-urban"] = (g, x, w) => g.LogMel(x[0], Mel(w, 2048, 512)),
        ["logmel-operator"] = (g, x, w) => g.LogMel(x[0], Mel(w, 512, 160) with { WithOperator = true }),
        ["logmel-reflect-natural"] = (g, x, w) => g.LogMel(x[0],
            Mel(w, 512, 160) with { Padding = SignalPadding.Reflect, Power = false, Scale = LogScale.Natural }),
        ["logmel-open-decibels"] = (g, x, w) => g.LogMel(x[0],
            Mel(w, 512, 160) with { Padding = SignalPadding.None, Scale = LogScale.Decibels }),
        ["tinycnn-cbam"] = TinyCbam,
        ["crnn"] = Crnn,
        ["sleep-rnn"] = (g, x, w) => g.Linear(g.LastStep(g.Rnn(x[0], w, "rnn").Sequence), w, "fc"),
        ["sleep-gru"] = (g, x, w) => g.Linear(g.LastStep(g.Gru(x[0], w, "gru").Sequence), w, "fc"),
        ["sleep-lstm"] = (g, x, w) => g.Linear(g.Lstm(x[0], w, "lstm").LastHidden, w, "fc"),
        ["sleep-transformer"] = Transformer,
    };

    static LogMelOptions Mel(NetworkWeights w, int nFft, int hop) => new()
    {
        NFft = nFft,
        HopLength = hop,
        Window = w["window"].AsFloat32().ToArray(),
        MelMatrix = w["mel"].AsFloat32().ToArray(),
    };

    static OnnxValue TinyCbam(OnnxGraph g, OnnxValue[] inputs, NetworkWeights w)
    {
        var x = g.MaxPool2d(g.Relu(g.Conv2d(inputs[0], w, "block1.0", padding: 1)), 2);
        x = g.MaxPool2d(g.Relu(g.Conv2d(x, w, "block2.0", padding: 1)), 2);
        x = g.Relu(g.Conv2d(Cbam(g, x, w, "cbam"), w, "block3.0", padding: 1));
        return g.Linear(g.Flatten(g.GlobalAvgPool(x)), w, "classifier");
    }

    static OnnxValue Crnn(OnnxGraph g, OnnxValue[] inputs, NetworkWeights w)
    {
        var x = g.MaxPool2d(g.Relu(g.Conv2d(inputs[0], w, "cnn.0", padding: 1)), 2);
        x = g.MaxPool2d(g.Relu(g.Conv2d(x, w, "cnn.3", padding: 1)), 2);
        x = g.ReduceMean(g.Relu(g.Conv2d(x, w, "cnn.6", padding: 1)), false, 2);
        return g.Linear(g.LastStep(g.Gru(g.Transpose(x, 0, 2, 1), w, "rnn").Sequence), w, "classifier");
    }

    static OnnxValue Transformer(OnnxGraph g, OnnxValue[] inputs, NetworkWeights w)
    {
        var x = g.AddPositions(g.Linear(inputs[0], w, "input_proj"));
        return g.Linear(g.LastStep(g.TransformerEncoder(x, w, "transformer", new EncoderOptions { Heads = 2 })), w, "fc");
    }

    static OnnxValue Both(OnnxGraph g, RecurrentOutput output) => g.Concat(0, output.Hidden, output.Cell);

    // Two layers' states of one size for every sample.
    static OnnxValue States(OnnxGraph g, OnnxValue x, float value)
    {
        var perSample = g.Mul(g.ReduceMax(x, true, 1, 2), 0);
        var filled = g.Add(g.Transpose(perSample, 1, 0, 2), g.Table("state", Enumerable.Repeat(value, 8).ToArray(), 1, 1, 8));
        return g.Concat(0, filled, filled);
    }
}
