using Kymo.Tuning.Json;

namespace Kymo.Tuning.Tests;

public sealed class DistributionTests
{
    static readonly (string Spec, Distribution Distribution)[] s_cases =
    [
        ("""["float", {"low": 1e-05, "high": 0.1, "log": true}]""", new FloatDistribution(1e-5, 0.1, log: true)),
        ("""["float", {"low": -5, "high": 5}]""", new FloatDistribution(-5, 5)),
        ("""["float", {"low": 0, "high": 1, "step": 0.1}]""", new FloatDistribution(0, 1, step: 0.1)),
        ("""["float", {"low": 0.1, "high": 0.95, "step": 0.3}]""", new FloatDistribution(0.1, 0.95, step: 0.3)),
        ("""["float", {"low": -0.7, "high": 2.25, "step": 1e-3}]""", new FloatDistribution(-0.7, 2.25, step: 1e-3)),
        ("""["float", {"low": 0, "high": 1, "step": 3}]""", new FloatDistribution(0, 1, step: 3)),
        ("""["float", {"low": 2, "high": 2}]""", new FloatDistribution(2, 2)),
        ("""["int", {"low": 8, "high": 64, "step": 8}]""", new IntDistribution(8, 64, step: 8)),
        ("""["int", {"low": -3, "high": 10, "step": 4}]""", new IntDistribution(-3, 10, step: 4)),
        ("""["int", {"low": 1, "high": 1000, "log": true}]""", new IntDistribution(1, 1000, log: true)),
        ("""["categorical", {"choices": ["a", null, 1, 2.5, true, "[1, 2]", "é"]}]""",
            new CategoricalDistribution(["a", null, 1, 2.5, true, "[1, 2]", "é"])),
        ("""["categorical", {"choices": [false]}]""", new CategoricalDistribution([false])),
    ];

    [Fact]
    public void Text_range_and_contents_equal_Optunas()
    {
        double[] numbers = [-5, -3, 0, 1, 2, 5, 6, 8, 9, 16, 64, 1000, 0.1, 0.3, 0.30000000000000004, 0.4, 0.7, 1e-5,
            0.9999999999, 2.249];
        var answers = Optuna.Ask(
            "optuna_model.py", "distributions", $"[{string.Join(", ", s_cases.Select(c => c.Spec))}]", PythonJson.Write(numbers));
        Assert.Equal(s_cases.Length, answers.Count);
        foreach (var ((_, distribution), answer) in s_cases.Zip(answers))
        {
            Assert.Equal(answer.Items()[0], distribution.Json);
            Assert.Equal(answer.Items()[1].Items().Cast<bool>(), numbers.Select(distribution.Contains));
            Assert.Equal(answer.Items()[2], distribution.IsSingle);
        }
    }

    [Fact]
    public void Stored_text_reads_back_equal()
    {
        foreach (var (_, distribution) in s_cases) Assert.Equal(distribution, DistributionJson.Read(distribution.Json));
    }

    [Fact]
    public void Old_forms_become_new_ones()
    {
        (string Old, Distribution New)[] forms =
        [
            ("""{"name": "UniformDistribution", "attributes": {"low": 0.0, "high": 1.0}}""",
                new FloatDistribution(0, 1)),
            ("""{"name": "LogUniformDistribution", "attributes": {"low": 0.5, "high": 1.0}}""",
                new FloatDistribution(0.5, 1, log: true)),
            ("""{"name": "DiscreteUniformDistribution", "attributes": {"low": 0, "high": 1.1, "q": 0.5}}""",
                new FloatDistribution(0, 1, step: 0.5)),
            ("""{"name": "IntUniformDistribution", "attributes": {"low": 0, "high": 9, "step": 2}}""",
                new IntDistribution(0, 8, step: 2)),
            ("""{"name": "IntLogUniformDistribution", "attributes": {"low": 2, "high": 9, "step": 1}}""",
                new IntDistribution(2, 9, log: true)),
            ("""{"type": "float", "low": 1, "high": 2, "log": true}""",
                new FloatDistribution(1, 2, log: true)),
            ("""{"type": "int", "low": 1, "high": 2}""",
                new IntDistribution(1, 2)),
            ("""{"type": "categorical", "choices": [1, "x"]}""",
                new CategoricalDistribution([1, "x"])),
        ];
        foreach (var (old, expected) in forms) Assert.Equal(expected, DistributionJson.Read(old));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"name": "Normal", "attributes": {}}""")]
    [InlineData("""{"name": "IntDistribution"}""")]
    [InlineData("""{"name": "IntDistribution", "attributes": {"low": 0.5, "high": 2}}""")]
    [InlineData("""{"type": "float", "low": "x", "high": 2}""")]
    public void Unknown_text_is_refused(string text) =>
        Assert.StartsWith("not a distribution: ", Assert.Throws<StudyException>(() => DistributionJson.Read(text)).Message);

    [Fact]
    public void Wrong_ranges_say_what_to_type()
    {
        Assert.Equal("the range [2.0, 1.0] is reversed; type the lower bound first",
            Assert.Throws<StudyException>(() => new FloatDistribution(2, 1)).Message);
        Assert.Equal("the range [5, 1] is reversed; type the lower bound first",
            Assert.Throws<StudyException>(() => new IntDistribution(5, 1)).Message);
        Assert.Contains("leave one of them out",
            Assert.Throws<StudyException>(() => new FloatDistribution(1, 2, log: true, step: 1)).Message);
        Assert.Contains("at least 1", Assert.Throws<StudyException>(() => new IntDistribution(0, 2, log: true)).Message);
        Assert.Contains("finite", Assert.Throws<StudyException>(() => new FloatDistribution(0, double.PositiveInfinity)).Message);
        Assert.Contains("at least one value", Assert.Throws<StudyException>(() => new CategoricalDistribution([])).Message);
        Assert.Contains("JSON text", Assert.Throws<StudyException>(() => new CategoricalDistribution([new[] { 1 }])).Message);
        Assert.Contains("stands twice", Assert.Throws<StudyException>(() => new SearchSpace([new("x",
            new IntDistribution(0, 1)), new("x", new IntDistribution(0, 1))])).Message);
    }

    [Fact]
    public void Int_range_may_be_as_wide_as_the_type() =>
        Assert.Equal(long.MaxValue, new IntDistribution(long.MinValue, long.MaxValue).High);
}
