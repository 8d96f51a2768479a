namespace Kymo.Lab.Data.Sleep;

/// <summary>
/// The row of a sorted stream that is nearest to a time, as pandas' <c>merge_asof(direction="nearest")</c> finds it: the tolerance is
/// inclusive; of an earlier and a later row equally far the earlier; of rows of one time the last where they are not later, else the first.
/// </summary>
public static class NearestJoin
{
    /// <summary>The row for each time, -1 where none is near enough.</summary>
    /// <param name="times">What is asked for, ascending.</param>
    /// <param name="rows">The stream's times, ascending.</param>
    /// <param name="tolerance">Largest distance, seconds.</param>
    public static int[] Find(ReadOnlySpan<double> times, ReadOnlySpan<double> rows, double tolerance)
    {
        var found = new int[times.Length];
        var (notLater, first) = (0, 0);
        for (var i = 0; i < times.Length; i++)
        {
            var time = times[i];
            while (notLater < rows.Length && rows[notLater] <= time) notLater++;
            while (first < rows.Length && rows[first] < time) first++;
            var (back, ahead) = (notLater - 1, first < rows.Length ? first : -1);
            if (back >= 0 && time - rows[back] > tolerance) back = -1;
            if (ahead >= 0 && rows[ahead] - time > tolerance) ahead = -1;
            found[i] = back < 0 ? ahead : ahead < 0 || time - rows[back] <= rows[ahead] - time ? back : ahead;
        }
        return found;
    }
}
