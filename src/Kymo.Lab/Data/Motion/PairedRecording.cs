namespace Kymo.Lab.Data.Motion;

/// <summary>A stretch of time with one activity, in frames of the recording's own clock; both ends belong to it.</summary>
/// <param name="Start">First frame.</param>
/// <param name="End">Last frame.</param>
/// <param name="Label">Index into the classes.</param>
public readonly record struct ActivitySpan(long Start, long End, int Label);

/// <summary>
/// One continuous recording of a movement (joint tracks, or another sensor) beside the signal it is to explain, both on one regular grid of rows.
/// </summary>
public sealed record PairedRecording
{
    /// <summary>Name within the dataset.</summary>
    public required string Id { get; init; }

    /// <summary>The person; never on two sides of a split.</summary>
    public required string Participant { get; init; }

    /// <summary>The movement, (channel, row): the axes of all joints, joint after joint within an axis.</summary>
    public required float[] Input { get; init; }

    /// <summary>The signal, (channel, row); empty where the dataset has none.</summary>
    public required float[] Target { get; init; }

    /// <summary>The class of each row.</summary>
    public required int[] Labels { get; init; }

    /// <summary>The row's frame on the clock of <see cref="Spans"/>; null where the labels are per row only.</summary>
    public double[]? Frames { get; init; }

    /// <summary>Labelled stretches in order; what lies between them is the last class. Null where the labels are per row only.</summary>
    public IReadOnlyList<ActivitySpan>? Spans { get; init; }

    /// <summary>The class between the <see cref="Spans"/>.</summary>
    public int RestLabel { get; init; }

    /// <summary>Rows that no window may touch; null for none.</summary>
    public bool[]? Masked { get; init; }

    /// <summary>Number of rows.</summary>
    public int Rows => Labels.Length;

    /// <summary>The recording with zeros at its end, and the last row's class there; as it is where it is long enough.</summary>
    /// <param name="rows">Rows that it has at least.</param>
    internal PairedRecording Lengthened(int rows)
    {
        if (Rows >= rows) return this;
        float[] WithZeros(float[] values)
        {
            var result = new float[values.Length / Rows * rows];
            for (var channel = 0; channel < values.Length / Rows; channel++) values.AsSpan(channel * Rows, Rows).CopyTo(result.AsSpan(channel * rows));
            return result;
        }
        return this with { Input = WithZeros(Input), Target = WithZeros(Target), Labels = [.. Labels, .. Enumerable.Repeat(Labels[^1], rows - Rows)] };
    }
}

/// <summary>What a reader of paired recordings finds.</summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Root">The folder it was read from.</param>
/// <param name="Licence">The licence its publisher states.</param>
/// <param name="Classes">Class names.</param>
/// <param name="RateHz">Rows a second.</param>
/// <param name="Axes">Axes of a joint.</param>
/// <param name="Joints">Joints of the movement.</param>
/// <param name="TargetChannels">Channels of the signal; the first three are the acceleration.</param>
/// <param name="Recordings">The recordings, in order.</param>
/// <param name="Exclusions">What was left out, and why.</param>
public sealed record PairedSet(
    string Name,
    string Root,
    string Licence,
    IReadOnlyList<string> Classes,
    double RateHz,
    int Axes,
    int Joints,
    int TargetChannels,
    IReadOnlyList<PairedRecording> Recordings,
    IReadOnlyList<Exclusion> Exclusions)
{
    /// <summary>The class between the labelled stretches (<c>non_activity</c>), or null where every row has a label of its own.</summary>
    public int? RestClass { get; init; }

    /// <summary>Mean and deviation that the reader took out of the signal; null where it took out none, or does not know them.</summary>
    public ChannelScale? TargetScale { get; init; }

    /// <summary>The recordings that <see cref="TargetScale"/> is of; null where the data do not say.</summary>
    public IReadOnlyList<string>? TargetScaleOf { get; init; }

    /// <summary>SHA-256 over the content of all files that were read; a run goes on, and is taken as it stands, on the same content only.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The people, in order.</summary>
    public IReadOnlyList<string> Participants => [.. Recordings.Select(recording => recording.Participant).Distinct().Order(StringComparer.Ordinal)];
}
