namespace Kymo.Signals;

/// <summary>Data that cannot be used as they are: the file, where in it, and what was expected. The program ends with 3.</summary>
/// <param name="path">The file or folder.</param>
/// <param name="problem">What was found, where (line or byte offset) and what was expected.</param>
/// <param name="inner">The cause, if another error led here.</param>
public sealed class DataException(string path, string problem, Exception? inner = null)
    : Exception($"{path}: {problem}", inner)
{
    /// <summary>The file or folder.</summary>
    public string Path { get; } = path;

    /// <summary>What was found, where, and what was expected, without the path.</summary>
    public string Problem { get; } = problem;
}
