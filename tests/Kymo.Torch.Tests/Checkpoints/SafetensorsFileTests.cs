using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kymo.Torch.Checkpoints;

namespace Kymo.Torch.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_and_write_agree_with_an_independent_reader_and_writer_to_the_byte()
    {
        var names = Oracle.Ask("safetensors_format.py", ["numpy"], "write", _folder.Path).TrimEnd('\n').Split('\n');
        Assert.Equal(4, names.Length);
        foreach (var name in names)
        {
            var file = SafetensorsFile.Read(_folder[name]);
            var again = _folder["again." + name];
            SafetensorsFile.Write(again, [.. file.Tensors.Reverse()], file.Metadata);
            Assert.Equal(File.ReadAllBytes(_folder[name]), File.ReadAllBytes(again));
            Assert.Equal(Oracle.Ask("safetensors_format.py", ["numpy"], "read", again), Describe(file));
        }
    }

    // The two files of the official writer's own tests: an aligned header, and one padded with seven blanks.
    [Theory]
    [InlineData("attn.0", new long[] { 1, 2, 3 }, 64, """{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}""")]
    [InlineData("attn0", new long[] { 1, 1, 2, 3 }, 72,
        """{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       """)]
    public void Write_gives_the_bytes_of_the_official_writer(string name, long[] shape, byte length, string header)
    {
        var tensor = StoredTensor.Of<float>([0, 1, 2, 3, 4, 5], shape);
        SafetensorsFile.Write(_folder["x"], [(name, tensor)]);
        Assert.Equal([length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(header), .. tensor.Data.Span],
            File.ReadAllBytes(_folder["x"]));
    }

    [Fact]
    public void ReadTensor_takes_one_tensor_and_names_a_missing_one()
    {
        SafetensorsFile.Write(_folder["x"], [("a", StoredTensor.Of<long>([5])), ("b", StoredTensor.Of<float>([1, 2], 2))]);
        Assert.Equal([1f, 2f], SafetensorsFile.ReadTensor(_folder["x"], "b").ToArray<float>());
        Assert.Equal([5L], SafetensorsFile.Read(_folder["x"])["a"].ToArray<long>());
        Assert.Contains("tensor not found: the file has no 'c'",
            Assert.Throws<CheckpointException>(() => SafetensorsFile.ReadTensor(_folder["x"], "c")).Message);
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(_folder["x"])["c"]);
    }

    [Fact]
    public void Read_keeps_what_was_written_for_any_names_metadata_and_bytes() =>
        Check.One(Properties.Config, Prop.ForAll<NonNull<string>[], byte[], string>((names, data, note) =>
    {
        var clean = names.Select(n => n.Get).Where(IsText).Distinct().Where(n => n != "__metadata__").ToArray();
        var tensors = clean.Select((n, i) => (n, Tensor(i, data))).ToList();
        var metadata = note is not null && IsText(note) ? new Dictionary<string, string> { ["note"] = note } : null;
        SafetensorsFile.Write(_folder["p"], tensors, metadata);
        var file = SafetensorsFile.Read(_folder["p"]);
        Assert.Equal(tensors.Count, file.Tensors.Count);
        Assert.Equal(metadata ?? [], file.Metadata);
        Assert.All(tensors, t => Assert.Equal(Describer.Describe([("", t.Item2)]), Describer.Describe([("", file[t.n])])));
        Assert.Equal(0, File.ReadAllBytes(_folder["p"])[0] % 8);
    }));

    [Fact]
    public void ReadHeader_accepts_all_22_types_and_Read_names_those_it_cannot_decode()
    {
        string[] types = ["BOOL", "F4", "F6_E2M3", "F6_E3M2", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ",
            "F8_E5M2FNUZ", "I16",
            "U16", "F16", "BF16", "I32", "U32", "F32", "C64", "F64", "I64", "U64"];
        int[] bits = [8, 4, 6, 6, 8, 8, 8, 8, 8, 8, 8, 16, 16, 16, 16, 32, 32, 32, 64, 64, 64, 64];
        for (var i = 0; i < types.Length; i++)
        {
            Put($$$"""{"x":{"dtype":"{{{types[i]}}}","shape":[4],"data_offsets":[0,{{{bits[i] / 2}}}]}}""", bits[i] / 2);
            Assert.Equal(types[i], Assert.Single(SafetensorsFile.ReadHeader(_folder["x"]).Tensors).DType);
            if (types[i].StartsWith("F4") || types[i].Contains('_') || types[i] is "C64" or "U16" or "U32" or "U64")
                Assert.Contains($"tensor 'x' has dtype {types[i]}, which is not decoded",
                    Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(_folder["x"])).Message);
            else Assert.Equal(bits[i] / 2, SafetensorsFile.Read(_folder["x"])["x"].Data.Length);
        }
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "invalid offset of tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "invalid offset of tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "invalid offset: 'data_offsets' of tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,8.0]}}""", "invalid offset: 'data_offsets' of tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,8e0]}}""", "invalid offset: 'data_offsets' of tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":["0",8]}}""", "invalid offset: 'data_offsets' of tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551616]}}""",
        "invalid offset: 'data_offsets'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", "'data_offsets' has 3 numbers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""",
        "invalid info of tensor 'x': F32 of shape [1] takes 4 bytes")]
    [InlineData("""{"x":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}""", "dtype 'F99' is none of BOOL, F4")]
    [InlineData("""{"x":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", "expected 'dtype' of tensor 'x' to be a text")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "invalid info: 'shape' of tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "expected invalid info: 'shape'")]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,8]}}""",
        "invalid info of tensor 'x': expected dtype, shape and data_offsets")]
    [InlineData("""{"x":[]}""", "expected tensor 'x' to be an object")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""",
        "overflow: the size of tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,8]}}""",
        "overflow: the size of tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F4","shape":[3],"data_offsets":[0,8]}}""", "misaligned slice: tensor 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        "incomplete buffer: the tensors end at data byte 4")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""",
        "incomplete buffer: the tensors end at data byte 16")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "invalid offset of tensor 'y'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        "duplicate key 'x'")]
    [InlineData("""{"x":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "duplicate key 'dtype' of tensor 'x'")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "duplicate key 'a'")]
    [InlineData("""{"__metadata__":{"a":1},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "entry 'a' to be a text")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "not JSON")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}{}""", "not JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not JSON")]
    [InlineData("""[]""", "not JSON: expected '{' at offset 8")]
    [InlineData("", "not JSON: expected '{' at offset 8")]
    public void Read_says_what_is_wrong_with_a_header(string header, string expected)
    {
        Put(header, 8);
        var e = Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(_folder["x"]));
        Assert.Contains(expected, e.Message);
        Assert.Equal(_folder["x"], e.Path);
    }

    [Fact]
    public void Read_says_what_is_wrong_with_a_length_or_an_encoding()
    {
        Assert.Contains("no such file", Fault("y"));
        File.WriteAllBytes(_folder["x"], [1, 2, 3]);
        Assert.Contains("header too small: the file has 3 bytes", Fault("x"));
        File.WriteAllBytes(_folder["x"], [.. BitConverter.GetBytes(100_000_001UL), (byte)'{']);
        Assert.Contains("header too large: offset 0 says 100000001 bytes", Fault("x"));
        File.WriteAllBytes(_folder["x"], [.. BitConverter.GetBytes(99_999_999UL), (byte)'{']);
        Assert.Contains("bad header length: offset 0 says 99999999 bytes, only 1 follow", Fault("x"));
        File.WriteAllBytes(_folder["x"], [.. BitConverter.GetBytes(ulong.MaxValue), (byte)'{']);
        Assert.Contains("header too large", Fault("x"));
        File.WriteAllBytes(_folder["x"], [4, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xff, (byte)'}']);
        Assert.Contains("header not UTF-8", Fault("x"));
        Put(new string('[', 5000).Insert(0, "{\"a\":{\"b\":"), 0);
        Assert.Contains("not JSON", Fault("x"));
    }

    [Fact]
    public void Read_ignores_unknown_fields_and_pads_and_takes_a_hundred_thousand_names()
    {
        Put("""{"x":{"dtype":"U8","extra":{"a":[1]},"shape":[],"data_offsets":[0,1]}}""" + "  \n ", 1);
        Assert.Single(SafetensorsFile.Read(_folder["x"]).Tensors);
        var entries = Enumerable.Range(0, 100_000).Select(i =>
            $$""""  "{{i}}":{"dtype":"U8","shape":[1],"data_offsets":[{{i}},{{i + 1}}]}"""");
        Put("{" + string.Join(',', entries) + "}", 100_000);
        Assert.Equal(100_000, SafetensorsFile.Read(_folder["x"]).Tensors.Count);
    }

    [Fact]
    public void Write_refuses_what_the_format_cannot_hold()
    {
        StoredTensor one = StoredTensor.Of<float>([1], 1);
        Assert.Contains("two tensors have the name 'a'", WriteFault([("a", one), ("a", one)]));
        Assert.Contains("reserved name", WriteFault([("__metadata__", one)]));
        Assert.Contains("bad view: tensor 'a'", WriteFault([("a", one with { Shape = [2] })]));
        Assert.Contains("bad view: tensor 'a'", WriteFault([("a", one with { Shape = [-1] })]));
        Assert.Contains("half a surrogate pair", WriteFault([("a\ud800", one)]));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    void Put(string header, int dataLength)
    {
        var bytes = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(_folder["x"], [.. BitConverter.GetBytes((ulong)bytes.Length), .. bytes, .. new byte[dataLength]]);
    }

    string Fault(string name) => Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(_folder[name])).Message;

    string WriteFault(List<(string, StoredTensor)> tensors) =>
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Write(_folder["w"], tensors)).Message;

    static bool IsText(string text) => !text.EnumerateRunes().Any(r => r == Rune.ReplacementChar);

    static StoredTensor Tensor(int index, byte[] data)
    {
        ElementType[] types = Enum.GetValues<ElementType>();
        var type = types[index % types.Length];
        var bytes = data[..(data.Length / type.Size() * type.Size())];
        return new StoredTensor(type, [bytes.Length / type.Size()], bytes);
    }

    static string Describe(SafetensorsFile file)
    {
        string[] types = ["U8", "I8", "I16", "I32", "I64", "F16", "F32", "F64", "", "", "", "BOOL", "", "", "", "BF16"];
        var lines = file.Tensors.Select(t => $"{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(t.Name))} "
            + $"{types[(int)t.Tensor.Type]} [{string.Join(", ", t.Tensor.Shape)}] {Convert.ToHexStringLower(t.Tensor.Data.Span)}\n");
        var metadata = file.Metadata.Select(p => $"\"{p.Key}\": \"{PythonJson(p.Value)}\"");
        return string.Concat(lines) + "{" + string.Join(", ", metadata) + "}\n";
    }

    static string PythonJson(string text) => text.Replace("\"", "\\\"").Replace("ü", "\\u00fc").Replace("ß", "\\u00df");
}
