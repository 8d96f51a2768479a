using System.Globalization;
using System.Text.RegularExpressions;

namespace Kymo.Torch;

/// <summary>Facts about the LibTorch that was loaded.</summary>
public static partial class TorchInfo
{
    /// <summary>LibTorch's version, as in <c>1.13.1</c>.</summary>
    public static string Version => Native.Info(0);

    /// <summary>The options it was built with, as PyTorch's <c>torch.__config__.show()</c> prints them.</summary>
    public static string BuildConfiguration => Native.Info(1);

    /// <summary>The kernels chosen for this processor: <c>NO AVX</c>, <c>AVX2</c>, <c>AVX512</c> or what LibTorch calls them.</summary>
    public static string CpuCapability => Capability().Match(BuildConfiguration) is { Success: true } match ? match.Groups[1].Value : "unknown";

    /// <summary>
    /// How many numbers Kymo's own convolution kernels work on at a time on this processor: 16 (AVX-512), 8 (AVX2) or 4.
    /// </summary>
    public static int KernelWidth => int.Parse(Native.Info(3), CultureInfo.InvariantCulture);

    /// <summary>How work is spread over threads.</summary>
    public static string Parallelism => Native.Info(2);

    /// <summary>Whether a CUDA device can be used.</summary>
    public static bool HasCuda => Device.Available().Any(name => name.StartsWith("cuda", StringComparison.Ordinal));

    /// <summary>Whether Apple's graphics processor can be used.</summary>
    public static bool HasMps => Device.Available().Contains("mps");

    /// <summary>Tensors and generators that were made and not given back: the same number after every training step.</summary>
    public static long LiveHandles => Native.kt_live_handles();

    /// <summary>Only algorithms that give the same bits again (true), or any (false, the default).</summary>
    public static void SetDeterministic(bool enabled) => Native.Check(Native.kt_set_deterministic(enabled ? 1 : 0), "deterministic");

    [GeneratedRegex(@"CPU capability usage: (.+)")]
    private static partial Regex Capability();
}

/// <summary>How many threads one operation uses.</summary>
public static unsafe class TorchThreads
{
    /// <summary>Sets the number for this process.</summary>
    /// <param name="count">At least 1.</param>
    public static void Set(int count) => Native.Check(Native.kt_set_threads(count), "threads");

    /// <summary>The number in use.</summary>
    public static int Get()
    {
        int count;
        Native.Check(Native.kt_get_threads(&count), "threads");
        return count;
    }
}
