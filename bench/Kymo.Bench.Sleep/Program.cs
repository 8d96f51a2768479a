using System.Globalization;
using Kymo.Bench;
using Kymo.Lab.Data.Sleep;

// kymo-bench-sleep [--json] [--rounds N] [--no-table]: reading the motion text of one night, beside pandas' C reader; one core each.
const int Rows = 1_281_000; // person 1066528 of Sleep-Accel
int Option(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
var rounds = Option("--rounds", 5);
var folder = Directory.CreateTempSubdirectory("kymo-bench-");
try
{
    var path = Path.Combine(folder.FullName, "1066528_acceleration.txt");
    var night = Write(path);
    var megabytes = new FileInfo(path).Length / 1e6;
    var ours = Results.MedianSeconds(rounds, () =>
    {
        var read = SeriesReader.Read(path, StreamKind.Motion, new SeriesFaults(path), checkRange: true);
        if (read.Count != Rows || Math.Abs(read.Channels.Sum(channel => channel.Sum()) - night) > 1e-6) throw new InvalidDataException("the night was not read as it was written");
    });
    var said = PeerProgram.AskScript("motion_text.py", path, rounds.ToString(CultureInfo.InvariantCulture));
    double? peer = said is null ? null : double.Parse(said, CultureInfo.InvariantCulture);
    var remarks = peer is null ? new[] { "pandas is not installed here (Debian: python3-pandas), so reading has no peer." } : [];
    new Results("Sleep", "Kymo.Bench.Sleep", Machine.Describe(),
        [new Result($"motion text of a night, {Rows:N0} rows, {megabytes:F0} MB", "s", ours, peer, peer is null ? megabytes / 150 : 10, $"{megabytes / ours:F0} MB/s")], remarks)
        .Print(args.Contains("--json"), args.Contains("--no-table") ? null : "sleep.md");
}
finally
{
    folder.Delete(recursive: true);
}

// A night as the watch writes it: 50 Hz with a jitter, thirteen decimals of a second, seven of g. Answers with the sum of all axes.
static double Write(string path)
{
    var random = new Random(1);
    using var file = new StreamWriter(path) { NewLine = "\n" };
    var (time, sum) = (-21_684.802155, 0.0);
    for (var row = 0; row < Rows; row++)
    {
        time += 0.02 + (random.NextDouble() - 0.5) * 0.002;
        var (x, y, z) = (Axis(0.02), Axis(-0.3), Axis(-0.95));
        sum += x + y + z;
        file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time:F13} {x} {y} {z}"));
    }
    return sum;

    double Axis(double around) => Math.Round(around + (random.NextDouble() - 0.5) * 0.1, 7);
}
