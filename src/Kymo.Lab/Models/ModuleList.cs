using System.Globalization;
using Kymo.Torch;

namespace Kymo.Lab.Models;

/// <summary>Modules under the names 0, 1, 2, ... that their owner calls one by one. PyTorch's <c>nn.ModuleList</c>.</summary>
sealed class ModuleList<T> : Module where T : Module
{
    readonly List<T> _items = [];

    /// <summary>The modules.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>Makes a module the last one; returns it.</summary>
    public T Append(T item)
    {
        _items.Add(Add(_items.Count.ToString(CultureInfo.InvariantCulture), item));
        return item;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => throw new InvalidOperationException("a list of modules computes nothing; call its items");
}
