using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Kymo.Config;
using Kymo.Torch;

namespace Kymo.App;

/// <summary>
/// Several processes that train as one: <c>--nproc N</c> starts them on this machine, <c>srun</c> on any. Each batch is shared among them;
/// the first one writes the run.
/// </summary>
static class ProcessTeam
{
    const string RankVariable = "KYMO_RANK", SizeVariable = "KYMO_PROCESSES", MeetVariable = "KYMO_MEET";
    const int Terminate = 15;

    /// <summary>A call waits this long for the others; a process that is gone is noticed at once.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(30);

    /// <summary>The others have this long to end by themselves once one is lost.</summary>
    static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    /// <summary>Joins the team that this process was started in; null where it stands alone.</summary>
    /// <exception cref="TorchException">The others did not come.</exception>
    public static ProcessGroup? Join(Func<string, string?> environment)
    {
        if (Number(environment(RankVariable)) is { } rank && Number(environment(SizeVariable)) is { } size && environment(MeetVariable)?.Split(':') is [var host, var port])
            return ProcessGroup.Join(host, int.Parse(port, CultureInfo.InvariantCulture), rank, size, s_patience);
        // A step of srun: the first node of the step is where rank 0 listens, on a port made of the job's number.
        if (Number(environment("SLURM_STEP_NUM_TASKS")) is not (> 1 and { } tasks) || Number(environment("SLURM_PROCID")) is not { } number) return null;
        var meet = environment("SLURM_LAUNCH_NODE_IPADDR") is { Length: > 0 } address && Number(environment("SLURM_STEP_NUM_NODES")) is 1 or null ? address : FirstNode(environment("SLURM_STEP_NODELIST") ?? "127.0.0.1");
        return ProcessGroup.Join(meet, 20_000 + ((Number(environment("SLURM_JOB_ID")) ?? 0) % 20_000), number, tasks, s_patience);
    }

    /// <summary>Whether this process was started as one of a team.</summary>
    public static bool IsMember(Func<string, string?> environment) => Number(environment(RankVariable)) is not null;

    /// <summary>Starts this program several times and waits; when one is lost, ends the others and names it.</summary>
    /// <param name="size">Processes.</param>
    /// <param name="arguments">The command line, without <c>--nproc</c>.</param>
    /// <param name="terminal">Takes the message.</param>
    /// <param name="cancel">Passed on to every process as SIGTERM.</param>
    public static int Run(int size, IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancel)
    {
        if (OperatingSystem.IsWindows()) throw new ConfigException("--nproc needs Linux or macOS; train with one process here");
        var meet = $"127.0.0.1:{FreePort()}";
        var team = Enumerable.Range(0, size).Select(rank => Start(rank, size, meet, arguments)).ToArray();
        var errors = team.Skip(1).Select(process => process.StandardError.ReadToEndAsync(CancellationToken.None)).ToArray();
        foreach (var process in team.Skip(1)) process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        using var passOn = cancel.Register(() =>
        {
            foreach (var process in team.Where(process => !process.HasExited)) _ = Signal(process.Id, Terminate);
        });
        var exits = team.Select(process => process.WaitForExitAsync(CancellationToken.None)).ToArray();
        var failed = -1;
        for (var left = exits.ToList(); left.Count > 0 && failed < 0;)
        {
            var ended = Task.WhenAny(left).GetAwaiter().GetResult();
            left.Remove(ended);
            if (team[Array.IndexOf(exits, ended)].ExitCode != 0) failed = Array.IndexOf(exits, ended);
        }
        if (failed >= 0)
        {
            // The one that was killed, where there is one; the others end because of it, and those that take too long are killed here.
            Task.WhenAll(exits).Wait(s_grace, CancellationToken.None);
            int[] ended = [.. Enumerable.Range(0, size).Where(rank => exits[rank].IsCompleted)];
            foreach (var process in team.Where(process => !process.HasExited)) process.Kill();
            Task.WhenAll(exits).GetAwaiter().GetResult();
            failed = ended.FirstOrDefault(rank => team[rank].ExitCode > 128 && team[rank].ExitCode != ExitCode.Interrupted, failed);
            return Explain(team, failed, failed > 0 ? errors[failed - 1].GetAwaiter().GetResult() : "", terminal);
        }
        return ExitCode.Done;
    }

    static int Explain(Process[] team, int failed, string said, Terminal terminal)
    {
        var code = team[failed].ExitCode;
        if (code == ExitCode.Interrupted) return code;
        if (code > 128)
        {
            terminal.Note($"kymo: process {failed} of {team.Length} (pid {team[failed].Id}) was killed by signal {code - 128}; the others were ended. "
                + "To go on, type the command again with --resume last; another --nproc will do");
            return ExitCode.Failed;
        }
        if (failed > 0) terminal.Note($"process {failed} of {team.Length} (pid {team[failed].Id}) ended with {code}: {said.Trim().Split('\n')[^1]}");
        return code;
    }

    static Process Start(int rank, int size, string meet, IReadOnlyList<string> arguments)
    {
        // Nothing is ever said to a process of the team: its input ends when this process does, however that happens (LifeLine).
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardError = rank > 0, RedirectStandardOutput = rank > 0 };
        start.Environment[RankVariable] = rank.ToString(CultureInfo.InvariantCulture);
        start.Environment[SizeVariable] = size.ToString(CultureInfo.InvariantCulture);
        start.Environment[MeetVariable] = meet;
        start.Environment["DOTNET_PROCESSOR_COUNT"] = Math.Max(1, Environment.ProcessorCount / size).ToString(CultureInfo.InvariantCulture);
        return Process.Start(start) ?? throw new IOException("the program could not start itself");
    }

    // Below the ports that systems give to whoever asks for any, so that nobody is given it before the first process listens.
    static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there: another.
            }
        }
    }

    // node[03-05,9] begins with node03.
    static string FirstNode(string list)
    {
        var bracket = list.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0 ? list.Split(',')[0] : list[..bracket] + list[(bracket + 1)..].Split(',', '-', ']')[0];
    }

    static int? Number(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    [DllImport("libc", EntryPoint = "kill")]
    static extern int Signal(int process, int signal);
}
