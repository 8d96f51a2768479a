namespace Kymo.Torch.Checkpoints;

/// <summary>A weights file that cannot be what it claims to be, or does not fit the network it is loaded into.</summary>
/// <param name="path">The file.</param>
/// <param name="problem">What was found, where (byte offset or tensor name) and what was expected.</param>
/// <param name="inner">The cause, if another error led here.</param>
public sealed class CheckpointException(string path, string problem, Exception? inner = null)
    : Exception($"{path}: {problem}", inner)
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;
}
