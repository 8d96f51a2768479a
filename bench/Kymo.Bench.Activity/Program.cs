using System.Globalization;
using Kymo.Bench;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Torch;
using Kymo.Torch.Optimizers;

// kymo-bench-activity [--json] [--rounds N] [--batch N] [--threads N] [--no-table]: reading sp-sw-har, and a step of scenario2, beside pandas and PyTorch.
// Without --batch the step is taken at 64 windows and once at the preset's 2,048, or at as many as the memory that is free holds.
int Option(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
// What a window takes: of this program about 7 MB.
const double WindowBytes = 7.5e6;
var (rounds, threads) = (Option("--rounds", 5), Option("--threads", Environment.ProcessorCount));
int[] batches = Option("--batch", 0) is > 0 and var wanted ? [wanted] : [64, 2048];
var root = Machine.Root();
var data = Path.Combine(root, "..", "shared", "data", "sp-sw-har");
var (rows, remarks) = (new List<Result>(), new List<string>());
TorchThreads.Set(threads);

if (Directory.Exists(data))
{
    var kymo = Results.MedianSeconds(rounds, () => MotionWindows.Cut(SpSwHar.Read(data).Recordings, new WindowOptions(100, 25)));
    var peer = Ask("read", data, rounds);
    if (peer is null) remarks.Add("pandas is not installed here, so reading has no peer.");
    rows.Add(new Result("411,175 rows of sp-sw-har: read, paired, windowed", "s", kymo, peer, peer is null ? 2 : 5, "at most 2 s"));
}
else
{
    remarks.Add("no ../shared/data/sp-sw-har: reading was not measured.");
}
foreach (var asked in batches)
{
    // Never more memory than is free: whoever else is on the machine keeps theirs.
    var batch = asked;
    while (batch > 64 && batch * WindowBytes > 0.9 * Machine.FreeBytes()) batch /= 2;
    if (batch < asked) remarks.Add(string.Create(CultureInfo.InvariantCulture, $"Batch {asked}: {Machine.FreeBytes() / 1e9:F0} GB were free, so the step was taken at {batch}."));
    var (times, held) = (batch > 512 ? 1 : rounds, batch);
    var kymo = Step(batch, times);
    TorchMemory.Trim();
    double? peer = null;
    while (held >= 64 && (peer = Ask("step", held.ToString(CultureInfo.InvariantCulture), times, threads)) is null && batch > 512) held /= 2;
    var note = peer is null ? "no PyTorch here" : held == batch ? "" : string.Create(CultureInfo.InvariantCulture, $"PyTorch ran out of memory above {held} windows: its time there, {peer:G4} s, by {batch / held}");
    rows.Add(new Result($"step of scenario2, window 450, batch {batch}, {threads} threads", "s", kymo, peer * (batch / held), 1.5, note));
}
new Results("Activity", "Kymo.Bench.Activity", Machine.Describe(), rows, remarks).Print(args.Contains("--json"), args.Contains("--no-table") ? null : "activity.md");

double Step(int batch, int times)
{
    using var random = new RandomGenerator(0);
    using var r = new HarRegressor(
        new HarRegressorConfig([32, 32, 32, 16], [5, 5, 5, 1], [1, 3, 5, 1], [0.1, 0.3, 0.3, 0.3], SequenceLength: 450, TemporalHiddenChannels: 48, TemporalDropout: 0.3,
            FcHidden: 128, FcDropout: 0.1, UseBatchNorm: true), random, random);
    using var f = new HarFeatureExtractor(new HarFeatureExtractorConfig(NFilters: 16, FilterSize: 3, WindowSize: 450, DropProb: 0.3), random, random);
    using var c = new HarClassifier(new HarClassifierConfig(), random);
    using var optimizer = new Adam([.. r.NamedParameters(), .. f.NamedParameters(), .. c.NamedParameters()], new AdamOptions { LearningRate = 4e-4, WeightDecay = 7e-4 });
    using var kept = new TensorScope();
    var (pose, signal) = (kept.Normal(random, batch, 3, 3, 450), kept.Normal(random, batch, 3, 450));
    var labels = kept.Zeros(ElementType.Int64, batch).FillIntegers(0, 11, random);
    using var scope = new TensorScope();
    return Results.MedianSeconds(times, () =>
    {
        var (x, y) = (scope.Borrow(pose), scope.Borrow(signal));
        var simulated = r.Forward(x);
        var (real, sim) = (f.Forward(y), f.Forward(simulated));
        var loss = Losses.MeanSquaredError(simulated, y) + (Losses.CrossEntropy(c.Forward(real), labels) + Losses.CrossEntropy(c.Forward(sim), labels)) * 100
            + Alignment.Dissimilarity(sim, real);
        scope.ResetExcept(loss);
        optimizer.ZeroGrad();
        loss.Backward();
        optimizer.Step();
        scope.Reset();
    });
}

// The peer's median, or null where its libraries are missing.
static double? Ask(string what, string argument, int count, int cores = 1) =>
    PeerProgram.AskScript("activity.py", what, argument, count.ToString(CultureInfo.InvariantCulture), cores.ToString(CultureInfo.InvariantCulture)) is { } said
        ? double.Parse(said, CultureInfo.InvariantCulture)
        : null;
