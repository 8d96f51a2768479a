namespace Kymo.Lab.Data;

/// <summary>Copies the spectrogram of one recording of a set, (mel, frame) in dB.</summary>
/// <param name="index">Index of the recording.</param>
/// <param name="destination">Receives it.</param>
public delegate void SpectrogramReader(int index, Span<float> destination);

/// <summary>The cached spectrograms of a dataset as a network sees them: standardised, read when they are needed.</summary>
/// <param name="set">The recordings.</param>
/// <param name="bands">Mel bands.</param>
/// <param name="frames">Frames.</param>
/// <param name="read">Reads one of them.</param>
public sealed class SpectrogramExamples(RecordingSet set, int bands, int frames, SpectrogramReader read)
{
    /// <summary>The spectrograms of Kymo's own cache.</summary>
    public SpectrogramExamples(RecordingSet set, FeatureCache cache)
        : this(set, cache.Index.Rows, cache.Index.Columns, (index, destination) => cache.CopyTo(set.Recordings[index].Id, destination))
    {
    }

    /// <summary>The recordings.</summary>
    public RecordingSet Set { get; } = set;

    /// <summary>Mel bands.</summary>
    public int Bands { get; } = bands;

    /// <summary>Frames.</summary>
    public int Frames { get; } = frames;

    /// <summary>Numbers of one spectrogram.</summary>
    public int Length => Bands * Frames;

    /// <summary>Copies one spectrogram as it was extracted, in dB.</summary>
    /// <param name="index">Index of the recording.</param>
    /// <param name="destination">Receives (mel, frame).</param>
    public void CopyTo(int index, Span<float> destination) => read(index, destination);

    /// <summary>Fills a batch.</summary>
    /// <param name="indices">Indices of the recordings.</param>
    /// <param name="standardizer">Scales each spectrogram.</param>
    /// <param name="batch">Receives (batch, mel, frame).</param>
    public void Fill(ReadOnlySpan<int> indices, Standardizer standardizer, Span<float> batch)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            var item = batch.Slice(i * Length, Length);
            CopyTo(indices[i], item);
            standardizer.Apply(item);
        }
    }

    /// <summary>Mean and deviation of each band over some recordings.</summary>
    public Standardizer Fit(int[] indices) =>
        Standardizer.Fit(indices.Length, Bands, Frames, (i, item) => CopyTo(indices[i], item.Span));

    /// <summary>The labels of some recordings.</summary>
    public int[] Labels(IEnumerable<int> indices) => [.. indices.Select(index => Set.Recordings[index].Label)];
}
