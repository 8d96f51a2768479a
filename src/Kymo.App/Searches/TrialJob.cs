using System.Diagnostics;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Searches;

/// <summary>How the training of a trial ended.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Reason">Its last words when it did not end well.</param>
readonly record struct TrialEnding(int Code, string Reason);

/// <summary>The training of a trial, in a process of its own or in this one.</summary>
sealed class TrialJob : IDisposable
{
    const int LinesRemembered = 30;

    readonly Action _stop, _dispose;

    TrialJob(Task<TrialEnding> ending, Action stop, Action dispose) => (Ending, _stop, _dispose) = (ending, stop, dispose);

    /// <summary>How it ended.</summary>
    public Task<TrialEnding> Ending { get; }

    /// <summary>Starts <c>kymo</c> with <paramref name="arguments"/>; it stops at its next safe point when this process ends, however that happens.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="folder">The folder it is started in.</param>
    /// <param name="log">Where what it says is added.</param>
    /// <param name="launcher">Words in front of the command, for instance those of <c>srun</c>.</param>
    public static TrialJob InProcessOfItsOwn(IReadOnlyList<string> arguments, string folder, string log, IReadOnlyList<string>? launcher = null)
    {
        string[] words = [.. launcher ?? [], .. Self, .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[LifeLine.Variable] = "1";
        start.Environment["NO_COLOR"] = "1";
        var output = new TrialLog(log, LinesRemembered);
        output.Add("kymo " + ParameterText.Line(arguments));
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        async Task<TrialEnding> Wait()
        {
            await process.WaitForExitAsync().ConfigureAwait(false);
            return new TrialEnding(process.ExitCode, Reason(process.ExitCode, output.LastLine));
        }
        return new TrialJob(Wait(), process.StandardInput.Close, () =>
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
            output.Dispose();
        });
    }

    /// <summary>Runs a recipe in this process.</summary>
    /// <param name="run">Trains until it is done or cancelled.</param>
    public static TrialJob InThisProcess(Func<CancellationToken, RunResult> run)
    {
        var source = new CancellationTokenSource();
        var ending = Task.Run(() =>
        {
            try
            {
                run(source.Token);
                return new TrialEnding(ExitCode.Done, "");
            }
            catch (FinishedRunException)
            {
                return new TrialEnding(ExitCode.Done, "");
            }
            catch (Exception error)
            {
                var code = error switch { ConfigException => ExitCode.Usage, DataException => ExitCode.Data, OperationCanceledException => ExitCode.Interrupted, _ => ExitCode.Failed };
                return new TrialEnding(code, Reason(code, error.Message));
            }
        });
        return new TrialJob(ending, source.Cancel, () =>
        {
            source.Cancel();
            ending.Wait();
            source.Dispose();
        });
    }

    /// <summary>Asks it to stop at its next safe point.</summary>
    public void Stop() => _stop();

    /// <summary>Ends it if it still runs, and waits for that.</summary>
    public void Dispose() => _dispose();

    /// <summary>The words that start this program.</summary>
    public static string[] Self { get; } = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet"
        ? [path]
        : [Environment.ProcessPath!, typeof(TrialJob).Assembly.Location];

    static string Reason(int code, string last)
    {
        const int FirstSignal = 128, Killed = 9;
        var words = last.StartsWith("kymo: ", StringComparison.Ordinal) ? last["kymo: ".Length..] : last;
        return code switch
        {
            0 => "",
            > FirstSignal and < FirstSignal + 65 and not ExitCode.Interrupted => $"killed by signal {code - FirstSignal}"
                + (code - FirstSignal == Killed ? " (the system does this when memory runs out)" : "") + (words == "" ? "" : $"; last line: {words}"),
            _ => $"exit code {code}: {(words == "" ? "nothing was said" : words)}",
        };
    }
}
