using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.App.Bench;
using Kymo.Config;
using Kymo.Torch;

namespace Kymo.App.Verbs;

/// <summary><c>kymo bench MODEL|RUN</c>: how large and how fast, beside PyTorch where it is installed.</summary>
static class BenchVerb
{
    const int LargeBatch = 32;
    const int MostRepetitions = 100_000;

    public static Command Create(Terminal terminal)
    {
        var target = new Argument<string>("target") { Description = "an architecture (kymo models) or a run" };
        var settings = new Argument<string[]>("settings") { Description = "key=value of the architecture", Arity = ArgumentArity.ZeroOrMore };
        var threads = new Option<int>("--threads") { Description = "threads of both sides (2, or as many as there are cores)", DefaultValueFactory = _ => Math.Min(2, Environment.ProcessorCount) };
        var repetitions = new Option<int?>("--repetitions") { Description = "repetitions on each side (100 of one item, 10 of a batch)" };
        var shape = new Option<string?>("--shape") { Description = "shape of one item, for instance 128,173" };
        var command = new Command("bench", "Prints parameters, multiplications, size, latency (median and 95th percentile) and throughput of the forward pass. Where\n"
            + "/usr/bin/python3 has PyTorch, the same network with the same weights runs there in turns: a ratio above 1 says that Kymo is faster.\n"
            + "The floor is a matrix product of as many multiplications. In a checkout, `kymo bench NAME` runs a comparison of bench/.\n\n"
            + "Examples:\n  kymo bench urban-cnn\n  kymo bench results/runs/RUN --threads 1 --json")
        { target, settings, threads, repetitions, shape };
        command.Handle(terminal, (parsed, cancel) =>
        {
            TorchThreads.Set(InRange("--threads", parsed.GetValue(threads), 1024));
            int? count = parsed.GetValue(repetitions) is { } asked ? InRange("--repetitions", asked, MostRepetitions) : null;
            using var subject = BenchSubject.Create(parsed.GetValue(target)!, ModelVerb.Parse(parsed.GetValue(settings) ?? []), 1, Sizes(parsed.GetValue(shape)));
            var (parameters, size, macs) = (subject.Network.ParameterCount, subject.SizeBytes, subject.Macs);
            BenchCase[] cases =
            [
                Benchmark.Forward(subject, count ?? 100, out var missing, Bar(terminal, count ?? 100), cancel),
                Benchmark.Forward(subject.WithBatch(LargeBatch), count ?? 10, out _, Bar(terminal, count ?? 10), cancel),
            ];
            Print(terminal, subject, parameters, size, macs, cases, missing);
            terminal.Answer(new JsonObject
            {
                ["cases"] = new JsonArray([.. cases.Select(one => (JsonNode)one.ToJson())]),
                ["model"] = new JsonObject
                {
                    ["name"] = subject.Model,
                    ["parameters"] = parameters,
                    ["macs"] = macs,
                    ["size_bytes"] = size,
                    ["item_shape"] = new JsonArray([.. subject.Shape[1..].Select(length => (JsonNode)length)]),
                },
                ["peer_missing"] = missing == "" ? null : missing,
                ["machine"] = Machine.ToJson(),
            });
            return ExitCode.Done;
        });
        return command;
    }

    static void Print(Terminal terminal, BenchSubject subject, long parameters, long size, long? macs, BenchCase[] cases, string missing)
    {
        terminal.Say($"{subject.Model}: {Text(parameters, "N0")} parameters, {(macs is null ? "multiplications not counted" : Text(macs, "N0") + " multiplications an item")}, "
            + $"{Text(size / 1024.0, "N0")} KiB, {TorchThreads.Get()} threads");
        terminal.Table(["case", ">median ms", ">p95 ms", ">items/s", ">PyTorch ms", ">ratio", ">floor ms", ">peak MB", ">PyTorch MB"],
            cases.Select(one => (IReadOnlyList<string>)[
                one.Name, Text(one.KymoMs, "0.00"), Text(one.KymoP95, "0.00"), Text(one.Throughput, "0.0"), Text(one.PeerMs, "0.00"),
                Text(one.Ratio, "0.00"), Text(one.FloorMs, "0.00"), Text(one.KymoPeakBytes >> 20, "0"), Text(one.PeerPeakBytes >> 20, "0")]));
        if (missing != "") terminal.Say("without PyTorch beside it: " + missing);
        else terminal.Say($"same weights, same input: logits differ by at most {Text(cases.Max(one => one.LargestDifference), "0.0e+0")}");
    }

    static Action<int> Bar(Terminal terminal, int total) => done => terminal.Progress("repetitions", done, total);

    static int InRange(string option, int value, int most) =>
        value >= 1 && value <= most ? value : throw new ConfigException($"{option} {value}: expected 1 to {most}");

    static long[]? Sizes(string? text) => text is null ? null :
    [
        .. text.Split(',').Select(word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is > 0 and < 1_000_000
            ? size : throw new ConfigException($"--shape {text}: expected sizes of one item, for instance 128,173")),
    ];

    static string Text(IFormattable? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
