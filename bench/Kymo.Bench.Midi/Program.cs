using System.Diagnostics;
using System.Globalization;
using Kymo.Bench;
using Kymo.Signals.Midi;
using Kymo.Signals.Music;

// kymo-bench-midi GROOVE_FOLDER [--json] [--no-table]: drum files read and their 32 groove numbers computed, beside python3-mido that
// only reads them.
if (args.Length == 0 || !Directory.Exists(args[0]))
{
    Console.Error.WriteLine("usage: ./kymo bench midi FOLDER_OF_THE_GROOVE_MIDI_DATASET [--json] [--no-table]");
    return 2;
}
string[] files = [.. Directory.GetFiles(args[0], "*.mid", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(1000)];
var seconds = new List<double>();
for (var round = -1; round < 3; round++)
{
    var clock = Stopwatch.StartNew();
    foreach (var file in files)
        if (DrumPattern.Read(MidiFile.Read(file), out _) is { } pattern) Groove.Compute(pattern);
    if (round >= 0) seconds.Add(clock.Elapsed.TotalSeconds);
}
var remarks = new List<string> { "The peer reads notes and does not compute the 32 numbers, which would make it slower still." };
double? peer = null;
if (File.Exists("/usr/bin/python3"))
{
    using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Machine.Root(), "bench", "peers", "mido_notes.py"), args[0]]) { RedirectStandardOutput = true })!;
    peer = double.TryParse(process.StandardOutput.ReadLine(), CultureInfo.InvariantCulture, out var value) ? value : null;
    process.WaitForExit();
}
if (peer is null) remarks.Add("`/usr/bin/python3` with `mido` is not there; the comparison is left out.");
var row = new Result($"{files.Length} files of Groove read and described, one core", "s", Results.Median(seconds), peer, 20);
new Results("MIDI", "Kymo.Bench.Midi", Machine.Describe(), [row], remarks).Print(args.Contains("--json"), args.Contains("--no-table") ? null : "midi.md");
return 0;
