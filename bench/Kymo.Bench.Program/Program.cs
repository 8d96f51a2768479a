using System.Diagnostics;
using Kymo.Bench;

// kymo-bench-program [--json] [--rounds N] [--no-table]: starting the program and the memory of a training, beside a PyTorch script.
const string Python = "/usr/bin/python3";
var rounds = Array.IndexOf(args, "--rounds") is >= 0 and var at ? int.Parse(args[at + 1]) : 7;
var root = Machine.Root();
var kymo = Path.Combine(root, "artifacts", "app", "kymo");
var script = Path.Combine(root, "bench", "peers", "torch_start.py");
var folder = Directory.CreateTempSubdirectory("kymo-bench-").FullName;
var conditions = Machine.Describe();
string[] training =
    ["train", "urban-sounds", "data=synthetic", "features=logmel_1s5", $"data.cache={folder}/cache", $"run.root={folder}/results"];
try
{
    UntilLine(kymo, [.. training, "trainer.epochs=0"], "");
    var (help, helpPeer) = InTurns(rounds, () => UntilLine(kymo, ["--help"], ""), () => UntilLine(Python, [script, "--help"], ""));
    var (ready, readyPeer) = InTurns(
        Math.Max(3, rounds / 3), () => UntilLine(kymo, [.. training, "trainer.epochs=0"], "ready"), () => UntilLine(Python, [script], "ready"));
    var sounds = Path.Combine(root, "..", "shared", "data", "urbansound8k");
    var real = Directory.Exists(sounds);
    if (real) training = ["train", "urban-sounds", $"data.root={sounds}", "cv.folds=[1,2]", $"data.cache={folder}/cache8k", $"run.root={folder}/results"];
    if (real) UntilLine(kymo, [.. training, "trainer.epochs=0"], "ready");
    var peak = Peak(kymo, [.. training, "trainer.epochs=1"]);
    var cache = Directory.GetFiles(Path.Combine(folder, real ? "cache8k" : "cache"), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
    new Results("Starting and memory", "Kymo.Bench.Program", conditions,
    [
        new Result("start to the first line of `--help`", "s", help, helpPeer, 1, $"at most 0.25 s: {(help <= 0.25 ? "yes" : "no")}; the peer imports torch"),
        new Result("`train urban-sounds trainer.epochs=0` to ready", "s", ready, readyPeer, 1, $"at most 2 s: {(ready <= 2 ? "yes" : "no")}; the peer imports torch and builds the network"),
        new Result($"peak memory of a training ({(real ? "UrbanSound8K, two folds" : "synthetic")}) above its feature cache", "MB", (peak - cache) / 1e6, null, 600, $"peak {peak / 1e6:F0} MB, cache {cache / 1e6:F0} MB"),
    ], []).Print(args.Contains("--json"), args.Contains("--no-table") ? null : "program.md");
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static (double Kymo, double Peer) InTurns(int rounds, Func<double> ours, Func<double> theirs)
{
    var (kymo, peer) = (new List<double>(), new List<double>());
    for (var round = 0; round <= rounds; round++)
    {
        var (one, other) = (ours(), theirs());
        if (round == 0) continue; // the files come from the disk
        kymo.Add(one);
        peer.Add(other);
    }
    return (Results.Median(kymo), Results.Median(peer));
}

// Seconds from the start of a process to the first line that begins so.
static double UntilLine(string program, string[] arguments, string beginning)
{
    var began = Stopwatch.GetTimestamp();
    using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    process.ErrorDataReceived += (_, _) => { };
    process.BeginErrorReadLine();
    while (process.StandardOutput.ReadLine() is { } line)
    {
        if (!line.StartsWith(beginning, StringComparison.Ordinal)) continue;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return seconds;
    }
    throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} printed no line '{beginning}'");
}

static long Peak(string program, string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    process.OutputDataReceived += (_, _) => { };
    process.ErrorDataReceived += (_, _) => { };
    process.BeginErrorReadLine();
    process.BeginOutputReadLine();
    long peak = 0;
    while (!process.WaitForExit(50)) peak = Math.Max(peak, Machine.PeakBytes(process.Id));
    return process.ExitCode == 0 ? peak : throw new InvalidOperationException($"the training ended with {process.ExitCode}");
}
