using Kymo.Config;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Models;

/// <summary>A network's weights in files, by PyTorch's state names.</summary>
public static class WeightFiles
{
    /// <summary>Reads <c>.safetensors</c>, <c>.pth</c> or <c>.pt</c>; the content decides.</summary>
    /// <exception cref="CheckpointException">A damaged file, or none of these.</exception>
    public static OrderedDictionary<string, StoredTensor> Read(string path)
    {
        var weights = new OrderedDictionary<string, StoredTensor>();
        foreach (var (name, tensor) in WeightsFile.Read(path)) weights[name] = tensor;
        return weights;
    }

    /// <summary>Writes by the name's ending.</summary>
    /// <exception cref="ConfigException">Another ending.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, StoredTensor>> weights)
    {
        (string, StoredTensor)[] listed = [.. weights.Select(entry => (entry.Key, entry.Value))];
        switch (Path.GetExtension(path))
        {
            case ".safetensors":
                SafetensorsFile.Write(path, listed);
                break;
            case ".pth" or ".pt":
                TorchFile.WriteStateDict(path, listed);
                break;
            default:
                throw new ConfigException($"{path}: weights are written as .safetensors, .pth or .pt");
        }
    }
}
