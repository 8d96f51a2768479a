using System.Diagnostics;
using System.Globalization;
using Kymo.Bench;
using Kymo.Bench.Config;
using Kymo.Config;

// kymo-bench-config [--json] [--no-table]: overrides read in a second, and a configuration of twelve groups composed.
const int Rounds = 7;
const double HydraPerSecond = 2800;
var conditions = Machine.Describe();
string[] typed =
[
    "trainer.epochs=60", "optim.lr=3e-4", "data=mmfit", "+trainer.tags=[a,b,c]", "~optim.scheduler", "optim.betas=[0.9,0.999]", "model=crnn", "run.name='first try'",
    "++model.head={hidden:64,dropout:0.1,act:relu}", "hydra.run.dir=outputs/${now:%Y-%m-%d}/x", "lr=choice(1e-3,3e-4)", "seed=range(0,10,2)", "data.root=/srv/data/set_1",
    "tune.lr=tag(log,interval(1e-5,1e-2))", "features@left=logmel", "path=a/b-c.d", "flag=true", "note=\"a, b = c\"", "x.0.y=null", "k=sort(3,1,2)",
];
var rows = new List<Result>();

var overrides = Median(Rounds, () =>
{
    for (var i = 0; i < 500; i++)
        foreach (var text in typed) Override.Parse(text);
}) / (500 * typed.Length);
rows.Add(new Result("one override read, Hydra's own parser at the speed it was measured with elsewhere", "µs", overrides * 1e6, 1e6 / HydraPerSecond, 20,
    string.Create(CultureInfo.InvariantCulture, $"{1 / overrides:N0} a second against {HydraPerSecond:N0}")));

using var values = new PeerValues(Path.Combine(Machine.Root(), "bench", "peers", "omegaconf_values.py"));
var remarks = new List<string>();
if (values.SecondsEach() is { } seconds)
    rows.Add(new Result("one override read, beside OmegaConf reading its value (the same kind of parser) on this machine", "µs", overrides * 1e6, seconds * 1e6, 20));
else remarks.Add("`/usr/bin/python3` with `omegaconf` is not there; that comparison is left out.");

using var tree = new TwelveGroups();
var composer = new ConfigComposer();
var compose = Median(Rounds, () =>
{
    for (var i = 0; i < 20; i++) composer.Compose(tree.Request());
}) / 20;
rows.Add(new Result("a configuration of 12 groups composed with 20 overrides, files known", "ms", compose * 1e3, null, 5));
var fresh = Median(Rounds, () =>
{
    for (var i = 0; i < 5; i++) new ConfigComposer().Compose(tree.Request());
}) / 5;
rows.Add(new Result("the same with every file read anew", "ms", fresh * 1e3, null, 50));

new Results("Configuration", "Kymo.Bench.Config", conditions, rows, remarks).Print(args.Contains("--json"), args.Contains("--no-table") ? null : "config.md");

// The first rounds compile and warm up and do not count.
static double Median(int rounds, Action action)
{
    var seconds = new List<double>();
    for (var round = -3; round < rounds; round++)
    {
        var clock = Stopwatch.StartNew();
        action();
        if (round >= 0) seconds.Add(clock.Elapsed.TotalSeconds);
    }
    return Results.Median(seconds);
}
