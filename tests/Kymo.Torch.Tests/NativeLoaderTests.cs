namespace Kymo.Torch.Tests;

public sealed class NativeLoaderTests
{
    [Fact]
    public void A_missing_library_says_what_to_install_and_build()
    {
        using var folder = new TempFolder();
        var error = Resolve(folder["nothing.so"]);
        Assert.Contains("nothing.so", error.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install libtorch-dev", error.Message, StringComparison.Ordinal);
        Assert.Contains("cmake -S native", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_library_says_so()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["broken.so"], "no library");
        Assert.Contains("could not be loaded", Resolve(folder["broken.so"]).Message, StringComparison.Ordinal);
    }

    static TorchException Resolve(string path)
    {
        var before = Environment.GetEnvironmentVariable("KYMO_NATIVE");
        Environment.SetEnvironmentVariable("KYMO_NATIVE", path);
        try
        {
            return Assert.Throws<TorchException>(() => NativeLoader.Resolve(Native.Library, typeof(Tensor).Assembly, null));
        }
        finally
        {
            Environment.SetEnvironmentVariable("KYMO_NATIVE", before);
        }
    }
}
