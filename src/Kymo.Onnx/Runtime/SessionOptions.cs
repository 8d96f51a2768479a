namespace Kymo.Onnx;

/// <summary>How a session runs.</summary>
public sealed record SessionOptions
{
    /// <summary>Threads one run may use inside an operator, 1 to 256. Default: the machine's processors, at most 256.</summary>
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, 256);

    /// <summary>
    /// Whether idle threads wait in a loop. Faster by microseconds for a single caller, wasteful where several sessions or other
    /// programs share the machine. Default false.
    /// </summary>
    public bool Spinning { get; init; }

    /// <summary>Whether nodes are fused and rewritten when the model is loaded. Default true.</summary>
    public bool Optimised { get; init; } = true;

    internal void Validate()
    {
        if (Threads is < 1 or > 256) throw new OnnxException($"{Threads} threads for a session, 1 to 256 are allowed");
    }
}
