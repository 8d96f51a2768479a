using Kymo.Onnx.Files;

namespace Kymo.Onnx;

/// <summary>Reads and writes <c>.onnx</c> files: one protobuf message, at most 2 GB, weights inside.</summary>
public static class OnnxModelFile
{
    /// <summary>The largest message protobuf allows, in bytes.</summary>
    public const long MostBytes = int.MaxValue;

    /// <summary>Reads a model. Nothing in it is run; unknown fields are passed over, unknown operators kept.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OnnxException">No ONNX model, a damaged one, one over 2 GB, or one with its weights in another file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxModel Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > Array.MaxLength) throw new OnnxException($"{length} bytes; a model has at most {MostBytes}", path);
        return Parse(File.ReadAllBytes(path), path);
    }

    /// <summary>Reads a model from memory. The tensors' data stay where they are.</summary>
    /// <param name="bytes">The file's bytes.</param>
    /// <param name="path">The name used in errors.</param>
    /// <exception cref="OnnxException">No ONNX model, a damaged one, or one with its weights in another file.</exception>
    public static OnnxModel Parse(ReadOnlyMemory<byte> bytes, string? path = null) => ModelDecoder.Model(new ProtoReader(bytes, path));

    /// <summary>The model as the bytes of a file.</summary>
    /// <exception cref="OnnxException">The model is over 2 GB, or a tensor's data do not fit its shape.</exception>
    public static byte[] ToBytes(OnnxModel model)
    {
        var writer = Encode(model, null);
        var bytes = new byte[writer.Length];
        writer.CopyTo(new MemoryStream(bytes));
        return bytes;
    }

    /// <summary>How many bytes the model's file takes.</summary>
    /// <exception cref="OnnxException">The model is over 2 GB, or a tensor's data do not fit its shape.</exception>
    public static long Size(OnnxModel model) => Encode(model, null).Length;

    /// <summary>Writes a model under a temporary name beside <paramref name="path"/>, flushes it to the disk, then renames it.</summary>
    /// <returns>The file's size in bytes.</returns>
    /// <exception cref="OnnxException">The model is over 2 GB, or a tensor's data do not fit its shape.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static long Write(OnnxModel model, string path)
    {
        var writer = Encode(model, path);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                writer.CopyTo(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        return writer.Length;
    }

    static ProtoWriter Encode(OnnxModel model, string? path)
    {
        var writer = new ProtoWriter();
        ModelEncoder.Model(writer, model);
        return writer.Length <= Array.MaxLength
            ? writer
            : throw new OnnxException($"the model takes {writer.Length} bytes, a model has at most {MostBytes}: use a smaller network", path);
    }
}
