namespace Kymo.Onnx;

/// <summary>What stands at both ends of the signal so that frame i is centred at sample i · hop.</summary>
public enum SignalPadding
{
    /// <summary>Nothing: frame i begins at sample i · hop.</summary>
    None,

    /// <summary>n_fft/2 zeros (librosa 0.10 and newer).</summary>
    Zeros,

    /// <summary>n_fft/2 mirrored samples (torchaudio, older librosa).</summary>
    Reflect,
}

/// <summary>How mel energies become the numbers a network sees.</summary>
public enum LogScale
{
    /// <summary>Energies as they are.</summary>
    None,

    /// <summary>ln max(floor, S).</summary>
    Natural,

    /// <summary>10 · log10 max(floor, S), held above the clip's maximum less <see cref="LogMelOptions.TopDecibels"/>.</summary>
    Decibels,

    /// <summary>The same, relative to the clip's maximum: librosa's <c>power_to_db(ref=np.max)</c>, from -80 to 0.</summary>
    DecibelsOfMaximum,
}

/// <summary>The plain numbers of a log-mel spectrogram, to be put in front of a network. They come from the feature code used in training.</summary>
public sealed record LogMelOptions
{
    /// <summary>Samples per transform; even.</summary>
    public required int NFft { get; init; }

    /// <summary>Samples from frame to frame.</summary>
    public required int HopLength { get; init; }

    /// <summary>The analysis window, at most <see cref="NFft"/> long; a shorter one stands in the middle of the frame.</summary>
    public required ReadOnlyMemory<float> Window { get; init; }

    /// <summary>Mel weights (mel, n_fft/2 + 1), row-major.</summary>
    public required ReadOnlyMemory<float> MelMatrix { get; init; }

    /// <summary>What stands at both ends. Default zeros.</summary>
    public SignalPadding Padding { get; init; } = SignalPadding.Zeros;

    /// <summary>Whether |X|² is taken (true, the default) or |X|.</summary>
    public bool Power { get; init; } = true;

    /// <summary>The last step. Default decibels relative to the clip's maximum.</summary>
    public LogScale Scale { get; init; } = LogScale.DecibelsOfMaximum;

    /// <summary>The smallest energy the logarithm sees. Default 1e-10.</summary>
    public float Floor { get; init; } = 1e-10f;

    /// <summary>How far below the clip's maximum decibels may lie. Default 80.</summary>
    public float TopDecibels { get; init; } = 80;

    /// <summary>
    /// Whether ONNX's <c>STFT</c> operator is used (a small file) instead of a product with constant sine and cosine tables (any runtime,
    /// 4 · window · (n_fft + 2) bytes). Default false.
    /// </summary>
    public bool WithOperator { get; init; }

    /// <summary>n_fft/2 + 1.</summary>
    internal int Bins => NFft / 2 + 1;

    internal int Mels => MelMatrix.Length / Bins;

    internal void Validate()
    {
        List<string> faults = [];
        if (NFft < 2 || NFft % 2 != 0) faults.Add($"n_fft is {NFft}, an even number from 2 is needed");
        if (HopLength < 1) faults.Add($"the hop is {HopLength}, at least 1 is needed");
        if (Window.Length < 1 || Window.Length > NFft) faults.Add($"the window has {Window.Length} samples, 1 to {NFft} are allowed");
        if (NFft >= 2 && (MelMatrix.Length == 0 || MelMatrix.Length % Bins != 0))
            faults.Add($"the mel matrix has {MelMatrix.Length} weights, a multiple of {Bins} is needed");
        if (!(Floor > 0)) faults.Add($"the floor is {Floor}, more than 0 is needed");
        if (!(TopDecibels > 0)) faults.Add($"the range is {TopDecibels} dB, more than 0 is needed");
        if (faults.Count > 0) throw new OnnxException("log-mel front end: " + string.Join("; ", faults));
    }
}
