using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using Kymo.App.Campaigns;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Onnx;
using Kymo.Signals;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;
using Kymo.Tuning;

namespace Kymo.App;

/// <summary>The verbs, and how their errors end the program.</summary>
static class CommandLine
{
    /// <summary>Runs one command line.</summary>
    public static int Run(string[] arguments, Terminal terminal)
    {
        var root = Root(terminal);
        // `@name` belongs to the override grammar, not to response files.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0) return UsageError(parsed, terminal);
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>The command tree; completion and documentation read it too.</summary>
    public static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Trains, tunes, distils, evaluates, exports and serves small neural networks on signals.\n\n"
            + "Examples:\n  kymo demo\n  kymo train urban-sounds data.root=UrbanSound8K\n  kymo runs list");
        foreach (var verb in Verbs.All.Of(terminal)) root.Subcommands.Add(verb);
        ExamplesLast(root);
        return root;
    }

    // A description ends in examples; help shows them below the options, and leaves them out of the lists of verbs.
    static void ExamplesLast(Command command)
    {
        var parts = command.Description!.Split("\n\n", 2);
        command.Description = parts[0];
        if (parts.Length == 2)
        {
            if (!command.Options.OfType<HelpOption>().Any()) command.Options.Add(new HelpOption());
            var help = command.Options.OfType<HelpOption>().Single();
            help.Action = new HelpWithExamples((HelpAction)help.Action!, parts[1]);
        }
        foreach (var verb in command.Subcommands) ExamplesLast(verb);
    }

    sealed class HelpWithExamples(HelpAction help, string examples) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parsed)
        {
            var code = help.Invoke(parsed);
            parsed.InvocationConfiguration.Output.WriteLine(examples + "\n");
            return code;
        }
    }

    /// <summary>A verb's action: reads the common options, turns errors into words and exit codes.</summary>
    public static void Handle(this Command command, Terminal terminal, Func<ParseResult, CancellationToken, int> action)
    {
        var json = new Option<bool>("--json") { Description = "print one JSON document instead of text" };
        var verbose = new Option<bool>("--verbose") { Description = "show where an error came from" };
        command.Options.Add(json);
        command.Options.Add(verbose);
        command.SetAction(parsed =>
        {
            terminal.Json = parsed.GetValue(json);
            terminal.Verbose = parsed.GetValue(verbose) || terminal.Environment("HYDRA_FULL_ERROR") == "1";
            using var interrupt = new Interrupt(terminal);
            try
            {
                return action(parsed, interrupt.Token);
            }
            catch (Exception error) when (CodeOf(error) is { } code)
            {
                if (code == ExitCode.Interrupted && interrupt.IsFromOutside && terminal.OpenRun is not null) QueueAgain(terminal);
                return Report(terminal, error, code);
            }
        });
    }

    // Under SLURM a signal announces the end of the time limit or a preemption: what was saved goes on in the same job, later.
    static void QueueAgain(Terminal terminal)
    {
        // A trial of a search leaves this to its worker.
        if (terminal.Environment(Searches.LifeLine.Variable) is { Length: > 0 }) return;
        if (terminal.Environment("SLURM_JOB_ID") is not { Length: > 0 } job || terminal.Environment("SLURM_PROCID") is not (null or "0")) return;
        try
        {
            using var scontrol = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("scontrol", ["requeue", job]) { RedirectStandardError = true })!;
            var said = scontrol.StandardError.ReadToEnd().Trim();
            scontrol.WaitForExit();
            terminal.Note(scontrol.ExitCode == 0 ? $"job {job} was queued again; train with --resume auto, so that it goes on"
                : $"SLURM did not queue job {job} again: {said}; submit it with --requeue, or type the command again with --resume auto");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            terminal.Warn($"scontrol is not installed here, so job {job} was not queued again");
        }
    }

    static int? CodeOf(Exception error) => error switch
    {
        ConfigException or StudyException or FinishedRunException => ExitCode.Usage,
        DataException or CheckpointException => ExitCode.Data,
        OperationCanceledException => ExitCode.Interrupted,
        TorchException or OnnxException or TrainingException => ExitCode.Failed,
        IOException or UnauthorizedAccessException => ExitCode.Failed,
        AggregateException { InnerException: { } inner } => CodeOf(inner),
        _ => ExitCode.Failed,
    };

    static int Report(Terminal terminal, Exception error, int code)
    {
        if (error is AggregateException { InnerException: { } inner }) error = inner;
        var expected = error is ConfigException or StudyException or FinishedRunException or DataException or CheckpointException or TorchException or OnnxException or TrainingException or IOException
            or UnauthorizedAccessException or CampaignFailedException;
        var text = error is OperationCanceledException ? "interrupted" + (terminal.GoOn is { } line ? $"; to go on, type {line}" : terminal.OpenRun is { } run ? $"; to go on, type the command again with --resume {run}" : "")
            : expected ? error.Message
            : $"{error.GetType().Name}: {error.Message} (a fault of the program; --verbose shows where)";
        terminal.Answer(new JsonObject { ["error"] = text, ["exit_code"] = code });
        terminal.Note("kymo: " + text);
        if (terminal.Verbose) terminal.Note(error.ToString());
        return code;
    }

    static int UsageError(ParseResult parsed, Terminal terminal)
    {
        foreach (var error in parsed.Errors) terminal.Note("kymo: " + error.Message);
        var words = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult) words.Insert(0, result.Command.Name);
        terminal.Note($"type:  {string.Join(' ', words)} --help");
        return ExitCode.Usage;
    }
}
