namespace Kymo.Torch.Checkpoints;

/// <summary>
/// The files of <c>torch.save</c> before PyTorch 1.6: five pickles (magic number, protocol 1001, facts about the machine, the
/// values, the keys of the storages), then each storage as a 64-bit element count and its bytes.
/// </summary>
static class TorchLegacy
{
    /// <summary>The first bytes: protocol 2, then the magic number as LONG1.</summary>
    public static ReadOnlySpan<byte> Magic =>
        [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];

    const int Protocol = 1001;

    public static PickleValue Read(CheckpointSource file)
    {
        var window = file.Read(0, Math.Min(file.Length, PickleReader.MaxLength));
        var reader = new PickleReader(file, window, "pickles", isLegacy: true);
        reader.Read();
        var protocol = reader.Read();
        if (protocol is not PickleInteger { Value: var version } || version != Protocol)
            throw file.Fault($"byte 15: the old format's protocol is a {protocol.Kind} other than {Protocol}");
        var machine = reader.Read();
        if (machine is not PickleDictionary facts || !facts.TryGetValue("little_endian", out var little)
            || little is not PickleBoolean { Value: true })
            throw file.Fault("was not saved on a little-endian machine, which is the only kind read");
        var value = reader.Read();
        var keys = reader.Read();
        if (keys is not PickleList list)
            throw file.Fault($"byte {reader.Position}: the keys of the storages are a {keys.Kind}, expected a list");
        ReadStorages(file, reader, list);
        TorchZip.CheckCopies(file, reader);
        return value;
    }

    static void ReadStorages(CheckpointSource file, PickleReader reader, PickleList keys)
    {
        long at = reader.Position;
        var missing = reader.Storages.Keys.ToHashSet();
        foreach (var key in keys)
        {
            if (key is not PickleText { Value: var name } || !missing.Remove(name))
                throw file.Fault($"the keys of the storages before byte {at} name one that no tensor uses or that comes twice");
            var storage = reader.Storages[name];
            if (at > file.Length - 8)
                throw file.Fault($"ends at offset {file.Length}, inside storage '{name}' that begins at {at}");
            var count = BitConverter.ToInt64(file.Read(at, 8));
            if (count != storage.ElementCount)
                throw file.Fault($"storage '{name}' at offset {at} has {count} elements, the pickle says {storage.ElementCount}");
            var bytes = count * storage.Type.Size();
            if (bytes > file.Length - at - 8)
                throw file.Fault($"storage '{name}' at offset {at} needs {bytes} bytes, only {file.Length - at - 8} follow");
            storage.Data = file.Read(at + 8, bytes);
            at += 8 + bytes;
        }
        if (missing.Count > 0) throw file.Fault($"storage '{missing.First()}' is used and not listed");
        if (at != file.Length)
            throw file.Fault($"has {file.Length - at} bytes behind the last storage, which ends at offset {at}");
    }
}
