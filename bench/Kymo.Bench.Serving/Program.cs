using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Bench;
using Kymo.Bench.Serving;
using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Onnx;
using Kymo.Signals.Audio;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

// kymo-bench-serving [--json] [--rounds N] [--seconds N] [--connections N] [--only service|latency|hour] [--no-table]: requests per second
// beside the original as a FastAPI program, the latency of single items beside onnxruntime-node for every architecture, and an hour of sound.
const int KymoPort = 18471, PeerPort = 18472;
int Option(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
var (rounds, seconds, connections) = (Option("--rounds", 3), Option("--seconds", 5), Option("--connections", 16));
bool Asked(string part) => Array.IndexOf(args, "--only") is var at && (at < 0 || args[at + 1] == part);
var root = Machine.Root();
var program = Machine.Program();
var (rows, remarks) = (new List<Result>(), new List<string>());
var folder = Directory.CreateTempSubdirectory("kymo-bench-serving-").FullName;
try
{
    if (Asked("service")) Service();
    if (Asked("latency")) Latency();
    if (Asked("hour")) Hour();
}
finally
{
    Directory.Delete(folder, recursive: true);
}
new Results("Serving", "Kymo.Bench.Serving", $"{Machine.Describe()}; callers, service and peer on the same cores", rows, remarks).Print(args.Contains("--json"), args.Contains("--no-table") ? null : "serving.md");

// The original's files, with weights of one seed.
static void WriteModels(string folder)
{
    foreach (var network in new[] { "LSTM", "GRU", "RNN", "Transformer" })
    {
        using var module = ModelRegistry.Find("sleep-" + network.ToLowerInvariant()).Create(new Dictionary<string, string>(), 1);
        TorchFile.WriteStateDict(Path.Combine(folder, network + "_best_model.pt"), [.. module.SaveState().Select(entry => (entry.Key, entry.Value))]);
    }
    File.WriteAllText(Path.Combine(folder, "hparams.json"), """{"window_size": 30, "hidden_dim": 64, "motion_magnitude": false}""");
    File.WriteAllText(Path.Combine(folder, "scaler.json"), """{"mode": "pooled", "pooled": {"mean": [60, 0, 0, 0, 0], "std": [10, 1, 1, 1, 1], "n": 1}}""");
}

static string Request(string network)
{
    JsonArray Wave(double level) => new([.. Enumerable.Range(0, 30).Select(i => (JsonNode)Math.Round(level + Math.Sin(i), 3))]);
    return new JsonObject { ["model_type"] = network, ["heart_rate"] = Wave(60), ["motion_x"] = Wave(0), ["motion_y"] = Wave(0), ["motion_z"] = Wave(0), ["steps"] = Wave(0) }.ToJsonString();
}

void Service()
{
    if (PeerProgram.Ask("/usr/bin/env", "which", "wrk") is null)
    {
        remarks.Add("wrk is not installed here (Debian package wrk), so the service was not asked.");
        return;
    }
    WriteModels(folder);
    var peer = Path.Combine(root, "bench", "peers", "sleep_service.py");
    var hasPeer = PeerProgram.Ask(PeerProgram.Python, "-c", "import fastapi, uvicorn, torch") is not null;
    if (!hasPeer) remarks.Add("python3-fastapi, python3-uvicorn or python3-torch are not installed here, so the service has no peer.");
    using var kymo = LoadedServer.Start(KymoPort, "/readyz", program, "serve", "--models", folder, "--urls", $"http://127.0.0.1:{KymoPort}", "serve.access_log=false");
    using var other = hasPeer ? LoadedServer.Start(PeerPort, "/openapi.json", PeerProgram.Python, peer, folder, PeerPort.ToString(CultureInfo.InvariantCulture)) : null;
    foreach (var network in new[] { "LSTM", "Transformer" })
    {
        var (own, theirs) = (new List<(double PerSecond, double P50, double P99)>(), new List<(double PerSecond, double P50, double P99)>());
        var body = Path.Combine(folder, network + ".json");
        File.WriteAllText(body, Request(network));
        for (var round = 0; round <= rounds; round++)
        {
            // The first round warms both up and does not count.
            var mine = kymo.Ask("/predict", body, connections, seconds);
            if (other is not null && other.Ask("/predict", body, connections, round == 0 ? 1 : seconds) is var answer && round > 0) theirs.Add(answer);
            if (round > 0) own.Add(mine);
        }
        var note = $"{Results.Median(own.Select(one => one.PerSecond)):N0} requests a second"
            + (theirs.Count > 0 ? $", peer {Results.Median(theirs.Select(one => one.PerSecond)):N0}" : "");
        rows.Add(new Result($"{network}, {connections} connections: time of a thousand requests", "s", 1000 / Results.Median(own.Select(one => one.PerSecond)),
            theirs.Count > 0 ? 1000 / Results.Median(theirs.Select(one => one.PerSecond)) : null, network == "LSTM" ? 10 : 1, note));
        rows.Add(new Result($"{network}, {connections} connections: 99th percentile", "ms", Results.Median(own.Select(one => one.P99)),
            theirs.Count > 0 ? Results.Median(theirs.Select(one => one.P99)) : null, 1));
    }
}

// An hour of sound at 44,100 Hz in two channels through the urban-sounds network, the program's start included.
void Hour()
{
    string[] said = ["run.root=" + folder, "run.name=hour", "data=synthetic", "trainer.epochs=1", "trainer.threads=1"];
    string Kymo(params string[] words) => PeerProgram.Ask(program, words) ?? throw new InvalidOperationException("kymo " + string.Join(' ', words) + " failed");
    Kymo(["train", "urban-sounds", .. said]);
    var (export, sound) = (Path.Combine(folder, "hour.onnx"), Path.Combine(folder, "hour.wav"));
    Kymo("export", Path.Combine(folder, "runs", "hour"), "--out", export);
    const int Rate = 44_100;
    var random = new Random(0);
    var samples = new float[2 * 3600 * Rate];
    for (var i = 0; i < samples.Length; i++) samples[i] = (float)((0.3 * Math.Sin(i % (samples.Length / 2) * 0.03)) + (0.1 * (random.NextDouble() - 0.5)));
    AudioFile.WriteWav(sound, new AudioClip(Rate, 2, samples));
    var windows = 0;
    var took = Results.MedianSeconds(Math.Min(rounds, 3), () => windows = JsonNode.Parse(Kymo("predict", export, sound, "--json"))!["predictions"]![0]!["windows"]!.AsArray().Count);
    rows.Add(new Result("kymo predict of an hour of sound, 44,100 Hz, two channels", "s", took, null, 10, $"{windows} windows of 4 s, a new one every 2 s"));
}

// One item at a time in process, in turns with node: the same file, one thread.
void Latency()
{
    var node = PeerProgram.Ask("node", "--version") is not null && Directory.Exists(Path.Combine(root, "native", "onnxruntime", "node_modules", "onnxruntime-node"));
    if (!node) remarks.Add("node or its package onnxruntime-node is not installed here, so single items have no peer.");
    foreach (var entry in ModelRegistry.Models)
    {
        using var network = entry.Create(new Dictionary<string, string>(), 1);
        var weights = new NetworkWeights();
        foreach (var (key, tensor) in network.SaveState())
            if (tensor.Type == ElementType.Float32) weights.Add(key, tensor.ToArray<float>(), tensor.Shape);
        var path = Path.Combine(folder, entry.Name + ".onnx");
        entry.Graph(new Dictionary<string, string>(), weights).Save(path);
        using var session = InferenceSession.Load(path, new SessionOptions { Threads = 1 });
        var shape = session.Inputs[0].Shape!.Select((size, axis) => size.Size ?? (axis == 0 ? 1 : entry.Name.Contains("cnn", StringComparison.Ordinal) ? 173 : 30)).ToArray();
        var random = new RandomStream(0, "bench");
        var values = new float[shape.Aggregate((a, b) => a * b)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)random.Normal();
        void Once()
        {
            using var answer = session.Run(values, shape);
            _ = answer.Float32()[0];
        }
        for (var i = 0; i < 20; i++) Once();
        var (own, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var times = new List<double>();
            var began = Stopwatch.GetTimestamp();
            while (times.Count < 20 || (times.Count < 2000 && Stopwatch.GetElapsedTime(began).TotalSeconds < 0.3))
            {
                var once = Stopwatch.GetTimestamp();
                Once();
                times.Add(Stopwatch.GetElapsedTime(once).TotalMilliseconds);
            }
            own.Add(Results.Median(times));
            if (node && PeerProgram.Ask("node", Path.Combine(root, "bench", "peers", "onnx_latency.js"), root, path, string.Join(',', shape)) is { } said)
                theirs.Add(double.Parse(said, CultureInfo.InvariantCulture));
        }
        rows.Add(new Result($"{entry.Name}, one item, one thread", "ms", Results.Median(own), theirs.Count > 0 ? Results.Median(theirs) : null, theirs.Count > 0 ? 1 / 1.15 : double.MaxValue));
    }
}
