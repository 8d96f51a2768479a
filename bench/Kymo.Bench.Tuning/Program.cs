using System.Diagnostics;
using System.Globalization;
using Kymo.Bench.Tuning;
using Kymo.Tuning;

// TPE beside Optuna, both sides in one run:
//   kymo-bench-tuning speed [--trials N] [--alone]
//   kymo-bench-tuning functions [--trials N] [--seeds N] [--function N]
//   kymo-bench-tuning workers KYMO-ADDRESS OPTUNA-ADDRESS [--workers N] [--trials N], each an empty database of one server
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var peer = new OptunaPeer(Path.Combine(Root(), "bench", "peers", "optuna_tpe.py"));
switch (args.FirstOrDefault())
{
    case "speed": Speed(Value("--trials", 1000)); break;
    case "functions": Functions(Value("--trials", 100), Value("--seeds", 20)); break;
    case "workers" when args.Length > 2: Workers(args[1], args[2], Value("--workers", 8), Value("--trials", 50)); break;
    case "worker": Work(args[1], Value("--trials", 50)); break;
    default: Console.Error.WriteLine("type speed, functions, or workers with two addresses"); return 2;
}
return 0;

// Asking and telling trials of ten parameters on a new SQLite file.
void Speed(int trials)
{
    var space = TenParameters();
    var folder = Directory.CreateTempSubdirectory("kymo-bench-");
    var theirs = args.Contains("--alone") ? double.NaN : peer.Speed(space, trials, Path.Combine(folder.FullName, "optuna.db"));
    var ours = Enumerable.Range(0, 3).Select(
        round => KymoSpeed(space, trials, Path.Combine(folder.FullName, $"kymo{round}.db"))).ToArray();
    folder.Delete(recursive: true);
    Console.WriteLine($"{trials} trials of 10 parameters, TPE on SQLite, ask and tell");
    Console.WriteLine($"Optuna {peer.Version()}: {theirs:F2} s");
    Console.WriteLine(
        $"Kymo: {ours.Order().ElementAt(1):F2} s (median of 3: {string.Join(", ", ours.Select(s => s.ToString("F2")))})");
    Console.WriteLine($"ratio: {theirs / ours.Order().ElementAt(1):F1}");
}

// Trials a second of several processes on one study, from the first start to the last end.
void Workers(string ours, string theirs, int workers, int trials)
{
    double Rate(string address, Func<Process> start)
    {
        using (var storage = StudyStorage.Open(address, TimeProvider.System, OptunaSchema.Version31))
            Study.OpenOrCreate(storage, "workers", [StudyDirection.Minimize], new RandomSampler(0));
        var processes = Enumerable.Range(0, workers).Select(_ => start()).ToArray();
        foreach (var process in processes) process.WaitForExit();
        using var done = StudyStorage.Open(address, TimeProvider.System);
        var told = Study.Open(done, "workers", new RandomSampler(0)).Trials();
        return told.Count / (told.Max(trial => trial.Completed)! - told.Min(trial => trial.Started)!).Value.TotalSeconds;
    }

    var self = Environment.ProcessPath!;
    var kymo = Rate(ours, () => Process.Start(self, ["worker", ours, "--trials", trials.ToString()]));
    var optuna = Rate(theirs, () => peer.Worker(TenParameters(), trials, theirs));
    Console.WriteLine($"{workers} workers, {trials} trials of 10 parameters each, TPE");
    Console.WriteLine($"Optuna {peer.Version()}: {optuna:F1} trials a second");
    Console.WriteLine($"Kymo: {kymo:F1} trials a second");
    Console.WriteLine($"ratio: {kymo / optuna:F1}");
}

void Work(string address, int trials)
{
    using var storage = StudyStorage.Open(address, TimeProvider.System);
    var study = Study.Open(storage, "workers", new TpeSampler((uint)Environment.ProcessId));
    for (var i = 0; i < trials; i++) RunTrial(study, TenParameters());
}

double KymoSpeed(SearchSpace space, int trials, string path)
{
    var start = Stopwatch.GetTimestamp();
    using var storage = new SqliteStorage(path, TimeProvider.System, OptunaSchema.Version31);
    var study = Study.Create(storage, "speed", [StudyDirection.Minimize], new TpeSampler(0));
    for (var i = 0; i < trials; i++) RunTrial(study, space);
    return Stopwatch.GetElapsedTime(start).TotalSeconds;
}

// The median best value over seeds, above the known least value. With --function N only that row of bench/results/tuning.md is new.
void Functions(int trials, int seeds)
{
    var only = Value("--function", -1);
    var head = $"""
        # Tuning

        Written by `bench/Kymo.Bench.Tuning functions`: the best value that {trials} trials of TPE with its defaults found, above the function's
        least value, median over {seeds} seeds, both sides in one run, each with its own random streams. Better, equal and worse count the seeds;
        equal is within a millionth.

        | function | Kymo | Optuna {peer.Version()} | seeds better, equal, worse | |
        |---|---|---|---|---|

        """;
    var file = Path.Combine(Root(), "bench", "results", "tuning.md");
    var before = File.Exists(file) ? File.ReadAllLines(file) : [];
    var rows = new List<string>();
    for (var i = 0; i < StandardFunction.All.Length; i++)
    {
        var function = StandardFunction.All[i];
        var known = before.FirstOrDefault(line => line.StartsWith($"| {function.Name} |", StringComparison.Ordinal));
        if (only < 0 || i == only) known = Row(function, trials, seeds);
        if (known is not null) rows.Add(known);
    }
    var table = head + string.Join("\n", rows) + "\n";
    File.WriteAllText(file, table);
    Console.Write(table);
}

string Row(StandardFunction function, int trials, int seeds)
{
    var pairs = Enumerable.Range(0, seeds).Select(seed => (
        Ours: KymoSearch(function, trials, (uint)seed) - function.Least,
        Theirs: peer.Search(function.Space, trials, seed, function.Value) - function.Least)).ToArray();
    var equal = pairs.Count(pair => Math.Abs(pair.Ours - pair.Theirs) <= 1e-6 * Math.Abs(pair.Theirs));
    var better = pairs.Count(pair => pair.Ours < pair.Theirs - 1e-6 * Math.Abs(pair.Theirs));
    var (ours, theirs) = (Median(pairs.Select(pair => pair.Ours)), Median(pairs.Select(pair => pair.Theirs)));
    return $"| {function.Name} | {ours:G5} | {theirs:G5} | {better}, {equal}, {seeds - equal - better} | {(ours <= theirs * (1 + 1e-6) ? "" : "worse")} |";
}

double KymoSearch(StandardFunction function, int trials, uint seed)
{
    using var storage = new MemoryStorage(TimeProvider.System);
    var study = Study.Create(storage, "search", [StudyDirection.Minimize], new TpeSampler(seed));
    for (var i = 0; i < trials; i++)
    {
        var trial = study.Ask(function.Space);
        study.Tell(trial, function.Value([.. trial.Frozen.Parameters.Select(parameter => parameter.Number)]));
    }
    return study.BestTrial()!.Value!.Value;
}

double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
}

int Value(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
        ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
        : otherwise;

static void RunTrial(Study study, SearchSpace space)
{
    var trial = study.Ask(space);
    study.Tell(trial, trial.Frozen.Parameters.Sum(parameter => Math.Pow(parameter.Number - 0.3, 2)));
}

static SearchSpace TenParameters() => new(
[
    new("lr", new FloatDistribution(1e-5, 1e-1, log: true)),
    new("weight_decay", new FloatDistribution(1e-6, 1e-2, log: true)),
    new("momentum", new FloatDistribution(0.5, 0.99)),
    new("smoothing", new FloatDistribution(0, 0.3)),
    new("alpha", new FloatDistribution(0, 10)),
    new("dropout", new FloatDistribution(0, 0.5, step: 0.05)),
    new("layers", new IntDistribution(1, 8)),
    new("filters", new IntDistribution(8, 256, step: 8)),
    new("hidden", new IntDistribution(16, 512, log: true)),
    new("pool", new CategoricalDistribution(["max", "mean", null])),
]);

static string Root()
{
    for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        if (File.Exists(Path.Combine(directory.FullName, "Kymo.slnx"))) return directory.FullName;
    throw new InvalidOperationException("no Kymo.slnx above " + AppContext.BaseDirectory);
}
