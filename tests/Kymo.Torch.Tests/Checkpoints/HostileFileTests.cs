using System.Buffers.Binary;
using Kymo.Torch.Checkpoints;
using static Kymo.Torch.Tests.Checkpoints.PickleFiles;

namespace Kymo.Torch.Tests.Checkpoints;

/// <summary>Damaged and lying files of every kind; each kind starts from a small whole one.</summary>
public sealed class HostileFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static string OneTensor => Tensor(Storage("FloatStorage", "0", Int(2)), Int(0), Int(2) + "\x85", Int(1) + "\x85");

    static byte[] FourBytes => [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40];

    byte[] Make(string kind)
    {
        var path = _folder["whole"];
        if (kind == "safetensors") SafetensorsFile.Write(path, [("weight", StoredTensor.Of<float>([1, 2], 2))]);
        else if (kind == "zip") WriteZip(path, Pickle($"}}{Text("weight")}{OneTensor}s"), ("0", FourBytes));
        else if (kind == "deflated") WriteDeflated(path, Pickle($"}}{Text("weight")}{OneTensor}s"), ("0", FourBytes));
        else File.WriteAllBytes(path, Legacy());
        Assert.Equal(Expected, Describer.Describe(WeightsFile.Read(path)));
        return File.ReadAllBytes(path);
    }

    static string Expected { get; } = Describer.Describe([("weight", StoredTensor.Of<float>([1, 2], 2))]);

    static byte[] Legacy() =>
    [
        .. Pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"), .. Pickle("M\xe9\x03"),
            .. Pickle($"}}{Text("little_endian")}\x88s"),
        .. Pickle($"}}{Text("weight")}{OneTensor.Replace("K\x02tQ", "K\x02NtQ")}s"), .. Pickle($"]{Text("0")}a"),
        2, 0, 0, 0, 0, 0, 0, 0, .. FourBytes,
    ];

    [Theory]
    [InlineData("safetensors")]
    [InlineData("zip")]
    [InlineData("deflated")]
    [InlineData("legacy")]
    public void Files_cut_short_at_any_byte_are_refused(string kind)
    {
        var whole = Make(kind);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder["cut"], whole[..length]);
            Assert.Throws<CheckpointException>(() => WeightsFile.Read(_folder["cut"]));
        }
    }

    [Theory]
    [InlineData("safetensors")]
    [InlineData("zip")]
    [InlineData("deflated")]
    [InlineData("legacy")]
    public void Files_with_bytes_behind_them_are_refused(string kind)
    {
        File.WriteAllBytes(_folder["long"], [.. Make(kind), 0]);
        Assert.Throws<CheckpointException>(() => WeightsFile.Read(_folder["long"]));
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("deflated")]
    public void Archives_with_a_bit_turned_anywhere_are_refused_or_read_the_same(string kind)
    {
        var whole = Make(kind);
        int refused = 0, same = 0;
        for (var i = 0; i < whole.Length * 2; i++)
        {
            // Two different bits of every byte, all eight places in turn.
            var bytes = (byte[])whole.Clone();
            bytes[i / 2] ^= (byte)(1 << (i / 2 + i % 2 * 3) % 8);
            File.WriteAllBytes(_folder["bent"], bytes);
            try
            {
                Assert.Equal(Expected, Describer.Describe(WeightsFile.Read(_folder["bent"])));
                same++;
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }
        Assert.Equal(whole.Length * 2, refused + same);
        Assert.True(refused > same, $"{refused} refused, {same} read");
    }

    [Fact]
    public void Lies_of_the_zip_directory_are_told()
    {
        var whole = Make("zip");
        var central = whole.AsSpan().IndexOf("PK\x01\x02"u8);
        var second = central + 46 + "x/data.pkl".Length;
        var end64 = whole.AsSpan().IndexOf("PK\x06\x06"u8);
        var end = whole.AsSpan().IndexOf("PK\x05\x06"u8);
        Assert.Contains("contradict each other", Fault(whole, (end + 8, 4), (end + 10, 4)));
        Assert.Contains("several disks", Fault(whole, (end + 8, 4)));
        Assert.Contains("several disks", Fault(whole, (end64 + 16, 1)));
        Assert.Contains("claims 1000000 entries", Fault(whole, (end + 8, 0xffff), (end + 10, 0xffff), (end64 + 24, 1_000_000),
            (end64 + 32, 1_000_000)));
        Assert.Contains("bytes behind its 2 entries", Fault(whole, (end + 8, 2), (end + 10, 2), (end64 + 24, 2),
            (end64 + 32, 2)));
        Assert.Contains("runs past its end", Fault(whole, (end + 16, 0xffff), (end64 + 48, 0xffff)));
        Assert.Contains("64-bit zip end record at offset 65535", Fault(whole, (end64 + 56 + 8, 0xffff)));
        Assert.Contains("its local header at offset 0 contradicts", Fault(whole, (second + 42, 0)));
        Assert.Contains("impossible sizes", Fault(whole, (second + 24, 9)));
        Assert.Contains("run into the directory", Fault(whole, (second + 20, 9_999), (second + 24, 9_999)));
        Assert.Contains("zip entries 'x/data/0' and 'x/version' overlap at offset",
            Fault(whole, (second + 20, 60), (second + 24, 60)));
        Assert.Contains("lies outside the entries", Fault(whole, (second + 42, 60_000)));
        Assert.Contains("no local header at offset 4", Fault(whole, (second + 42, 4)));
        Assert.Contains("compression method 9", Fault(whole, (second + 10, 9)));
        Assert.Contains("is encrypted", Fault(whole, (second + 8, 1)));
        Assert.Contains("runs past the directory's end", Fault(whole, (second + 30, 0xffff)));
        Assert.Contains("has 9 bytes, the pickle says 2 Float32", Fault(whole, (second + 20, 9), (second + 24, 9)));
        Assert.Contains("is damaged: its checksum is", Fault(whole, (second + 16, 1)));
    }

    [Fact]
    public void Entries_over_the_same_bytes_are_refused()
    {
        // The directory's second entry is pointed at a whole local header that lies inside the first entry's content.
        using (var stream = File.Create(_folder["x"]))
        {
            var inner = new MemoryStream();
            var zipInZip = new ZipWriter(inner);
            zipInZip.Add("x/version", "3\n"u8);
            var zip = new ZipWriter(stream);
            zip.Add("x/data.pkl", inner.ToArray());
            zip.Add("x/version", "3\n"u8);
            zip.Finish();
        }
        var bytes = File.ReadAllBytes(_folder["x"]);
        var second = bytes.AsSpan().LastIndexOf("PK\x01\x02"u8);
        Assert.Contains("zip entries 'x/data.pkl' and 'x/version' overlap at offset 64", Fault(bytes, (second + 42, 64)));
    }

    [Fact]
    public void Bombs_are_refused_before_they_grow()
    {
        var tensor = Tensor(Storage("ByteStorage", "0", Int(100_000_000)), Int(0), Int(1) + "\x85", Int(1) + "\x85");
        WriteDeflated(_folder["bomb"], Pickle(tensor), ("0", new byte[100_000_000]));
        Assert.True(new FileInfo(_folder["bomb"]).Length < 200_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<CheckpointException>(() => TorchFile.Read(_folder["bomb"], maxInflatedBytes: 50_000_000));
        Assert.Contains("would inflate to 100000000 bytes, past the limit of 50000000", e.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        Assert.Equal(1, ((PickleTensor)TorchFile.Read(_folder["bomb"])).Value.Data.Length);
    }

    [Theory]
    [InlineData(900_000_000, "claims to inflate from")]
    [InlineData(1001, "does not inflate to the 1001 bytes it claims")]
    [InlineData(999, "does not inflate to the 999 bytes it claims")]
    public void Deflated_entries_that_lie_about_their_size_are_refused(int claimed, string expected)
    {
        var tensor = Tensor(Storage("ByteStorage", "0", Int(claimed)), Int(0), Int(1) + "\x85", Int(1) + "\x85");
        WriteDeflated(_folder["x"], Pickle(tensor), ("0", new byte[1000]));
        var bytes = File.ReadAllBytes(_folder["x"]);
        var central = bytes.AsSpan().IndexOf("PK\x01\x02"u8);
        var second = central + bytes.AsSpan(central + 1).IndexOf("PK\x01\x02"u8) + 1;
        var local = BitConverter.ToInt32(bytes, second + 42);
        Assert.Contains("contradicts the directory", Fault(bytes, (second + 24, claimed)));
        Assert.Contains(expected, Fault(bytes, (second + 24, claimed), (local + 22, claimed)));
    }

    [Fact]
    public void Other_formats_are_named()
    {
        var tar = new byte[600];
        "ustar"u8.CopyTo(tar.AsSpan(257));
        foreach (var (bytes, expected) in new (byte[], string)[]
        {
            ([], "is empty"),
            (tar, "tar format of PyTorch before 0.1.10"),
            ([0x89, .. "HDF\r\n\x1a\n"u8], "an HDF5 file"),
            ([0x93, .. "NUMPY"u8], "a NumPy array"),
            ([.. "version https://git-lfs.github.com/spec/v1\n"u8], "git lfs pull"),
            ([0x80, 4, (byte)'N', (byte)'.'], "a bare pickle"),
            ([.. "hello world"u8], "of no known format"),
        })
        {
            File.WriteAllBytes(_folder["other"], bytes);
            Assert.Contains(expected, Assert.Throws<CheckpointException>(() => WeightsFile.Read(_folder["other"])).Message);
            Assert.Contains(expected, Assert.Throws<CheckpointException>(() => TorchFile.Read(_folder["other"])).Message);
        }
        Assert.Contains("no such file", Assert.Throws<CheckpointException>(() => WeightsFile.Read(_folder["none"])).Message);
        Assert.Throws<CheckpointException>(() => WeightsFile.Read(_folder.Path));
    }

    [Fact]
    public void Archives_that_are_not_weights_are_named()
    {
        void Zip(params (string Name, string Content)[] entries)
        {
            using var stream = File.Create(_folder["x"]);
            var zip = new ZipWriter(stream);
            foreach (var (name, content) in entries) zip.Add(name, System.Text.Encoding.Latin1.GetBytes(content));
            zip.Finish();
        }
        string Read() => Assert.Throws<CheckpointException>(() => TorchFile.Read(_folder["x"])).Message;
        Zip(("a.txt", "x"));
        Assert.Contains("is a zip archive without data.pkl", Read());
        Zip(("a/data.pkl", "x"), ("b/data.pkl", "x"));
        Assert.Contains("two pickles, 'a/data.pkl' and 'b/data.pkl'", Read());
        Zip(("a/data.pkl", "N."), ("a/constants.pkl", "x"), ("a/version", "3"));
        Assert.Contains("is a TorchScript archive", Read());
        Zip(("a/data.pkl", "N."));
        Assert.Contains("has no entry 'a/version'", Read());
        Zip(("a/data.pkl", "N."), ("a/version", "99\n"));
        Assert.Contains("says '99', expected a version from 1 to 10", Read());
        Zip(("a/data.pkl", "N."), ("a/version", "3\n"), ("a/byteorder", "big"));
        Assert.Contains("says 'big', expected 'little'", Read());
        Zip(("a/data.pkl", "N.N"), ("a/version", "3\n"));
        Assert.Contains("has 1 bytes behind its end at byte 2", Read());
        Zip(("data.pkl", "N."), ("version", "3\n"), ("byteorder", "little"));
        Assert.Same(PickleValue.None, TorchFile.Read(_folder["x"]));
    }

    /// <summary>The message for a file with 16-bit (or, past 0xffff, 32-bit) values put over some places.</summary>
    string Fault(byte[] whole, params (int At, int Value)[] changes)
    {
        var bytes = (byte[])whole.Clone();
        foreach (var (at, value) in changes)
            if (value > 0xffff) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
            else BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), (ushort)value);
        File.WriteAllBytes(_folder["lie"], bytes);
        return Assert.Throws<CheckpointException>(() => TorchFile.Read(_folder["lie"])).Message;
    }
}
