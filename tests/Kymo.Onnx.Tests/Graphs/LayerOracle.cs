namespace Kymo.Onnx.Tests.Graphs;

/// <summary>PyTorch's layers with their inputs and outputs, made once for all tests of a class.</summary>
public sealed class LayerOracle : IDisposable
{
    readonly TempFolder _folder = new();
    bool _asked;

    public LayerCase Case(string name)
    {
        lock (_folder)
        {
            if (!_asked) Oracle.Ask("onnx_layers.py", ["torch", "numpy"], _folder["cases"]);
            _asked = true;
        }
        return new LayerCase(Path.Combine(_folder["cases"], name));
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>One layer: weights, inputs and what PyTorch makes of them.</summary>
public sealed class LayerCase
{
    internal LayerCase(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var array = NumpyFile.Read(path);
            if (name.StartsWith("weight ", StringComparison.Ordinal)) Weights.Add(name["weight ".Length..], array.Values, array.Shape);
            else if (name == "output") Output = array;
            else Inputs.Add(array);
        }
    }

    internal NetworkWeights Weights { get; } = new();

    internal List<NumpyFile> Inputs { get; } = [];

    internal NumpyFile Output { get; } = new([], []);
}
