using System.Diagnostics;
using System.Text;
using Kymo.Torch.Checkpoints;
using static Kymo.Torch.Tests.Checkpoints.PickleFiles;

namespace Kymo.Torch.Tests.Checkpoints;

/// <summary>
/// Random damage to whole files, for KYMO_FUZZ_SECONDS seconds in all (8 without it): only a CheckpointException may come
/// out, and no read may take much memory.
/// </summary>
public sealed class CheckpointFuzzTests : IDisposable
{
    const long MaxAllocated = 96 << 20;
    const int Parsers = 4;
    static readonly double s_seconds = double.TryParse(Environment.GetEnvironmentVariable("KYMO_FUZZ_SECONDS"), out var s)
        ? s : 8;
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Safetensors_headers()
    {
        string[] pieces = ["{", "}", "[", "]", ":", ",", "\"", "0", "8", "-1", "1e9", "18446744073709551615", "4294967296",
            "null", "\"F4\"", "\"C64\"",
            "\"__metadata__\":", "\"shape\":", "\"dtype\":", "\"data_offsets\":[0,0]", "\\ud800", "\u00fc", " ", "\0"];
        SafetensorsFile.Write(_folder["s"], [("a", StoredTensor.Of<float>([1, 2], 2)), ("b", StoredTensor.Of<long>([3]))],
            new Dictionary<string, string> { ["k"] = "v" });
        var whole = File.ReadAllBytes(_folder["s"]);
        Fuzz(11, random =>
        {
            var bytes = Damage(random, whole, [.. pieces.Select(Encoding.UTF8.GetBytes)]);
            // Half of the time the length is set right again, so that the text itself is reached.
            if (random.Next(2) == 0 && bytes.Length > 24)
                BitConverter.TryWriteBytes(bytes, (ulong)(bytes.Length - 8 - random.Next(2) * 16));
            return bytes;
        }, path => SafetensorsFile.Read(path));
    }

    [Fact]
    public void Zip_archives()
    {
        var tensor = Tensor(Storage("FloatStorage", "0", Int(2)), Int(0), Int(2) + "\x85", Int(1) + "\x85");
        WriteZip(_folder["z"], Pickle(tensor), ("0", new byte[8]));
        WriteDeflated(_folder["d"], Pickle(tensor), ("0", new byte[8]));
        byte[][] wholes = [File.ReadAllBytes(_folder["z"]), File.ReadAllBytes(_folder["d"])];
        byte[][] pieces = [[0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [.. "PK\x01\x02"u8], [.. "PK\x05\x06"u8],
            [.. "PK\x06\x07"u8], [1, 0, 8, 0]];
        Fuzz(12, random => Damage(random, wholes[random.Next(2)], pieces), path => TorchFile.Read(path));
    }

    [Fact]
    public void Pickles_from_random_opcodes()
    {
        string[] pieces = [.. "(N\x88\x89)tR]aeus}bQ.\x8f\x94\x85\x86\x87".Select(c => c.ToString()), "K\0", "K\x01", "K\x02",
            "J\xff\xff\xff\xff", "q\0", "q\x01",
            "h\0", "h\x01", "r\xff\xff\xff\xff", "M\xe8\x03", Text("a"), Text("storage"), Text("0"), Text("cpu"), Text("latin1"),
                Text("b"), Text("f4"),
            "ccollections\nOrderedDict\n", "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch._utils\n_rebuild_tensor\n",
                "ctorch._utils\n_rebuild_parameter\n",
            "ctorch\nFloatStorage\n", "ctorch\nSize\n", "ctorch\ndevice\n", "c__builtin__\nset\n", "c_codecs\nencode\n",
                "cnumpy\ndtype\n", "cnumpy\nndarray\n",
            "cnumpy.core.multiarray\nscalar\n", "cnumpy.core.multiarray\n_reconstruct\n", "I01\n", "L-5L\n", "\x8a\x01\x7f",
                "G\0\0\0\0\0\0\0\0", "U\x01" + "b",
            Storage("FloatStorage", "0", Int(2)), Tensor(Storage("FloatStorage", "0", Int(2)), Int(0), Int(2) + "\x85", Int(0)
                + "\x85")];
        byte[][] tokens = [.. pieces.Select(Encoding.Latin1.GetBytes)];
        Fuzz(13, random =>
        {
            var pickle = new List<byte> { 0x80, 2 };
            for (var i = random.Next(40); i >= 0; i--) pickle.AddRange(tokens[random.Next(tokens.Length)]);
            pickle.Add((byte)'.');
            WriteZip(_folder["fuzz"], [.. pickle], ("0", new byte[8]));
            return null;
        }, path => TorchFile.Read(path));
    }

    [Fact]
    public void Old_files()
    {
        var tensor = Tensor(Storage("FloatStorage", "0", Int(2)), Int(0), Int(2) + "\x85", Int(1) + "\x85")
            .Replace("K\x02tQ", "K\x02NtQ");
        byte[] whole =
        [
            .. Pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"), .. Pickle("M\xe9\x03"),
                .. Pickle($"}}{Text("little_endian")}\x88s"),
            .. Pickle($"}}{Text("weight")}{tensor}s"), .. Pickle($"]{Text("0")}a"), 2, 0, 0, 0, 0, 0, 0, 0, .. new byte[8],
        ];
        byte[][] pieces = [[.. ")"u8], [.. "R"u8], [.. "("u8], [.. "t"u8], [.. "."u8], [.. "h\0"u8], [.. "q\0"u8],
            [0xff, 0xff, 0xff, 0xff], [.. "N"u8]];
        Fuzz(14, random =>
        {
            var bytes = Damage(random, whole, pieces);
            whole.AsSpan(0, 15).CopyTo(bytes);
            return bytes;
        }, path => TorchFile.Read(path));
    }

    void Fuzz(int seed, Func<Random, byte[]?> make, Action<string> read)
    {
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        int accepted = 0, refused = 0;
        while (clock.Elapsed.TotalSeconds < s_seconds / Parsers)
        {
            if (make(random) is { } bytes) File.WriteAllBytes(_folder["fuzz"], bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(_folder["fuzz"]);
                accepted++;
            }
            catch (CheckpointException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"{e.GetType()} from {Convert.ToBase64String(File.ReadAllBytes(_folder["fuzz"]))}\n{e}");
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MaxAllocated,
                $"{allocated} bytes from {Convert.ToBase64String(File.ReadAllBytes(_folder["fuzz"]))}");
        }
        Assert.True(refused > 0, $"{accepted} accepted, {refused} refused");
    }

    static byte[] Damage(Random random, byte[] whole, byte[][] pieces)
    {
        var bytes = whole.ToList();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 9))); break;
                case 3: bytes.InsertRange(at, pieces[random.Next(pieces.Length)]); break;
                case 4:
                    var piece = pieces[random.Next(pieces.Length)];
                    for (var k = 0; k < piece.Length && at + k < bytes.Count; k++) bytes[at + k] = piece[k];
                    break;
                default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(30)))); break;
            }
            if (bytes.Count < 20) return [.. whole];
        }
        return [.. bytes];
    }
}
