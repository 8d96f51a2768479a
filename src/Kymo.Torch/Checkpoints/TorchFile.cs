namespace Kymo.Torch.Checkpoints;

/// <summary>
/// The files of <c>torch.save</c> and <c>torch.load</c> (.pth, .pt): zip archives of PyTorch 1.6 and later, and the older kind
/// without zip when reading. Reading runs no code: only tensors and plain values are taken, anything else is an error that
/// names it.
/// </summary>
public static class TorchFile
{
    /// <summary>How much compressed entries of one archive may grow to, unless the caller allows more: 1 GiB.</summary>
    public const long DefaultMaxInflatedBytes = 1L << 30;

    static readonly string[] s_stateKeys = ["state_dict", "model_state_dict"];

    /// <summary>Reads everything the file holds. Tensors of another device come as if saved from the CPU.</summary>
    /// <param name="path">The file; its kind is told from its content.</param>
    /// <param name="maxInflatedBytes">How much compressed entries together may grow to.</param>
    /// <exception cref="CheckpointException">
    /// The file is missing or damaged, is another format, or holds something else than tensors and plain values.
    /// </exception>
    public static PickleValue Read(string path, long maxInflatedBytes = DefaultMaxInflatedBytes)
    {
        using var file = new CheckpointSource(path);
        return FileKinds.Of(file) switch
        {
            FileKind.TorchZip => TorchZip.Read(file, maxInflatedBytes),
            FileKind.TorchLegacy => TorchLegacy.Read(file),
            var kind => throw file.Fault($"is {FileKinds.Describe(kind)}, expected a file of torch.save"),
        };
    }

    /// <summary>
    /// Reads the names and tensors of a network: the file is a state dictionary, or a dictionary that has one under
    /// <c>state_dict</c> or
    /// <c>model_state_dict</c>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="maxInflatedBytes">How much compressed entries together may grow to.</param>
    /// <returns>Names and tensors in the file's order.</returns>
    /// <exception cref="CheckpointException">As for <see cref="Read"/>, or the file holds no state dictionary.</exception>
    public static IReadOnlyList<(string Name, StoredTensor Tensor)> ReadStateDict(
        string path, long maxInflatedBytes = DefaultMaxInflatedBytes)
    {
        var value = Read(path, maxInflatedBytes);
        if (value is not PickleDictionary state)
            throw new CheckpointException(path, $"holds a {value.Kind}, expected a state dictionary of names and tensors");
        var place = "";
        foreach (var key in s_stateKeys)
        {
            if (!state.TryGetValue(key, out var inner) || inner is not PickleDictionary found) continue;
            (state, place) = (found, $"['{key}']");
            break;
        }
        var tensors = new List<(string, StoredTensor)>(state.Count);
        foreach (var (key, entry) in state)
        {
            if (key is not PickleText name)
                throw new CheckpointException(path, $"state dictionary{place}: a key is a {key.Kind}, expected a name");
            if (entry is not PickleTensor tensor)
                throw new CheckpointException(path,
                    $"state dictionary{place}: '{name.Value}' is a {entry.Kind}, expected a tensor");
            tensors.Add((name.Value, tensor.Value));
        }
        return tensors;
    }

    /// <summary>
    /// Writes a value so that <c>torch.load</c> reads it: the archive PyTorch 1.13 writes, byte for byte. Tensors over the same
    /// <see cref="TensorStorage"/> or the same memory share it. The file is written under a temporary name, flushed and renamed.
    /// </summary>
    /// <exception cref="CheckpointException">
    /// The value holds itself, nests deeper than 128, or holds a NumPy array, half a surrogate pair or a number past 255 bytes.
    /// </exception>
    public static void Write(string path, PickleValue value)
    {
        byte[] pickle;
        IReadOnlyList<TensorStorage> storages;
        try
        {
            PickleTree.Check(value, long.MaxValue / 2);
            (pickle, storages) = PickleWriter.Write(value);
        }
        catch (PickleFault e)
        {
            throw new CheckpointException(path, $"cannot be written: {e.Message}", e);
        }
        AtomicFile.Write(path, stream => TorchZip.Write(stream, path, pickle, storages));
    }

    /// <summary>Writes the names and tensors of a network as the state dictionary that <c>load_state_dict</c> takes.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="tensors">Names and tensors, in the order to write.</param>
    /// <param name="versions">
    /// The <c>_metadata</c> PyTorch keeps beside the tensors: module path to version, e.g. <c>""</c> to 1 and <c>"bn"</c> to 2.
    /// PyTorch reads files without it; a batch norm below version 2 then takes its counter from the network, not from the file,
    /// so one is made up from the names where this is null: 2 for modules that have <c>num_batches_tracked</c>, 1 for all
    /// others.
    /// </param>
    /// <exception cref="CheckpointException">A name comes twice, or a tensor's bytes do not fit its shape and type.</exception>
    public static void WriteStateDict(
        string path,
        IReadOnlyList<(string Name, StoredTensor Tensor)> tensors,
        IReadOnlyList<(string Module, int Version)>? versions = null)
    {
        var state = StateDict(path, tensors);
        var metadata = new PickleDictionary(isOrdered: true);
        foreach (var (module, version) in versions ?? ModuleVersions(tensors))
            metadata[module] = new PickleDictionary { { "version", version } };
        state.Attributes = new PickleDictionary { { "_metadata", metadata } };
        Write(path, state);
    }

    /// <summary>Names and tensors as an <c>OrderedDict</c>, to put in a larger tree.</summary>
    /// <param name="path">The file it is meant for, for messages.</param>
    /// <param name="tensors">Names and tensors.</param>
    /// <exception cref="CheckpointException">A name comes twice, or a tensor's bytes do not fit its shape and type.</exception>
    public static PickleDictionary StateDict(string path, IReadOnlyList<(string Name, StoredTensor Tensor)> tensors)
    {
        var state = new PickleDictionary(isOrdered: true);
        foreach (var (name, tensor) in tensors)
        {
            if (state.TryGetValue(name, out _)) throw new CheckpointException(path, $"two tensors have the name '{name}'");
            var count = Shapes.ElementCount(tensor.Shape);
            if (count < 0 || (Int128)count * tensor.Type.Size() != tensor.Data.Length)
                throw new CheckpointException(path,
                    $"bad view: tensor '{name}' of {tensor.Type} and shape {Shapes.Text(tensor.Shape)} "
                    + $"holds {tensor.Data.Length} bytes");
            state.Add(name, tensor);
        }
        return state;
    }

    /// <summary>Every module on the way to a tensor, parents first, as <c>Module.state_dict</c> lists them.</summary>
    static List<(string Module, int Version)> ModuleVersions(IReadOnlyList<(string Name, StoredTensor Tensor)> tensors)
    {
        var counting = tensors.Where(t => t.Name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))
            .Select(t => t.Name[..^".num_batches_tracked".Length]).ToHashSet();
        var modules = new List<(string, int)> { ("", tensors.Any(t => t.Name == "num_batches_tracked") ? 2 : 1) };
        var seen = new HashSet<string> { "" };
        foreach (var (name, _) in tensors)
            for (var dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1))
                if (seen.Add(name[..dot])) modules.Add((name[..dot], counting.Contains(name[..dot]) ? 2 : 1));
        return modules;
    }
}
