using System.Globalization;
using System.Text;

namespace Kymo.Torch.Checkpoints;

/// <summary>
/// The zip archive of <c>torch.save</c>: <c>STEM/data.pkl</c> with the values, <c>STEM/data/KEY</c> with each storage's bytes,
/// <c>STEM/version</c>, and in newer files <c>STEM/byteorder</c>.
/// </summary>
static class TorchZip
{
    /// <summary>Newest version of the container PyTorch reads itself.</summary>
    const int MaxVersion = 10;

    /// <summary>Memory for tensors that do not lie row by row, beyond twice what the storages take.</summary>
    const long CopyAllowance = 64 << 20;

    public static PickleValue Read(CheckpointSource file, long maxInflatedBytes)
    {
        var zip = new ZipContent(file, maxInflatedBytes);
        var stem = FindStem(file, zip);
        if (zip.Find(stem + "constants.pkl") is not null)
            throw file.Fault("is a TorchScript archive (it has constants.pkl), expected weights; save module.state_dict() with "
                + "torch.save");
        CheckVersion(file, zip, stem);
        var entry = zip.Find(stem + "data.pkl")!;
        if (entry.Size > PickleReader.MaxLength)
            throw file.Fault($"'{entry.Name}' has {entry.Size} bytes, more than the {PickleReader.MaxLength} that are read");
        var pickle = zip.Read(entry);
        var reader = new PickleReader(file, pickle, entry.Name, isLegacy: false);
        var value = reader.Read();
        if (reader.Position != pickle.Length)
            throw file.Fault($"'{entry.Name}' has {pickle.Length - reader.Position} bytes behind its end at byte "
                + $"{reader.Position}");
        foreach (var (key, storage) in reader.Storages) storage.Data = ReadStorage(file, zip, stem, key, storage);
        CheckCopies(file, reader);
        return value;
    }

    /// <summary>Refuses tensors whose strides would unfold a small storage into much memory.</summary>
    public static void CheckCopies(CheckpointSource file, PickleReader reader)
    {
        var limit = reader.Storages.Values.Sum(s => (long)s.Data.Length) * 2 + CopyAllowance;
        Int128 copied = 0;
        foreach (var tensor in reader.Tensors)
        {
            if (tensor.ByteCount > Array.MaxLength)
                throw file.Fault($"a tensor of shape {Shapes.Text(tensor.Shape)} takes {tensor.ByteCount} bytes, more than "
                    + $"{Array.MaxLength}");
            if (!tensor.IsRowMajor) copied += tensor.ByteCount;
            if (copied > limit)
                throw file.Fault($"strided tensors such as the one of shape {Shapes.Text(tensor.Shape)} and strides "
                    + $"{Shapes.Text(tensor.Strides)} would unfold to more than {limit} bytes; call contiguous() before saving");
        }
    }

    /// <summary>Writes the archive of a pickle; the stem is the name of the file without its extension.</summary>
    public static void Write(Stream stream, string path, byte[] pickle, IReadOnlyList<TensorStorage> storages)
    {
        var stem = Path.GetFileNameWithoutExtension(path);
        if (stem.Length == 0) stem = "archive";
        var zip = new ZipWriter(stream);
        zip.Add($"{stem}/data.pkl", pickle);
        // PyTorch sorts the keys as text: 0, 1, 10, 11, 2.
        var keys = Enumerable.Range(0, storages.Count).Select(i =>
            (Key: i.ToString(CultureInfo.InvariantCulture), Storage: storages[i]));
        foreach (var (key, storage) in keys.OrderBy(k => k.Key, StringComparer.Ordinal))
            zip.Add($"{stem}/data/{key}", storage.Data.Span);
        zip.Add($"{stem}/version", "3\n"u8);
        zip.Finish();
    }

    /// <summary>The archive's folder with its slash; empty where the entries lie at the root.</summary>
    static string FindStem(CheckpointSource file, ZipContent zip)
    {
        var pickles = zip.Names.Where(n => n == "data.pkl" || n.EndsWith("/data.pkl", StringComparison.Ordinal)).Take(2).ToList();
        return pickles switch
        {
            [var name] => name[..^"data.pkl".Length],
            [] => throw file.Fault("is a zip archive without data.pkl, expected a file of torch.save"),
            _ => throw file.Fault($"is a zip archive with two pickles, '{pickles[0]}' and '{pickles[1]}', expected one"),
        };
    }

    static void CheckVersion(CheckpointSource file, ZipContent zip, string stem)
    {
        if (zip.Find(stem + "byteorder") is { } order && SmallText(file, zip, order) is var bytes and not "little")
            throw file.Fault($"'{order.Name}' says '{bytes}', expected 'little'");
        if (zip.Find(stem + "version") is not { } entry) throw file.Fault($"has no entry '{stem}version'");
        var text = SmallText(file, zip, entry);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            || version is < 1 or > MaxVersion)
            throw file.Fault($"'{entry.Name}' says '{text}', expected a version from 1 to {MaxVersion}");
    }

    static string SmallText(CheckpointSource file, ZipContent zip, ZipEntry entry) => entry.Size <= 16
        ? Encoding.Latin1.GetString(zip.Read(entry)).TrimEnd('\n')
        : throw file.Fault($"'{entry.Name}' has {entry.Size} bytes, expected a word");

    static byte[] ReadStorage(CheckpointSource file, ZipContent zip, string stem, string key, TensorStorage storage)
    {
        if (zip.Find($"{stem}data/{key}") is not { } entry) throw file.Fault($"storage '{key}' has no entry '{stem}data/{key}'");
        var bytes = storage.ElementCount * storage.Type.Size();
        if (entry.Size != bytes)
            throw file.Fault($"'{entry.Name}' has {entry.Size} bytes, the pickle says {storage.ElementCount} {storage.Type} "
                + $"elements ({bytes} bytes)");
        return zip.Read(entry);
    }
}
