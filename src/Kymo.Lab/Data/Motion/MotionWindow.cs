namespace Kymo.Lab.Data.Motion;

/// <summary>A window of a recording: a view, nothing is copied until a batch is filled.</summary>
/// <param name="Recording">The recording.</param>
/// <param name="Start">Its first row.</param>
/// <param name="Label">Its class.</param>
/// <param name="Pure">Whether every row has that class.</param>
public readonly record struct MotionWindow(PairedRecording Recording, int Start, int Label, bool Pure)
{
    /// <summary>Name for tables: person/recording:row.</summary>
    public string Id => $"{Recording.Participant}/{Recording.Id}:{Start}";

    /// <summary>One channel of the movement.</summary>
    public ReadOnlySpan<float> Input(int channel, int length) => Recording.Input.AsSpan((channel * Recording.Rows) + Start, length);

    /// <summary>One channel of the signal.</summary>
    public ReadOnlySpan<float> Target(int channel, int length) => Recording.Target.AsSpan((channel * Recording.Rows) + Start, length);
}

/// <summary>Which row decides a window's class.</summary>
public enum LabelRule
{
    /// <summary>The middle one.</summary>
    Middle,

    /// <summary>The class of most rows; the smaller of equals.</summary>
    Majority,

    /// <summary>The class of all rows; windows of several classes are left out and counted.</summary>
    Pure,
}

/// <summary>How recordings are cut.</summary>
/// <param name="Length">Rows of a window.</param>
/// <param name="Stride">Rows from one window to the next.</param>
/// <param name="Rule">Which row decides the class.</param>
/// <param name="OriginalCount">The original's count, one window fewer than fit (<c>compat.windows</c>).</param>
public sealed record WindowOptions(int Length, int Stride, LabelRule Rule = LabelRule.Middle, bool OriginalCount = false)
{
    /// <summary>Rows from a time: at least one, halves to even, as Python rounds; null gives one.</summary>
    public static int StrideRows(double? seconds, double rateHz) =>
        seconds is { } given ? Math.Max(1, (int)Math.Round(given * rateHz, MidpointRounding.ToEven)) : 1;
}

/// <summary>The windows of some recordings, and how many were left out.</summary>
/// <param name="Windows">The windows, recording after recording.</param>
/// <param name="Mixed">Windows of several classes that <see cref="LabelRule.Pure"/> left out.</param>
/// <param name="Masked">Windows that touch a gap.</param>
/// <param name="Short">Recordings shorter than one window.</param>
public sealed record WindowCut(IReadOnlyList<MotionWindow> Windows, int Mixed, int Masked, int Short);

/// <summary>Cuts recordings into windows.</summary>
public static class MotionWindows
{
    /// <summary>Cuts.</summary>
    public static WindowCut Cut(IEnumerable<PairedRecording> recordings, WindowOptions options)
    {
        var windows = new List<MotionWindow>();
        var (mixed, masked, tooShort) = (0, 0, 0);
        foreach (var recording in recordings)
        {
            var count = Count(recording.Rows, options);
            if (count == 0) tooShort++;
            var runs = SameUntil(recording.Labels);
            var gaps = Sums(recording.Masked);
            for (var i = 0; i < count; i++)
            {
                var start = i * options.Stride;
                if (gaps is not null && gaps[start + options.Length] > gaps[start])
                {
                    masked++;
                    continue;
                }
                var pure = runs[start] >= start + options.Length;
                if (options.Rule == LabelRule.Pure && !pure)
                {
                    mixed++;
                    continue;
                }
                var label = options.Rule == LabelRule.Majority ? Majority(recording.Labels.AsSpan(start, options.Length)) : Middle(recording, start, options.Length);
                windows.Add(new MotionWindow(recording, start, label, pure));
            }
        }
        return new WindowCut(windows, mixed, masked, tooShort);
    }

    /// <summary>Windows of a recording of so many rows.</summary>
    public static int Count(int rows, WindowOptions options) =>
        options.OriginalCount ? (rows <= options.Length ? 0 : (rows - options.Length) / options.Stride)
        : rows < options.Length ? 0 : ((rows - options.Length) / options.Stride) + 1;

    // With a clock of frames: the middle of the first row's frame and that of the row behind the window, which may not be there.
    static int Middle(PairedRecording recording, int start, int length)
    {
        if (recording.Frames is not { } frames || recording.Spans is not { } spans) return recording.Labels[start + (length / 2)];
        var first = frames[start];
        var behind = start + length < frames.Length ? frames[start + length] : frames[start + length - 1] + 1;
        return SpanAt(spans, (long)Math.Truncate(first + (0.5 * (behind - first))))?.Label ?? recording.RestLabel;
    }

    /// <summary>The labelled stretch that holds a frame, or null.</summary>
    public static ActivitySpan? SpanAt(IReadOnlyList<ActivitySpan> spans, long frame)
    {
        var (low, high) = (0, spans.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (spans[middle].Start <= frame) low = middle + 1;
            else high = middle;
        }
        return low > 0 && frame <= spans[low - 1].End ? spans[low - 1] : null;
    }

    // For each row, the first row behind it with another class.
    static int[] SameUntil(int[] labels)
    {
        var until = new int[labels.Length];
        for (var i = labels.Length - 1; i >= 0; i--) until[i] = i + 1 < labels.Length && labels[i + 1] == labels[i] ? until[i + 1] : i + 1;
        return until;
    }

    static int[]? Sums(bool[]? masked)
    {
        if (masked is null) return null;
        var sums = new int[masked.Length + 1];
        for (var i = 0; i < masked.Length; i++) sums[i + 1] = sums[i] + (masked[i] ? 1 : 0);
        return sums;
    }

    static int Majority(ReadOnlySpan<int> labels)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var label in labels) counts[label]++;
        var best = 0;
        for (var i = 1; i < counts.Length; i++)
            if (counts[i] > counts[best]) best = i;
        return best;
    }
}
