namespace Kymo.Testing;

/// <summary>
/// Workers that wait for each other, each on a thread of its own: the thread pool begins with as many threads as there are processors and adds two a
/// second, so workers of the pool may wait for one that has not begun.
/// </summary>
public static class Workers
{
    /// <summary>Runs a number of workers at once.</summary>
    /// <param name="count">How many.</param>
    /// <param name="work">What each does; told which it is, from 0.</param>
    /// <returns>Their results, in order.</returns>
    public static Task<T[]> Run<T>(int count, Func<int, T> work) => Task.WhenAll(Enumerable.Range(0, count).Select(worker => Begin(() => work(worker))));

    /// <summary>Runs a number of workers at once.</summary>
    public static Task Run(int count, Action<int> work) => Task.WhenAll(Enumerable.Range(0, count).Select(worker => Begin(() => work(worker))));

    /// <summary>Begins one worker.</summary>
    public static Task<T> Begin<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Begins one worker.</summary>
    public static Task Begin(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
