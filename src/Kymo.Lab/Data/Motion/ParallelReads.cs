using System.Runtime.ExceptionServices;

namespace Kymo.Lab.Data.Motion;

/// <summary>Reads many files at once; where several are damaged, the first of them is told.</summary>
static class ParallelReads
{
    /// <summary>Runs an action for every number below a count.</summary>
    public static void For(int count, Action<int> read)
    {
        var faults = new ExceptionDispatchInfo?[count];
        Parallel.For(0, count, i =>
        {
            try
            {
                read(i);
            }
            catch (Exception error) when (error is Signals.DataException or Config.ConfigException)
            {
                faults[i] = ExceptionDispatchInfo.Capture(error);
            }
        });
        faults.FirstOrDefault(fault => fault is not null)?.Throw();
    }
}
