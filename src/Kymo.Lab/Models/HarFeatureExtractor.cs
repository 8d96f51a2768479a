using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="HarFeatureExtractor"/>.</summary>
/// <param name="Type">Architecture.</param>
/// <param name="NFilters">Filters of each convolution.</param>
/// <param name="FilterSize">Width of the kernels; odd.</param>
/// <param name="NDense">Numbers in an embedding.</param>
/// <param name="InputChannels">Axes of the signal.</param>
/// <param name="WindowSize">Samples of a window.</param>
/// <param name="DropProb">Share of cells dropped after each stage.</param>
/// <param name="PoolSize">Samples that become one after the first and the second stage.</param>
/// <param name="BranchNorm">
/// <c>shared</c>: the real and the simulated signal move the same statistics; <c>separate</c>: the simulated one has normalisations of its own.
/// </param>
public sealed record HarFeatureExtractorConfig(
    [property: AllowedValues("temporal_feature_extractor")] string Type = "temporal_feature_extractor",
    [property: Range(1, 4096)] int NFilters = 9,
    [property: Range(1, 99)] int FilterSize = 5,
    [property: Range(1, 65_536)] int NDense = 100,
    [property: Range(1, 64)] int InputChannels = 3,
    [property: Range(1, 100_000)] int WindowSize = 300,
    [property: Range(0, 0.95)] double DropProb = 0.2,
    [property: Range(1, 64)] int PoolSize = 2,
    [property: AllowedValues("shared", "separate")] string BranchNorm = "shared")
{
    /// <summary>Samples before the dense layer.</summary>
    internal int Length => WindowSize / PoolSize / PoolSize;

    /// <summary>Faults that concern several settings at once.</summary>
    public IEnumerable<string> Validate()
    {
        if (FilterSize % 2 == 0) yield return $"feature_extractor.filter_size={FilterSize}: an even filter changes the length; type an odd one";
        if (Length < 1) yield return $"feature_extractor.window_size={WindowSize} is shorter than pool_size² = {PoolSize * PoolSize}; type a longer window";
    }
}

/// <summary>
/// From a sensor window to an embedding: three stages of convolution, LeakyReLU, batch normalisation and dropout, pooling after the first
/// two, one dense layer. Input (batch, axis, time), output (batch, n_dense).
/// </summary>
public sealed class HarFeatureExtractor : Module
{
    readonly Stage[] _stages;
    readonly Sequential _dense;
    readonly int _pool;

    /// <summary>Builds the network: Kaiming's normal weights in the convolutions, PyTorch's default in the dense layer.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights; null leaves zeros, for weights that are loaded.</param>
    /// <param name="dropout">Draws the dropped cells.</param>
    public HarFeatureExtractor(HarFeatureExtractorConfig config, RandomGenerator? init, RandomGenerator dropout)
    {
        if (config.Validate().FirstOrDefault() is { } fault) throw new ConfigException("har-feature-extractor: " + fault);
        _pool = config.PoolSize;
        _stages =
        [
            Add("conv1", new Stage(config.InputChannels, config, init, dropout)),
            Add("conv2", new Stage(config.NFilters, config, init, dropout)),
            Add("conv3", new Stage(config.NFilters, config, init, dropout)),
        ];
        _dense = Add("fc", new Sequential(new Linear(config.NFilters * config.Length, config.NDense, init), new LeakyRelu()));
    }

    /// <summary>Embeddings of real signals.</summary>
    public override Tensor Forward(Tensor input) => Run(input, simulated: false);

    /// <summary>Embeddings of simulated signals; another path than that of real ones only where the normalisations are separate.</summary>
    public Tensor ForwardSimulated(Tensor input) => Run(input, simulated: true);

    Tensor Run(Tensor input, bool simulated)
    {
        var x = Pool(_stages[0].Run(input, simulated));
        x = Pool(_stages[1].Run(x, simulated));
        return _dense.Forward(_stages[2].Run(x, simulated).Flatten(1));
    }

    Tensor Pool(Tensor x) => Functional.MaxPool1d(x, [_pool], [_pool], [0], [1]);

    // The names are those of nn.Sequential(conv, activation, norm, dropout).
    sealed class Stage : Module
    {
        readonly Conv1d _conv;
        readonly BatchNorm1d _norm;
        readonly BatchNorm1d? _simulatedNorm;
        readonly Dropout _dropout;

        public Stage(int inputs, HarFeatureExtractorConfig config, RandomGenerator? init, RandomGenerator dropout)
        {
            _conv = Add("0", HarLayers.Kaiming(new Conv1d(inputs, config.NFilters, config.FilterSize, null, padding: config.FilterSize / 2), init));
            _norm = Add("2", new BatchNorm1d(config.NFilters));
            if (config.BranchNorm == "separate") _simulatedNorm = Add("simulated_norm", new BatchNorm1d(config.NFilters));
            _dropout = Add("3", new Dropout(config.DropProb, dropout));
        }

        public override Tensor Forward(Tensor input) => Run(input, simulated: false);

        public Tensor Run(Tensor input, bool simulated) =>
            _dropout.Forward((simulated ? _simulatedNorm ?? _norm : _norm).Forward(_conv.Forward(input).LeakyRelu()));
    }
}
