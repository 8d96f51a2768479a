using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="EventCnn"/>.</summary>
/// <param name="Classes">Number of classes.</param>
/// <param name="Width">Channels of the first convolution; the next have twice and four times as many. 16: TinyCNN, 8: ExtremeTinyCNN.</param>
/// <param name="Attention">Whether a CBAM block stands before the third convolution.</param>
/// <param name="AttMode">Its parts.</param>
/// <param name="CbamReduction">Channels over hidden units of its channel attention.</param>
/// <param name="CbamSaKernel">Width of its spatial convolution; odd.</param>
/// <param name="Pooling">What the mean over time is taken over.</param>
public sealed record EventCnnConfig(
    [property: Range(2, 10_000)] int Classes = 3,
    [property: Range(1, 1024)] int Width = 16,
    bool Attention = false,
    AttentionMode AttMode = AttentionMode.Cbam,
    [property: Range(1, 1024)] int CbamReduction = 8,
    [property: Range(1, 63)] int CbamSaKernel = 7,
    EventPooling Pooling = EventPooling.All)
{
    /// <summary>Faults of the settings together.</summary>
    public IEnumerable<string> Validate()
    {
        if (CbamSaKernel % 2 == 0) yield return $"cbam_sa_kernel={CbamSaKernel}: expected an odd number";
    }
}

/// <summary>
/// TinyCNN, ExtremeTinyCNN and their CBAM variants of the sleep-events original: three convolutions 3x3 with ReLU, the first two halved by
/// max pooling, global mean, one dense layer. Input (batch, mel, frame), output logits (batch, class). With <see cref="EventPooling.Sounding"/>
/// the mean over frequency, then over the steps that sound.
/// </summary>
public sealed class EventCnn : Module
{
    internal const int Bands = 64;

    readonly Module[] _blocks;
    readonly Linear _classifier;

    /// <summary>Builds the network with PyTorch's default initial weights, under the original's state names.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights.</param>
    public EventCnn(EventCnnConfig config, RandomGenerator init)
    {
        var width = config.Width;
        Module[] pooling = config.Pooling == EventPooling.All ? [new AdaptiveAvgPool2d(1)] : [];
        if (config.Attention)
        {
            _blocks =
            [
                Add("block1", new Sequential(new Conv2d(1, width, 3, init, padding: 1), new Relu(), new MaxPool2d(2))),
                Add("block2", new Sequential(new Conv2d(width, 2 * width, 3, init, padding: 1), new Relu(), new MaxPool2d(2))),
                Add("cbam", new Cbam(2 * width, config.CbamReduction, config.CbamSaKernel, config.AttMode, init)),
                Add("block3", new Sequential([new Conv2d(2 * width, 4 * width, 3, init, padding: 1), new Relu(), .. pooling])),
            ];
        }
        else
        {
            _blocks = [Add("cnn", new Sequential([.. Convolutions(width, init), .. pooling]))];
        }
        if (config.Pooling == EventPooling.Sounding) Pooling = Add("pooling", new SoundingMean(Bands));
        _classifier = Add("classifier", new Linear(4 * width, config.Classes, init));
    }

    /// <summary>Multiplications of one clip's forward pass, in convolutions and dense layers.</summary>
    /// <param name="width">Channels of the first convolution.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Frames.</param>
    public static long Macs(int width, int classes, long bands, long frames) => ConvolutionMacs(width, bands, frames) + (4L * width * classes);

    /// <summary>The mean over sounding steps; null where all frames have a say.</summary>
    public SoundingMean? Pooling { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = input.Unsqueeze(1);
        foreach (var block in _blocks) x = block.Forward(x);
        return _classifier.Forward(Pooling is null ? x.Flatten(1) : Pooling.Forward(input, x.Mean(2).Transpose(1, 2)));
    }

    internal static Module[] Convolutions(int width, RandomGenerator init) =>
    [
        new Conv2d(1, width, 3, init, padding: 1), new Relu(), new MaxPool2d(2),
        new Conv2d(width, 2 * width, 3, init, padding: 1), new Relu(), new MaxPool2d(2),
        new Conv2d(2 * width, 4 * width, 3, init, padding: 1), new Relu(),
    ];

    internal static long ConvolutionMacs(long width, long bands, long frames) =>
        (bands * frames * width * 9) + (bands / 2 * (frames / 2) * 2 * width * width * 9) + (bands / 4 * (frames / 4) * 8 * width * width * 9);
}
