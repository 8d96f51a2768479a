using Kymo.Torch.Generator;

namespace Kymo.Torch.Tests;

public sealed class GenerationTests
{
    [Fact]
    public void Generating_again_gives_the_committed_bytes()
    {
        foreach (var (path, text) in Generation.Files(File.ReadAllText(Repository.PathOf("native", "operations.yaml"))))
            Assert.True(text == File.ReadAllText(Repository.PathOf(path.Split('/'))), $"{path} is not what the table says: dotnet run --project native/generator");
    }

    [Theory]
    [InlineData("- func: f(Tensor a) -> Tensor\n", "no 'doc'")]
    [InlineData("- func: f(Tensor a -> Tensor\n  doc: d\n", "not a declaration")]
    [InlineData("- func: f(Dict a) -> Tensor\n  doc: d\n", "unknown type 'Dict'")]
    [InlineData("- func: f(Tensor a) -> int\n  doc: d\n", "unknown result 'int'")]
    [InlineData("  doc: d\n", "line 1")]
    [InlineData("- func: f(Tensor a) -> Tensor\n  doc: d\n- func: f(Tensor b) -> Tensor\n  doc: d\n", "declares kt_f twice")]
    public void A_table_out_of_its_grammar_is_refused(string table, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => Generation.Files(table).ToArray()).Message, StringComparison.Ordinal);
}
