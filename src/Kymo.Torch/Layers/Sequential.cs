using System.Globalization;

namespace Kymo.Torch.Layers;

/// <summary>Modules one after another, named 0, 1, 2, ... PyTorch's <c>nn.Sequential</c>.</summary>
public sealed class Sequential : Module
{
    readonly Module[] _modules;

    /// <summary>The modules in order; they belong to this one from now on.</summary>
    public Sequential(params ReadOnlySpan<Module> modules)
    {
        _modules = modules.ToArray();
        for (var i = 0; i < _modules.Length; i++) Add(i.ToString(CultureInfo.InvariantCulture), _modules[i]);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        foreach (var module in _modules) input = module.Forward(input);
        return input;
    }
}
