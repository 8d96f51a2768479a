using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="SleepTransformer"/>; the defaults are the sleep-stages original's.</summary>
/// <param name="InputDim">Features of a row: 5, or 6 with the magnitude of the motion.</param>
/// <param name="HiddenDim">Numbers of a row inside; even, and a multiple of <paramref name="Heads"/>.</param>
/// <param name="NClasses">Number of classes.</param>
/// <param name="Layers">Encoder layers.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="FeedForward">Width of the feed-forward part.</param>
/// <param name="Dropout">Share of numbers dropped inside the encoder layers.</param>
/// <param name="CloneLayers">Whether all encoder layers start from the same numbers, as the original's do.</param>
public sealed record SleepTransformerConfig(
    [property: Range(1, 4096)] int InputDim = 5,
    [property: Range(2, 8192)] int HiddenDim = 64,
    [property: Range(2, 10_000)] int NClasses = 5,
    [property: Range(1, 48)] int Layers = 2,
    [property: Range(1, 64)] int Heads = 2,
    [property: Range(1, 65_536)] int FeedForward = 2048,
    [property: Range(0, 0.95)] double Dropout = 0.1,
    bool CloneLayers = false)
{
    /// <summary>Refuses a width that heads or position code cannot share out.</summary>
    /// <exception cref="ConfigException">Odd, or no multiple of the heads.</exception>
    public void Check()
    {
        if (HiddenDim % 2 != 0)
            throw new ConfigException($"hidden_dim={HiddenDim}: the Transformer's position code takes an even number; type hidden_dim={HiddenDim + 1}");
        if (HiddenDim % Heads != 0)
            throw new ConfigException($"hidden_dim={HiddenDim} does not spread over {Heads} heads; type a multiple, for instance hidden_dim={Heads * 32}");
    }
}

/// <summary>
/// The Transformer of the sleep-stages original: linear layer, sinusoidal position code, encoder layers, the last row through a linear
/// layer; 563,013 parameters for 5 features, 64 inner numbers and 5 classes. Windows may have any length. Input (batch, time, feature),
/// output logits (batch, class).
/// </summary>
public sealed class SleepTransformer : Module
{
    readonly int _size;
    readonly Linear _inputProjection;
    readonly TransformerEncoder _transformer;
    readonly Linear _fc;
    Tensor? _positions;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights.</param>
    /// <param name="dropout">Draws the dropped numbers.</param>
    /// <exception cref="ConfigException">A width that heads or position code cannot share out.</exception>
    public SleepTransformer(SleepTransformerConfig config, RandomGenerator init, RandomGenerator dropout)
    {
        config.Check();
        _size = config.HiddenDim;
        _inputProjection = Add("input_proj", new Linear(config.InputDim, config.HiddenDim, init));
        var options = new TransformerOptions(config.HiddenDim, config.Heads) { FeedForward = config.FeedForward, Dropout = config.Dropout };
        _transformer = Add("transformer", new TransformerEncoder(options, config.Layers, init, dropout, config.CloneLayers));
        _fc = Add("fc", new Linear(config.HiddenDim, config.NClasses, init));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var projected = _inputProjection.Forward(input);
        var time = projected.Shape[1];
        var encoded = _transformer.Forward(projected.Add(Positions(time, projected.Device)));
        return _fc.Forward(encoded.Select(1, time - 1));
    }

    /// <summary>
    /// Position code of Vaswani et al. 2017, (time, size) row-major: number 2i is sin, 2i + 1 cos of pos · exp(-ln 10000 · 2i / size).
    /// </summary>
    /// <param name="time">Rows.</param>
    /// <param name="size">Numbers of a row, even.</param>
    public static float[] PositionCode(int time, int size)
    {
        var code = new float[time * size];
        for (var position = 0; position < time; position++)
            for (var i = 0; i < size; i += 2)
            {
                var angle = position * Math.Exp(-Math.Log(10000) * i / size);
                code[position * size + i] = (float)Math.Sin(angle);
                code[position * size + i + 1] = (float)Math.Cos(angle);
            }
        return code;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _positions?.Dispose();
        base.Dispose();
    }

    // The code of the last window's length; it is no part of the state.
    Tensor Positions(long time, Device device)
    {
        if (_positions is { } known)
        {
            if (known.Device == device && known.Shape[0] == time) return known;
            known.Dispose();
        }
        using var made = Tensor.From<float>(PositionCode((int)time, _size), time, _size);
        var positions = made.To(device);
        _positions = positions;
        return positions;
    }
}
