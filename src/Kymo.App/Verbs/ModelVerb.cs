using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Models;
using Kymo.Signals.Arrays;
using Kymo.Torch;

namespace Kymo.App.Verbs;

/// <summary><c>kymo model describe|forward|init</c>: one architecture, outside any run.</summary>
static class ModelVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("model", "Describes a network, runs given weights on a given array, or writes seeded initial weights.\n\n"
            + "Examples:\n  kymo model describe urban-cnn\n  kymo model forward urban-cnn --weights best.safetensors --input x.npy --out y.npy\n"
            + "  kymo model init urban-cnn classes=4 --out w.safetensors --seed 7");
        command.Subcommands.Add(Describe(terminal));
        command.Subcommands.Add(Forward(terminal));
        command.Subcommands.Add(Init(terminal));
        return command;
    }

    static Argument<string> Name() => new("model") { Description = "architecture (kymo models)" };

    static Argument<string[]> Settings() => new("settings") { Description = "key=value", Arity = ArgumentArity.ZeroOrMore };

    static Command Describe(Terminal terminal)
    {
        var (name, settings) = (Name(), Settings());
        var command = new Command("describe", "Prints the network's parts with shapes and parameters.\n\nExample:\n  kymo model describe urban-cnn") { name, settings };
        command.Handle(terminal, (parsed, _) =>
        {
            using var network = ModelRegistry.Find(parsed.GetValue(name)!).Create(Parse(parsed.GetValue(settings)!), 0);
            var state = network.State().ToArray();
            terminal.Table(["tensor", "shape", ">numbers"], state.Select(entry => (IReadOnlyList<string>)[
                entry.Name, "[" + string.Join(", ", entry.Tensor.Shape.ToArray()) + "]", entry.Tensor.Count.ToString("N0", CultureInfo.InvariantCulture)]));
            terminal.Say($"\n{network.ParameterCount.ToString("N0", CultureInfo.InvariantCulture)} parameters");
            terminal.Answer(new JsonObject
            {
                ["name"] = parsed.GetValue(name),
                ["parameters"] = network.ParameterCount,
                ["tensors"] = new JsonArray([.. state.Select(entry => (JsonNode)new JsonObject
                {
                    ["name"] = entry.Name,
                    ["shape"] = new JsonArray([.. entry.Tensor.Shape.ToArray().Select(size => (JsonNode)size)]),
                })]),
            });
            return ExitCode.Done;
        });
        return command;
    }

    static Command Forward(Terminal terminal)
    {
        var (name, settings) = (Name(), Settings());
        var weights = new Option<string>("--weights") { Description = ".safetensors or .pth under PyTorch's state names", Required = true };
        var input = new Option<string>("--input") { Description = "float32 array, .npy, batch first", Required = true };
        var output = new Option<string>("--out") { Description = "where the logits go, .npy", Required = true };
        var command = new Command("forward", "Runs given weights on a given array, in evaluation mode.\n\n"
            + "Example:\n  kymo model forward urban-cnn --weights W.safetensors --input X.npy --out Y.npy") { name, settings, weights, input, output };
        command.Handle(terminal, (parsed, _) =>
        {
            using var network = ModelRegistry.Find(parsed.GetValue(name)!).Create(Parse(parsed.GetValue(settings)!), 0);
            var path = parsed.GetValue(weights)!;
            network.LoadState(WeightFiles.Read(path), path);
            network.Eval();
            var array = NpyFile.Read(parsed.GetValue(input)!);
            using var noGrad = Autograd.NoGrad();
            using var scope = new TensorScope();
            var result = network.Forward(scope.From<float>(array.AsFloat32(), [.. array.Shape]));
            NpyFile.Write(parsed.GetValue(output)!, result.ToArray<float>(), result.Shape.ToArray());
            terminal.Say($"{parsed.GetValue(output)}: [{string.Join(", ", result.Shape.ToArray())}]");
            terminal.Answer(new JsonObject
            {
                ["out"] = parsed.GetValue(output),
                ["shape"] = new JsonArray([.. result.Shape.ToArray().Select(size => (JsonNode)size)]),
            });
            return ExitCode.Done;
        });
        return command;
    }

    static Command Init(Terminal terminal)
    {
        var (name, settings) = (Name(), Settings());
        var output = new Option<string>("--out") { Description = "where the weights go, .safetensors or .pth", Required = true };
        var seed = new Option<long>("--seed") { Description = "seed of the initial weights (0)" };
        var command = new Command("init", "Writes seeded initial weights.\n\nExample:\n  kymo model init urban-cnn --out W.safetensors --seed 7") { name, settings, output, seed };
        command.Handle(terminal, (parsed, _) =>
        {
            using var network = ModelRegistry.Find(parsed.GetValue(name)!).Create(Parse(parsed.GetValue(settings)!), parsed.GetValue(seed));
            var path = parsed.GetValue(output)!;
            WeightFiles.Write(path, network.SaveState());
            terminal.Say(path);
            terminal.Answer(new JsonObject { ["out"] = path, ["parameters"] = network.ParameterCount });
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Settings typed as <c>key=value</c>.</summary>
    public static Dictionary<string, string> Parse(string[] settings)
    {
        var parsed = new Dictionary<string, string>();
        foreach (var setting in settings)
        {
            var equals = setting.IndexOf('=');
            if (equals <= 0) throw new ConfigException($"'{setting}': expected key=value");
            parsed[setting[..equals]] = setting[(equals + 1)..];
        }
        return parsed;
    }
}
