namespace Kymo.App.Searches;

/// <summary>
/// The tie between a worker, or the first process of a team, and the training it started: the training's standard input. When the worker
/// closes it, or ends in whatever way, the training stops at its next safe point and can be resumed.
/// </summary>
static class LifeLine
{
    /// <summary>Environment variable that tells a process to hold on to its standard input.</summary>
    public const string Variable = "KYMO_LIFELINE";

    /// <summary>A token that is cancelled with <paramref name="cancel"/>, and when the worker that started this process lets go.</summary>
    public static CancellationToken Hold(Terminal terminal, CancellationToken cancel)
    {
        if (terminal.Environment(Variable) is not { Length: > 0 } && !ProcessTeam.IsMember(terminal.Environment)) return cancel;
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        new Thread(() =>
        {
            while (Console.OpenStandardInput().ReadByte() >= 0)
            {
            }
            source.Cancel();
        })
        { IsBackground = true }.Start();
        return source.Token;
    }
}
