using System.Diagnostics;

namespace Kymo.Testing;

/// <summary>Waits for what must come, however slow or busy the machine is. The limit is for what never comes.</summary>
public static class Wait
{
    static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4), s_pause = TimeSpan.FromMilliseconds(30);

    /// <summary>The longest wait for one thing.</summary>
    public static TimeSpan Limit => s_limit;

    /// <summary>Waits until a condition holds; the test fails where it never does.</summary>
    /// <param name="condition">Looked at again and again.</param>
    /// <param name="what">What was waited for, in words.</param>
    /// <param name="state">What a failure tells besides.</param>
    /// <param name="limit">The longest wait; <see cref="Limit"/> where none is given.</param>
    public static void Until(Func<bool> condition, string what, Func<string>? state = null, TimeSpan? limit = null)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); Thread.Sleep(s_pause))
            if (clock.Elapsed > (limit ?? s_limit)) Fail(what, state, limit);
    }

    /// <summary>Waits until a condition holds, without a thread of its own.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, Func<string>? state = null, TimeSpan? limit = null)
    {
        for (var clock = Stopwatch.StartNew(); !await condition(); await Task.Delay(s_pause))
            if (clock.Elapsed > (limit ?? s_limit)) Fail(what, state, limit);
    }

    /// <summary>Waits for the end of a process; one that does not end is killed, and the test fails.</summary>
    public static void ForEnd(Process process, string what)
    {
        if (process.WaitForExit(s_limit)) return;
        process.Kill(entireProcessTree: true);
        Assert.Fail($"{what} did not end in {s_limit}");
    }

    static void Fail(string what, Func<string>? state, TimeSpan? limit) =>
        Assert.Fail($"waited {limit ?? s_limit} in vain: {what}{(state is null ? "" : "\n" + state())}");
}
