using Kymo.Onnx.Runtime;

namespace Kymo.Onnx.Tests.Runtime;

public sealed class RuntimeLibraryTests
{
    [Fact]
    public void Missing_runtime_is_an_error_that_says_what_to_type()
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<OnnxException>(() => RuntimeLibrary.Locate(null, folder.Path));
        Assert.Contains(RuntimeLibrary.InstallCommand, error.Message, StringComparison.Ordinal);
        Assert.Contains(RuntimeLibrary.Variable, error.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_variable_wins_over_everything_and_is_never_passed_over()
    {
        using var folder = new TempFolder();
        var name = OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so.1";
        File.WriteAllText(folder[name], "");
        Assert.Equal(folder[name], RuntimeLibrary.Locate(folder.Path, Repository.Root));
        Assert.Equal(folder[name], RuntimeLibrary.Locate(folder[name], Repository.Root));
        Assert.Equal(folder[name], RuntimeLibrary.Locate("", folder.Path));
        var error = Assert.Throws<OnnxException>(() => RuntimeLibrary.Locate(folder["elsewhere"], folder.Path));
        Assert.Contains($"{RuntimeLibrary.Variable} is set to '{folder["elsewhere"]}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_not_the_runtime_is_named()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["text.so"], "no library");
        Assert.Contains("cannot be loaded", Assert.Throws<OnnxException>(() => OrtApi.Load(folder["text.so"])).Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsLinux()) return;
        Assert.Contains("no OrtGetApiBase", Assert.Throws<OnnxException>(() => OrtApi.Load("libm.so.6")).Message, StringComparison.Ordinal);
    }
}
