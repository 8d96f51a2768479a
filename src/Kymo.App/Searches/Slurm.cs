using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Kymo.Config;
using Kymo.Lab.Runs;

namespace Kymo.App.Searches;

/// <summary>Jobs of SLURM: written, submitted, asked after, cancelled through its own programs.</summary>
static class Slurm
{
    const string Prefix = "launcher.slurm.";
    static readonly string[] s_keys = ["partition", "account", "gpus", "cpus", "memory", "time", "throttle", "notice", "container"];

    /// <summary>Takes <c>launcher.slurm.*</c> out of the overrides.</summary>
    /// <exception cref="ConfigException">An unknown key, or a value of another kind.</exception>
    public static (SlurmSettings Settings, IReadOnlyList<string> Others) Settings(IReadOnlyList<string> overrides, string? container)
    {
        var settings = new SlurmSettings { Container = container };
        var others = new List<string>();
        foreach (var text in overrides)
        {
            if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            {
                others.Add(text);
                continue;
            }
            var (key, value) = text[Prefix.Length..].Split('=', 2) is [var k, var v] ? (k, v) : throw new ConfigException($"{text}: expected {Prefix}KEY=VALUE");
            settings = key switch
            {
                "partition" => settings with { Partition = Word(text, value) },
                "account" => settings with { Account = Word(text, value) },
                "gpus" => settings with { Gpus = Count(text, value) },
                "cpus" => settings with { Cpus = Count(text, value) },
                "memory" => settings with { Memory = Word(text, value) },
                "time" => settings with { Time = Word(text, value) },
                "throttle" => settings with { Throttle = Count(text, value) },
                "notice" => settings with { Notice = Count(text, value) },
                "container" => settings with { Container = value },
                _ => throw new ConfigException($"{text}: unknown key '{key}'; expected {string.Join(", ", s_keys)}"),
            };
        }
        return (settings, others);
    }

    /// <summary>Writes the job of a search's workers and submits it. The folder of its logs is made first: SLURM fails silently without.</summary>
    /// <returns>The job's number.</returns>
    /// <exception cref="ConfigException">SLURM is not here, or refuses the job.</exception>
    public static string Submit(SearchPlan plan, SearchFolder folder)
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "slurm", "logs"));
        var script = Path.Combine(folder.Path, "slurm", "workers.sh");
        AtomicFile.Write(script, Script(plan, folder));
        var (code, output, error) = Run("sbatch", "--parsable", script);
        if (code != 0) throw new ConfigException($"sbatch refused {script}: {error.Trim()}");
        return output.Trim().Split(';')[0];
    }

    /// <summary>The job's script: an array of workers that pull trials from the study.</summary>
    public static string Script(SearchPlan plan, SearchFolder folder)
    {
        var text = new StringBuilder("#!/bin/bash\n# Workers of a search; written by kymo tune --launcher slurm, submitted again by kymo tune resume.\n");
        void Option(string name, object? value)
        {
            if (value is not null) text.Append(CultureInfo.InvariantCulture, $"#SBATCH --{name}={value}\n");
        }
        var slurm = plan.Slurm;
        Option("job-name", "kymo-" + string.Concat(plan.Study.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '_')));
        Option("array", string.Create(CultureInfo.InvariantCulture, $"0-{plan.Workers - 1}%{Math.Min(slurm.Throttle ?? plan.Workers, plan.Workers)}"));
        Option("output", Escaped(Path.Combine(folder.Path, "slurm", "logs", "worker_%A_%a.out")));
        Option("open-mode", "append");
        Option("signal", string.Create(CultureInfo.InvariantCulture, $"B:USR1@{slurm.Notice}"));
        text.Append("#SBATCH --requeue\n");
        Option("partition", slurm.Partition);
        Option("account", slurm.Account);
        Option("gres", slurm.Gpus is { } gpus ? $"gpu:{gpus}" : null);
        Option("cpus-per-task", slurm.Cpus);
        Option("mem", slurm.Memory);
        Option("time", slurm.Time);
        var work = ParameterText.Line([.. TrialJob.Self, "tune", "work", folder.Path, "--worker"]) + " \"${SLURM_ARRAY_TASK_ID:-0}\"";
        text.Append("inside=()\n");
        if (slurm.Container is { } image)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                runtime=$(command -v apptainer || command -v singularity) || { echo "kymo: a container needs apptainer or singularity on the node" >&2; exit 2; }
                inside=("$runtime" exec --nv --bind {{Quoted(plan.WorkingDirectory)}} --bind {{Quoted(folder.Path)}} {{Quoted(image)}})

                """);
        }
        text.Append(CultureInfo.InvariantCulture, $$"""
            cd {{Quoted(plan.WorkingDirectory)}} || exit 2

            # Shortly before the end of its time the worker is told to stop: its trial waits with its checkpoint, and the job is queued again.
            asked=0
            trap 'asked=1; kill -USR1 "$worker" 2>/dev/null' USR1
            trap 'kill -TERM "$worker" 2>/dev/null' TERM
            "${inside[@]}" {{work}} &
            worker=$!
            code=0
            while kill -0 "$worker" 2>/dev/null; do wait "$worker"; code=$?; done
            if ((asked && (code == 130 || code == 138))); then
              scontrol requeue "$SLURM_JOB_ID" && exit 0
            fi
            exit "$code"

            """);
        return text.ToString();
    }

    /// <summary>The words that run one command as a job of its own; they wait for it, and end it when their input is closed.</summary>
    /// <param name="settings">What the job needs.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="ConfigException">A setting that only arrays of workers have.</exception>
    public static IReadOnlyList<string> Step(SlurmSettings settings, string name)
    {
        if (settings.Container is not null || settings.Throttle is not null)
            throw new ConfigException("launcher.slurm.container and launcher.slurm.throttle belong to kymo tune; a campaign has --jobs");
        var words = new List<string> { "srun", "--ntasks=1", "--job-name=kymo-" + name };
        if (settings.Partition is { } partition) words.Add("--partition=" + partition);
        if (settings.Account is { } account) words.Add("--account=" + account);
        if (settings.Gpus is { } gpus) words.Add(string.Create(CultureInfo.InvariantCulture, $"--gres=gpu:{gpus}"));
        words.Add(string.Create(CultureInfo.InvariantCulture, $"--cpus-per-task={settings.Cpus ?? 1}"));
        if (settings.Memory is { } memory) words.Add("--mem=" + memory);
        if (settings.Time is { } time) words.Add("--time=" + time);
        return words;
    }

    /// <summary>The state of each job, or of each task of an array: <c>squeue</c>'s word, or accounting's where that answers.</summary>
    public static IReadOnlyList<(string Job, string State)> States(IEnumerable<string> jobs)
    {
        var list = string.Join(',', jobs);
        if (list == "") return [];
        var queued = Run("squeue", "-h", "-r", "-j", list, "-o", "%i %T");
        var lines = queued.Code == 0 && queued.Output.Trim() != "" ? queued.Output : Accounting(list);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)).Where(words => words.Length == 2).Select(words => (words[0], words[1].Trim()))];
    }

    /// <summary>Cancels jobs.</summary>
    /// <exception cref="ConfigException">SLURM refuses.</exception>
    public static void Cancel(IEnumerable<string> jobs)
    {
        string[] list = [.. jobs];
        if (list.Length == 0) return;
        var (code, _, error) = Run("scancel", list);
        if (code != 0) throw new ConfigException($"scancel {string.Join(' ', list)}: {error.Trim()}");
    }

    static string Accounting(string list)
    {
        try
        {
            var (code, output, _) = Run("sacct", "-n", "-X", "-P", "-j", list, "-o", "JobID,State");
            return code == 0 ? output.Replace('|', ' ') : "";
        }
        catch (ConfigException)
        {
            return "";
        }
    }

    static (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (Win32Exception cause)
        {
            throw new ConfigException($"{program} cannot be started ({cause.Message}); --launcher slurm needs a machine that submits jobs to SLURM (Debian: slurm-client)", cause);
        }
    }

    // sbatch reads names with % in them as patterns.
    static string Escaped(string path)
    {
        var name = Path.GetFileName(path);
        return path[..^name.Length].Replace("%", "%%", StringComparison.Ordinal) + name;
    }

    static string Quoted(string word) => ParameterText.Line([word]);

    static string Word(string text, string value) => value.Length > 0 && value.All(letter => char.IsAsciiLetterOrDigit(letter) || "_-:,.+".Contains(letter))
        ? value
        : throw new ConfigException($"{text}: expected letters, digits and _ - : , . +");

    static int Count(string text, string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number
        : throw new ConfigException($"{text}: expected a whole number above 0");
}
