namespace Kymo.Config.Tests;

public sealed class ConfigReportsTests
{
    const string Files = """
        == c
        defaults: [db: mysql, _self_]
        lr: 0.1
        twice: ${lr}
        == db/mysql
        host: h
        == db/sqlite
        host: s

        """;

    [Fact]
    public void Job_hydra_and_all_are_shown_as_yaml()
    {
        using var folder = new ConfigFolder(Files);
        var composition = folder.Compose("c");
        const string job = "db:\n  host: h\nlr: 0.1\ntwice: ${lr}\n";
        Assert.Equal(job, ConfigReports.Config(composition, ConfigView.Job));
        Assert.StartsWith("hydra:\n  run:\n    dir: outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}\n", ConfigReports.Config(composition, ConfigView.Hydra));
        Assert.DoesNotContain("\n  hydra_help:", ConfigReports.Config(composition, ConfigView.Hydra));
        var all = ConfigReports.Config(composition, ConfigView.All);
        Assert.Contains(job, all);
        Assert.Contains("hydra_help", all);
    }

    [Fact]
    public void Package_and_resolved_values_are_shown()
    {
        using var folder = new ConfigFolder(Files);
        var composition = folder.Compose("c");
        Assert.Equal("# @package db\nhost: h\n", ConfigReports.Config(composition, ConfigView.Job, "db"));
        Assert.Equal("0.1\n", ConfigReports.Config(composition, ConfigView.Job, "twice"));
        Assert.Equal("db:\n  host: h\nlr: 0.1\ntwice: 0.1\n", ConfigReports.Config(composition, ConfigView.Job, "_global_", resolve: true));
        Assert.Equal("package 'bd' not found in config\nDid you mean 'db'?",
            Assert.Throws<ConfigException>(() => ConfigReports.Config(composition, ConfigView.Job, "bd")).Message);
        Assert.Equal("db:\n  host: h\nlr: 0.1\ntwice: ${lr}\n", ConfigReports.Config(composition, ConfigView.Job));
    }

    [Fact]
    public void Defaults_list_is_a_table()
    {
        using var folder = new ConfigFolder(Files);
        var lines = ConfigReports.Defaults(folder.Compose("c")).Split('\n');
        Assert.Equal(["", "Defaults List", "*************"], lines[..3]);
        Assert.Equal("| Config path                 | Package             | _self_ | Parent       | ", lines[3]);
        Assert.Equal(new string('-', lines[3].Length), lines[4]);
        Assert.Contains("| hydra/output/default        | hydra               | False  | hydra/config |", lines);
        Assert.Contains("| hydra/config                | hydra               | True   | <root>       |", lines);
        Assert.Equal("| db/mysql                    | db                  | False  | c            |", lines[^4]);
        Assert.Equal("| c                           |                     | True   | <root>       |", lines[^3]);
        Assert.Equal(lines[4], lines[^2]);
    }

    [Fact]
    public void Defaults_tree_is_indented()
    {
        using var folder = new ConfigFolder(Files);
        var tree = ConfigReports.DefaultsTree(folder.Compose("c", "~hydra/env"));
        Assert.StartsWith("\nDefaults Tree\n*************\n<root>:\n  hydra/config:\n    hydra/output: default\n    hydra/launcher: basic\n", tree);
        Assert.EndsWith("    hydra/callbacks: null\n    hydra/env: default\n    _self_\n  c:\n    db: mysql\n    _self_\n", tree);
    }

    [Fact]
    public void Search_path_is_a_table()
    {
        using var folder = new ConfigFolder(Files);
        var lines = ConfigReports.SearchPath(folder.Compose("c")).Split('\n');
        Assert.Equal("Config search path", lines[1]);
        Assert.StartsWith("| Provider | Search path ", lines[3]);
        Assert.Equal($"| main     | file://{folder.Path} |", lines[6]);
    }

    [Fact]
    public void Help_lists_groups_and_shows_the_configuration()
    {
        using var folder = new ConfigFolder(Files);
        var request = folder.Request("c");
        var groups = folder.Composer.Groups(request).Select(group => KeyValuePair.Create(group, folder.Composer.Options(request, group))).ToList();
        var help = ConfigReports.Help(folder.Compose(request), groups);
        Assert.StartsWith("kymo speaks the configuration language of Hydra.\n\n== Configuration groups ==\n", help);
        Assert.Contains("\ndb: mysql, sqlite\n", help);
        Assert.DoesNotContain("hydra/launcher", help);
        Assert.Contains("\ndb:\n  host: h\nlr: 0.1\n", help);
        var hydra = ConfigReports.Help(folder.Compose(request), groups, "--cfg : shows the config", ofHydra: true);
        Assert.Contains("hydra/launcher: basic, slurm\n", hydra);
        Assert.Contains("hydra/sweeper: basic, optuna\n", hydra);
        Assert.Contains("--cfg : shows the config", hydra);
    }

    [Fact]
    public void Info_shows_all_of_it()
    {
        using var folder = new ConfigFolder(Files);
        var info = ConfigReports.Info(folder.Compose("c"));
        foreach (var title in (string[])["Config search path", "Defaults Tree", "Defaults List", "Config"]) Assert.Contains($"\n{title}\n***", info);
        Assert.EndsWith("twice: ${lr}\n", info);
    }
}
