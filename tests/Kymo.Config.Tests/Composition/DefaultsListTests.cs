namespace Kymo.Config.Tests;

/// <summary>The rules of defaults lists, one by one. Expected lists follow Hydra 1.3.2.</summary>
public sealed class DefaultsListTests
{
    const string Groups = """
        == db/mysql
        host: mysql
        == db/sqlite
        host: sqlite
        == model/crnn
        size: 1
        == model/cnn
        size: 2

        """;

    [Theory]
    [InlineData("defaults: [db: mysql]\nx: 1", "db/mysql@db c@*")]
    [InlineData("defaults: [_self_, db: mysql]", "c@* db/mysql@db")]
    [InlineData("defaults: [db: mysql, _self_, model: cnn]", "db/mysql@db c@* model/cnn@model")]
    [InlineData("defaults: [db/mysql]", "db/mysql@db c@*")]
    [InlineData("defaults: [/db/mysql@x]", "db/mysql@x c@*")]
    [InlineData("defaults: [db/mysql@_global_]", "db/mysql@ c@*")]
    [InlineData("defaults: [db@a.b: mysql, db@c: sqlite]", "db/mysql@a.b db/sqlite@c c@*")]
    [InlineData("defaults: [db@_here_: mysql]", "db/mysql@ c@*")]
    [InlineData("defaults: [db@_group_.x: mysql]", "db/mysql@db.x c@*")]
    [InlineData("defaults: [db: [mysql, sqlite]]", "db/mysql@db db/sqlite@db c@*")]
    [InlineData("defaults: [db: null]", "c@*")]
    [InlineData("defaults: [optional db: oracle, optional model: cnn]", "model/cnn@model c@*")]
    [InlineData("defaults: [optional db: [oracle, mysql]]", "db/mysql@db c@*")]
    [InlineData("defaults: [db: mysql, override db: sqlite]", "db/sqlite@db c@*")]
    [InlineData("defaults: [db: mysql, optional override db: sqlite]", "db/sqlite@db c@*")]
    [InlineData("defaults: []\nx: 1", "c@")]
    [InlineData("# @package p\ndefaults: [db: mysql]", "db/mysql@p.db c@p*")]
    [InlineData("# @package _global_\ndefaults: [db: mysql]", "db/mysql@db c@*")]
    [InlineData("\n# @other x\n# @package p", "c@p")]
    [InlineData("# a remark\n# @package p", "c@")]
    public void Entries(string config, string expected)
    {
        using var folder = new ConfigFolder($"{Groups}== c\n{config}");
        Assert.Equal(expected, folder.Defaults("c"));
    }

    [Theory]
    [InlineData("db=sqlite", "db/sqlite@db c@*")]
    [InlineData("db='sqlite'", "db/sqlite@db c@*")]
    [InlineData("db=[sqlite,mysql]", "db/sqlite@db db/mysql@db c@*")]
    [InlineData("+model=cnn", "db/mysql@db c@* model/cnn@model")]
    [InlineData("+model@m.n=cnn", "db/mysql@db c@* model/cnn@m.n")]
    [InlineData("+model@_global_=cnn", "db/mysql@db c@* model/cnn@")]
    [InlineData("+model=[cnn,crnn]", "db/mysql@db c@* model/cnn@model model/crnn@model")]
    [InlineData("~db", "c@*")]
    [InlineData("~db=mysql", "c@*")]
    public void Choices_of_the_command_line(string text, string expected)
    {
        using var folder = new ConfigFolder($"{Groups}== c\ndefaults: [db: mysql]");
        Assert.Equal(expected, folder.Defaults("c", text));
    }

    const string Nested = """
        == c
        defaults: [server: apache]
        == server/apache
        defaults: [db: mysql, /util: log]
        name: apache
        == server/nginx
        # @package web
        defaults: [db@store: sqlite, plain@_here_, /plain@_here_]
        == server/plain
        == plain
        == server/db/mysql
        == server/db/sqlite
        == util/log

        """;

    [Theory]
    [InlineData("", "server/db/mysql@server.db util/log@server.util server/apache@server* c@*")]
    [InlineData("server/db=sqlite", "server/db/sqlite@server.db util/log@server.util server/apache@server* c@*")]
    [InlineData("server=nginx", "server/db/sqlite@web.store server/plain@web plain@web server/nginx@web* c@*")]
    [InlineData("server=nginx server/db@web.store=mysql", "server/db/mysql@web.store server/plain@web plain@web server/nginx@web* c@*")]
    [InlineData("~server/db", "util/log@server.util server/apache@server* c@*")]
    [InlineData("util@server.util=log", "server/db/mysql@server.db util/log@server.util server/apache@server* c@*")]
    public void Nested_lists_are_relative_to_their_group_and_package(string texts, string expected)
    {
        using var folder = new ConfigFolder(Nested);
        Assert.Equal(expected, folder.Defaults("c", texts.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Command_line_wins_over_override_entries_the_outer_ones_over_the_inner_and_the_later_over_the_earlier()
    {
        const string files = """
            == outer
            defaults: [db: mysql, exp: one, override /db: pg]
            == inner
            defaults: [db: mysql, exp: one]
            == later
            defaults: [db: mysql, exp: one, exp2: two]
            == exp/one
            # @package _global_
            defaults: [override /db: sqlite]
            == exp2/two
            # @package _global_
            defaults: [override /db: pg]
            == db/mysql
            == db/sqlite
            == db/pg

            """;
        using var folder = new ConfigFolder(files);
        Assert.StartsWith("db/sqlite@db", folder.Defaults("inner"));
        Assert.StartsWith("db/pg@db", folder.Defaults("outer"));
        Assert.StartsWith("db/pg@db", folder.Defaults("later"));
        Assert.StartsWith("db/mysql@db", folder.Defaults("later", "db=mysql"));
    }

    [Theory]
    [InlineData("defaults: [db: mysql, model: cnn, both: '${db}_${model}']", "both/mysql_cnn@both")]
    [InlineData("defaults: [both: '${db}_${model}', db: mysql, model: cnn]", "both/mysql_cnn@both")]
    [InlineData("defaults: [db@x: mysql, both: '${db@x}_cnn']", "both/mysql_cnn@both")]
    [InlineData("defaults: [db: mysql, model: cnn, both: '${defaults.0.db}_${defaults.1.model}']", "both/mysql_cnn@both")]
    [InlineData("defaults: [_self_, db: mysql, both: '${defaults.1.db}_cnn']", "both/mysql_cnn@both")]
    [InlineData("defaults: [db: mysql, 'both/${db}_cnn']", "both/mysql_cnn@both")]
    public void Options_may_name_other_choices(string config, string expected)
    {
        using var folder = new ConfigFolder($"{Groups}== both/mysql_cnn\n== both/sqlite_cnn\n== c\n{config}");
        Assert.Contains(expected, folder.Defaults("c"));
        if (config.Contains("[db: mysql")) Assert.Contains("both/sqlite_cnn@both", folder.Defaults("c", "db=sqlite"));
    }

    [Theory]
    [InlineData("defaults: {db: mysql}", "Invalid defaults list in 'c', defaults must be a list (got mapping)\n<here>/c.yaml:1:")]
    [InlineData("defaults: null", "Invalid defaults list in 'c', defaults must be a list (got NoneType)")]
    [InlineData("defaults:\n- db: mysql\n  model: cnn", "In c: Too many keys in default item {'db': 'mysql', 'model': 'cnn'}\n<here>/c.yaml:2:")]
    [InlineData("defaults: [db: 5]", "In c: Unsupported item value in defaults : int. Supported: string or list")]
    [InlineData("defaults: [db: [mysql, 5]]", "In c: Unsupported item value in defaults : int, nested list items must be strings")]
    [InlineData("defaults: [5]", "In c: Unsupported type in defaults : int")]
    [InlineData("defaults: [{}]", "In c: Missing group name in {}")]
    [InlineData("defaults: [_self_@p]", "In c: _self_@PACKAGE is not supported")]
    [InlineData("defaults: [_self_, db: mysql, _self_]", "Duplicate _self_ defined in c")]
    [InlineData("defaults: [override db: sqlite, db: mysql]", "In c: Override 'db : sqlite' is defined before 'db: mysql'.\nOverrides must be at the end of the defaults list")]
    [InlineData("defaults: [db: mysql, db: mysql]", "db appears more than once in the final defaults list")]
    [InlineData("defaults: [db: mysql, db: sqlite]", "Multiple values for db. To override a value use 'override db: sqlite'")]
    [InlineData("defaults: [override db: sqlite]", "In 'c': Could not override 'db'. No match in the defaults list.")]
    [InlineData("defaults: [db@x: mysql, override db: sqlite]", "In 'c': Could not override 'db'.\nDid you mean to override db@x?")]
    [InlineData("defaults:\n- db: ???", "You must specify 'db', e.g, db=<OPTION>\nAvailable options:\n\tmysql\n\tsqlite")]
    [InlineData("defaults: [db: oracle]", "In 'c': Could not find 'db/oracle'\n\nAvailable options in 'db':\n\tmysql\n\tsqlite\nConfig search path:\n"
        + "\tprovider=hydra, path=pkg://hydra.conf\n\tprovider=main, path=file://<here>\n\tprovider=schema, path=structured://")]
    [InlineData("defaults: [db/oracle]", "In 'c': Could not load 'db/oracle'.\n\nConfig search path:\n\tprovider=hydra")]
    [InlineData("defaults: [both: '${db}_cnn']", "Error resolving interpolation '${db}_cnn'\nIn 'c': ")]
    [InlineData("defaults: [db: ['${model}']]", "In 'c': Defaults List interpolation is not supported in options list items")]
    [InlineData("defaults: [model: cnn, exp: '${model}']\n== exp/cnn\ndefaults: [override /db: sqlite]",
        "exp/cnn: Default List Overrides are not allowed in the subtree\nof an in interpolated config group")]
    [InlineData("# @package a b\nx: 1", "<here>/c.yaml: Too many components in '@package a b'")]
    [InlineData("# @package\nx: 1", "<here>/c.yaml: Expected header format: KEY VALUE, got '@package'")]
    [InlineData("- 1", "primary config 'c' must be a DictConfig, got ListConfig")]
    public void Faults_of_lists_are_named_in_hydras_words(string config, string expected)
    {
        using var folder = new ConfigFolder($"{Groups}== c\n{config}");
        Assert.StartsWith(expected, folder.Error("c"));
    }

    [Theory]
    [InlineData("data@x=mysql", "Override data@x=mysql looks like a config group override, but config group 'data' does not exist.")]
    [InlineData("db@x=sqlite", "Could not override 'db@x'.\nDid you mean to override db?\nTo append to your default list use +db@x=sqlite")]
    [InlineData("model=cnn", "Could not override 'model'. No match in the defaults list.\nTo append to your default list use +model=cnn")]
    [InlineData("++db=sqlite", "force-add of config groups is not supported: '++db=sqlite'")]
    [InlineData("+db=sqlite", "Multiple values for db. To override a value use 'override db: sqlite'")]
    [InlineData("+db=mysql", "db appears more than once in the final defaults list")]
    [InlineData("~db=sqlite", "Could not delete 'db=sqlite'. No match in the defaults list\nThe option chosen is 'mysql'.")]
    [InlineData("~model", "Could not delete 'model'. No match in the defaults list")]
    [InlineData("db=null", "Config group override must be a string or a list. Got NoneType")]
    [InlineData("db=5", "Config group override must be a string or a list. Got int")]
    [InlineData("~db=5", "Config group override deletion value must be a string : ~db=5")]
    [InlineData("db=[mysql,5]", "In 'db=[mysql,5]': the options of a config group are names, but 5 is a int.")]
    [InlineData("db=mysql,sqlite", "Ambiguous value for argument 'db=mysql,sqlite'\n1. To use it as a list, use key=[value1,value2]\n2. ")]
    [InlineData("x=range(1,3)", "Sweep parameters 'x=range(1,3)' requires --multirun")]
    [InlineData("db=nope", "In 'c': Could not find 'db/nope'\n\nAvailable options in 'db':\n\tmysql\n\tsqlite\nConfig search path:\n")]
    public void Faults_of_choices_are_named_in_hydras_words(string text, string expected)
    {
        using var folder = new ConfigFolder($"{Groups}== c\ndefaults: [db: mysql]\nx: 1");
        Assert.StartsWith(expected, folder.Error("c", text));
    }

    [Fact]
    public void Missing_primary_config_and_missing_folder_are_errors()
    {
        using var folder = new ConfigFolder("== c\nx: 1");
        Assert.StartsWith("Cannot find primary config 'nope'. Check that it's in your config search path.\n\nConfig search path:\n", folder.Error("nope"));
        var request = folder.Request("c") with { SearchPath = [new SearchPathEntry(SearchPathEntry.Main, folder.Path + "/nope")] };
        Assert.StartsWith("Primary config directory not found.", Assert.Throws<ConfigException>(() => folder.Compose(request)).Message);
    }

    [Fact]
    public void Missing_option_is_passed_over_in_a_multirun()
    {
        using var folder = new ConfigFolder($"{Groups}== c\ndefaults:\n- db: ???\nx: 1");
        Assert.Equal("{'x': 1}", PythonText.Quoted(folder.Compose(folder.Request("c", "db=mysql,sqlite") with { IsMultirun = true }).Config));
        var sweep = folder.Request("c", "hydra.job.name=a,b") with { IsMultirun = true };
        Assert.Equal("Sweeping over Hydra's configuration is not supported : 'hydra.job.name=a,b'",
            Assert.Throws<ConfigException>(() => folder.Compose(sweep)).Message);
    }

    [Fact]
    public void Primary_config_with_values_but_without_self_is_warned_of()
    {
        using var folder = new ConfigFolder($"{Groups}== c\ndefaults: [db: mysql]\nx: 1\n== d\ndefaults: [db: mysql]\n== e\ndefaults: [db: mysql, _self_]\nx: 1");
        Assert.StartsWith("In 'c': Defaults list is missing `_self_`.", Assert.Single(folder.Compose("c").Warnings));
        Assert.Empty(folder.Compose("d").Warnings);
        Assert.Empty(folder.Compose("e").Warnings);
    }

    [Theory]
    [InlineData("== c\ndefaults: [c]", "The defaults lists include one another without end.\nThe last of them: c -> c -> ")]
    [InlineData("== c\ndefaults: [g: a]\n== g/a\ndefaults: [b]\n== g/b\ndefaults: [/g: a]", "The defaults lists include one another without end.\nThe last of them: ")]
    [InlineData("== c\ndefaults: [a@x, a@y]\n== a\ndefaults: [c@x, c@y]", "The defaults lists include one another without end.")]
    public void Lists_that_include_one_another_are_an_error(string files, string expected)
    {
        using var folder = new ConfigFolder(files);
        Assert.StartsWith(expected, folder.Error("c"));
    }

    [Fact]
    public void Lists_that_grow_without_measure_are_an_error()
    {
        var files = string.Concat(Enumerable.Range(0, 40).Select(i => $"== l{i}\ndefaults: [l{i + 1}@a, l{i + 1}@b]\n")) + "== l40\nx: 1";
        using var folder = new ConfigFolder(files);
        Assert.StartsWith("The defaults lists include more than 100000 configs.", folder.Error("l0"));
    }

    [Fact]
    public void Deprecated_forms_count_only_where_they_are_accepted()
    {
        const string files = """
            == c
            defaults: [g: a]
            == g/a
            defaults: [h@_name_: b]
            == g/h/b
            == d
            defaults:
            - g: gone
              optional: true
            == e
            defaults: [g: head]
            == g/head
            # @package _group_

            """;
        using var folder = new ConfigFolder(files);
        var old = folder.Request("c") with { AcceptsHydra11 = true };
        Assert.Equal("g.b", folder.Composer.DefaultsOf(old)[0].Package);
        Assert.Equal("g._name_", folder.Composer.DefaultsOf(old with { AcceptsHydra11 = false })[0].Package);
        Assert.Equal("d", Assert.Single(new ConfigComposer().DefaultsOf(old with { ConfigName = "d" })).ConfigPath);
        Assert.Throws<ConfigException>(() => new ConfigComposer().DefaultsOf(old with { ConfigName = "d", AcceptsHydra11 = false }));
        Assert.Equal("g", folder.Composer.DefaultsOf(old with { ConfigName = "e" })[0].Package);
    }
}
