using System.Globalization;
using System.Text.Json;
using Kymo.Bench.Features;
using Kymo.Signals.Features;

// kymo-bench-features [--json] [--rounds N] [--folder PATH]: log-mel beside torchaudio, both sides in turns in one run.
var json = args.Contains("--json");
var rounds = Value("--rounds") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 5;
var root = Root();
var folder = Value("--folder") ?? Path.Combine(root, "..", "shared", "data", "urbansound8k", "audio");
using var peer = new Peer(Path.Combine(root, "bench", "peers", "torchaudio_logmel.py"));

var results = new List<Comparison>
{
    Comparison.InMemory("log-mel in memory, urban-sounds (4 s, 22050 Hz, 2048)", LogMelOptions.UrbanSounds, peer, rounds, 60),
    Comparison.InMemory("log-mel in memory, sleep-events (5 s, 16 kHz, 512)", LogMelOptions.SleepEvents, peer, rounds, 60),
};
if (Directory.Exists(folder))
{
    string[] extensions = [".wav", ".flac", ".ogg", ".mp3"];
    var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => extensions.Contains(Path.GetExtension(file).ToLowerInvariant())).Order(StringComparer.Ordinal).ToArray();
    results.Add(Comparison.Folder(
        "decode and log-mel of a folder, two workers", LogMelOptions.UrbanSounds, peer, files, Math.Min(rounds, 3)));
}
else Console.Error.WriteLine($"no folder {folder}: that comparison is left out");

if (json)
{
    Console.WriteLine(JsonSerializer.Serialize(
        results, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true }));
    return;
}
var header = $"{"kymo ms",10}{"peer ms",10}{"ratio",8}";
Console.WriteLine($"{"medians, then the best of each side",-56}{header}{header}");
foreach (var result in results)
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Name,-56}{result.KymoSeconds * 1e3,10:F3}{result.PeerSeconds * 1e3,10:F3}{result.Ratio,8:F2}" +
        $"{result.KymoBest * 1e3,10:F3}{result.PeerBest * 1e3,10:F3}{result.BestRatio,8:F2}  {result.Note}"));

string? Value(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

static string Root()
{
    for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        if (File.Exists(Path.Combine(directory.FullName, "Kymo.slnx"))) return directory.FullName;
    throw new InvalidOperationException("no Kymo.slnx above " + AppContext.BaseDirectory);
}
