using Kymo.Onnx.Runtime;

namespace Kymo.Onnx;

/// <summary>The outputs of one run, in the order of <see cref="InferenceSession.Outputs"/>. Dispose it to give the memory back.</summary>
public sealed unsafe class RunResult : IDisposable
{
    readonly OnnxRuntime _runtime;
    readonly IReadOnlyList<OnnxValueInfo> _outputs;
    readonly OrtHandle[] _values;
    readonly (OnnxType Type, long[] Shape)[] _shapes;

    internal RunResult(OnnxRuntime runtime, IReadOnlyList<OnnxValueInfo> outputs, ReadOnlySpan<nint> values)
    {
        (_runtime, _outputs) = (runtime, outputs);
        _values = new OrtHandle[values.Length];
        _shapes = new (OnnxType, long[])[values.Length];
        for (var i = 0; i < values.Length; i++) _values[i] = new OrtHandle(values[i], runtime.Api.ReleaseValue);
        for (var i = 0; i < values.Length; i++) _shapes[i] = runtime.Api.TensorShape(values[i]);
    }

    /// <summary>How many outputs there are.</summary>
    public int Count => _values.Length;

    /// <summary>The sizes of an output, outermost first.</summary>
    public long[] Shape(int output = 0) => _shapes[output].Shape;

    /// <summary>An output's element type.</summary>
    public OnnxType Type(int output = 0) => _shapes[output].Type;

    /// <summary>Which output has this name.</summary>
    /// <exception cref="OnnxException">None has.</exception>
    public int IndexOf(string name)
    {
        for (var i = 0; i < _outputs.Count; i++)
            if (_outputs[i].Name == name) return i;
        throw new OnnxException($"no output '{name}'; there are {string.Join(", ", _outputs.Select(one => one.Name))}");
    }

    /// <summary>The numbers of an output, row-major. They are gone when this result is disposed.</summary>
    /// <exception cref="OnnxException">The output holds another type.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public ReadOnlySpan<float> Float32(int output = 0) => Elements<float>(output, OnnxType.Float32);

    /// <summary>The integers of an output, row-major. They are gone when this result is disposed.</summary>
    /// <exception cref="OnnxException">The output holds another type.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public ReadOnlySpan<long> Int64(int output = 0) => Elements<long>(output, OnnxType.Int64);

    /// <summary>A copy of an output that outlives this result.</summary>
    /// <exception cref="OnnxException">The output is no tensor, or one of text.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public OnnxTensor ToTensor(int output = 0)
    {
        var (type, shape) = _shapes[output];
        if (type.Size() == 0) throw new OnnxException($"output '{_outputs[output].Name}' holds {type}, which is not read");
        var bytes = new ReadOnlySpan<byte>(Data(output), checked((int)(OnnxTensor.CountOf(shape) * type.Size())));
        return new(_outputs[output].Name, type, shape, bytes.ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in _values) value.Dispose();
    }

    ReadOnlySpan<T> Elements<T>(int output, OnnxType type) where T : unmanaged => Type(output) == type
        ? new ReadOnlySpan<T>(Data(output), checked((int)OnnxTensor.CountOf(Shape(output))))
        : throw new OnnxException($"output '{_outputs[output].Name}' holds {Type(output)}, asked for as {type}");

    void* Data(int output)
    {
        ObjectDisposedException.ThrowIf(_values[output].IsClosed, this);
        return _runtime.Api.TensorData(_values[output].DangerousGetHandle());
    }
}
