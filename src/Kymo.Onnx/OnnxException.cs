namespace Kymo.Onnx;

/// <summary>A graph, a model file or a run that cannot be what it claims to be: what was found, where, and what was expected.</summary>
/// <param name="problem">What was found and what was expected.</param>
/// <param name="path">The model file, where there is one.</param>
/// <param name="inner">The cause, if another error led here.</param>
public sealed class OnnxException(string problem, string? path = null, Exception? inner = null)
    : Exception(path is null ? problem : $"{path}: {problem}", inner)
{
    /// <summary>The model file, where there is one.</summary>
    public string? Path { get; } = path;

    /// <summary>What was found and what was expected, without the path.</summary>
    public string Problem { get; } = problem;
}
