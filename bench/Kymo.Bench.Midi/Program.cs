using System.Globalization;
using Kymo.Bench;
using Kymo.Signals.Midi;
using Kymo.Signals.Music;

// kymo-bench-midi GROOVE_FOLDER [--json] [--no-table]: drum files read and their 32 groove numbers computed, beside python3-mido and NumPy
// that do the same and have to come to the same sum.
if (args.Length == 0 || !Directory.Exists(args[0]))
{
    Console.Error.WriteLine("usage: ./kymo bench midi FOLDER_OF_THE_GROOVE_MIDI_DATASET [--json] [--no-table]");
    return 2;
}
string[] files = [.. Directory.GetFiles(args[0], "*.mid", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(1000)];
var seconds = new List<double>();
var (described, sum) = (0, 0.0);
for (var round = -1; round < 3; round++)
{
    (described, sum) = (0, 0);
    // Processor time of all threads, so that other programs on the machine count for neither side.
    var began = Environment.CpuUsage.TotalTime;
    foreach (var file in files)
    {
        if (DrumPattern.Read(MidiFile.Read(file), out _) is not { } pattern) continue;
        described++;
        foreach (var value in Groove.Compute(pattern)) sum += value;
    }
    if (round >= 0) seconds.Add((Environment.CpuUsage.TotalTime - began).TotalSeconds);
}
var remarks = new List<string>();
double? peer = null;
if (Ask() is [var spent, var count, var theirs])
{
    peer = spent;
    remarks.Add(string.Create(CultureInfo.InvariantCulture, $"Both describe {described} files; the sum of their numbers is {sum:F3} here and {theirs:F3} there."));
    if ((int)count != described || Math.Abs(theirs - sum) > 1e-4 * described)
    {
        Console.Error.WriteLine("the peer's numbers are not Kymo's: " + remarks[0]);
        return 1;
    }
}
else
{
    remarks.Add("`/usr/bin/python3` with `mido` and `numpy` is not there; the comparison is left out.");
}
var row = new Result($"{files.Length} files of Groove read and described, one core", "s of processor time", Results.Median(seconds), peer, 20);
new Results("MIDI", "Kymo.Bench.Midi", Machine.Describe(), [row], remarks).Print(args.Contains("--json"), args.Contains("--no-table") ? null : "midi.md");
return 0;

double[]? Ask() => PeerProgram.AskScript("groove_features.py", args[0])?.Split(' ') is { Length: 3 } words
    ? [.. words.Select(word => double.Parse(word, CultureInfo.InvariantCulture))]
    : null;
