using Kymo.Config.Conformance;

namespace Kymo.Config.Tests;

/// <summary>Every shared case: what Hydra 1.3.2 and OmegaConf 2.3.0 answer, and what they refuse.</summary>
public sealed class ConformanceTests
{
    [Theory]
    [InlineData("overrides.jsonl")]
    [InlineData("fuzz-sample.jsonl")]
    [InlineData("defaults-list.jsonl")]
    [InlineData("compose.jsonl")]
    [InlineData("interpolation.jsonl")]
    [InlineData("merge.jsonl")]
    [InlineData("sweeps.jsonl")]
    [InlineData("yaml-load.jsonl")]
    [InlineData("to-yaml.jsonl")]
    public void Run_shared_cases_all_pass(string file)
    {
        var results = ConformanceRunner.Run(Repository.Shared("conformance", file), Repository.Shared("conformance", "configs")).ToArray();
        Assert.NotEmpty(results);
        var failures = results.Where(result => result.Fault is not null).ToArray();
        Assert.True(failures.Length == 0, string.Join('\n', failures.Take(10).Select(failure => $"{failure.Id}: {failure.Fault}")));
    }
}
