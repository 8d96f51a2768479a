namespace Kymo.Lab.Data.Motion;

/// <summary>Mean and deviation of every channel.</summary>
/// <param name="Mean">Mean of each channel.</param>
/// <param name="Deviation">Deviation of each channel, above 0.</param>
public sealed record ChannelScale(float[] Mean, float[] Deviation)
{
    /// <summary>No change.</summary>
    public static ChannelScale None(int channels) => new(new float[channels], [.. Enumerable.Repeat(1f, channels)]);

    /// <summary>Mean and deviation over all rows of some recordings.</summary>
    /// <param name="recordings">Training recordings.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="values">Takes (channel, row) out of a recording.</param>
    public static ChannelScale Of(IEnumerable<PairedRecording> recordings, int channels, Func<PairedRecording, float[]> values)
    {
        var (sums, squares, count) = (new double[channels], new double[channels], 0L);
        foreach (var recording in recordings)
        {
            count += recording.Rows;
            for (var channel = 0; channel < channels; channel++)
                foreach (var value in values(recording).AsSpan(channel * recording.Rows, recording.Rows))
                {
                    sums[channel] += value;
                    squares[channel] += (double)value * value;
                }
        }
        var mean = sums.Select(sum => sum / count).ToArray();
        return new ChannelScale([.. mean.Select(value => (float)value)],
            [.. squares.Select((square, i) => (float)Math.Sqrt(Math.Max((square / count) - (mean[i] * mean[i]), 1e-12)))]);
    }

    /// <summary>Standardises (channel, row) into a new array.</summary>
    public float[] Apply(float[] values)
    {
        var rows = values.Length / Mean.Length;
        var result = new float[values.Length];
        for (var channel = 0; channel < Mean.Length; channel++)
            for (var row = 0; row < rows; row++)
                result[(channel * rows) + row] = (values[(channel * rows) + row] - Mean[channel]) / Deviation[channel];
        return result;
    }

    /// <summary>Puts standardised (channel, row) back, into a new array.</summary>
    public float[] Undo(float[] values)
    {
        var rows = values.Length / Mean.Length;
        var result = new float[values.Length];
        for (var channel = 0; channel < Mean.Length; channel++)
            for (var row = 0; row < rows; row++)
                result[(channel * rows) + row] = (values[(channel * rows) + row] * Deviation[channel]) + Mean[channel];
        return result;
    }
}
