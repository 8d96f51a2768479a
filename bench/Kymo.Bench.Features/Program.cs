using System.Globalization;
using Kymo.Bench;
using Kymo.Bench.Features;
using Kymo.Signals.Features;

// kymo-bench-features [--json] [--rounds N] [--folder PATH] [--no-table]: log-mel beside torchaudio, both sides in turns in one run.
var rounds = Value("--rounds") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 5;
var root = Machine.Root();
var folder = Value("--folder") ?? Path.Combine(root, "..", "shared", "data", "urbansound8k", "audio");
var conditions = Machine.Describe();
using var peer = new Peer(Path.Combine(root, "bench", "peers", "torchaudio_logmel.py"));

var rows = new List<Result>
{
    Comparison.InMemory("log-mel in memory, one thread, urban-sounds (4 s, 22050 Hz, 2048 points)", LogMelOptions.UrbanSounds, peer, rounds, 60),
    Comparison.InMemory("log-mel in memory, one thread, sleep-events (5 s, 16 kHz, 512 points)", LogMelOptions.SleepEvents, peer, rounds, 60),
};
var remarks = new List<string>();
if (Directory.Exists(folder))
{
    string[] extensions = [".wav", ".flac", ".ogg", ".mp3"];
    var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => extensions.Contains(Path.GetExtension(file).ToLowerInvariant())).Order(StringComparer.Ordinal).ToArray();
    rows.Add(Comparison.Folder("decode and log-mel of a folder of UrbanSound8K, two workers", LogMelOptions.UrbanSounds, peer, files, Math.Min(rounds, 3)));
}
else remarks.Add("A folder of recordings (`--folder`) was not given; that comparison is left out.");
new Results("Features beside torchaudio", "Kymo.Bench.Features", conditions, rows, remarks)
    .Print(args.Contains("--json"), args.Contains("--no-table") || Value("--folder") is not null ? null : "features.md");

string? Value(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
