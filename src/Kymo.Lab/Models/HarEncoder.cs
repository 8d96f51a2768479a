using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="HarEncoder"/>. An empty list means 9,15,24 filters in 3,3,1 groups.</summary>
/// <param name="Filters">Filters of the three convolutions.</param>
/// <param name="Groups">Groups of the three convolutions.</param>
/// <param name="InputChannels">Axes of the signal.</param>
/// <param name="WindowSize">Samples of a window.</param>
/// <param name="KernelSize">Width of the kernels; odd.</param>
/// <param name="Embedding">Numbers in an embedding.</param>
/// <param name="DropProb">Share of cells dropped after each stage.</param>
public sealed record HarEncoderConfig(
    [property: Range(1, 4096)] IReadOnlyList<int> Filters,
    [property: Range(1, 64)] IReadOnlyList<int> Groups,
    [property: Range(1, 64)] int InputChannels = 3,
    [property: Range(8, 100_000)] int WindowSize = 500,
    [property: Range(1, 99)] int KernelSize = 11,
    [property: Range(1, 65_536)] int Embedding = 100,
    [property: Range(0, 0.95)] double DropProb = 0.2)
{
    internal IReadOnlyList<int> FilterList => Filters is { Count: > 0 } given ? given : [9, 15, 24];

    internal IReadOnlyList<int> GroupList => Groups is { Count: > 0 } given ? given : [3, 3, 1];

    /// <summary>Faults that concern several settings at once.</summary>
    public IEnumerable<string> Validate()
    {
        if (KernelSize % 2 == 0) yield return $"kernel_size={KernelSize}: type an odd one";
        if (FilterList.Count != GroupList.Count)
        {
            yield return $"filters has {FilterList.Count} entries and groups {GroupList.Count}; give both the same number";
            yield break;
        }
        var inputs = InputChannels;
        for (var i = 0; i < FilterList.Count; i++)
        {
            if (inputs % GroupList[i] != 0 || FilterList[i] % GroupList[i] != 0)
                yield return $"convolution {i + 1} turns {inputs} into {FilterList[i]} channels, which {GroupList[i]} groups do not divide; type filters that they divide";
            inputs = FilterList[i];
        }
        if (Length < 1) yield return $"window_size={WindowSize} is too short for {FilterList.Count} halvings";
    }

    // Each convolution and each pooling halves: (W - 1) / 2 + 1, then / 2.
    internal int Length => Enumerable.Range(0, FilterList.Count).Aggregate(WindowSize, (length, _) => (((length - 1) / 2) + 1) / 2);
}

/// <summary>
/// The encoder of the original's last state: grouped convolutions of stride 2 with batch normalisation, LeakyReLU and dropout, each followed by
/// pooling, one dense layer. Input (batch, axis, time), output (batch, embedding).
/// </summary>
public sealed class HarEncoder : Module
{
    readonly ModuleList<Conv1d> _convs;
    readonly ModuleList<BatchNorm1d> _norms;
    readonly Dropout _dropout;
    readonly Linear _dense;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights; null leaves zeros, for weights that are loaded.</param>
    /// <param name="dropout">Draws the dropped cells.</param>
    public HarEncoder(HarEncoderConfig config, RandomGenerator? init, RandomGenerator dropout)
    {
        if (config.Validate().FirstOrDefault() is { } fault) throw new ConfigException("har-encoder: " + fault);
        (_convs, _norms) = (new ModuleList<Conv1d>(), new ModuleList<BatchNorm1d>());
        var inputs = config.InputChannels;
        foreach (var (filters, groups) in config.FilterList.Zip(config.GroupList))
        {
            _convs.Append(HarLayers.Kaiming(
                new Conv1d(inputs, filters, config.KernelSize, null, stride: 2, padding: (config.KernelSize - 1) / 2, groups: groups), init));
            _norms.Append(new BatchNorm1d(filters));
            inputs = filters;
        }
        Add("convs", _convs);
        Add("norms", _norms);
        _dropout = Add("dropout", new Dropout(config.DropProb, dropout));
        _dense = Add("fc", HarLayers.Kaiming(new Linear(inputs * config.Length, config.Embedding, null), init));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = input;
        for (var i = 0; i < _convs.Items.Count; i++)
        {
            x = _dropout.Forward(_norms.Items[i].Forward(_convs.Items[i].Forward(x)).LeakyRelu());
            x = Functional.MaxPool1d(x, [2], [2], [0], [1]);
        }
        return _dense.Forward(x.Flatten(1));
    }
}
