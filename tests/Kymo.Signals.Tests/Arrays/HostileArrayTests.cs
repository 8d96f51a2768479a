using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Kymo.Signals.Arrays;

namespace Kymo.Signals.Tests.Arrays;

public sealed class HostileArrayTests : IDisposable
{
    const long MaxAllocated = 32 << 20;
    static readonly double s_seconds = double.TryParse(Environment.GetEnvironmentVariable("KYMO_FUZZ_SECONDS"), out var s)
        ? s : 4;
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "an array of Python objects")]
    [InlineData("{'descr': 'O8', 'fortran_order': False, 'shape': (1,), }", "an array of Python objects")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "offset 20: a structured array")]
    [InlineData("{'descr': '<U3', 'fortran_order': False, 'shape': (1,), }", "element type '<U3', expected b1")]
    [InlineData("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,), }", "element type '<M8[ns]'")]
    [InlineData("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", "element type '<f16'")]
    [InlineData("{'descr': '|f4', 'fortran_order': False, 'shape': (1,), }", "element type '|f4'")]
    [InlineData("{'descr': '', 'fortran_order': False, 'shape': (1,), }", "element type ''")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
        "shape (2) of <f4 takes 8 bytes, 4 follow the header")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "takes 0 bytes, 4 follow")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "expected a size from 0 to 2^63 - 1")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1.0,), }", "expected ')'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,), }",
        "expected a size from 0 to 2^63 - 1")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,), }",
        "more elements than 63 bits count")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
        "more elements than 63 bits count")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }",
        "more elements than 63 bits count")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }", "takes 4398046511104 bytes, 4 follow")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1), }", "shape is a number, expected a tuple")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': [1], }", "expected '('")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", "expected True or False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }", "lacks one of descr, fortran_order and shape")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
        "offset 27: key 'descr' is unknown or comes twice")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", "key 'x' is unknown or comes twice")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } or 1", "more text behind the dictionary")]
    [InlineData("{'descr': '<f4, 'fortran_order': False, 'shape': (1,), }", "expected '}'")]
    [InlineData("__import__('os').system('true')", "offset 10: expected '{'")]
    [InlineData("", "offset 10: expected '{'")]
    public void Read_says_what_is_wrong_with_a_header(string header, string expected)
    {
        Put(header);
        var e = Assert.Throws<DataException>(() => NpyFile.Read(_folder["x"]));
        Assert.Contains(expected, e.Message);
        Assert.Equal(_folder["x"], e.Path);
    }

    [Fact]
    public void Read_says_what_is_wrong_with_the_frame()
    {
        string Fault(params byte[] bytes)
        {
            File.WriteAllBytes(_folder["x"], bytes);
            return Assert.Throws<DataException>(() => NpyFile.Read(_folder["x"])).Message;
        }
        byte[] magic = [0x93, .. "NUMPY"u8];
        Assert.Contains("does not begin with", Fault());
        Assert.Contains("does not begin with", Fault([.. "PK\x03\x04"u8]));
        Assert.Contains("inside the header", Fault(magic));
        Assert.Contains("npy version 4.0, expected 1.0, 2.0 or 3.0", Fault([.. magic, 4, 0, 1, 0]));
        Assert.Contains("npy version 1.1", Fault([.. magic, 1, 1, 1, 0]));
        Assert.Contains("ends at offset 10 inside the header", Fault([.. magic, 1, 0, 5, 0]));
        Assert.Contains("a header of 10001 bytes", Fault([.. magic, 1, 0, 0x11, 0x27]));
        Assert.Contains("a header of 4294967295 bytes", Fault([.. magic, 2, 0, 255, 255, 255, 255]));
        Assert.Contains("no UTF-8", Fault([.. magic, 3, 0, 1, 0, 0, 0, 255]));
        Put("{'descr': '<f4', 'fortran_order': False, 'shape': (" + string.Concat(Enumerable.Repeat("1,", 65)) + "), }");
        Assert.Contains("65 dimensions, more than 64", Assert.Throws<DataException>(() => NpyFile.Read(_folder["x"])).Message);
        Assert.Contains("no such file", Assert.Throws<DataException>(() => NpyFile.Read(_folder["none"])).Message);
        Assert.Contains("no such file", Assert.Throws<DataException>(() => NpzFile.Read(_folder["none"])).Message);
        Assert.Throws<DataException>(() => NpyFile.Read(_folder.Path));
    }

    [Fact]
    public void Files_cut_short_or_too_long_are_refused()
    {
        NpyFile.Write(_folder["x"], [1f, 2f], 2);
        NpzFile.Write(_folder["z"], [("a", NpyArray.Of<float>([1, 2], 2))]);
        foreach (var (name, read) in new (string, Action<string>)[] { ("x", p => NpyFile.Read(p)), ("z", p => NpzFile.Read(p)) })
        {
            var whole = File.ReadAllBytes(_folder[name]);
            for (var length = 0; length < whole.Length; length++)
            {
                File.WriteAllBytes(_folder["cut"], whole[..length]);
                Assert.Throws<DataException>(() => read(_folder["cut"]));
            }
        }
        File.AppendAllText(_folder["x"], "\0");
        Assert.Throws<DataException>(() => NpyFile.Read(_folder["x"]));
    }

    [Fact]
    public void Archives_that_lie_or_grow_are_refused()
    {
        NpzFile.Write(_folder["z"], [("a", NpyArray.Of<float>([1, 2], 2))]);
        var whole = File.ReadAllBytes(_folder["z"]);
        var payload = whole.AsSpan().IndexOf("NUMPY"u8) - 1 + 128;
        whole[payload] ^= 1;
        File.WriteAllBytes(_folder["bent"], whole);
        Assert.Contains("'a.npy' is damaged: its checksum is", Fault("bent"));

        using (var zip = new ZipArchive(File.Create(_folder["bomb"]), ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry("a.npy", CompressionLevel.SmallestSize).Open())
            NpyFile.Write(entry, NpyArray.Of<byte>(new byte[50_000_000], 50_000_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<DataException>(() => NpzFile.Read(_folder["bomb"], maxBytes: 10_000_000));
        Assert.Contains("passes the limit of bytes", e.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Equal(50_000_000, Assert.Single(NpzFile.Read(_folder["bomb"])).Array.Count);

        var bytes = File.ReadAllBytes(_folder["bomb"]);
        var central = bytes.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(central + 24), 900_000_000);
        File.WriteAllBytes(_folder["lie"], bytes);
        Assert.Contains("which cannot be", Fault("lie"));

        using (var zip = new ZipArchive(File.Create(_folder["text"]), ZipArchiveMode.Create)) zip.CreateEntry("a.txt");
        Assert.Contains("entry 'a.txt' is no .npy file", Fault("text"));
        using (var zip = new ZipArchive(File.Create(_folder["twice"]), ZipArchiveMode.Create))
            for (var i = 0; i < 2; i++)
                using (var entry = zip.CreateEntry("a.npy").Open()) NpyFile.Write(entry, NpyArray.Of<byte>([1], 1));
        Assert.Contains("two entries have the name 'a.npy'", Fault("twice"));
    }

    /// <summary>
    /// Random damage for KYMO_FUZZ_SECONDS seconds in all (4 without it): only a DataException may come out, and memory stays small.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Random_damage_gives_a_DataException_or_an_array(bool archive)
    {
        string[] pieces = ["'", "(", ")", ",", "{", "}", "9223372036854775807", "4294967296", "L", "True", "'descr': ", "'|O'",
            "'>f8'", "PK\x03\x04", "PK\x01\x02",
            "\u00ff\u00ff\u00ff\u00ff", "\0\0\0\0"];
        if (archive) NpzFile.Write(_folder["w"], [("a", NpyArray.Of<float>([1, 2], 2)), ("b", NpyArray.Of<byte>([3], 1))]);
        else NpyFile.Write(_folder["w"], [1f, 2f], 2);
        var whole = File.ReadAllBytes(_folder["w"]);
        var random = new Random(archive ? 21 : 22);
        var clock = Stopwatch.StartNew();
        var refused = 0;
        while (clock.Elapsed.TotalSeconds < s_seconds / 2)
        {
            var bytes = whole.ToList();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var at = random.Next(bytes.Count);
                var piece = Encoding.Latin1.GetBytes(pieces[random.Next(pieces.Length)]);
                if (random.Next(4) is 0) bytes[at] ^= (byte)(1 << random.Next(8));
                else if (random.Next(3) is 0) bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 5)));
                else if (random.Next(2) is 0) bytes.InsertRange(at, piece);
                else for (var k = 0; k < piece.Length && at + k < bytes.Count; k++) bytes[at + k] = piece[k];
            }
            File.WriteAllBytes(_folder["fuzz"], [.. bytes]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                if (archive) NpzFile.Read(_folder["fuzz"]);
                else NpyFile.Read(_folder["fuzz"]);
            }
            catch (DataException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"{e.GetType()} from {Convert.ToBase64String([.. bytes])}\n{e}");
            }
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MaxAllocated, Convert.ToBase64String([.. bytes]));
        }
        Assert.True(refused > 0);
    }

    void Put(string header) =>
        File.WriteAllBytes(_folder["x"], [0x93, .. "NUMPY\x01\0"u8, (byte)header.Length, (byte)(header.Length >> 8),
            .. Encoding.Latin1.GetBytes(header), 0, 0, 0, 0]);

    string Fault(string name) => Assert.Throws<DataException>(() => NpzFile.Read(_folder[name])).Message;
}
