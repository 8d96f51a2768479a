namespace Kymo.Config.Tests;

public sealed class ConfigComposerTests
{
    const string Files = """
        == c
        defaults: [db: mysql, _self_]
        lr: 0.001
        db: {port: 7}
        == db/mysql
        host: mysql
        port: 3306
        == db/sqlite
        host: sqlite
        == model/cnn
        # @package _global_
        size: 2
        lr: 5
        == model/sub/deep
        k: v

        """;

    [Theory]
    [InlineData("", "{'db': {'host': 'mysql', 'port': 7}, 'lr': 0.001}")]
    [InlineData("db=sqlite", "{'db': {'host': 'sqlite', 'port': 7}, 'lr': 0.001}")]
    [InlineData("+model=cnn", "{'db': {'host': 'mysql', 'port': 7}, 'lr': 5, 'size': 2}")]
    [InlineData("+model=cnn lr=1e-3 +db.user=me ~db.port", "{'db': {'host': 'mysql', 'user': 'me'}, 'lr': 0.001, 'size': 2}")]
    [InlineData("+model/sub@a.b=deep", "{'db': {'host': 'mysql', 'port': 7}, 'lr': 0.001, 'a': {'b': {'k': 'v'}}}")]
    [InlineData("db={host:x}", "{'db': {'host': 'x', 'port': 7}, 'lr': 0.001}")]
    [InlineData("~db ~lr", "{'db': {'port': 7}}")]
    public void Configs_are_merged_in_the_order_of_the_list_then_values_are_overridden(string texts, string expected)
    {
        using var folder = new ConfigFolder(Files);
        Assert.Equal(expected, folder.Values("c", texts.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Without_a_primary_config_all_comes_from_the_command_line()
    {
        using var folder = new ConfigFolder(Files);
        Assert.Equal("{}", folder.Values(null));
        Assert.Equal("{'db': {'host': 'sqlite'}, 'x': [1, 2]}", folder.Values(null, "+db=sqlite", "+x=[1,2]"));
    }

    [Fact]
    public void First_folder_that_has_a_config_gives_it()
    {
        using var folder = new ConfigFolder(Files);
        using var second = new ConfigFolder("== db/sqlite\nhost: second\n== db/pg\nhost: pg\n== c\nlr: second\n== only/here\nx: 1");
        var request = folder.Request("c", "db=pg", "+only=here") with
        {
            SearchPath = [new SearchPathEntry(SearchPathEntry.Main, folder.Path), new SearchPathEntry(SearchPathEntry.CommandLine, "file://" + second.Path)],
        };
        Assert.Equal("{'db': {'host': 'pg', 'port': 7}, 'lr': 0.001, 'only': {'x': 1}}", PythonText.Quoted(folder.Compose(request).Config));
        Assert.Equal("sqlite", ((MapNode)folder.Compose(request with { Overrides = Override.ParseAll(["db=sqlite"]) }).Config["db"]!)["host"]!.ToString());
        Assert.Equal(["mysql", "pg", "sqlite"], folder.Composer.Options(request, "db"));
        Assert.Contains("only", folder.Composer.Groups(request));
        Assert.Contains("model/sub", folder.Composer.Groups(request));
        Assert.Equal([("hydra", "pkg://hydra.conf"), ("main", "file://" + folder.Path), ("command-line", "file://" + second.Path), ("schema", "structured://")],
            folder.Compose(request).Sources.Select(source => (source.Provider, source.Path)));
    }

    [Fact]
    public void Search_path_grows_by_the_primary_config_or_the_command_line()
    {
        using var other = new ConfigFolder("== db/far\nhost: far");
        using var folder = new ConfigFolder($"{Files}== s\nhydra: {{searchpath: ['file://{other.Path}']}}");
        Assert.Equal("{'db': {'host': 'far'}}", folder.Values("s", "+db=far"));
        Assert.Equal("{'db': {'host': 'far', 'port': 7}, 'lr': 0.001}", folder.Values("c", $"hydra.searchpath=['{other.Path}']", "db=far"));
        var gone = folder.Compose("c", "hydra.searchpath=['file:///nope','pkg://conf']");
        Assert.Equal(["provider=hydra.searchpath in command-line, path=/nope is not available.", "provider=hydra.searchpath in command-line, path=conf is not available."],
            gone.Warnings);
        Assert.StartsWith("No config source registered for schema s3, supported types : [file]", folder.Error("c", "hydra.searchpath=['s3://x']"));
        Assert.StartsWith("hydra.searchpath must be a list of strings. Got: 5", folder.Error("c", "hydra.searchpath=5"));
    }

    [Fact]
    public void Only_the_primary_config_may_set_the_search_path()
    {
        using var folder = new ConfigFolder("== c\ndefaults: [late]\n== late\nhydra: {searchpath: [x]}");
        Assert.Equal("In 'late': Overriding hydra.searchpath is only supported from the primary config", folder.Error("c"));
    }

    [Fact]
    public void Hydra_node_tells_of_the_run()
    {
        using var folder = new ConfigFolder(Files);
        var hydra = folder.Compose("c", "lr=2", "db=sqlite", "hydra.run.dir=out", "hydra/launcher=slurm", "hydra.job.num=3").Hydra;
        Assert.Equal("{'dir': 'out'}", Quoted(hydra, "run"));
        Assert.Equal("{'hydra': ['hydra.run.dir=out', 'hydra/launcher=slurm', 'hydra.job.num=3'], 'task': ['lr=2', 'db=sqlite']}", Quoted(hydra, "overrides"));
        var job = (MapNode)hydra["job"]!;
        Assert.Equal("kymo", job["name"]!.ToString());
        Assert.Equal("c", job["config_name"]!.ToString());
        Assert.Equal("db=sqlite,lr=2", job["override_dirname"]!.ToString());
        Assert.Equal("3", job["num"]!.ToString());
        var runtime = (MapNode)hydra["runtime"]!;
        Assert.Equal("/work", runtime["cwd"]!.ToString());
        Assert.Equal("sqlite", ((MapNode)runtime["choices"]!)["db"]!.ToString());
        Assert.Equal("slurm", ((MapNode)runtime["choices"]!)["hydra/launcher"]!.ToString());
        Assert.Equal("RUN", hydra["mode"]!.ToString());
        Assert.Equal(["run", "sweep", "launcher", "sweeper", "help", "hydra_help", "hydra_logging", "job_logging", "env", "mode", "searchpath", "callbacks",
            "output_subdir", "overrides", "job", "runtime", "verbose"], hydra.Keys.Select(key => key.ToString()).Except(["x"]));
    }

    [Theory]
    [InlineData("hydra/sweeper=optuna", "sweeper.n_trials", "20")]
    [InlineData("hydra/sweeper=optuna hydra.sweeper.n_trials=5", "sweeper.n_trials", "5")]
    [InlineData("hydra/sweeper=optuna hydra/sweeper/sampler=random", "sweeper.sampler._target_", "optuna.samplers.RandomSampler")]
    [InlineData("hydra/launcher=slurm hydra.launcher.partition=gpu", "launcher.partition", "gpu")]
    [InlineData("hydra.sweeper.max_batch_size=4", "sweeper.max_batch_size", "4")]
    [InlineData("hydra/job_logging=disabled", "job_logging.root.handlers", "[]")]
    [InlineData("hydra.verbose=[a,b]", "verbose", "['a', 'b']")]
    [InlineData("hydra.mode=MULTIRUN", "mode", "MULTIRUN")]
    [InlineData("hydra.output_subdir=null", "output_subdir", "None")]
    [InlineData("hydra.run.dir=5", "run.dir", "5")]
    [InlineData("+hydra.job.env_set.A=b", "job.env_set.A", "b")]
    [InlineData("hydra.job.env_copy=[KYMO_HERE]", "job.env_set.KYMO_HERE", "here")]
    [InlineData("hydra.job.config.override_dirname.exclude_keys=[lr] lr=1 db.port=2", "job.override_dirname", "db.port=2")]
    [InlineData("hydra.job.config.override_dirname.kv_sep=: hydra.job.config.override_dirname.item_sep=_ lr=1 db.port=2", "job.override_dirname", "db.port:2_lr:1")]
    public void Hydra_node_can_be_overridden(string texts, string path, string expected)
    {
        using var folder = new ConfigFolder(Files);
        var node = new NodePath(node => node).Select(folder.Compose("c", texts.Split(' ')).Hydra, path)!;
        Assert.Equal(expected, node is ScalarNode scalar ? scalar.ToString() : PythonText.Quoted(node));
    }

    [Theory]
    [InlineData("hydra.runs.dir=x", "Could not override 'hydra.runs.dir'.\nTo append to your config use +hydra.runs.dir=x\nKey 'runs' is not in struct\nDid you mean 'run'?")]
    [InlineData("hydra.job.num=abc", "Value 'abc' of 'hydra.job.num' does not fit: expected a whole number")]
    [InlineData("hydra.mode=SOMETIMES", "Value 'SOMETIMES' of 'hydra.mode' does not fit: expected RUN or MULTIRUN")]
    [InlineData("hydra.run.dir=null", "Value 'None' of 'hydra.run.dir' does not fit: expected text")]
    [InlineData("hydra.run.dir=[1]", "Value '[1]' of 'hydra.run.dir' does not fit: expected text")]
    [InlineData("hydra.job=5", "hydra.job is no map.")]
    [InlineData("~hydra", "Could not delete 'hydra'. No match in the defaults list")]
    [InlineData("hydra={a:1}", "Could not override 'hydra'.\nTo append to your config use +hydra={a:1}\nKey 'a' is not in struct")]
    [InlineData("hydra/launcher=nope", "In 'hydra/config': Could not find 'hydra/launcher/nope'\n\nAvailable options in 'hydra/launcher':\n\tbasic\n\tslurm\n")]
    [InlineData("hydra.job.env_copy=[KYMO_NOPE]", "hydra.job.env_copy names 'KYMO_NOPE', but there is no environment variable")]
    public void Wrong_values_of_the_hydra_node_are_refused(string text, string expected)
    {
        using var folder = new ConfigFolder(Files);
        Assert.StartsWith(expected, folder.Error("c", text));
    }

    [Theory]
    [InlineData("hydra: {foo: 1}", "Key 'foo' not in 'HydraConf'\n    full_key: hydra.foo\n")]
    [InlineData("hydra: {run: {dri: x}}", "Key 'dri' not in 'HydraConf'\n    full_key: hydra.run.dri\n<here>/c.yaml:1:")]
    [InlineData("hydra: 5", "The node 'hydra' is no map.")]
    public void Configs_may_set_only_the_keys_hydra_has(string config, string expected)
    {
        using var folder = new ConfigFolder("== c\n" + config);
        Assert.StartsWith(expected, folder.Error("c"));
    }

    [Fact]
    public void Config_under_the_name_of_a_schema_is_merged_into_it()
    {
        using var folder = new ConfigFolder("== c\nx: 1\n== hydra/launcher/slurm\npartition: mine\n== hydra/launcher/own\nlevel: 1");
        Assert.Equal("mine", new NodePath(node => node).Select(folder.Compose("c", "hydra/launcher=slurm").Hydra, "launcher.partition")!.ToString());
        Assert.Equal("1", new NodePath(node => node).Select(folder.Compose("c", "hydra/launcher=slurm").Hydra, "launcher.nodes")!.ToString());
        Assert.Equal("{'level': 1}", Quoted(folder.Compose("c", "hydra/launcher=own").Hydra, "launcher"));
        folder.Write("hydra/config\nx: 1");
        Assert.StartsWith("'hydra/config' is validated against ConfigStore schema with the same name.", folder.Error("c"));
    }

    [Fact]
    public void List_config_needs_a_package()
    {
        using var folder = new ConfigFolder("== c\ndefaults: [list@_global_]\n== list\n- 1\n== d\ndefaults: [list@x]");
        Assert.StartsWith("In 'list': ConfigTypeError raised while composing config:\nCannot merge DictConfig with ListConfig", folder.Error("c"));
        Assert.Equal("{'x': [1]}", folder.Values("d"));
    }

    [Fact]
    public void Changed_file_is_read_again_and_a_composition_does_not_touch_another()
    {
        using var folder = new ConfigFolder(Files);
        var first = folder.Compose("c", "db.host=changed");
        Assert.Equal("mysql", ((MapNode)folder.Compose("c").Config["db"]!)["host"]!.ToString());
        folder.Write("db/mysql\nhost: another\nport: 1");
        Assert.Equal("another", ((MapNode)folder.Compose("c").Config["db"]!)["host"]!.ToString());
        Assert.Equal("changed", ((MapNode)first.Config["db"]!)["host"]!.ToString());
    }

    [Fact]
    public void Jobs_of_a_sweep_are_composed_with_their_numbers()
    {
        using var folder = new ConfigFolder(Files);
        var request = folder.Request("c", "db=glob(*)", "lr=1,2", "hydra.run.dir=x") with { IsMultirun = true };
        var jobs = BasicSweeper.Plan(
            request.Overrides.Where(item => !item.IsHydra), groupOptions: group => folder.Composer.Options(request, group))[0];
        Assert.Equal(["db=mysql lr=1", "db=mysql lr=2", "db=sqlite lr=1", "db=sqlite lr=2"], jobs.Select(job => job.ToString()));
        var last = folder.Composer.ComposeJob(request, jobs[3], 7);
        Assert.Equal("{'db': {'host': 'sqlite', 'port': 7}, 'lr': 2}", PythonText.Quoted(last.Config));
        var job = (MapNode)last.Hydra["job"]!;
        Assert.Equal(["7", "7", "db=sqlite,lr=2"], new[] { "num", "id", "override_dirname" }.Select(key => job[key]!.ToString()));
        Assert.Equal("MULTIRUN", last.Hydra["mode"]!.ToString());
        Assert.Equal("{'dir': 'x'}", Quoted(last.Hydra, "run"));
    }

    [Fact]
    public void Identity_follows_the_configuration_alone()
    {
        using var folder = new ConfigFolder(Files);
        Assert.Equal(folder.Compose("c").Identity, folder.Compose("c", "lr=0.001").Identity);
        Assert.NotEqual(folder.Compose("c").Identity, folder.Compose("c", "lr=0.002").Identity);
    }

    [Fact]
    public void One_composer_serves_several_threads()
    {
        using var folder = new ConfigFolder(Files);
        var expected = folder.Values("c");
        Parallel.For(0, 64, _ => Assert.Equal(expected, folder.Values("c")));
    }

    static string Quoted(MapNode map, string key) => PythonText.Quoted(map[key]!);
}
