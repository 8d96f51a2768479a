namespace Kymo.App.Tests.Verbs;

/// <summary>The demonstration on recordings made on the spot; the one on real recordings takes minutes and belongs to the README.</summary>
public sealed class DemoTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Synthetic_demo_goes_from_sounds_to_an_exported_network()
    {
        var ending = KymoProgram.Succeed(_folder.Path, "demo", "--synthetic");
        Assert.Contains("synthetic", ending.Output + ending.Error);
        Assert.Contains("nearest", ending.Output);
        Assert.Contains("majority", ending.Output);
        Assert.Contains("largest difference", ending.Output);
        var runs = Directory.GetDirectories(_folder["results/runs"]);
        KymoProgram.Succeed(_folder.Path, ["runs", "verify", .. runs]);
    }
}
