using System.Text.Json.Nodes;
using Kymo.Torch;

namespace Kymo.Lab.Runs;

/// <summary>What the tensor engine says of itself, with the switches that were chosen for this machine.</summary>
public static class Engines
{
    /// <summary>The object <c>engines</c> of <c>env.json</c>.</summary>
    public static JsonObject Describe() => new()
    {
        ["libtorch_version"] = TorchInfo.Version,
        ["libtorch_cpu_capability"] = TorchInfo.CpuCapability,
        ["kernel_width"] = TorchInfo.KernelWidth,
        ["cuda_available"] = TorchInfo.HasCuda,
        ["mps_available"] = TorchInfo.HasMps,
    };
}
