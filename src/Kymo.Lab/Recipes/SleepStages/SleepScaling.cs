namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>
/// What rows are scaled by: the training people's pooled mean and deviation, or each recording's own. Epoch rows are always scaled by the
/// pooled ones, as their heart-rate columns are scaled by the night before.
/// </summary>
/// <param name="Mean">Pooled mean of each column.</param>
/// <param name="Deviation">Pooled deviation; 1 where a column never changes.</param>
/// <param name="Rows">Rows it was measured on.</param>
/// <param name="PerRecording">Whether a recording that is long enough is scaled by its own numbers.</param>
sealed record SleepScaling(float[] Mean, float[] Deviation, long Rows, bool PerRecording)
{
    /// <summary>Measures the pooled numbers.</summary>
    /// <param name="nights">The nights.</param>
    /// <param name="people">Indices of those measured.</param>
    /// <param name="perRecording">Whether recordings are scaled by their own numbers.</param>
    public static SleepScaling Of(SleepNights nights, int[] people, bool perRecording)
    {
        var columns = nights.Columns;
        var (sum, squares, rows) = (new double[columns], new double[columns], 0L);
        foreach (var night in people.Select(index => nights.Nights[index]))
        {
            rows += night.Count;
            for (var i = 0; i < night.Values.Length; i++) sum[i % columns] += night.Values[i];
        }
        var mean = Array.ConvertAll(sum, total => total / rows);
        foreach (var night in people.Select(index => nights.Nights[index]))
            for (var i = 0; i < night.Values.Length; i++) squares[i % columns] += (night.Values[i] - mean[i % columns]) * (night.Values[i] - mean[i % columns]);
        return new SleepScaling(
            Array.ConvertAll(mean, value => (float)value),
            Array.ConvertAll(squares, total => Math.Sqrt(total / rows) is > 1e-6 and var deviation ? (float)deviation : 1f), rows, perRecording);
    }

    /// <summary>Scales rows.</summary>
    /// <param name="night">The recording they are of.</param>
    /// <param name="rows">(row, feature), raw.</param>
    /// <param name="scaled">Takes the result.</param>
    public void Apply(NightRows night, ReadOnlySpan<float> rows, Span<float> scaled)
    {
        var columns = Mean.Length;
        for (var c = 0; c < columns; c++)
        {
            var (mean, factor) = PerRecording ? (night.Mean[c], 1 / night.Deviation[c]) : (Mean[c], 1.0 / Deviation[c]);
            for (var i = c; i < rows.Length; i += columns) scaled[i] = (float)((rows[i] - mean) * factor);
        }
    }
}
