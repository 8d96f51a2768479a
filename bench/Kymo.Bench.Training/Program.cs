using System.Globalization;
using Kymo.Bench.Training;

// kymo-bench-training [--json] [--rounds N] [--threads N] [--only NAME,NAME] [--peers FOLDER] [--no-table]: training steps beside PyTorch,
// both sides in turns in one run. Writes bench/results/training.md where all networks were measured.
var threads = Number("--threads") ?? Math.Min(2, Environment.ProcessorCount);
if (Value("--side") is { } name)
{
    KymoSide.Answer(Network.All.Single(network => network.Name == name), threads);
    return;
}

var rounds = Number("--rounds") ?? 5;
var only = Value("--only")?.Split(',');
var chosen = Network.All.Where(network => only?.Contains(network.Name) ?? true).ToArray();
var (machine, skipped) = (Machine.Describe(), new List<string>());
var comparisons = new List<Comparison>();
var flops = 0.0;
foreach (var network in chosen)
{
    Console.Error.WriteLine(network.Title);
    flops = Math.Max(flops, KymoSide.ProductFlops(threads));
    comparisons.AddRange(Compare(network));
}

var report = new Report(machine, threads, flops / 1e9, 2 * Network.TinyCnnMultiplications / flops * 1e3, comparisons, skipped);
if (only is null && !args.Contains("--no-table"))
    File.WriteAllText(Path.Combine(Machine.Root(), "bench", "results", "training.md"), Report.ToMarkdown(report));
Console.WriteLine(args.Contains("--json") ? Report.ToJson(report) : Report.ToMarkdown(report));

IEnumerable<Comparison> Compare(Network network)
{
    using var kymo = Side.Kymo(network, threads);
    using var peer = Side.Peer(network, threads);
    var (ours, theirs, script) = (new List<Turn>(), new List<Turn>(), new List<double>());
    var stock = Path.Combine(Value("--peers") ?? Path.Combine(Machine.Root(), "..", "shared", "peers"), "tinycnn_stock.py");
    var asWritten = network.Name == "tinycnn" && File.Exists(stock);
    if (network.Name == "tinycnn" && !asWritten) skipped.Add($"tinycnn_stock.py as written: no {stock}");
    for (var round = 0; round <= rounds; round++)
    {
        var (our, their) = (kymo.Run(network.Steps), peer.Run(network.Steps));
        if (round == 0) continue; // warms both sides up
        ours.Add(our);
        theirs.Add(their);
        if (asWritten && round <= 3) script.Add(Side.StockScript(stock, threads, 6));
    }

    var result = new Comparison(
        network.Title, network.Goal, Median(ours.SelectMany(t => t.Seconds)) * 1e3, Median(theirs.SelectMany(t => t.Seconds)) * 1e3,
        Median(ours.SelectMany(t => t.ProcessorSeconds)) * 1e3, Median(theirs.SelectMany(t => t.ProcessorSeconds)) * 1e3,
        ours[^1].PeakBytes / 1048576.0, theirs[^1].PeakBytes / 1048576.0)
    { CheckpointShare = Median(ours.Select(turn => turn.CheckpointSeconds)) / (100 * Median(ours.SelectMany(turn => turn.Seconds))) };
    yield return result;
    if (script.Count > 0)
        yield return result with
        {
            Name = "TinyCNN beside tinycnn_stock.py as written",
            PeerMilliseconds = Median(script),
            PeerProcessorMilliseconds = 0,
        };
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
}

int? Number(string option) => Value(option) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

string? Value(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
