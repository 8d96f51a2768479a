using System.Globalization;

namespace Kymo.Torch;

/// <summary>Where tensors live and are computed.</summary>
public enum DeviceKind
{
    /// <summary>The processor.</summary>
    Cpu = 0,

    /// <summary>An NVIDIA (or ROCm) graphics processor.</summary>
    Cuda = 1,

    /// <summary>Apple's graphics processor.</summary>
    Mps = 13,
}

/// <summary>One device. <see cref="Parse"/> gives only devices that exist here.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Index">Which of its kind; 0 for the first and for the CPU.</param>
public readonly record struct Device(DeviceKind Kind, int Index = 0)
{
    /// <summary>The processor.</summary>
    public static Device Cpu => new(DeviceKind.Cpu);

    internal int NativeType => (int)Kind;

    /// <summary>
    /// The device a name means: <c>auto</c> (CUDA where there is one, then MPS, then the CPU), <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>
    /// or <c>mps</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The name is not one of these.</exception>
    /// <exception cref="TorchException">There is no such device here; the message says what there is.</exception>
    public static Device Parse(string name)
    {
        if (name == "auto")
            return Count(DeviceKind.Cuda) > 0 ? new Device(DeviceKind.Cuda) : Count(DeviceKind.Mps) > 0 ? new Device(DeviceKind.Mps) : Cpu;
        var parts = name.Split(':');
        DeviceKind? kind = parts[0] switch { "cpu" => DeviceKind.Cpu, "cuda" => DeviceKind.Cuda, "mps" => DeviceKind.Mps, _ => null };
        var index = 0;
        if (kind is null || parts.Length > 2
            || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new ArgumentException($"no device is called '{name}'; use auto, cpu, cuda, cuda:N or mps");
        if (index >= Count(kind.Value))
            throw new TorchException($"the device '{name}' is not here; LibTorch {TorchInfo.Version} offers {string.Join(", ", Available())}");
        return new Device(kind.Value, index);
    }

    /// <summary>The names of all devices that can be used here.</summary>
    public static IReadOnlyList<string> Available()
    {
        var names = new List<string>();
        for (var i = 0; i < Count(DeviceKind.Cuda); i++) names.Add(new Device(DeviceKind.Cuda, i).ToString());
        if (Count(DeviceKind.Mps) > 0) names.Add("mps");
        names.Add("cpu");
        return names;
    }

    /// <summary><c>cpu</c>, <c>cuda:0</c> or <c>mps</c>.</summary>
    public override string ToString() => Kind switch
    {
        DeviceKind.Cuda => "cuda:" + Index.ToString(CultureInfo.InvariantCulture),
        DeviceKind.Mps => "mps",
        _ => "cpu",
    };

    internal static Device FromNative(int type, int index) => new((DeviceKind)type, Math.Max(index, 0));

    static unsafe int Count(DeviceKind kind)
    {
        int count;
        Native.Check(Native.kt_device_count((int)kind, &count), "device count");
        return count;
    }
}
