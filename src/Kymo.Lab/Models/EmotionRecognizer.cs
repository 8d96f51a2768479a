using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="EmotionRecognizer"/>.</summary>
/// <param name="Frames">Steps of a clip: 1 for its average, at which the LSTM's recurrent weights are dead; up to 30 for one a second.</param>
public sealed record EmotionRecognizerConfig([property: Range(1, 30)] int Frames = 1);

/// <summary>
/// The emotion net of the music original: 128-512 tanh, 512-256 tanh, LSTM 256-128, 128-64 tanh; 403,264 parameters. Input
/// (batch, 128) or (batch, time, 128) mel averages, output (batch, 64) an emotion code; of several steps the last one's.
/// </summary>
public sealed class EmotionRecognizer : Module
{
    readonly Linear _fc1;
    readonly Linear _fc2;
    readonly Lstm _lstm;
    readonly Linear _fc3;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="init">Draws the initial weights.</param>
    public EmotionRecognizer(RandomGenerator? init)
    {
        _fc1 = Add("fc1", new Linear(128, 512, init));
        _fc2 = Add("fc2", new Linear(512, 256, init));
        _lstm = Add("lstm", new Lstm(256, 128, init));
        _fc3 = Add("fc3", new Linear(128, 64, init));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var steps = input.Rank == 2 ? input.Unsqueeze(1) : input;
        var hidden = _fc2.Forward(_fc1.Forward(steps).Tanh()).Tanh();
        return _fc3.Forward(_lstm.Forward(hidden).Select(1, -1)).Tanh();
    }
}
