using System.Globalization;

namespace Kymo.Torch.Layers;

/// <summary>
/// Modules one after another, named 0, 1, 2, ... PyTorch's <c>nn.Sequential</c>. A convolution and what follows it (batch normalisation,
/// ReLU, maximum of windows) runs as one <see cref="ConvolutionBlock"/>.
/// </summary>
public sealed class Sequential : Module
{
    readonly Func<Tensor, Tensor>[] _steps;

    /// <summary>The modules in order; they belong to this one from now on.</summary>
    public Sequential(params ReadOnlySpan<Module> modules)
    {
        for (var i = 0; i < modules.Length; i++) Add(i.ToString(CultureInfo.InvariantCulture), modules[i]);
        var steps = new List<Func<Tensor, Tensor>>();
        for (var i = 0; i < modules.Length;)
        {
            var block = ConvolutionBlock.At(modules, i, out var count);
            steps.Add(block is null ? modules[i].Forward : block.Forward);
            i += block is null ? 1 : count;
        }

        _steps = [.. steps];
    }

    /// <summary>The last module's output. What lies between two modules is given back as soon as the second has read it.</summary>
    public override Tensor Forward(Tensor input)
    {
        var value = input;
        foreach (var step in _steps)
        {
            var next = step(value);
            if (value != input && value != next) value.Dispose();
            value = next;
        }

        return value;
    }
}
