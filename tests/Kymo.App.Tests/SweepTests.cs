using System.Text.Json.Nodes;
using Kymo.Config;

namespace Kymo.App.Tests;

/// <summary>Sweeps and configuration reports as a user starts them.</summary>
public sealed class SweepTests : IDisposable
{
    static readonly string[] s_quick =
    [
        "train", "urban-sounds", "data=table", "features=logmel_1s5", "trainer.epochs=1", "trainer.threads=1", "augment=none", "cv.held_out=[1]", "--multirun",
    ];

    readonly TempFolder _folder = new();

    public SweepTests() => Sounds.Write(_folder["sounds"]);

    [Fact]
    public void Sweep_numbers_its_jobs_once_and_runs_none_that_is_done()
    {
        var first = KymoProgram.Succeed(_folder.Path, [.. s_quick, "data.root=sounds", "seed=1,0", "hydra.sweep.dir=sweep", "hydra.verbose=true"]);
        Assert.Contains("[HYDRA] Launching 2 jobs locally", first.Error);
        Assert.Contains("#1 : data=table features=logmel_1s5 trainer.epochs=1 trainer.threads=1 augment=none cv.held_out=[1] data.root=sounds seed=0", first.Error);
        Assert.EndsWith("sweep\n", first.Output);
        Assert.Equal(["0 done seed=1", "1 done seed=0"], Ledger());

        var multirun = (MapNode)YamlReader.ReadConfig(File.ReadAllBytes(_folder["sweep/multirun.yaml"]), "multirun.yaml");
        Assert.Equal("MULTIRUN", ConfigResolver.Of(multirun).Get("hydra.mode").ToString());

        // In another order and with one more: the numbers stay, only what is new runs.
        var second = KymoProgram.Succeed(_folder.Path, [.. s_quick, "data.root=sounds", "seed=0,2,1", "hydra.sweep.dir=sweep", "--json"]);
        Assert.Equal(2, second.Error.Split("done before; not run again").Length - 1);
        Assert.Equal(["0 done seed=1", "1 done seed=0", "2 done seed=2"], Ledger());
        var run = Assert.Single(Directory.GetDirectories(_folder["results/runs"], "*_job2_*"));

        // The scores of what is done are there for the summary over seeds, also where a kill came between a run's end and the ledger.
        var ledger = File.ReadAllLines(_folder["sweep/jobs.jsonl"]);
        File.WriteAllLines(_folder["sweep/jobs.jsonl"], [ledger[0], ledger[1].Replace("\"done\"", "\"running\"", StringComparison.Ordinal), ledger[2]]);
        var third = KymoProgram.Succeed(_folder.Path, [.. s_quick, "data.root=sounds", "seed=0,2,1", "hydra.sweep.dir=sweep", "--json"]);
        Assert.Equal(3, third.Error.Split("done before; not run again").Length - 1);
        foreach (var sweep in new[] { second, third })
            Assert.Equal([0, 2, 1], sweep.Json["jobs"]!.AsArray().Select(job => job!["metrics"]!).Where(metrics => metrics["test"]!["acc"] is not null).Select(metrics => (int)metrics["seed"]!));
        Assert.Equal(["0 done seed=1", "1 done seed=0", "2 done seed=2"], Ledger());

        var overrides = (ListNode)YamlReader.ReadConfig(File.ReadAllBytes(Path.Combine(run, ".hydra", "overrides.yaml")), "overrides.yaml");
        Assert.Contains("seed=2", overrides.Select(item => item.ToString()));
        var hydra = YamlReader.ReadConfig(File.ReadAllBytes(Path.Combine(run, ".hydra", "hydra.yaml")), "hydra.yaml");
        var node = hydra is MapNode map && map["hydra"] is MapNode inner ? inner : (MapNode)hydra;
        Assert.Equal("2", ConfigResolver.Of(node).Get("job.num").ToString());
    }

    [Fact]
    public void Sweep_goes_on_after_a_failure_when_asked_and_runs_it_again_later()
    {
        string[] line = [.. s_quick, "data.root=nowhere,sounds", "hydra.sweep.dir=sweep"];
        var stopped = KymoProgram.Run(_folder.Path, line);
        Assert.NotEqual(0, stopped.Code);
        Assert.Equal(["0 failed data.root=nowhere", "1 waiting data.root=sounds"], Ledger("data.root="));

        var went = KymoProgram.Run(_folder.Path, [.. line, "sweep.on_failure=continue"]);
        Assert.Equal(1, went.Code);
        Assert.Contains("1 of 2 jobs failed (0)", went.Error);
        Assert.Equal(["0 failed data.root=nowhere", "1 done data.root=sounds"], Ledger("data.root="));

        Sounds.Write(_folder["nowhere"]);
        var mended = KymoProgram.Succeed(_folder.Path, line);
        Assert.Single(mended.Error.Split("done before").Skip(1));
        Assert.Equal(["0 done data.root=nowhere", "1 done data.root=sounds"], Ledger("data.root="));
    }

    [Theory]
    [InlineData("sweep.on_failure=maybe", "sweep.on_failure=maybe: expected stop or continue")]
    [InlineData("seed=interval(0,1)", "BasicSweeper does not support sweep type : INTERVAL_SWEEP")]
    [InlineData("hydra.sweep.dir=a,b", "Sweeping over Hydra's configuration is not supported : 'hydra.sweep.dir=a,b'")]
    [InlineData("optim.lrr=1,2", "Key 'lrr' is not in struct\nDid you mean 'lr'?")]
    [InlineData("--resume first", "--resume first with --multirun: a sweep goes on when its own command is typed again, with the same hydra.sweep.dir=DIR")]
    [InlineData("--resume auto", "--resume auto with --multirun: ")]
    [InlineData("--resume-anyway", "--resume-anyway with --multirun: ")]
    [InlineData("--nproc 2", "--nproc 2 with --multirun: the runs of a sweep have one process each")]
    public void Sweep_that_cannot_be_made_ends_with_2_before_anything_runs(string text, string expected)
    {
        var ending = KymoProgram.Run(_folder.Path, [.. s_quick, "data.root=sounds", .. text.Split(' ')]);
        Assert.Equal(2, ending.Code);
        Assert.Contains(expected, ending.Error);
        Assert.False(Directory.Exists(_folder["results"]));
    }

    [Theory]
    [InlineData(new[] { "--cfg", "job", "-p", "optim", "optim=adam" }, "# @package optim\nname: adam\nlr: 0.001\n")]
    [InlineData(new[] { "--cfg", "hydra", "-p", "hydra.sweep" }, "# @package hydra.sweep\ndir: multirun/${now:%Y-%m-%d}/${now:%H-%M-%S}\nsubdir: ${hydra.job.num}\n")]
    [InlineData(new[] { "--cfg", "job", "+x=${seed}", "seed=5", "--resolve", "-p", "x" }, "5\n")]
    [InlineData(new[] { "--info", "defaults-tree" }, "\nDefaults Tree\n*************\n<root>:\n  hydra/config:\n")]
    [InlineData(new[] { "--info", "defaults" }, "\nDefaults List\n*************\n| Config path")]
    [InlineData(new[] { "--info", "searchpath", "--config-dir", "further" }, "\nConfig search path\n******************\n| Provider     | Search path")]
    public void Report_prints_what_was_composed_and_runs_nothing(string[] arguments, string expected)
    {
        Directory.CreateDirectory(_folder["further"]);
        Assert.StartsWith(expected, KymoProgram.Succeed(_folder.Path, ["train", "urban-sounds", .. arguments]).Output);
        Assert.False(Directory.Exists(_folder["results"]));
    }

    [Fact]
    public void A_further_folder_gives_options_and_a_primary_config()
    {
        Directory.CreateDirectory(_folder["mine/optim"]);
        File.WriteAllText(_folder["mine/optim/slow.yaml"], "name: adamw\nlr: 1e-5\n");
        File.WriteAllText(_folder["mine/special.yaml"], "defaults:\n- config\n- override optim: slow\n- _self_\nseed: 42\n");
        var output = KymoProgram.Succeed(_folder.Path, "train", "urban-sounds", "--config-dir", "mine", "--config-name", "special", "--cfg", "job").Output;
        Assert.Contains("seed: 42\n", output);
        Assert.Contains("lr: 1.0e-05\n", output);
    }

    public void Dispose() => _folder.Dispose();

    string[] Ledger(string shown = "seed=") => [.. File.ReadLines(_folder["sweep/jobs.jsonl"]).Select(line => JsonNode.Parse(line)!).Select(entry =>
        $"{entry["number"]} {entry["state"]} {entry["overrides"]!.AsArray().Select(text => text!.GetValue<string>()).Single(text => text.StartsWith(shown, StringComparison.Ordinal))}")];
}
