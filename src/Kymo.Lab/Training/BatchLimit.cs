namespace Kymo.Lab.Training;

/// <summary>A limit on batches as Lightning writes it: a number with a point is a share, a whole number a count.</summary>
public static class BatchLimit
{
    /// <summary>What is wrong with a limit, or null.</summary>
    public static string? Fault(object? limit) => limit switch
    {
        null or long and >= 1 => null,
        double and > 0 and <= 1 => null,
        0L or 0.0 => "nothing would be left; expected a share up to 1.0, or a whole number of batches from 1",
        _ => "expected a share above 0 up to 1.0, or a whole number of batches from 1",
    };

    /// <summary>How many of the batches are used; at least one.</summary>
    /// <param name="limit">Null for all, a share, or a count.</param>
    /// <param name="batches">Batches there are.</param>
    public static int Of(object? limit, int batches) => limit switch
    {
        long count => (int)Math.Min(count, batches),
        double share => Math.Clamp((int)(batches * share), 1, batches),
        _ => batches,
    };

    /// <summary>The first items, as many as the limit's batches hold.</summary>
    public static int[] First(object? limit, int[] items, int batchSize)
    {
        var batches = (items.Length + batchSize - 1) / batchSize;
        var used = Of(limit, batches);
        return used == batches ? items : items[..(used * batchSize)];
    }
}
