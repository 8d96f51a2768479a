using System.Runtime.InteropServices;

namespace Kymo.App;

/// <summary>Ctrl-C, SIGTERM and SIGUSR1 ask the work to stop at the next safe point; a second Ctrl-C leaves at once.</summary>
sealed class Interrupt : IDisposable
{
    const int Usr1 = 10;

    readonly CancellationTokenSource _source = new();
    readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Listens from now on.</summary>
    public Interrupt(Terminal terminal)
    {
        foreach (var signal in Signals())
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                if (_source.IsCancellationRequested && signal == PosixSignal.SIGINT) Environment.Exit(ExitCode.Interrupted);
                context.Cancel = true;
                IsFromOutside |= signal != PosixSignal.SIGINT;
                terminal.Note("stopping at the next safe point; Ctrl-C again leaves at once");
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

    static IEnumerable<PosixSignal> Signals() => OperatingSystem.IsLinux()
        ? [PosixSignal.SIGINT, PosixSignal.SIGTERM, (PosixSignal)Usr1]
        : [PosixSignal.SIGINT, PosixSignal.SIGTERM];
}
