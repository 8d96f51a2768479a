using System.Buffers;
using System.Text;
using Kymo.Onnx.Runtime;

namespace Kymo.Onnx;

/// <summary>
/// A model ready to run in ONNX Runtime on the processor. Runs may be made from many threads at once; a run begun before
/// <see cref="Dispose"/> ends as if nothing had happened.
/// </summary>
public sealed unsafe class InferenceSession : IDisposable
{
    const int MostOnStack = 16;

    readonly OnnxRuntime _runtime;
    readonly OrtHandle _session;
    readonly Dictionary<string, int> _inputIndex = [];
    readonly PinnedNames _inputNames;
    readonly PinnedNames _outputNames;

    InferenceSession(OnnxRuntime runtime, nint session)
    {
        var api = runtime.Api;
        _runtime = runtime;
        _session = new OrtHandle(session, api.ReleaseSession);
        try
        {
            Inputs = [.. Enumerable.Range(0, api.InputCount(session)).Select(index => api.InputInfo(session, index))];
            Outputs = [.. Enumerable.Range(0, api.OutputCount(session)).Select(index => api.OutputInfo(session, index))];
            Metadata = api.Metadata(session, out var producer, out var name, out var documentation);
            (Producer, Name, Documentation) = (producer, name, documentation);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
        for (var i = 0; i < Inputs.Count; i++) _inputIndex[Inputs[i].Name] = i;
        _inputNames = new PinnedNames(Inputs);
        _outputNames = new PinnedNames(Outputs);
    }

    /// <summary>What a run is given. Sizes without a number are decided by the run.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>What a run answers.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs { get; }

    /// <summary>Facts written into the model: classes, feature settings, hashes. The order is the runtime's.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; }

    /// <summary>The graph's name.</summary>
    public string Name { get; }

    /// <summary>What the model says it is.</summary>
    public string Documentation { get; }

    /// <summary>The program that wrote the model.</summary>
    public string Producer { get; }

    /// <summary>The version and file of the runtime in use.</summary>
    /// <exception cref="OnnxException">There is none. The message says what to type.</exception>
    public static (string Version, string File) Runtime()
    {
        var runtime = OnnxRuntime.Shared();
        return (runtime.Api.Version, runtime.File);
    }

    /// <summary>Loads a model file.</summary>
    /// <exception cref="OnnxException">The runtime is missing, or it refuses the model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static InferenceSession Load(string path, SessionOptions? options = null) => Create(File.ReadAllBytes(path), options, path);

    /// <summary>Loads a model from the bytes of its file.</summary>
    /// <exception cref="OnnxException">The runtime is missing, or it refuses the model.</exception>
    public static InferenceSession Load(ReadOnlySpan<byte> model, SessionOptions? options = null) => Create(model, options, null);

    /// <summary>Loads a model that has just been built.</summary>
    /// <exception cref="OnnxException">The runtime is missing, or it refuses the model.</exception>
    public static InferenceSession Load(OnnxModel model, SessionOptions? options = null) =>
        Create(OnnxModelFile.ToBytes(model), options, null);

    /// <summary>Runs the model. Every input of the model must be given; the order does not matter.</summary>
    /// <exception cref="OnnxException">An input is unknown, missing, of another type or of a shape the model does not take.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public RunResult Run(params ReadOnlySpan<RunInput> inputs)
    {
        if (inputs.Length > Inputs.Count)
            throw new OnnxException($"{inputs.Length} inputs given, the model has {Inputs.Count} ({InputNames})");
        var many = inputs.Length > MostOnStack;
        Span<nint> values = many ? new nint[inputs.Length] : stackalloc nint[MostOnStack];
        Span<nint> names = many ? new nint[inputs.Length] : stackalloc nint[MostOnStack];
        var pins = new MemoryHandle[inputs.Length];
        var made = 0;
        try
        {
            for (; made < inputs.Length; made++)
            {
                ref readonly var input = ref inputs[made];
                if (!_inputIndex.TryGetValue(input.Name, out var index)) throw UnknownInput(input.Name);
                names[made] = (nint)_inputNames[index];
                pins[made] = input.Pin();
                values[made] = _runtime.Api.CreateTensor(_runtime.MemoryInfo, pins[made].Pointer, input.ByteCount, input.Shape, input.Type);
            }
            fixed (nint* namePointers = names, valuePointers = values)
                return RunValues((byte**)namePointers, valuePointers, made);
        }
        finally
        {
            for (var i = 0; i < made; i++) _runtime.Api.ReleaseValue(values[i]);
            foreach (var pin in pins) pin.Dispose();
        }
    }

    /// <summary>Runs a model of one single-precision input. The numbers are used where they lie and not copied.</summary>
    /// <param name="input">The numbers, row-major.</param>
    /// <param name="shape">Their sizes, outermost first.</param>
    /// <exception cref="OnnxException">The model has more than one input, or one of another type or shape.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public RunResult Run(ReadOnlySpan<float> input, params ReadOnlySpan<long> shape)
    {
        if (Inputs.Count != 1) throw new OnnxException($"the model has {Inputs.Count} inputs ({InputNames}): name them");
        RunInput.CheckShape(Inputs[0].Name, shape, input.Length);
        fixed (float* numbers = input)
        {
            var value = _runtime.Api.CreateTensor(_runtime.MemoryInfo, numbers, input.Length * 4L, shape, OnnxType.Float32);
            try
            {
                var name = _inputNames[0];
                return RunValues(&name, &value, 1);
            }
            finally
            {
                _runtime.Api.ReleaseValue(value);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    static InferenceSession Create(ReadOnlySpan<byte> model, SessionOptions? options, string? path)
    {
        options ??= new SessionOptions();
        options.Validate();
        var runtime = OnnxRuntime.Shared();
        var native = runtime.Api.CreateSessionOptions();
        try
        {
            runtime.Api.SetLogSeverity(native, OnnxRuntime.FatalOnly);
            runtime.Api.SetIntraOperatorThreads(native, options.Threads);
            runtime.Api.SetInterOperatorThreads(native, 1);
            runtime.Api.SetOptimisationLevel(native, options.Optimised ? 99 : 0);
            runtime.Api.AddConfigEntry(native, "session.intra_op.allow_spinning", options.Spinning ? "1" : "0");
            // Without VNNI, products of int8 weights and uint8 activations are added in 16 bits and overflow; this takes the exact way.
            runtime.Api.AddConfigEntry(native, "session.x64quantprecision", "1");
            return new InferenceSession(runtime, runtime.Api.CreateSession(runtime.Environment, model, native));
        }
        catch (OnnxException error) when (path is not null)
        {
            throw new OnnxException(error.Problem, path, error);
        }
        finally
        {
            runtime.Api.ReleaseSessionOptions(native);
        }
    }

    RunResult RunValues(byte** names, nint* values, int count)
    {
        Span<nint> outputs = _outputNames.Count > MostOnStack ? new nint[_outputNames.Count] : stackalloc nint[MostOnStack];
        outputs = outputs[.._outputNames.Count];
        outputs.Clear();
        var held = false;
        try
        {
            _session.DangerousAddRef(ref held);
            fixed (nint* pointers = outputs)
                _runtime.Api.Run(_session.DangerousGetHandle(), names, values, count, _outputNames.Pointers, outputs.Length, pointers);
            return new RunResult(_runtime, Outputs, outputs);
        }
        finally
        {
            if (held) _session.DangerousRelease();
        }
    }

    string InputNames => string.Join(", ", Inputs.Select(one => one.Name));

    OnnxException UnknownInput(string name) => new($"no input '{name}'; there are {InputNames}");

    /// <summary>Names as the C API wants them: zero-ended UTF-8 that never moves.</summary>
    sealed class PinnedNames
    {
        readonly nint[] _pointers;
        readonly byte[] _text;

        public PinnedNames(IReadOnlyList<OnnxValueInfo> values)
        {
            _text = GC.AllocateUninitializedArray<byte>(values.Sum(one => Encoding.UTF8.GetByteCount(one.Name) + 1), pinned: true);
            _pointers = GC.AllocateArray<nint>(Math.Max(1, values.Count), pinned: true);
            Count = values.Count;
            var position = 0;
            for (var i = 0; i < Count; i++)
            {
                _pointers[i] = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_text, position);
                position += Encoding.UTF8.GetBytes(values[i].Name, _text.AsSpan(position));
                _text[position++] = 0;
            }
        }

        public int Count { get; }

        public byte** Pointers => (byte**)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_pointers, 0);

        public byte* this[int index] => (byte*)_pointers[index];
    }
}
