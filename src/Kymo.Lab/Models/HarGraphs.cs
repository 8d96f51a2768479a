using Kymo.Config;
using Kymo.Onnx;

namespace Kymo.Lab.Models;

/// <summary>The activity networks as ONNX graphs; <c>prefix</c> stands before the names of their weights.</summary>
static class HarGraphs
{
    const float Slope = 0.2f;

    /// <summary><see cref="HarFeatureExtractor"/>: (batch, axis, time) to embeddings.</summary>
    public static OnnxValue FeatureExtractor(OnnxGraph graph, OnnxValue x, NetworkWeights weights, int pool, string prefix = "")
    {
        for (var stage = 1; stage <= 3; stage++)
        {
            x = graph.BatchNorm(graph.LeakyRelu(graph.Conv1d(x, weights, $"{prefix}conv{stage}.0", same: true)), weights, $"{prefix}conv{stage}.2");
            if (stage < 3) x = graph.MaxPool1d(x, pool);
        }
        return graph.LeakyRelu(graph.Linear(graph.Flatten(x), weights, prefix + "fc.0"));
    }

    /// <summary><see cref="HarRegressor"/>: (batch, axis, joint, time) to (batch, axis, time).</summary>
    public static OnnxValue Regressor(OnnxGraph graph, OnnxValue x, NetworkWeights weights, HarRegressorConfig config, string prefix = "")
    {
        for (var i = 0; i < config.Channels.Count; i++) x = Block(graph, x, weights, $"{prefix}joint_blocks.{i}", config.Dilations[i]);
        x = graph.Reshape(x, 0, config.Channels[^1] * config.NumJoints, 1, config.SequenceLength);
        x = graph.Flatten(Block(graph, x, weights, prefix + "temporal_block", config.TemporalDilation));
        var head = prefix + "fc";
        if (weights.Has(head + ".weight")) x = graph.Linear(x, weights, head);
        else if (config.FcHidden is > 0)
            x = graph.Linear(graph.LeakyRelu(graph.Linear(x, weights, head + ".0")), weights, weights.Has(head + ".3.weight") ? head + ".3" : head + ".2");
        else x = graph.Linear(x, weights, head + ".1");
        return graph.Reshape(x, 0, config.OutputChannels, config.SequenceLength);
    }

    /// <summary><see cref="HarEncoder"/>: (batch, axis, time) to embeddings.</summary>
    public static OnnxValue Encoder(OnnxGraph graph, OnnxValue x, NetworkWeights weights, HarEncoderConfig config, string prefix = "")
    {
        for (var i = 0; i < config.FilterList.Count; i++)
        {
            x = graph.Conv1d(x, weights, $"{prefix}convs.{i}", stride: 2, padding: (config.KernelSize - 1) / 2, groups: config.GroupList[i]);
            x = graph.MaxPool1d(graph.LeakyRelu(graph.BatchNorm(x, weights, $"{prefix}norms.{i}")), 2);
        }
        return graph.Linear(graph.Flatten(x), weights, prefix + "fc");
    }

    /// <summary><see cref="HarMlp"/>: (batch, f_in) to logits.</summary>
    public static OnnxValue Mlp(OnnxGraph graph, OnnxValue x, NetworkWeights weights, string prefix = "")
    {
        string[] layers = [.. Dense(weights, prefix + "net.")];
        foreach (var layer in layers) x = layer == layers[^1] ? graph.Linear(x, weights, layer) : graph.Relu(graph.Linear(x, weights, layer));
        return x;
    }

    /// <summary><see cref="HarFeatureDiscriminator"/> without classes: (batch, f_in) to a logit (batch).</summary>
    public static OnnxValue FeatureDiscriminator(OnnxGraph graph, OnnxValue x, NetworkWeights weights, HarFeatureDiscriminatorConfig config)
    {
        WithoutClasses(config.NClasses, "har-feature-discriminator");
        if (config.NormalizeFeatures) x = graph.NormaliseLength(x);
        string[] layers = [.. Dense(weights, "net.")];
        foreach (var layer in layers[..^1]) x = graph.LeakyRelu(graph.Linear(x, weights, layer), Slope);
        return graph.Squeeze(graph.Linear(x, weights, layers[^1]), 1);
    }

    /// <summary><see cref="HarSignalDiscriminator"/> without classes: (batch, axis, time) to a logit (batch).</summary>
    public static OnnxValue SignalDiscriminator(OnnxGraph graph, OnnxValue x, NetworkWeights weights, HarSignalDiscriminatorConfig config)
    {
        WithoutClasses(config.NClasses, "har-signal-discriminator");
        foreach (var layer in Dense(weights, "conv_net.")) x = graph.LeakyRelu(graph.Conv1d(x, weights, layer, stride: 2, padding: 2), Slope);
        return graph.Squeeze(graph.Linear(graph.LeakyRelu(graph.Linear(graph.Flatten(x), weights, "fc.0"), Slope), weights, "fc.3"), 1);
    }

    // The numbered layers that have weights, in order.
    static IEnumerable<string> Dense(NetworkWeights weights, string prefix) => weights.Names
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal))
        .Select(name => name[..^".weight".Length]).OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal);

    static void WithoutClasses(int classes, string model)
    {
        if (classes > 0) throw new ConfigException($"n_classes={classes}: {model} is exported without classes only; type n_classes=0");
    }

    static OnnxValue Block(OnnxGraph graph, OnnxValue x, NetworkWeights weights, string layer, int dilation)
    {
        OnnxValue Half(OnnxValue input, string conv, string norm)
        {
            var y = graph.Conv2d(input, weights, $"{layer}.{conv}", dilation: dilation, same: true);
            return graph.LeakyRelu(weights.Has($"{layer}.{norm}.weight") ? graph.BatchNorm(y, weights, $"{layer}.{norm}") : y);
        }
        return graph.Add(Half(Half(x, "conv1", "norm1"), "conv2", "norm2"), graph.Conv2d(x, weights, $"{layer}.conv0"));
    }
}
