using System.Runtime.InteropServices;
using Kymo.Onnx;

namespace Kymo.Lab.Models;

/// <summary>
/// The architectures as ONNX graphs, from weights under PyTorch's names: what each puts out in evaluation mode, without dropout. Only
/// weights are needed, no network.
/// </summary>
static class ModelGraphs
{
    const string Silence = "pooling.silence";

    /// <summary><see cref="UrbanCnn"/>: (batch, mel, frame), standardised, to logits.</summary>
    public static OnnxValue UrbanCnn(OnnxGraph graph, OnnxValue x, NetworkWeights weights)
    {
        x = graph.Unsqueeze(x, 1);
        x = graph.MaxPool2d(graph.Relu(graph.Conv2d(x, weights, "encoder1.conv", padding: 1, norm: "encoder1.bn")), 2);
        x = graph.MaxPool2d(graph.Relu(graph.Conv2d(x, weights, "encoder2.conv", padding: 1, norm: "encoder2.bn")), 2);
        x = graph.MaxPool2d(graph.Relu(graph.Conv2d(x, weights, "encoder3.conv", padding: 1, norm: "encoder3.bn")), (2, 4));
        x = graph.Relu(graph.Conv1d(graph.ReduceMean(x, false, 3), weights, "conv1d", padding: 1));
        return graph.Linear(graph.Relu(graph.Linear(graph.Flatten(x), weights, "fc1")), weights, "fc2");
    }

    /// <summary><see cref="EventCnn"/>, with or without attention: (batch, mel, frame), standardised, to logits.</summary>
    public static OnnxValue EventCnn(OnnxGraph graph, OnnxValue x, NetworkWeights weights)
    {
        var input = x;
        x = graph.Unsqueeze(x, 1);
        if (!weights.Has("block1.0.weight"))
        {
            x = Convolutions(graph, x, weights);
        }
        else
        {
            x = graph.MaxPool2d(graph.Relu(graph.Conv2d(x, weights, "block1.0", padding: 1)), 2);
            x = graph.MaxPool2d(graph.Relu(graph.Conv2d(x, weights, "block2.0", padding: 1)), 2);
            x = Cbam(graph, x, weights);
            x = graph.Relu(graph.Conv2d(x, weights, "block3.0", padding: 1));
        }
        x = weights.Has(Silence) ? SoundingMean(graph, input, graph.Transpose(graph.ReduceMean(x, false, 2), 0, 2, 1), weights) : graph.Flatten(graph.GlobalAvgPool(x));
        return graph.Linear(x, weights, "classifier");
    }

    /// <summary><see cref="EventCrnn"/>: (batch, mel, frame), standardised, to logits.</summary>
    public static OnnxValue EventCrnn(OnnxGraph graph, OnnxValue x, NetworkWeights weights)
    {
        var steps = graph.Gru(graph.Transpose(graph.ReduceMean(Convolutions(graph, graph.Unsqueeze(x, 1), weights), false, 2), 0, 2, 1), weights, "rnn").Sequence;
        return graph.Linear(weights.Has(Silence) ? SoundingMean(graph, x, steps, weights) : graph.LastStep(steps), weights, "classifier");
    }

    // The mean over steps in which some band of the input lies above its silence.
    static OnnxValue SoundingMean(OnnxGraph graph, OnnxValue input, OnnxValue steps, NetworkWeights weights)
    {
        var silence = MemoryMarshal.Cast<byte, float>(weights[Silence].Data.Span);
        float[] ones = [.. Enumerable.Repeat(1f, silence.Length)];
        var loudest = graph.MaxPool1d(graph.ReduceMax(graph.Normalise(input, silence, ones, 1), true, 1), Models.SoundingMean.FramesPerStep);
        var sounding = graph.Transpose(graph.Clip(graph.Mul(graph.Add(loudest, -Models.SoundingMean.Margin), Models.SoundingMean.Steepness), 0, 1), 0, 2, 1);
        return graph.Div(graph.ReduceSum(graph.Mul(steps, sounding), false, 1), graph.Clip(graph.ReduceSum(sounding, false, 1), 1, float.MaxValue));
    }

    /// <summary><see cref="SleepRecurrent"/>: (batch, time, feature), scaled, to logits.</summary>
    public static OnnxValue SleepRecurrent(OnnxGraph graph, OnnxValue x, NetworkWeights weights, RecurrentCell cell, SleepRecurrentConfig config)
    {
        if (config.ConvStride > 0)
            x = graph.Transpose(graph.Relu(graph.Conv1d(graph.Transpose(x, 0, 2, 1), weights, "conv", config.ConvStride, 2)), 0, 2, 1);
        var output = Layers(graph, x, weights, cell.ToString().ToLowerInvariant(), cell);
        if (!config.Bidirectional) return graph.Linear(output.LastHidden, weights, "fc");
        var (last, hidden) = (2 * (config.Layers - 1), output.Hidden);
        return graph.Linear(graph.Concat(1, graph.Select(hidden, 0, last), graph.Select(hidden, 0, last + 1)), weights, "fc");
    }

    /// <summary><see cref="SleepTransformer"/>: (batch, time, feature), scaled, to logits.</summary>
    public static OnnxValue SleepTransformer(OnnxGraph graph, OnnxValue x, NetworkWeights weights, int heads) =>
        graph.Linear(graph.LastStep(graph.TransformerEncoder(
            graph.AddPositions(graph.Linear(x, weights, "input_proj")), weights, "transformer", new EncoderOptions { Heads = heads })), weights, "fc");

    /// <summary><see cref="SleepNight"/>: (batch, epoch, feature), scaled, to logits of every epoch.</summary>
    public static OnnxValue SleepNight(OnnxGraph graph, OnnxValue x, NetworkWeights weights, SleepNightConfig config)
    {
        for (var i = 0; i < config.ConvLayers; i++)
            x = graph.Transpose(graph.Relu(graph.Conv1d(graph.Transpose(x, 0, 2, 1), weights, $"conv{i}", padding: config.ConvKernel / 2)), 0, 2, 1);
        return graph.Linear(Layers(graph, x, weights, "recurrent", config.Cell).Sequence, weights, "fc");
    }

    /// <summary><see cref="EmotionRecognizer"/>: (batch, 128) or (batch, time, 128) to an emotion code.</summary>
    public static OnnxValue Emotion(OnnxGraph graph, OnnxValue x, NetworkWeights weights)
    {
        if (x.Shape.Count == 2) x = graph.Unsqueeze(x, 1);
        var hidden = graph.Tanh(graph.Linear(graph.Tanh(graph.Linear(x, weights, "fc1")), weights, "fc2"));
        return graph.Tanh(graph.Linear(graph.LastStep(graph.Lstm(hidden, weights, "lstm").Sequence), weights, "fc3"));
    }

    /// <summary><see cref="MelodyTransformer"/>: (batch, 64) to shares of pitches.</summary>
    public static OnnxValue Melody(OnnxGraph graph, OnnxValue x, NetworkWeights weights)
    {
        var steps = graph.Lstm(graph.Unsqueeze(graph.Relu(graph.Linear(x, weights, "fc1")), 1), weights, "lstm").Sequence;
        return graph.Sigmoid(graph.Linear(graph.Relu(graph.Linear(graph.LastStep(steps), weights, "fc2")), weights, "fc3"));
    }

    /// <summary><see cref="HarmonyPredictor"/>: (batch, 128) to probabilities of chords.</summary>
    public static OnnxValue Harmony(OnnxGraph graph, OnnxValue x, NetworkWeights weights) => graph.Softmax(Dense(graph, x, weights, graph.Tanh));

    /// <summary><see cref="DynamicsEngine"/>: (batch, 32) to shares.</summary>
    public static OnnxValue Dynamics(OnnxGraph graph, OnnxValue x, NetworkWeights weights) => graph.Sigmoid(Dense(graph, x, weights, graph.Relu));

    /// <summary><see cref="GroovePredictor"/>: (batch, 64) to groove parameters.</summary>
    public static OnnxValue Groove(OnnxGraph graph, OnnxValue x, NetworkWeights weights) => graph.Tanh(Dense(graph, x, weights, graph.Tanh));

    /// <summary><see cref="MusicMlp"/>: (batch, inputs) to logits or numbers.</summary>
    public static OnnxValue MusicMlp(OnnxGraph graph, OnnxValue x, NetworkWeights weights) =>
        graph.Linear(graph.Relu(graph.Linear(x, weights, "fc1")), weights, "fc2");

    /// <summary><see cref="MusicSequence"/>: (batch, time, inputs) to an answer a step, or with pooling to one.</summary>
    public static OnnxValue MusicSequence(OnnxGraph graph, OnnxValue x, NetworkWeights weights, bool pooled)
    {
        var states = graph.Gru(graph.Relu(graph.Linear(x, weights, "embed")), weights, "gru").Sequence;
        if (pooled) states = graph.Concat(1, graph.ReduceMean(states, false, 1), graph.ReduceMax(states, false, 1));
        return graph.Linear(states, weights, "head");
    }

    static OnnxValue Dense(OnnxGraph graph, OnnxValue x, NetworkWeights weights, Func<OnnxValue, OnnxValue> activate) =>
        graph.Linear(activate(graph.Linear(activate(graph.Linear(x, weights, "fc1")), weights, "fc2")), weights, "fc3");

    static OnnxValue Convolutions(OnnxGraph graph, OnnxValue x, NetworkWeights weights)
    {
        x = graph.MaxPool2d(graph.Relu(graph.Conv2d(x, weights, "cnn.0", padding: 1)), 2);
        x = graph.MaxPool2d(graph.Relu(graph.Conv2d(x, weights, "cnn.3", padding: 1)), 2);
        return graph.Relu(graph.Conv2d(x, weights, "cnn.6", padding: 1));
    }

    static OnnxValue Cbam(OnnxGraph graph, OnnxValue x, NetworkWeights weights)
    {
        if (weights.Has("cbam.ca.mlp.0.weight"))
        {
            OnnxValue Shared(OnnxValue value) => graph.Linear(graph.Relu(graph.Linear(value, weights, "cbam.ca.mlp.0")), weights, "cbam.ca.mlp.2");
            var channels = graph.Sigmoid(graph.Add(Shared(graph.ReduceMean(x, false, 2, 3)), Shared(graph.ReduceMax(x, false, 2, 3))));
            x = graph.Mul(x, graph.Unsqueeze(channels, 2, 3));
        }
        if (weights.Find("cbam.sa.conv.weight") is not { } kernel) return x;
        var both = graph.Concat(1, graph.ReduceMean(x, true, 1), graph.ReduceMax(x, true, 1));
        return graph.Mul(x, graph.Sigmoid(graph.Conv2d(both, weights, "cbam.sa.conv", padding: (int)kernel.Shape[3] / 2)));
    }

    static RecurrentOutput Layers(OnnxGraph graph, OnnxValue x, NetworkWeights weights, string name, RecurrentCell cell) => cell switch
    {
        RecurrentCell.Gru => graph.Gru(x, weights, name),
        RecurrentCell.Lstm => graph.Lstm(x, weights, name),
        _ => graph.Rnn(x, weights, name),
    };
}
