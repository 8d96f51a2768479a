namespace Kymo.Torch.Checkpoints;

/// <summary>Weights in any of the formats Kymo reads.</summary>
public static class WeightsFile
{
    /// <summary>
    /// Reads the names and tensors of a network from a safetensors file or a file of <c>torch.save</c>. The content decides
    /// which it is; the file's name does not count.
    /// </summary>
    /// <returns>Names and tensors in the file's order.</returns>
    /// <exception cref="CheckpointException">
    /// The file is missing, damaged, of another format, or holds no state dictionary.
    /// </exception>
    public static IReadOnlyList<(string Name, StoredTensor Tensor)> Read(string path)
    {
        FileKind kind;
        using (var file = new CheckpointSource(path)) kind = FileKinds.Of(file);
        return kind switch
        {
            FileKind.Safetensors => SafetensorsFile.Read(path).Tensors,
            FileKind.TorchZip or FileKind.TorchLegacy => TorchFile.ReadStateDict(path),
            _ => throw new CheckpointException(path,
                $"is {FileKinds.Describe(kind)}, expected weights as a safetensors file or a file of torch.save"),
        };
    }
}
