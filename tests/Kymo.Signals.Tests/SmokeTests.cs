namespace Kymo.Signals.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Root_has_the_solution() => Assert.True(File.Exists(Repository.PathOf("Kymo.slnx")));
}
