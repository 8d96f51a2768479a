using Microsoft.Win32.SafeHandles;

namespace Kymo.Torch.Checkpoints;

/// <summary>
/// A weights file opened for reading at chosen offsets. Every fault becomes a <see cref="CheckpointException"/>.
/// </summary>
sealed class CheckpointSource : IDisposable
{
    readonly SafeFileHandle _handle;

    /// <summary>Opens the file.</summary>
    public CheckpointSource(string path)
    {
        Path = path;
        try
        {
            _handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
            Length = RandomAccess.GetLength(_handle);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException(path, "no such file, expected a weights file (.safetensors or .pth)", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _handle?.Dispose();
            throw new CheckpointException(path, $"cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>Bytes [offset, offset + count), which the caller has checked to lie inside the file.</summary>
    public byte[] Read(long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
            throw Fault($"bytes {offset} to {offset + count} lie outside the file of {Length} bytes");
        if (count > Array.MaxLength)
            throw Fault($"{count} bytes at offset {offset} are more than the {Array.MaxLength} read at once");
        var bytes = GC.AllocateUninitializedArray<byte>((int)count);
        var done = 0;
        while (done < bytes.Length)
        {
            var got = RandomAccess.Read(_handle, bytes.AsSpan(done), offset + done);
            if (got == 0) throw Fault($"ends at offset {offset + done}, {bytes.Length - done} bytes early: it became shorter");
            done += got;
        }
        return bytes;
    }

    /// <summary>An error about this file.</summary>
    public CheckpointException Fault(string problem, Exception? inner = null) => new(Path, problem, inner);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
