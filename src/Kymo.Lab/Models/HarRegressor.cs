using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="HarRegressor"/>. An empty list means the original constructor's: 32,32,32,16; 5,5,5,1; 1,2,4,1; 0,.2,.2,.2.</summary>
/// <param name="JointHiddenChannels">Channels of the joint blocks.</param>
/// <param name="JointKernelSizes">Widths of their kernels.</param>
/// <param name="JointDilations">Their dilations.</param>
/// <param name="JointDropouts">Shares of cells dropped in them.</param>
/// <param name="Type">Architecture.</param>
/// <param name="InputChannels">Axes of a joint.</param>
/// <param name="NumJoints">Joints.</param>
/// <param name="SequenceLength">Samples of a window.</param>
/// <param name="OutputChannels">Axes of the predicted signal.</param>
/// <param name="TemporalHiddenChannels">Channels of the temporal block.</param>
/// <param name="TemporalKernelSize">Width of its kernels.</param>
/// <param name="TemporalDilation">Its dilation.</param>
/// <param name="TemporalDropout">Share of cells dropped in it.</param>
/// <param name="FcHidden">Units between the two dense layers; 0 or null for one dense layer.</param>
/// <param name="FcDropout">Share of units dropped before the last layer.</param>
/// <param name="UseBatchNorm">Whether the blocks have batch normalisation.</param>
public sealed record HarRegressorConfig(
    [property: Range(1, 4096)] IReadOnlyList<int> JointHiddenChannels,
    [property: Range(1, 99)] IReadOnlyList<int> JointKernelSizes,
    [property: Range(1, 4096)] IReadOnlyList<int> JointDilations,
    [property: Range(0, 0.95)] IReadOnlyList<double> JointDropouts,
    [property: AllowedValues("tcn_regressor")] string Type = "tcn_regressor",
    [property: Range(1, 64)] int InputChannels = 3,
    [property: Range(1, 64)] int NumJoints = 3,
    [property: Range(1, 100_000)] int SequenceLength = 300,
    [property: Range(1, 64)] int OutputChannels = 3,
    [property: Range(1, 4096)] int TemporalHiddenChannels = 16,
    [property: Range(1, 99)] int TemporalKernelSize = 5,
    [property: Range(1, 4096)] int TemporalDilation = 1,
    [property: Range(0, 0.95)] double TemporalDropout = 0.1,
    [property: Range(0, 65_536)] int? FcHidden = null,
    [property: Range(0, 0.95)] double FcDropout = 0,
    bool UseBatchNorm = false)
{
    /// <summary>Faults that concern several settings at once.</summary>
    public IEnumerable<string> Validate()
    {
        int[] lengths = [Channels.Count, Kernels.Count, Dilations.Count, Dropouts.Count];
        if (lengths.Distinct().Count() > 1)
            yield return $"joint_hidden_channels, joint_kernel_sizes, joint_dilations and joint_dropouts have {string.Join(", ", lengths)} entries; give all four the same number";
    }

    internal IReadOnlyList<int> Channels => JointHiddenChannels is { Count: > 0 } given ? given : [32, 32, 32, 16];

    internal IReadOnlyList<int> Kernels => JointKernelSizes is { Count: > 0 } given ? given : [5, 5, 5, 1];

    internal IReadOnlyList<int> Dilations => JointDilations is { Count: > 0 } given ? given : [1, 2, 4, 1];

    internal IReadOnlyList<double> Dropouts => JointDropouts is { Count: > 0 } given ? given : [0, 0.2, 0.2, 0.2];
}

/// <summary>
/// From joint tracks to the acceleration that a sensor on the body would measure: residual convolutions over joints and time, one over
/// time alone, dense layers (Fortes Rey et al., Applied Sciences 11(7):3094, 2021). Input (batch, axis, joint, time), output (batch, axis, time).
/// </summary>
public sealed class HarRegressor : Module
{
    readonly HarTcnBlock[] _joints;
    readonly HarTcnBlock _temporal;
    readonly Module _head;
    readonly HarRegressorConfig _config;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights; null leaves zeros, for weights that are loaded.</param>
    /// <param name="dropout">Draws the dropped cells.</param>
    public HarRegressor(HarRegressorConfig config, RandomGenerator? init, RandomGenerator dropout)
    {
        if (config.Validate().FirstOrDefault() is { } fault) throw new ConfigException("har-regressor: " + fault);
        _config = config;
        var blocks = new ModuleList<HarTcnBlock>();
        var channels = config.InputChannels;
        for (var i = 0; i < config.Channels.Count; i++)
        {
            blocks.Append(new HarTcnBlock(
                channels, config.Channels[i], config.NumJoints, config.Kernels[i], config.Dilations[i], config.Dropouts[i], config.UseBatchNorm, init, dropout));
            channels = config.Channels[i];
        }
        Add("joint_blocks", blocks);
        _joints = [.. blocks.Items];
        _temporal = Add("temporal_block", new HarTcnBlock(channels * config.NumJoints, config.TemporalHiddenChannels, 1, config.TemporalKernelSize,
            config.TemporalDilation, config.TemporalDropout, config.UseBatchNorm, init, dropout));
        _head = Add("fc", Head(config, init, dropout));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = input;
        foreach (var block in _joints) x = block.Forward(x);
        var shape = x.Shape;
        x = _temporal.Forward(x.Reshape(shape[0], shape[1] * shape[2], 1, shape[3]));
        return _head.Forward(x.Flatten(1)).Reshape(shape[0], _config.OutputChannels, _config.SequenceLength);
    }

    /// <summary>The output of one joint block; for tests.</summary>
    internal Tensor AfterBlock(Tensor input, int block)
    {
        for (var i = 0; i <= block; i++) input = _joints[i].Forward(input);
        return input;
    }

    static Module Head(HarRegressorConfig config, RandomGenerator? init, RandomGenerator dropout)
    {
        var (inputs, outputs) = (config.TemporalHiddenChannels * config.SequenceLength, config.OutputChannels * config.SequenceLength);
        if (config.FcHidden is not (> 0 and { } hidden))
        {
            var last = HarLayers.Kaiming(new Linear(inputs, outputs, null), init);
            return config.FcDropout > 0 ? new Sequential(new Dropout(config.FcDropout, dropout), last) : last;
        }
        var (first, second) = (HarLayers.Kaiming(new Linear(inputs, hidden, null), init), HarLayers.Kaiming(new Linear(hidden, outputs, null), init));
        return config.FcDropout > 0
            ? new Sequential(first, new LeakyRelu(), new Dropout(config.FcDropout, dropout), second)
            : new Sequential(first, new LeakyRelu(), second);
    }
}
