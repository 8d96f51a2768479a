using System.Runtime.InteropServices;

namespace Kymo.App;

/// <summary>Ctrl-C, SIGTERM and SIGUSR1 ask the work to stop at the next safe point; a second Ctrl-C leaves at once.</summary>
sealed class Interrupt : IDisposable
{
    const int Usr1 = 10;

    /// <summary>Whoever reads what is said may be stuck; leaving waits for that no longer.</summary>
    static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(200);

    readonly CancellationTokenSource _source = new();
    readonly List<PosixSignalRegistration> _registrations = [];
    readonly Terminal _terminal;
    int _asked;

    /// <summary>Listens from now on.</summary>
    public Interrupt(Terminal terminal)
    {
        _terminal = terminal;
        foreach (var signal in Signals())
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                var isFirst = Interlocked.Exchange(ref _asked, 1) == 0;
                if (!isFirst && signal == PosixSignal.SIGINT) Leave();
                context.Cancel = true;
                IsFromOutside |= signal != PosixSignal.SIGINT;
                if (isFirst) terminal.Note("stopping at the next safe point; Ctrl-C again leaves at once");
                _source.Cancel();
            }));
        }
    }

    /// <summary>Whether it was SIGTERM or SIGUSR1, as a scheduler sends, and not a person's Ctrl-C.</summary>
    public bool IsFromOutside { get; private set; }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    // Native threads are still at work: an orderly end would take the memory away under them. Nothing is cleaned up, as after a kill.
    void Leave()
    {
        Task.Run(() => _terminal.Note("left at once" + (_terminal.OpenRun is { } run ? $"; to go on from the last checkpoint, type the command again with --resume {run}" : "")))
            .Wait(s_lastWords);
        if (OperatingSystem.IsWindows()) Environment.Exit(ExitCode.Interrupted);
        else EndProcess(ExitCode.Interrupted);
    }

    static IEnumerable<PosixSignal> Signals() => OperatingSystem.IsLinux()
        ? [PosixSignal.SIGINT, PosixSignal.SIGTERM, (PosixSignal)Usr1]
        : [PosixSignal.SIGINT, PosixSignal.SIGTERM];

    [DllImport("libc", EntryPoint = "_exit")]
    static extern void EndProcess(int code);
}
