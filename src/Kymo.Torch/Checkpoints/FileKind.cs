namespace Kymo.Torch.Checkpoints;

/// <summary>What a weights file's first bytes say it is.</summary>
enum FileKind
{
    Unknown, Empty, Safetensors, TorchZip, TorchLegacy, Tar, Pickle, Hdf5, NumPy, GitPointer,
}

/// <summary>Tells files apart by content; names do not count.</summary>
static class FileKinds
{
    const int TarMagicAt = 257;

    public static FileKind Of(CheckpointSource file)
    {
        if (file.Length == 0) return FileKind.Empty;
        var head = file.Read(0, Math.Min(file.Length, 512)).AsSpan();
        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8)) return FileKind.TorchZip;
        if (head.StartsWith(TorchLegacy.Magic)) return FileKind.TorchLegacy;
        if (head.Length > TarMagicAt + 5 && head.Slice(TarMagicAt, 5).SequenceEqual("ustar"u8)) return FileKind.Tar;
        if (head[0] == 0x89 && head[1..].StartsWith("HDF"u8)) return FileKind.Hdf5;
        if (head[0] == 0x93 && head[1..].StartsWith("NUMPY"u8)) return FileKind.NumPy;
        if (head.StartsWith("version https://git-lfs"u8)) return FileKind.GitPointer;
        if (head.Length > 8 && head[8] == '{') return FileKind.Safetensors;
        if (head.Length > 1 && head[0] == 0x80 && head[1] is >= 2 and <= 5) return FileKind.Pickle;
        return FileKind.Unknown;
    }

    public static string Describe(FileKind kind) => kind switch
    {
        FileKind.Empty => "empty",
        FileKind.Safetensors => "a safetensors file",
        FileKind.TorchZip or FileKind.TorchLegacy => "a file of torch.save",
        FileKind.Tar => "in the tar format of PyTorch before 0.1.10, which is not read; load it with PyTorch and save it again",
        FileKind.Pickle => "a bare pickle, which is not read",
        FileKind.Hdf5 => "an HDF5 file",
        FileKind.NumPy => "a NumPy array",
        FileKind.GitPointer => "a pointer of git-lfs and not the file itself; fetch it with git lfs pull",
        _ => "of no known format",
    };
}
