namespace Kymo.Torch;

/// <summary>LibTorch refused a call, is not there, or a tensor was used after it was given back.</summary>
/// <param name="message">What was wrong.</param>
/// <param name="inner">The cause, if another error led here.</param>
public sealed class TorchException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True when the device had no memory left; a smaller batch may do.</summary>
    public bool IsOutOfMemory { get; init; }
}
