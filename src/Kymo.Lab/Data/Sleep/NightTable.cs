namespace Kymo.Lab.Data.Sleep;

/// <summary>A person's night on one timeline, complete rows only.</summary>
/// <param name="Id">The person.</param>
/// <param name="Features">Names of the columns.</param>
/// <param name="Times">Time of each row, seconds from the start of the polysomnography, ascending.</param>
/// <param name="Values">(row, feature), row-major.</param>
/// <param name="Stages">
/// What was scored at each row: a class of five, or <see cref="SleepStage.Unscored"/>. Under the original's rules a code instead.
/// </param>
/// <param name="Dropped">Rows of the timeline that are incomplete, by the stream that is missing.</param>
public sealed record NightTable(
    string Id, IReadOnlyList<string> Features, double[] Times, double[] Values, int[] Stages, IReadOnlyDictionary<string, int> Dropped)
{
    /// <summary>Number of rows.</summary>
    public int Count => Times.Length;

    /// <summary>One row.</summary>
    public ReadOnlySpan<double> this[int row] => Values.AsSpan(row * Features.Count, Features.Count);
}

/// <summary>The four streams of a night.</summary>
/// <param name="Id">The person.</param>
/// <param name="HeartRate">Beats a minute.</param>
/// <param name="Motion">x, y, z in g.</param>
/// <param name="Steps">Steps of each bin.</param>
/// <param name="Labels">Stage codes of epochs.</param>
public sealed record NightStreams(string Id, SensorSeries HeartRate, SensorSeries Motion, SensorSeries Steps, SensorSeries Labels)
{
    /// <summary>In the order in which failures list them.</summary>
    public IReadOnlyList<(StreamKind Kind, SensorSeries Series)> All =>
        [(StreamKind.HeartRate, HeartRate), (StreamKind.Motion, Motion), (StreamKind.Steps, Steps), (StreamKind.Labels, Labels)];
}
