namespace Kymo.Lab.Data;

/// <summary>The cached spectrograms of a dataset as a network sees them: standardised, read when they are needed.</summary>
/// <param name="set">The recordings.</param>
/// <param name="cache">Their features.</param>
public sealed class SpectrogramExamples(RecordingSet set, FeatureCache cache)
{
    /// <summary>The recordings.</summary>
    public RecordingSet Set { get; } = set;

    /// <summary>Mel bands.</summary>
    public int Bands => cache.Index.Rows;

    /// <summary>Frames.</summary>
    public int Frames => cache.Index.Columns;

    /// <summary>Numbers of one spectrogram.</summary>
    public int Length => cache.ItemLength;

    /// <summary>Copies one spectrogram as it was extracted, in dB.</summary>
    /// <param name="index">Index of the recording.</param>
    /// <param name="destination">Receives (mel, frame).</param>
    public void CopyTo(int index, Span<float> destination) => cache.CopyTo(Set.Recordings[index].Id, destination);

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
