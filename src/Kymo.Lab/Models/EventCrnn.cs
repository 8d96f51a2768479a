using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="EventCrnn"/>.</summary>
/// <param name="Classes">Number of classes.</param>
/// <param name="RnnHidden">Units of the recurrent layers.</param>
/// <param name="RnnLayers">Recurrent layers.</param>
/// <param name="Pooling">Whether the last step is read, or the mean of the steps that sound.</param>
public sealed record EventCrnnConfig(
    [property: Range(2, 10_000)] int Classes = 3,
    [property: Range(1, 4096)] int RnnHidden = 64,
    [property: Range(1, 16)] int RnnLayers = 2,
    EventPooling Pooling = EventPooling.All);

/// <summary>
/// The CRNN of the sleep-events original, its teacher: TinyCNN's convolutions, the mean over frequency, gated recurrent layers along time,
/// the last step through a dense layer. Input (batch, mel, frame), output logits (batch, class); 73,411 parameters for three classes.
/// </summary>
public sealed class EventCrnn : Module
{
    const int Width = 16;

    readonly Sequential _cnn;
    readonly Gru _rnn;
    readonly Linear _classifier;

    /// <summary>Builds the network with PyTorch's default initial weights, under the original's state names.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights.</param>
    public EventCrnn(EventCrnnConfig config, RandomGenerator init)
    {
        _cnn = Add("cnn", new Sequential(EventCnn.Convolutions(Width, init)));
        _rnn = Add("rnn", new Gru(4 * Width, config.RnnHidden, init, new RecurrentOptions { Layers = config.RnnLayers }));
        if (config.Pooling == EventPooling.Sounding) Pooling = Add("pooling", new SoundingMean(EventCnn.Bands));
        _classifier = Add("classifier", new Linear(config.RnnHidden, config.Classes, init));
    }

    /// <summary>Multiplications of one clip's forward pass.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Frames.</param>
    public static long Macs(EventCrnnConfig config, long bands, long frames)
    {
        long hidden = config.RnnHidden;
        var recurrent = Enumerable.Range(0, config.RnnLayers).Sum(layer => 3 * hidden * ((layer == 0 ? 4 * Width : hidden) + hidden));
        return EventCnn.ConvolutionMacs(Width, bands, frames) + (frames / 4 * recurrent) + (hidden * config.Classes);
    }

    /// <summary>The mean over sounding steps; null where all frames have a say.</summary>
    public SoundingMean? Pooling { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var steps = _rnn.Forward(_cnn.Forward(input.Unsqueeze(1)).Mean(2).Transpose(1, 2));
        return _classifier.Forward(Pooling is null ? steps.Select(1, -1) : Pooling.Forward(input, steps));
    }
}
