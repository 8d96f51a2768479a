using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>
/// Cross-correlation over (batch, channel, height, width) that keeps height and width (PyTorch's <c>nn.Conv2d(padding="same")</c>, stride 1):
/// zeros around the input, the odd one at the end. Where the dilation is wide for the input's height, at most one of the kernel's rows meets
/// any data; then only that row is computed, and the other rows get a gradient of zero.
/// </summary>
sealed class SameConv2d : Module
{
    readonly Extent _kernel;
    readonly int _dilation;

    /// <summary>A layer with Glorot's uniform weights and a bias of zero; all zeros without a generator, for weights that are loaded.</summary>
    public SameConv2d(int inChannels, int outChannels, Extent kernel, int dilation, RandomGenerator? generator)
    {
        (_kernel, _dilation) = (kernel, dilation);
        Weight = AddParameter("weight", outChannels, inChannels, kernel.Height, kernel.Width);
        Bias = AddParameter("bias", outChannels);
        if (generator is not null) Initialization.XavierUniform(Weight, generator);
    }

    /// <summary>(out, in, height, width).</summary>
    public Tensor Weight { get; }

    /// <summary>(out).</summary>
    public Tensor Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var (top, bottom) = Padding(_kernel.Height);
        var rows = input.Shape[2];
        // Row r of the kernel turns row i + shift of the input into row i of the output.
        (int Row, long From, long To, long Shift)[] meeting =
        [
            .. Enumerable.Range(0, _kernel.Height).Select(row => (Row: row, Shift: ((long)row * _dilation) - top))
                .Select(row => (row.Row, From: Math.Max(0, -row.Shift), To: Math.Min(rows, rows - row.Shift), row.Shift)).Where(row => row.To > row.From),
        ];
        if (_kernel.Height == 1 || meeting.Length > 1) return Convolve(input, Weight, Bias, top, bottom);
        var bias = Bias.Reshape(1, Bias.Shape[0], 1, 1);
        if (meeting is [var one])
        {
            var weight = Weight.Narrow(2, one.Row, 1);
            return one.To - one.From == rows
                ? Convolve(input, weight, Bias, 0, 0)
                : Convolve(input.Narrow(2, one.From + one.Shift, one.To - one.From), weight, null, 0, 0).Pad([0, 0, one.From, rows - one.To]).Add(bias);
        }
        // No row meets any: the output is the bias, and the weights still have a gradient, of zero.
        return input.NewZeros(input.Shape[0], Bias.Shape[0], rows, input.Shape[3]).Add(bias).Add(Weight.Sum().Multiply(0));
    }

    Tensor Convolve(Tensor input, Tensor weight, Tensor? bias, long top, long bottom)
    {
        var (left, right) = Padding(_kernel.Width);
        if (top != bottom || left != right) (input, top, left) = (input.Pad([left, right, top, bottom]), 0, 0);
        return Functional.Conv2d(input, weight, bias, [1, 1], [top, left], [_dilation, _dilation]);
    }

    (long Before, long After) Padding(int size)
    {
        long total = (long)_dilation * (size - 1);
        return (total / 2, total - (total / 2));
    }
}
