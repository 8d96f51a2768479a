using Kymo.App.Searches;
using Kymo.Config;
using Kymo.Tuning;

namespace Kymo.App.Tests.Searches;

/// <summary>Search-space files in their three forms, good and bad.</summary>
public sealed class SearchSpaceFileTests : IDisposable
{
    // The space of the activity recipe's seed, as its section on tuning lists it.
    const string Activity = """
        dialect: activity
        hpo: {metric: val_f1, mode: max}
        hydra:
          sweeper:
            direction: maximize
            study_name: scenario2_mmfit
            params:
              optim.lr: tag(log, interval(1e-5, 1e-2)
              optim.weight_decay: tag(log, interval(1e-6, 1e-2))
              optim.warmup_epochs: choice(8, 10, 12, 14)
              optim.warmup_start_factor: choice(0.1, 0.15, 0.2, 0.25, 0.3)
              scenario.alpha: choice(0, 0.01, 0.1, 1, 10, 100)
              scenario.beta: choice(0, 0.01, 0.1, 1, 10, 100)
              scenario.gamma: choice(0, 0.01, 0.1, 1, 10, 100)
              data.sensor_window_length: choice(400, 450, 500, 550)
              data.stride_seconds: choice(0.1, 0.15, 0.2)
              model.feature_extractor.n_filters: range(8, 32, 4)
              model.feature_extractor.filter_size: range(3, 9, 2)
              model.regressor.joint_hidden_channels: choice([32,32,32,16], [48,48,32,16], [64,64,32,32])
              model.regressor.joint_kernel_sizes: choice([3,3,3,1],[5,5,5,1],[7,5,3,1])
              model.regressor.joint_dilations: choice([1,2,4,1],[1,3,5,1])
              model.regressor.joint_dropouts: choice([0.0,0.1,0.1,0.1],[0.0,0.2,0.2,0.2],[0.1,0.3,0.3,0.3])
              model.regressor.temporal_hidden_channels: choice(16,24,32,48)
              model.regressor.temporal_kernel_size: choice(3,5,7)
              model.regressor.temporal_dilation: choice(1,2,3)
              model.regressor.temporal_dropout: choice(0.1,0.2,0.3,0.4,0.5)
              model.regressor.fc_hidden: choice(0,64,128)
              model.regressor.fc_dropout: choice(0.05,0.1,0.15,0.2,0.25)
              model.regressor.use_batch_norm: choice(true, false)
          sweep: {dir: somewhere}
        """;

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_of_the_activity_dialect_has_its_22_parameters_with_their_types()
    {
        var file = Read(Activity);
        Assert.Equal(22, file.Space.Count);
        Assert.Equal(("val_f1", "max", "scenario2_mmfit"), (file.Metric, file.Direction, file.StudyName));
        Assert.Equal(new FloatDistribution(1e-5, 1e-2, log: true), file.Space.Find("optim.lr"));
        Assert.Equal([8L, 12L, 16L, 20L, 24L, 28L], Choices(file, "model.feature_extractor.n_filters"));
        Assert.Equal([3L, 5L, 7L], Choices(file, "model.feature_extractor.filter_size"));
        Assert.Equal([true, false], Choices(file, "model.regressor.use_batch_norm"));
        Assert.Equal(["[32, 32, 32, 16]", "[48, 48, 32, 16]", "[64, 64, 32, 32]"], Choices(file, "model.regressor.joint_hidden_channels"));
        Assert.Equal([0L, 0.01, 0.1, 1L, 10L, 100L], Choices(file, "scenario.alpha"));
    }

    [Fact]
    public void Choices_reach_a_trial_as_true_types()
    {
        Assert.Equal("m.use_batch_norm=false", ParameterText.Override("m.use_batch_norm", false));
        Assert.Equal("m.sizes=[32,32,16]", ParameterText.Override("m.sizes", "[32, 32, 16]"));
        Assert.Equal("m.x=null", ParameterText.Override("m.x", null));
        Assert.Equal("m.x=1e-05", ParameterText.Override("m.x", 1e-5));
        foreach (var (value, kind) in new (object?, Type)[]
        {
            (true, typeof(BoolValue)), (null, typeof(NullValue)), (3L, typeof(IntValue)), (2.5, typeof(FloatValue)), ("[1, [2, \"a b\"]]", typeof(ListValue)), ("{\"a\": 1}", typeof(DictValue)),
        })
            Assert.IsType(kind, Override.Parse(ParameterText.Override("x", value)).Value);
        foreach (var text in new[] { "017", "true", "a b", "a,b", "", "[not json", "it's" })
        {
            var value = Override.Parse(ParameterText.Override("x", text)).Value;
            Assert.Equal(text, value is QuotedValue quoted ? quoted.Text : Assert.IsType<TextValue>(value).Text);
        }
    }

    [Fact]
    public void Ranges_follow_the_dialect_of_the_file()
    {
        const string Space = "hydra: {sweeper: {params: {a: 'range(1, 3)', b: 'int(interval(1, 5))', c: 'tag(log, int(interval(1, 8)))', d: 'range(0, 1, 0.25)', e: 5, f: 'a, null'}}}\n";
        var sweeper = Read(Space);
        Assert.Equal(
            [new IntDistribution(1, 3), new IntDistribution(1, 5), new IntDistribution(1, 8, log: true), new FloatDistribution(0, 1, step: 0.25),
                new CategoricalDistribution([5]), new CategoricalDistribution(["a", null])],
            sweeper.Space.Select(parameter => parameter.Value));
        Assert.Equal([1L, 2L], Choices(Read("dialect: activity\n" + Space.Replace(", d: 'range(0, 1, 0.25)'", "", StringComparison.Ordinal).Replace(", f: 'a, null'", ", f: 'choice(a, null)'", StringComparison.Ordinal)), "a"));
    }

    [Fact]
    public void Form_of_types_and_bounds_is_read_with_its_ties_and_settings()
    {
        var file = Read("""
            study_name: old
            metric: val_loss
            direction: minimize
            trainer: {epochs: 40, early_stopping: {enabled: true}}
            repeat: {enabled: true, count: 4}
            search_space:
              lr: {type: float, low: 1e-5, high: 1e-2, log: true}
              width: {type: int, low: 8, high: 64, step: 8}
              drop: {type: float, low: 0, high: 0.5, step: 0.1}
              bn: {type: bool}
              sizes: {type: categorical, choices: [[1, 2], [3]]}
              head: {type: int, tie_to: width}
            """);
        Assert.Equal(
            [new FloatDistribution(1e-5, 1e-2, log: true), new IntDistribution(8, 64, step: 8), new FloatDistribution(0, 0.5, step: 0.1),
                new CategoricalDistribution([true, false]), new CategoricalDistribution(["[1, 2]", "[3]"])],
            file.Space.Select(parameter => parameter.Value));
        Assert.Equal(("width", 4, "minimize", "val_loss"), (file.Ties["head"], file.RepeatBest, file.Direction, file.Metric));
        Assert.Equal(["trainer.epochs=40", "trainer.early_stopping.enabled=true"], file.Overrides);
    }

    [Fact]
    public void File_takes_over_another_by_one_line()
    {
        File.WriteAllText(_folder["scenario2_mmfit.yaml"], Activity);
        File.WriteAllText(_folder["mmfit_sc2.yaml"], "defaults: [scenario2_mmfit]\n");
        Assert.Equal(22, SearchSpaceFile.Read(_folder["mmfit_sc2.yaml"]).Space.Count);
        File.WriteAllText(_folder["loop.yaml"], "defaults: [loop]\n");
        Assert.Contains("do they name each other?", Assert.Throws<ConfigException>(() => SearchSpaceFile.Read(_folder["loop.yaml"])).Message);
    }

    [Theory]
    [InlineData("hydra:\n  sweeper:\n    params:\n      lr: interval(1, 0.1)", "space.yaml:4:11: lr: the range [1.0, 0.1] is reversed")]
    [InlineData("hydra:\n  sweeper:\n    params:\n      lr: tag(log, interval(0, 1))", "space.yaml:4:11: lr: the range [0.0, 1.0] is logarithmic")]
    [InlineData("dialect: activity\nhydra: {sweeper: {params: {n: 'range(9, 3, 2)'}}}", "space.yaml:2:31: n: 'range(9,3,2)' has no members")]
    [InlineData("dialect: activity\nhydra: {sweeper: {params: {n: 'range(1, 9, 0)'}}}", "the step is 0")]
    [InlineData("dialect: activity\nhydra: {sweeper: {params: {n: 'choice((1'}}}", "the brackets do not close")]
    [InlineData("dialect: activity\nhydra: {sweeper: {params: {n: 'interval(a, b)'}}}", "'a' is no number")]
    [InlineData("hydra: {sweeper: {params: {n: 'choice()'}}}", "space.yaml:1:31: n: ")]
    [InlineData("hydra: {sweeper: {params: {n: 'glob(*)'}}}", "list the options by choice(a,b)")]
    [InlineData("search_space:\n  lr: {type: float, low: 1}", "space.yaml:2:7: lr: 'high' is missing")]
    [InlineData("search_space:\n  lr: {type: real, low: 1, high: 2}", "type 'real'; expected float, int, categorical or bool")]
    [InlineData("search_space:\n  lr: {type: float, low: 1, high: 2, setp: 1}", "unknown key 'setp'")]
    [InlineData("search_space:\n  n: {type: int, low: 1.5, high: 2}", "1.5 is no whole number")]
    [InlineData("search_space:\n  n: {type: int, tie_to: m}\n  k: {type: bool}", "n is tied to m, which the search space does not have")]
    [InlineData("params: {a: 1}", "unknown key 'params' in a search space")]
    [InlineData("dialect: hyper\nhydra: {}", "dialect 'hyper'; expected hydra-optuna or activity")]
    [InlineData("hpo: {metric: x}", "no parameters")]
    [InlineData("- a", "expected a map of keys")]
    [InlineData("a: [", "space.yaml:")]
    public void Fault_is_said_with_file_line_and_parameter(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => Read(text)).Message);

    [Theory]
    [InlineData("a=1 'b=[1, 2]' c=\"x y\" d\\ e", new[] { "a=1", "b=[1, 2]", "c=x y", "d e" })]
    [InlineData("  ", new string[0])]
    [InlineData("x='' y", new[] { "x=", "y" })]
    public void Line_is_split_as_a_shell_splits_it(string line, string[] expected) => Assert.Equal(expected, ParameterText.Words(line, "OVERRIDES"));

    [Fact]
    public void Line_of_words_is_read_back_and_an_open_quote_is_refused()
    {
        string[] words = ["a=[1,2]", "it's", "", "b c", "$HOME", "ü", "\\"];
        Assert.Equal(words, ParameterText.Words(ParameterText.Line(words), "x"));
        Assert.Contains("OVERRIDES: the quote ' at character 3 is never closed", Assert.Throws<ConfigException>(() => ParameterText.Words("a='b", "OVERRIDES")).Message);
    }

    [Theory]
    [InlineData("tpe,startup=3,multivariate=true")]
    [InlineData("random")]
    [InlineData("qmc")]
    [InlineData("grid")]
    [InlineData("cmaes")]
    [InlineData("nsga2")]
    public void Samplers_are_made_by_name(string text)
    {
        var space = new SearchSpace([new("a", new IntDistribution(1, 3)), new("b", new CategoricalDistribution(["x", "y"]))]);
        using var storage = new MemoryStorage(TimeProvider.System);
        var study = Study.Create(storage, "s", [StudyDirection.Minimize], SearchMethods.Sampler(text, 1, space, isParallel: true));
        for (var i = 0; i < 6; i++) study.Tell(study.Ask(space), i);
        if (text == "grid") Assert.Equal(6, study.Trials().Select(trial => (trial.Find("a")!.Number, trial.Find("b")!.Number)).Distinct().Count());
        Assert.Equal(6, study.Trials().Count);
    }

    [Theory]
    [InlineData("tpe,speed=9", "tpe has no setting 'speed'")]
    [InlineData("tpe,startup=x", "startup=x is no number")]
    [InlineData("bayes", "expected tpe")]
    [InlineData("grid", "lr has no grid")]
    public void Unknown_sampler_or_setting_is_refused(string text, string expected)
    {
        var space = new SearchSpace([new("lr", new FloatDistribution(0, 1))]);
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => SearchMethods.Sampler(text, 1, space, isParallel: false)).Message);
    }

    [Theory]
    [InlineData("none", typeof(NoPruner))]
    [InlineData("median,startup=1", typeof(PercentilePruner))]
    [InlineData("halving,reduction=2", typeof(SuccessiveHalvingPruner))]
    [InlineData("hyperband,most=9", typeof(HyperbandPruner))]
    [InlineData("threshold,upper=3", typeof(ThresholdPruner))]
    [InlineData("median,patience=2", typeof(PatientPruner))]
    public void Pruners_are_made_by_name(string text, Type expected) => Assert.IsType(expected, SearchMethods.Pruner(text));

    SearchSpaceFile Read(string text)
    {
        File.WriteAllText(_folder["space.yaml"], text);
        return SearchSpaceFile.Read(_folder["space.yaml"]);
    }

    static object?[] Choices(SearchSpaceFile file, string name) => [.. Assert.IsType<CategoricalDistribution>(file.Space.Find(name)).Choices];
}
