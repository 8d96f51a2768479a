namespace Kymo.Torch.Layers;

/// <summary>The maximum of each window of (batch, channel, height, width). PyTorch's <c>nn.MaxPool2d</c>.</summary>
/// <param name="kernelSize">The window.</param>
/// <param name="stride">How far windows lie apart; the window's own size where not given.</param>
/// <param name="padding">Rows and columns of minus infinity around the input.</param>
/// <param name="ceilMode">Whether windows that reach over the end count.</param>
public sealed class MaxPool2d(Extent kernelSize, Extent? stride = null, Extent padding = default, bool ceilMode = false) : Module
{
    readonly long[] _kernel = kernelSize.Sizes, _stride = (stride ?? kernelSize).Sizes, _padding = padding.Sizes;

    /// <summary>The window where windows lie side by side and none reaches out of the input; otherwise null.</summary>
    internal long[]? SideBySide => !ceilMode && _padding is [0, 0] && _stride.AsSpan().SequenceEqual(_kernel) ? _kernel : null;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.MaxPool2d(input, _kernel, _stride, _padding, [1, 1], ceilMode);
}

/// <summary>The maximum of each window of (batch, channel, time). PyTorch's <c>nn.MaxPool1d</c>.</summary>
/// <param name="kernelSize">The window.</param>
/// <param name="stride">How far windows lie apart; the window's own size where not given.</param>
/// <param name="padding">Places of minus infinity at both ends.</param>
/// <param name="ceilMode">Whether windows that reach over the end count.</param>
public sealed class MaxPool1d(int kernelSize, int? stride = null, int padding = 0, bool ceilMode = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) =>
        Functional.MaxPool1d(input, [kernelSize], [stride ?? kernelSize], [padding], [1], ceilMode);
}

/// <summary>The mean of each window of (batch, channel, height, width). PyTorch's <c>nn.AvgPool2d</c>.</summary>
/// <param name="kernelSize">The window.</param>
/// <param name="stride">How far windows lie apart; the window's own size where not given.</param>
/// <param name="padding">Rows and columns of zeros around the input, which count.</param>
/// <param name="ceilMode">Whether windows that reach over the end count.</param>
public sealed class AvgPool2d(Extent kernelSize, Extent? stride = null, Extent padding = default, bool ceilMode = false) : Module
{
    readonly long[] _kernel = kernelSize.Sizes, _stride = (stride ?? kernelSize).Sizes, _padding = padding.Sizes;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AvgPool2d(input, _kernel, _stride, _padding, ceilMode);
}

/// <summary>The mean of each window of (batch, channel, time). PyTorch's <c>nn.AvgPool1d</c>.</summary>
/// <param name="kernelSize">The window.</param>
/// <param name="stride">How far windows lie apart; the window's own size where not given.</param>
/// <param name="padding">Zeros at both ends, which count.</param>
/// <param name="ceilMode">Whether windows that reach over the end count.</param>
public sealed class AvgPool1d(int kernelSize, int? stride = null, int padding = 0, bool ceilMode = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) =>
        Functional.AvgPool1d(input, [kernelSize], [stride ?? kernelSize], [padding], ceilMode);
}

/// <summary>Means of as many windows of (batch, channel, height, width) as the output has places. PyTorch's <c>nn.AdaptiveAvgPool2d</c>.</summary>
/// <param name="outputSize">Places along height and width.</param>
public sealed class AdaptiveAvgPool2d(Extent outputSize) : Module
{
    readonly long[] _size = outputSize.Sizes;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveAvgPool2d(input, _size);
}

/// <summary>Means of as many windows of (batch, channel, time) as the output has places. PyTorch's <c>nn.AdaptiveAvgPool1d</c>.</summary>
/// <param name="outputSize">Places along time.</param>
public sealed class AdaptiveAvgPool1d(int outputSize) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveAvgPool1d(input, [outputSize]);
}

/// <summary>Maxima of as many windows of (batch, channel, height, width) as the output has places. PyTorch's <c>nn.AdaptiveMaxPool2d</c>.</summary>
/// <param name="outputSize">Places along height and width.</param>
public sealed class AdaptiveMaxPool2d(Extent outputSize) : Module
{
    readonly long[] _size = outputSize.Sizes;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveMaxPool2d(input, _size);
}

/// <summary>Maxima of as many windows of (batch, channel, time) as the output has places. PyTorch's <c>nn.AdaptiveMaxPool1d</c>.</summary>
/// <param name="outputSize">Places along time.</param>
public sealed class AdaptiveMaxPool1d(int outputSize) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveMaxPool1d(input, [outputSize]);
}
