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

    /// <summary>The last module's output. What lies between two modules is given back as soon as the second has read it.</summary>
    public override Tensor Forward(Tensor input)
    {
        var value = input;
        foreach (var module in _modules)
        {
            var next = module.Forward(value);
            if (value != input && value != next) value.Dispose();
            value = next;
        }

        return value;
    }
}
