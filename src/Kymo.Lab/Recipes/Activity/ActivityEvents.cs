using Kymo.Lab.Data.Motion;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>A stretch of one activity within a recording, in seconds.</summary>
readonly record struct ActivityEvent(string Recording, double Start, double End, int Label);

/// <summary>How well stretches were found.</summary>
/// <param name="True">Stretches that there are.</param>
/// <param name="Found">Stretches that were named.</param>
/// <param name="Matched">Of both, those that go together.</param>
sealed record EventScores(int True, int Found, int Matched)
{
    /// <summary>Share of named stretches that are right.</summary>
    public double Precision => Found > 0 ? Matched / (double)Found : double.NaN;

    /// <summary>Share of stretches that were found.</summary>
    public double Recall => True > 0 ? Matched / (double)True : double.NaN;

    /// <summary>Their harmonic mean.</summary>
    public double F1 => True + Found > 0 ? 2.0 * Matched / (True + Found) : double.NaN;
}

/// <summary>What a listener to a continuous recording gets.</summary>
/// <param name="MedianLatency">Seconds from a stretch's start to the first of three equal, right decisions; not a number where none came.</param>
/// <param name="Missed">Stretches in which no such decisions came.</param>
/// <param name="FalseAlarmsPerHour">Alarms in each hour of rest; not a number without rest.</param>
sealed record StreamingScores(double MedianLatency, int Missed, double FalseAlarmsPerHour);

/// <summary>From decisions on windows to stretches of activity.</summary>
static class ActivityEvents
{
    const int Agreeing = 3;
    const double CloseSeconds = 1, Overlap = 0.5;

    /// <summary>Stretches by the labels of the rows; those of rest are left out.</summary>
    public static List<ActivityEvent> True(IEnumerable<PairedRecording> recordings, double rateHz, int? rest) =>
        [.. recordings.SelectMany(recording => Runs(recording.Labels).Where(run => run.Label != rest)
            .Select(run => new ActivityEvent(recording.Id, run.Start / rateHz, run.End / rateHz, run.Label)))];

    /// <summary>Stretches by decisions: a majority of three neighbours, then equal neighbours with less than a second between them are one.</summary>
    /// <param name="windows">Windows of continuous recordings; none is left out but those that touch a gap, beyond which neighbours are none.</param>
    /// <param name="decisions">The class of each.</param>
    /// <param name="length">Rows of a window.</param>
    /// <param name="stride">Rows from one window to the next.</param>
    /// <param name="rateHz">Rows a second.</param>
    /// <param name="rest">The class that is no activity; null for none.</param>
    public static List<ActivityEvent> Found(IReadOnlyList<MotionWindow> windows, IReadOnlyList<int> decisions, int length, int stride, double rateHz, int? rest)
    {
        var events = new List<ActivityEvent>();
        foreach (var (recording, all) in ByRecording(windows))
        {
            // A window speaks for its middle; a run reaches half a step beyond its first and last one.
            var half = (all.Length > 1 ? stride : length) / 2.0 / rateHz;
            var mine = new List<ActivityEvent>();
            foreach (var indices in Unbroken(windows, all, stride))
            {
                int[] smooth = [.. indices.Select((_, i) => Majority([.. Enumerable.Range(i - 1, 3).Where(j => j >= 0 && j < indices.Length).Select(j => decisions[indices[j]])], decisions[indices[i]]))];
                foreach (var run in Runs(smooth))
                {
                    if (run.Label == rest) continue;
                    double Middle(int i) => (windows[indices[i]].Start + (length / 2.0)) / rateHz;
                    var next = new ActivityEvent(recording.Id, Middle(run.Start) - half, Middle(run.End - 1) + half, run.Label);
                    if (mine.Count > 0 && mine[^1].Label == next.Label && next.Start - mine[^1].End < CloseSeconds) mine[^1] = mine[^1] with { End = next.End };
                    else mine.Add(next);
                }
            }
            events.AddRange(mine);
        }
        return events;
    }

    /// <summary>Pairs stretches of one class that share at least half of their union, best first, each once.</summary>
    public static EventScores Match(IReadOnlyList<ActivityEvent> truth, IReadOnlyList<ActivityEvent> found)
    {
        var byRecording = found.Select((item, i) => (item, i)).ToLookup(entry => entry.item.Recording);
        var pairs = truth.SelectMany((item, t) => byRecording[item.Recording].Where(entry => entry.item.Label == item.Label)
            .Select(entry => (t, f: entry.i, Share: Shared(item, entry.item)))).Where(pair => pair.Share >= Overlap).OrderByDescending(pair => pair.Share).ThenBy(pair => pair.t);
        var (usedTrue, usedFound) = (new HashSet<int>(), new HashSet<int>());
        foreach (var (t, f, _) in pairs)
            if (!usedTrue.Contains(t) && !usedFound.Contains(f) && usedTrue.Add(t)) usedFound.Add(f);
        return new EventScores(truth.Count, found.Count, usedTrue.Count);
    }

    /// <summary>Decisions one after the other, each at the end of its window; those on two sides of a gap do not follow each other.</summary>
    /// <inheritdoc cref="Found"/>
    public static StreamingScores Stream(IReadOnlyList<MotionWindow> windows, IReadOnlyList<int> decisions, int length, int stride, double rateHz, int? rest)
    {
        var (latencies, missed, alarms, restSeconds) = (new List<double>(), 0, 0, 0.0);
        foreach (var (recording, indices) in ByRecording(windows))
        {
            foreach (var run in Runs(recording.Labels))
            {
                if (run.Label == rest)
                {
                    restSeconds += (run.End - run.Start) / rateHz;
                    continue;
                }
                var heard = indices.Where(i => windows[i].Start + length > run.Start && windows[i].Start + length <= run.End + length).ToArray();
                var first = Enumerable.Range(0, heard.Length).FirstOrDefault(i => Follow(heard, i) && Enumerable.Range(i, Agreeing).All(j => decisions[heard[j]] == run.Label), -1);
                if (first < 0) missed++;
                else latencies.Add((windows[heard[first]].Start + length - run.Start) / rateHz);
            }
            var calling = -1;
            for (var i = 0; i + Agreeing <= indices.Length && rest is not null; i++)
            {
                var label = decisions[indices[i]];
                var agrees = Follow(indices, i) && Enumerable.Range(i, Agreeing).All(j => decisions[indices[j]] == label && recording.Labels[windows[indices[j]].Start + (length / 2)] == rest);
                if (agrees && label != rest && label != calling) alarms++;
                calling = agrees ? label : -1;
            }
        }
        latencies.Sort();
        return new StreamingScores(BootstrapInterval.Percentile([.. latencies], 0.5), missed, restSeconds > 0 ? alarms / (restSeconds / 3600) : double.NaN);

        bool Follow(int[] indices, int i) => i + Agreeing <= indices.Length && windows[indices[i + Agreeing - 1]].Start - windows[indices[i]].Start <= (Agreeing - 1) * stride;
    }

    static IEnumerable<(PairedRecording Recording, int[] Indices)> ByRecording(IReadOnlyList<MotionWindow> windows) =>
        Enumerable.Range(0, windows.Count).GroupBy(i => windows[i].Recording).Select(group => (group.Key, group.OrderBy(i => windows[i].Start).ToArray()));

    // Windows that follow each other in time, up to the next gap.
    static IEnumerable<int[]> Unbroken(IReadOnlyList<MotionWindow> windows, int[] indices, int stride)
    {
        var from = 0;
        for (var i = 1; i <= indices.Length; i++)
        {
            if (i < indices.Length && windows[indices[i]].Start - windows[indices[i - 1]].Start <= stride) continue;
            yield return indices[from..i];
            from = i;
        }
    }

    static IEnumerable<(int Start, int End, int Label)> Runs(int[] labels)
    {
        var start = 0;
        for (var i = 1; i <= labels.Length; i++)
        {
            if (i < labels.Length && labels[i] == labels[start]) continue;
            if (i > start) yield return (start, i, labels[start]);
            start = i;
        }
    }

    static int Majority(int[] votes, int own) => votes.CountBy(vote => vote).FirstOrDefault(count => 2 * count.Value > votes.Length, KeyValuePair.Create(own, 0)).Key;

    static double Shared(ActivityEvent a, ActivityEvent b)
    {
        var common = Math.Min(a.End, b.End) - Math.Max(a.Start, b.Start);
        return common <= 0 ? 0 : common / (Math.Max(a.End, b.End) - Math.Min(a.Start, b.Start));
    }
}
