using System.CommandLine;
using Kymo.Config;
using Kymo.Lab.Recipes;

namespace Kymo.App.Verbs;

/// <summary><c>kymo evaluate RUN</c>: scores a trained run, on its own data or another tree.</summary>
static class EvaluateVerb
{
    public static Command Create(Terminal terminal)
    {
        var run = new Argument<string>("run") { Description = "a run folder, or a run's name under results/runs" };
        var overrides = new Argument<string[]>("overrides") { Description = "settings that differ, for instance data.root=DIR", Arity = ArgumentArity.ZeroOrMore };
        var split = new Option<string>("--split") { Description = "test: recordings that a network has not been trained on", DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("test");
        var command = new Command("evaluate", "Scores a trained run with an interval. Each recording is heard only by networks that were not trained on it.\n\n"
            + "Examples:\n  kymo evaluate results/runs/RUN\n  kymo evaluate results/runs/RUN data.root=OTHER_TREE --json") { run, overrides, split };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var folder = RunPaths.Find(parsed.GetValue(run)!);
            var context = Configuration.Context(null, parsed.GetValue(overrides) ?? [], null, false, terminal, cancel);
            var recipe = Registry.Of(folder);
            var evaluate = recipe.Evaluate ?? throw new ConfigException($"runs of {recipe.Name} cannot be scored again yet");
            TrainVerb.Print(terminal, evaluate(folder, parsed.GetValue(overrides) ?? [], context));
            return ExitCode.Done;
        });
        return command;
    }
}
