using System.IO.Compression;
using System.Text;
using Kymo.Torch.Checkpoints;

namespace Kymo.Torch.Tests.Checkpoints;

/// <summary>Makes archives around pickles written opcode by opcode.</summary>
static class PickleFiles
{
    /// <summary>
    /// Bytes from text: every character is a byte, <c>\n</c> ends a global's line. The protocol opcode is put in front and STOP
    /// behind.
    /// </summary>
    public static byte[] Pickle(string opcodes) => [0x80, 2, .. Encoding.Latin1.GetBytes(opcodes), (byte)'.'];

    /// <summary>BINUNICODE of a text.</summary>
    public static string Text(string text) => "X" + Encoding.Latin1.GetString(BitConverter.GetBytes(text.Length)) + text;

    /// <summary>A persistent id and the opcode that takes it.</summary>
    public static string Storage(string storageClass, string key, string count) =>
        $"({Text("storage")}ctorch\n{storageClass}\n{Text(key)}{Text("cuda:0")}{count}tQ";

    /// <summary>A call of _rebuild_tensor_v2; sizes and strides are opcodes that make tuples.</summary>
    public static string Tensor(string storage, string offset, string sizes, string strides) =>
        $"ctorch._utils\n_rebuild_tensor_v2\n({storage}{offset}{sizes}{strides}\x89" + "ccollections\nOrderedDict\n)RtR";

    /// <summary>BININT1 or BININT.</summary>
    public static string Int(int value) =>
        value is >= 0 and < 256 ? "K" + (char)value : "J" + Encoding.Latin1.GetString(BitConverter.GetBytes(value));

    /// <summary>LONG1 of eight bytes.</summary>
    public static string Long(long value) => "\x8a\x08" + Encoding.Latin1.GetString(BitConverter.GetBytes(value));

    /// <summary>A torch.save archive with this pickle and these storages.</summary>
    public static void WriteZip(string path, byte[] pickle, params (string Key, byte[] Data)[] storages)
    {
        using var stream = File.Create(path);
        var zip = new ZipWriter(stream);
        zip.Add("x/data.pkl", pickle);
        foreach (var (key, data) in storages) zip.Add($"x/data/{key}", data);
        zip.Add("x/version", "3\n"u8);
        zip.Finish();
    }

    /// <summary>A deflated archive made by the framework.</summary>
    public static void WriteDeflated(string path, byte[] pickle, params (string Key, byte[] Data)[] storages)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        var entries = storages.Select(s => ($"x/data/{s.Key}", s.Data)).Prepend(("x/data.pkl", pickle));
        foreach (var (name, data) in entries.Append(("x/version", "3\n"u8.ToArray())))
            using (var entry = zip.CreateEntry(name, CompressionLevel.SmallestSize).Open())
                entry.Write(data);
    }
}
