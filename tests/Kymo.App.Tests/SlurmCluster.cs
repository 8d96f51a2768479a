using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;

namespace Kymo.App.Tests;

/// <summary>
/// A SLURM of one node on loopback (munged, slurmctld, slurmd), started for a class of tests in a folder of its own. Tests are skipped,
/// with the reason, where it is not installed or does not come up.
/// </summary>
public sealed class SlurmCluster : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    readonly TempFolder _folder = new();
    readonly List<Process> _daemons = [];
    readonly string _problem = "";

    public SlurmCluster()
    {
        string[] needed = ["/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch"];
        if (needed.FirstOrDefault(program => !File.Exists(program)) is { } absent)
        {
            _problem = $"needs {absent} (Debian: apt-get install slurm-wlm munge)";
            return;
        }
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            _problem = "needs root: slurmd starts jobs as the users who submit them";
            return;
        }
        try
        {
            Start();
            _problem = WaitForNode();
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            _problem = "SLURM could not be started: " + error.Message;
        }
    }

    /// <summary>The environment of a program that submits jobs here; the test is skipped where there is no cluster.</summary>
    public (string Name, string Value)[] Variables
    {
        get
        {
            if (_problem != "") Assert.Skip(_problem);
            return [("SLURM_CONF", _folder["slurm.conf"])];
        }
    }

    /// <summary>Runs one of SLURM's programs and answers with what it prints.</summary>
    public string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_CONF"] = _folder["slurm.conf"];
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : output + error.Result;
    }

    public void Dispose()
    {
        // Jobs end before the daemons do, or their processes stay behind.
        if (_problem == "")
        {
            Run("scancel", "--user=" + Environment.UserName);
            WaitFor(() => Run("squeue", "-h").Trim() == "");
        }
        foreach (var daemon in Enumerable.Reverse(_daemons))
        {
            if (!daemon.HasExited) daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }
        _folder.Dispose();
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    void Start()
    {
        foreach (var name in new[] { "munge", "state", "spool", "log" }) Directory.CreateDirectory(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllBytes(_folder["munge/key"], RandomNumberGenerator.GetBytes(1024));
        File.SetUnixFileMode(_folder["munge/key"], UnixFileMode.UserRead);
        var host = Dns.GetHostName().Split('.')[0];
        File.WriteAllText(_folder["slurm.conf"], $"""
            ClusterName=kymo
            SlurmctldHost={host}(127.0.0.1)
            AuthType=auth/munge
            AuthInfo=socket={_folder["munge/socket"]}
            CredType=cred/munge
            SlurmUser=root
            SlurmdUser=root
            SlurmctldPort={Ports.Free()}
            SlurmdPort={Ports.Free()}
            SlurmdParameters=config_overrides
            StateSaveLocation={_folder["state"]}
            SlurmdSpoolDir={_folder["spool"]}
            SlurmctldPidFile={_folder["slurmctld.pid"]}
            SlurmdPidFile={_folder["slurmd.pid"]}
            ProctrackType=proctrack/pgid
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            SchedulerType=sched/builtin
            SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0
            SwitchType=switch/none
            MpiDefault=none
            ReturnToService=2
            KillWait=20
            TCPTimeout=60
            MessageTimeout=60
            BatchStartTimeout=300
            UnkillableStepTimeout=300
            JobRequeue=1
            NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=1000 State=UNKNOWN
            PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """);
        // Its socket must stand before the others speak.
        Daemon("/usr/sbin/munged", "--foreground", "--force", "--key-file=" + _folder["munge/key"], "--socket=" + _folder["munge/socket"],
            "--pid-file=" + _folder["munge/pid"], "--log-file=" + _folder["munge/log"], "--seed-file=" + _folder["munge/seed"]);
        WaitFor(() => File.Exists(_folder["munge/socket"]));
        Daemon("/usr/sbin/slurmctld", "-D", "-f", _folder["slurm.conf"]);
        Daemon("/usr/sbin/slurmd", "-D", "-f", _folder["slurm.conf"], "-N", host);
    }

    string WaitForNode()
    {
        WaitFor(() => Run("sinfo", "-h", "-o", "%T").Trim() == "idle" || _daemons.Any(daemon => daemon.HasExited));
        if (Run("sinfo", "-h", "-o", "%T").Trim() == "idle") return "";
        var logs = string.Join('\n', Directory.GetFiles(_folder["log"]).SelectMany(File.ReadLines).Where(line => line.Contains("error", StringComparison.Ordinal)).TakeLast(5));
        return $"the node of the SLURM on loopback did not come up ({Run("sinfo", "-h", "-o", "%T %E").Trim()}):\n{logs}";
    }

    // A daemon says much; it goes to a file through the shell, which the daemon replaces.
    void Daemon(string program, params string[] arguments) => _daemons.Add(Process.Start(new ProcessStartInfo(
        "/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null", "sh", _folder["log/" + Path.GetFileName(program)], program, .. arguments]))!);

    static void WaitFor(Func<bool> condition)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < s_patience && !condition();) Thread.Sleep(200);
    }
}
