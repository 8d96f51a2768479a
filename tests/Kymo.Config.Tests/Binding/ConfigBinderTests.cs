namespace Kymo.Config.Tests;

public sealed class ConfigBinderTests
{
    const string Defaults = """
        == config
        defaults:
        - optim: adam
        - _self_
        seed: 7
        name: run
        folds: [1, 2]
        == optim/adam
        lr: 0.001
        rule: cosine
        kind: adam
        """;

    [Fact]
    public void Bind_whole_configuration_gives_the_record()
    {
        var job = Bind<Job>("folds=[3,4]", "optim.lr=1", "++weights={a:1.5,b:2}", "++note=null", "++kinds=[sgd]");
        Assert.Equal(new Optim(1.0, Rule.Cosine, "adam", null), job.Optim);
        Assert.Equal((7L, "run", true, null), (job.Seed, job.Name, job.Fast, job.Note));
        Assert.Equal([3, 4], job.Folds);
        Assert.Equal(new Dictionary<string, double> { ["a"] = 1.5, ["b"] = 2 }, job.Weights);
        Assert.Equal(["sgd"], job.Kinds);
    }

    [Fact]
    public void Bind_absent_keys_take_their_defaults()
    {
        var job = ConfigBinder.Bind<Job>((MapNode)YamlReader.ReadConfig("optim: {lr: 0.1}\nseed: 1\nname: a", "conf.yaml"));
        Assert.Equal(new Optim(0.1, Rule.None, "adam", null), job.Optim);
        Assert.Empty(job.Folds);
    }

    [Fact]
    public void Bind_tells_everything_that_is_wrong_in_one_message()
    {
        var error = Assert.Throws<ConfigException>(() => Bind<Job>(
            "optim.lr=fast", "optim.rule=cosin", "optim.kind=adamm", "seed=-1", "folds=[1,x,200]", "+optim.momentun=0.9", "++fast=5", "++weights={a:b}", "++note=[1]", "~name"));
        Assert.Equal("""
            10 faults in the configuration:
              optim.momentun (command line): no such setting; did you mean momentum? there are lr, rule, kind, momentum
              optim.lr=fast (command line): expected a number from 0 to 10
              optim.rule=cosin (command line): expected one of none, cosine, step; did you mean cosine?
              optim.kind=adamm (command line): expected one of adam, sgd; did you mean adam?
              seed=-1 (command line): expected an integer from 0 to 1000
              name: must be given; expected a text; type name=...
              folds[1]=x (command line): expected an integer
              fast=5 (command line): expected true or false
              note=[...] (command line): expected a text, or null
              weights.a=b (command line): expected a number
            """, error.Message);
    }

    [Fact]
    public void Bind_names_file_and_line_of_a_value_from_a_file()
    {
        using var folder = new ConfigFolder(Defaults.Replace("lr: 0.001", "lr: 99\nlearning: 1"));
        var error = Assert.Throws<ConfigException>(() => ConfigBinder.Bind<Job>(Resolved(folder.Compose("config"))));
        Assert.Equal($"""
            2 faults in the configuration:
              optim.learning ({folder.Path}/optim/adam.yaml:2): no such setting; there are lr, rule, kind, momentum
              optim.lr=99 ({folder.Path}/optim/adam.yaml:1): expected a number from 0 to 10
            """, error.Message);
    }

    [Fact]
    public void Bind_checks_each_item_of_a_list()
    {
        Assert.Equal("folds[1]=200 (command line): expected an integer from 1 to 100",
            Assert.Throws<ConfigException>(() => Bind<Job>("folds=[1,200]")).Message);
        Assert.Equal("kinds[0]=sgdd (command line): expected one of adam, sgd; did you mean sgd?",
            Assert.Throws<ConfigException>(() => Bind<Job>("++kinds=[sgdd,adam]")).Message);
    }

    [Fact]
    public void Bind_asks_Validate_once_the_values_are_right() => Assert.Equal(
        "name=bad: choose another name", Assert.Throws<ConfigException>(() => Bind<Job>("name=bad")).Message);

    [Theory]
    [InlineData("seed=1.5", "seed=1.5 (command line): expected an integer from 0 to 1000")]
    [InlineData("seed='1'", "seed=1 (command line): expected an integer from 0 to 1000")]
    [InlineData("seed=null", "seed=null (command line): expected an integer from 0 to 1000")]
    [InlineData("optim.lr=nan", "optim.lr=NaN (command line): expected a number from 0 to 10")]
    [InlineData("optim.lr=true", "optim.lr=true (command line): expected a number from 0 to 10")]
    [InlineData("seed=99999999999999999999", "seed=99999999999999999999 (command line): expected an integer from 0 to 1000")]
    [InlineData("name=[a]", "name=[...] (command line): expected a text")]
    [InlineData("name=???", "name (command line): must be given; expected a text; type name=...")]
    [InlineData("++weights={a:null}", "weights.a=null (command line): expected a number")]
    public void Bind_a_value_of_the_wrong_kind_is_refused(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<ConfigException>(() => Bind<Job>(text)).Message);

    [Fact]
    public void Describe_lists_every_setting() => Assert.Equal(
        [
            "optim.lr: a number from 0 to 10 ()", "optim.rule: one of none, cosine, step (none)", "optim.kind: one of adam, sgd (adam)",
            "optim.momentum: a number, or null (null)", "seed: an integer from 0 to 1000 ()", "name: a text ()",
            "folds: a list, each an integer from 1 to 100 ()", "fast: true or false (true)", "note: a text, or null (null)",
        ],
        ConfigBinder.Describe<Job>().Take(9).Select(setting => $"{setting.Key}: {setting.Expected} ({setting.Default})"));

    static T Bind<T>(params string[] overrides) where T : class
    {
        using var folder = new ConfigFolder(Defaults);
        return ConfigBinder.Bind<T>(Resolved(folder.Compose("config", overrides)));
    }

    static MapNode Resolved(Composition composition) => (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);

    public enum Rule
    {
        None,
        Cosine,
        Step,
    }

    public sealed record Optim(
        [property: Range(0, 10)] double Lr, Rule Rule = Rule.None, [property: AllowedValues("adam", "sgd")] string Kind = "adam", double? Momentum = null);

    public sealed record Job(
        Optim Optim,
        [property: Range(0, 1000)] long Seed,
        string Name,
        [property: Range(1, 100)] IReadOnlyList<int> Folds,
        bool Fast = true,
        string? Note = null,
        IReadOnlyDictionary<string, double>? Weights = null,
        [property: AllowedValues("adam", "sgd")] IReadOnlyList<string>? Kinds = null)
    {
        public IEnumerable<string> Validate()
        {
            if (Name == "bad") yield return "name=bad: choose another name";
        }
    }
}
