using System.Diagnostics;
using System.Globalization;
using Kymo.Bench;
using Kymo.Lab.Data.Sleep;

// kymo-bench-sleep [--json] [--rounds N] [--nights N] [--no-table]: reading the motion text of one night, beside pandas' C reader, one core each;
// and the memory that a training takes which prepares as many nights as were published, with as many rows.
const int Rows = 1_281_000; // person 1066528 of Sleep-Accel
const double NightRows = 51_819_151 / 31.0; // all motion rows of the published nights
int Option(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
var (rounds, nights) = (Option("--rounds", 5), Option("--nights", 31));
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
    File.Delete(path);
    List<Result> rows = [new Result($"motion text of a night, {Rows:N0} rows, {megabytes:F0} MB", "s", ours, peer, peer is null ? megabytes / 150 : 10, $"{megabytes / ours:F0} MB/s")];
    if (nights > 0) rows.Add(Prepare(folder.FullName));
    new Results("Sleep", "Kymo.Bench.Sleep", Machine.Describe(), rows, remarks).Print(args.Contains("--json"), args.Contains("--no-table") ? null : "sleep.md");
}
finally
{
    folder.Delete(recursive: true);
}

// Nights of eight hours with the published number of motion rows, read, cleaned, made into rows of seconds and windows by the program itself.
Result Prepare(string root)
{
    SyntheticNights.WriteTree(root, nights, 1, new SyntheticNightOptions { Seconds = 28_800, MotionRate = NightRows / 28_920, StepBin = 600 });
    using var program = Process.Start(new ProcessStartInfo(Machine.Program(), ["train", "sleep-stages", $"data.dataset_dir={root}", "models=[LSTM]", "trainer.epochs=0"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    var error = program.StandardError.ReadToEndAsync();
    var output = program.StandardOutput.ReadToEndAsync();
    var (began, peak) = (Stopwatch.GetTimestamp(), 0L);
    while (!program.WaitForExit(50)) peak = Math.Max(peak, Machine.PeakBytes(program.Id));
    if (program.ExitCode != 0) throw new InvalidOperationException("the program ended with: " + error.Result + output.Result);
    return new Result($"memory while {nights} nights of {NightRows:N0} motion rows are prepared", "MiB", peak / (double)(1 << 20), null, 1024, $"{Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
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
