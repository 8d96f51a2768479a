using Kymo.Config;
using Kymo.Lab.Training;

namespace Kymo.Lab.Data.Motion;

/// <summary>
/// What is done to training windows, in the sensor's own units: devices sit differently on other people, so their axes are turned; all of it
/// off by default. The signal that is to be predicted is never changed, only the one that is classified.
/// </summary>
/// <param name="InputFlip">Whether the movement's device may sit turned half round about any of its axes.</param>
/// <param name="InputRotation">Deviation of a small turn of the movement's axes, radians a component.</param>
/// <param name="SignalRotation">The same for the classified signal.</param>
/// <param name="SignalScale">Deviation of a factor on each channel of the classified signal.</param>
/// <param name="SignalNoise">Deviation of noise on the classified signal, in units of its deviation.</param>
public sealed record MotionAugmentation(
    bool InputFlip = false,
    [property: Range(0, 10)] double InputRotation = 0,
    [property: Range(0, 10)] double SignalRotation = 0,
    [property: Range(0, 10)] double SignalScale = 0,
    [property: Range(0, 10)] double SignalNoise = 0)
{
    /// <summary>Whether the movement is changed.</summary>
    internal bool ChangesInput => InputFlip || InputRotation > 0;

    /// <summary>Whether the classified signal is changed.</summary>
    internal bool ChangesSignal => SignalRotation > 0 || SignalScale > 0 || SignalNoise > 0;

    /// <summary>Turns the axes of one window's movement; the same turn for all joints.</summary>
    /// <param name="window">(axis, joint, row), standardised.</param>
    /// <param name="joints">Joints.</param>
    /// <param name="scale">Means and deviations, (axis, joint).</param>
    /// <param name="random">What is drawn from.</param>
    public void Input(Span<float> window, int joints, ChannelScale scale, RandomStream random)
    {
        if (!ChangesInput) return;
        var turn = Turn(InputRotation, random);
        if (InputFlip)
        {
            // None, or half round about x, y or z.
            var axis = random.Integer(0, 4);
            for (var column = 0; column < 3 && axis > 0; column++)
                for (var row = 0; row < 3 && column + 1 != axis; row++) turn[(row * 3) + column] *= -1;
        }
        var rows = window.Length / (3 * joints);
        for (var joint = 0; joint < joints; joint++) Apply(window, rows, [joint, joints + joint, (2 * joints) + joint], turn, scale);
    }

    /// <summary>Turns, scales and roughens one window's signal.</summary>
    /// <param name="window">(channel, row), standardised; every three channels are the axes of one sensor.</param>
    /// <param name="scale">Means and deviations of the channels.</param>
    /// <param name="random">What is drawn from.</param>
    public void Signal(Span<float> window, ChannelScale scale, RandomStream random)
    {
        if (!ChangesSignal) return;
        var channels = scale.Mean.Length;
        var rows = window.Length / channels;
        if (SignalRotation > 0)
        {
            var turn = Turn(SignalRotation, random);
            for (var first = 0; first + 2 < channels; first += 3) Apply(window, rows, [first, first + 1, first + 2], turn, scale);
        }
        for (var channel = 0; channel < channels; channel++)
        {
            var factor = (float)(1 + (SignalScale > 0 ? SignalScale * random.Normal() : 0));
            foreach (ref var value in window.Slice(channel * rows, rows))
                value = (value * factor) + (SignalNoise > 0 ? (float)(SignalNoise * random.Normal()) : 0);
        }
    }

    // A turn by a normally distributed vector (Rodrigues), row-major.
    static double[] Turn(double deviation, RandomStream random)
    {
        double[] turn = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        if (deviation <= 0) return turn;
        double[] v = [deviation * random.Normal(), deviation * random.Normal(), deviation * random.Normal()];
        var angle = Math.Max(Math.Sqrt((v[0] * v[0]) + (v[1] * v[1]) + (v[2] * v[2])), 1e-9);
        var (x, y, z) = (v[0] / angle, v[1] / angle, v[2] / angle);
        double[] cross = [0, -z, y, z, 0, -x, -y, x, 0];
        var (sine, cosine) = (Math.Sin(angle), 1 - Math.Cos(angle));
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 3; j++)
            {
                double square = 0;
                for (var k = 0; k < 3; k++) square += cross[(i * 3) + k] * cross[(k * 3) + j];
                turn[(i * 3) + j] += (sine * cross[(i * 3) + j]) + (cosine * square);
            }
        return turn;
    }

    // In the sensor's units y = T x; standardised that is an affine map of the three channels.
    static void Apply(Span<float> window, int rows, ReadOnlySpan<int> channels, double[] turn, ChannelScale scale)
    {
        Span<float> factor = stackalloc float[9];
        Span<float> offset = stackalloc float[3];
        for (var i = 0; i < 3; i++)
        {
            var sum = -(double)scale.Mean[channels[i]];
            for (var j = 0; j < 3; j++)
            {
                factor[(i * 3) + j] = (float)(turn[(i * 3) + j] * scale.Deviation[channels[j]] / scale.Deviation[channels[i]]);
                sum += turn[(i * 3) + j] * scale.Mean[channels[j]];
            }
            offset[i] = (float)(sum / scale.Deviation[channels[i]]);
        }
        var a = window.Slice(channels[0] * rows, rows);
        var b = window.Slice(channels[1] * rows, rows);
        var c = window.Slice(channels[2] * rows, rows);
        for (var row = 0; row < rows; row++)
        {
            var (x, y, z) = (a[row], b[row], c[row]);
            a[row] = (factor[0] * x) + (factor[1] * y) + (factor[2] * z) + offset[0];
            b[row] = (factor[3] * x) + (factor[4] * y) + (factor[5] * z) + offset[1];
            c[row] = (factor[6] * x) + (factor[7] * y) + (factor[8] * z) + offset[2];
        }
    }
}
