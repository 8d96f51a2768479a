using Kymo.Config.Conformance;

namespace Kymo.Config.Tests;

/// <summary>Random documents, values, interpolations and merges, a part of them damaged, with the answers of the live OmegaConf.</summary>
public sealed class OracleTests
{
    [Theory]
    [InlineData("yaml_documents.py", 1, 4000)]
    [InlineData("omegaconf_to_yaml.py", 2, 4000)]
    [InlineData("omegaconf_interpolations.py", 3, 1500)]
    [InlineData("omegaconf_merges.py", 4, 1500)]
    public void Random_cases_answer_as_OmegaConf_does(string script, int seed, int count)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "cases.jsonl");
        File.WriteAllText(file, Oracle.Ask(script, ["omegaconf", "yaml"], $"{seed}", $"{count}"));
        var results = ConformanceRunner.Run(file, folder.Path).ToArray();
        Assert.Equal(count, results.Length);
        var failures = results.Where(result => result.Fault is not null).ToArray();
        Assert.True(failures.Length == 0, string.Join('\n', failures.Take(10).Select(failure => $"{failure.Id}: {failure.Fault}")));
    }
}
