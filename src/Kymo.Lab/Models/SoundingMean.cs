using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>What the mean over time of a sleep-events network is taken over.</summary>
public enum EventPooling
{
    /// <summary>The original's: all frames (the CRNN: the last step), padding included.</summary>
    All,

    /// <summary>Frames in which something sounds, so that a clip's padding has no say.</summary>
    Sounding,
}

/// <summary>
/// The mean over steps in which something sounds: some band of one of their frames lies above the level of silence. A clip without any is zeros.
/// The level stands in the state as <c>silence</c> (band), on the scale of the network's input.
/// </summary>
public sealed class SoundingMean : Module
{
    /// <summary>Frames of a step: two poolings by two.</summary>
    internal const int FramesPerStep = 4;

    /// <summary>How far above silence a frame sounds, on the input's scale.</summary>
    internal const float Margin = 0.01f;

    /// <summary>Makes the step from silent to sounding steep.</summary>
    internal const float Steepness = 1e6f;

    readonly MaxPool1d _steps = new(FramesPerStep);
    readonly Tensor _silence;

    /// <summary>Silence at 0 in every band.</summary>
    /// <param name="bands">Mel bands of the input.</param>
    public SoundingMean(int bands) => _silence = AddBuffer("silence", ElementType.Float32, bands);

    /// <summary>Sets the level of silence.</summary>
    /// <param name="levels">One for each band, on the scale of the input.</param>
    public void SetSilence(ReadOnlySpan<float> levels)
    {
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        _silence.CopyFrom(scope.From(levels, levels.Length));
    }

    /// <summary>The mean of steps.</summary>
    /// <param name="input">The network's input, (batch, band, frame).</param>
    /// <param name="steps">(batch, step, feature).</param>
    /// <returns>(batch, feature).</returns>
    public Tensor Forward(Tensor input, Tensor steps)
    {
        var loudest = input.Subtract(_silence.Unsqueeze(1)).Max(1, keepDim: true);
        var sounding = _steps.Forward(loudest).Add(-Margin).Multiply(Steepness).Clamp(0, 1).Transpose(1, 2);
        return steps.Multiply(sounding).Sum(1).Divide(sounding.Sum(1).Clamp(min: 1));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => throw new NotSupportedException("takes the network's input and its steps");
}
