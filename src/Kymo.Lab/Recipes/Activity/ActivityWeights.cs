using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>Weights of a run, and of the original's files.</summary>
static class ActivityWeights
{
    /// <summary>Reads a run's weights and the card beside them.</summary>
    public static (OrderedDictionary<string, StoredTensor> Weights, ActivityCard Card) Read(string path)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such file; expected a finished run of kymo train activity");
        var file = SafetensorsFile.Read(path);
        return (new(file.Tensors.Select(entry => KeyValuePair.Create(entry.Name, entry.Tensor))), ActivityCard.Read(path, file.Metadata));
    }

    /// <summary>The weights of one module, without its name before them.</summary>
    public static OrderedDictionary<string, StoredTensor> Of(OrderedDictionary<string, StoredTensor> weights, string module) =>
        new(weights.Where(entry => entry.Key.StartsWith(module + ".", StringComparison.Ordinal)).Select(entry => KeyValuePair.Create(entry.Key[(module.Length + 1)..], entry.Value)));

    /// <summary>Writes the original's three files beside the run's own weights.</summary>
    public static void WriteOriginal(RunFolder folder, ActivityNetwork network)
    {
        foreach (var (name, module) in new (string, Module)[] { ("pose2imu", network.Regressor), ("fe", network.Extractor), ("ac", network.Classifier) })
            WeightFiles.Write(folder.PathOf($"checkpoints/{name}_best.pth"), HarClassifier.OriginalNames(module.SaveState()));
    }

    /// <summary>Reads the original's three files of a folder: <c>pose2imu_best.pth</c>, <c>fe_best.pth</c>, <c>ac_best.pth</c>.</summary>
    /// <exception cref="DataException">One of them is missing.</exception>
    public static OrderedDictionary<string, StoredTensor> ReadOriginal(string folder)
    {
        var weights = new OrderedDictionary<string, StoredTensor>();
        foreach (var name in new[] { "pose2imu", "fe", "ac" })
        {
            var path = Path.Combine(folder, name + "_best.pth");
            if (!File.Exists(path)) throw new DataException(path, "no such file; expected pose2imu_best.pth, fe_best.pth and ac_best.pth");
            foreach (var (key, tensor) in HarClassifier.RightNames(WeightFiles.Read(path))) weights[$"{name}.{key}"] = tensor;
        }
        return weights;
    }
}
