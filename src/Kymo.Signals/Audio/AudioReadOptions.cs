namespace Kymo.Signals.Audio;

/// <summary>What is accepted from a sound file. NaN and infinite samples never are.</summary>
public sealed record AudioReadOptions
{
    /// <summary>Whether a file that ends before its header says is read as far as it goes; an error by default.</summary>
    public bool AllowTruncated { get; init; }

    /// <summary>Whether a file may hold nothing but zeros; an error by default.</summary>
    public bool AllowSilence { get; init; }

    /// <summary>The most samples (frames times channels) that are read into memory; 2^28 by default, a gigabyte.</summary>
    public long MaxSamples { get; init; } = 1L << 28;

    /// <summary>The most channels; 64 by default.</summary>
    public int MaxChannels { get; init; } = 64;
}
