namespace Kymo.Torch.Tests;

public sealed class DeviceTests
{
    [Fact]
    public void Parse_gives_devices_that_exist()
    {
        Assert.Equal(Device.Cpu, Device.Parse("cpu"));
        Assert.Contains(Device.Parse("auto").ToString(), Device.Available());
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:0:0")]
    public void Parse_of_another_name_says_which_there_are(string name) =>
        Assert.Contains("use auto, cpu, cuda", Assert.Throws<ArgumentException>(() => Device.Parse(name)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("cuda:99")]
    [InlineData("cpu:1")]
    public void Parse_of_an_absent_device_says_what_exists(string name)
    {
        var error = Assert.Throws<TorchException>(() => Device.Parse(name));
        Assert.Contains($"the device '{name}' is not here", error.Message, StringComparison.Ordinal);
        Assert.Contains("cpu", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Info_names_version_and_kernels()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", TorchInfo.Version);
        Assert.Contains("PyTorch built with", TorchInfo.BuildConfiguration, StringComparison.Ordinal);
        Assert.NotEqual("unknown", TorchInfo.CpuCapability);
        Assert.Contains(TorchInfo.KernelWidth, (int[])[4, 8, 16]);
    }

    [Fact]
    public void Threads_are_set_and_zero_is_refused()
    {
        var before = TorchThreads.Get();
        TorchThreads.Set(1);
        Assert.Equal(1, TorchThreads.Get());
        TorchThreads.Set(before);
        Assert.Contains("at least 1", Assert.Throws<TorchException>(() => TorchThreads.Set(0)).Message, StringComparison.Ordinal);
    }
}
