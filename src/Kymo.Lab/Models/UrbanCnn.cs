using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="UrbanCnn"/>.</summary>
/// <param name="Classes">Number of classes.</param>
/// <param name="Bands">Mel bands of the input; a multiple of 8.</param>
/// <param name="EncoderDropout">Share of cells dropped after each encoder block.</param>
/// <param name="HeadDropout">Share of units dropped before the last layer.</param>
public sealed record UrbanCnnConfig(
    [property: Range(2, 10_000)] int Classes = 10,
    [property: Range(8, 1024)] int Bands = 128,
    [property: Range(0, 0.95)] double EncoderDropout = 0.2,
    [property: Range(0, 0.95)] double HeadDropout = 0.5);

/// <summary>
/// The network of the urban-sounds original: three convolution blocks, the mean over time, a convolution along frequency, two dense
/// layers; 250,250 parameters for ten classes and 128 bands. Input (batch, mel, frame), output logits (batch, class).
/// </summary>
public sealed class UrbanCnn : Module
{
    readonly EncoderBlock _encoder1;
    readonly EncoderBlock _encoder2;
    readonly EncoderBlock _encoder3;
    readonly Conv1d _conv1d;
    readonly Linear _fc1;
    readonly Dropout _dropout;
    readonly Linear _fc2;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights.</param>
    /// <param name="dropout">Draws the dropped units.</param>
    public UrbanCnn(UrbanCnnConfig config, RandomGenerator init, RandomGenerator dropout)
    {
        _encoder1 = Add("encoder1", new EncoderBlock(1, 32, 2, config.EncoderDropout, init, dropout));
        _encoder2 = Add("encoder2", new EncoderBlock(32, 64, 2, config.EncoderDropout, init, dropout));
        _encoder3 = Add("encoder3", new EncoderBlock(64, 128, 4, config.EncoderDropout, init, dropout));
        _conv1d = Add("conv1d", new Conv1d(128, 64, 3, init, padding: 1));
        _fc1 = Add("fc1", new Linear(64 * (config.Bands / 8), 128, init));
        _dropout = Add("dropout", new Dropout(config.HeadDropout, dropout));
        _fc2 = Add("fc2", new Linear(128, config.Classes, init));
    }

    /// <summary>Multiplications of one clip's forward pass, in convolutions and dense layers.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="frames">Frames of the clip.</param>
    public static long Macs(UrbanCnnConfig config, int frames)
    {
        long bands = config.Bands;
        long first = bands * frames * 32 * 9;
        long second = (bands / 2) * (frames / 2) * 64L * 32 * 9;
        long third = (bands / 4) * (frames / 4) * 128L * 64 * 9;
        long alongFrequency = (bands / 8) * 64L * 128 * 3;
        return first + second + third + alongFrequency + (64 * (bands / 8) * 128) + (128L * config.Classes);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var encoded = _encoder3.Forward(_encoder2.Forward(_encoder1.Forward(input.Unsqueeze(1))));
        var alongFrequency = _conv1d.Forward(encoded.Mean(-1)).Relu();
        var hidden = _dropout.Forward(_fc1.Forward(alongFrequency.Flatten(1)).Relu());
        return _fc2.Forward(hidden);
    }

    // Convolution 3x3, batch norm, ReLU, max pooling (2 bands by `timePool` frames), dropout.
    sealed class EncoderBlock : Module
    {
        readonly ConvolutionBlock _block;
        readonly Dropout _dropout;

        public EncoderBlock(int inputs, int outputs, int timePool, double dropout, RandomGenerator init, RandomGenerator dropoutGenerator)
        {
            var conv = Add("conv", new Conv2d(inputs, outputs, 3, init, padding: 1));
            var norm = Add("bn", new BatchNorm2d(outputs));
            _block = new ConvolutionBlock(conv, norm, relu: true, Add("pool", new MaxPool2d((2, timePool))));
            _dropout = Add("dropout", new Dropout(dropout, dropoutGenerator));
        }

        public override Tensor Forward(Tensor input) => _dropout.Forward(_block.Forward(input));
    }
}
