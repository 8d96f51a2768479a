using Kymo.Signals.Arrays;

namespace Kymo.Signals.Tests.Arrays;

public sealed class NpyFileTests : IDisposable
{
    static readonly string[] s_modules = ["numpy"];
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_gives_what_NumPy_gives_for_every_type_order_shape_and_version()
    {
        var samples = Samples();
        Assert.Equal(14 * 4 + 16 + 4 + 2, samples.Count);
        Assert.All(samples, s => Assert.Equal(s.Description, DescribeFile(_folder[s.Name])));
    }

    [Fact]
    public void Write_what_was_read_gives_NumPys_file_byte_for_byte()
    {
        var names = Samples().Select(s => s.Name).Where(n => n.EndsWith("LC.npy") || n.StartsWith("shape")
            && !n.EndsWith("F.npy")).ToList();
        Assert.Equal(14 + 8, names.Count);
        foreach (var name in names)
        {
            NpyFile.Write(_folder["again"], NpyFile.Read(_folder[name]));
            Assert.Equal(File.ReadAllBytes(_folder[name]), File.ReadAllBytes(_folder["again"]));
        }
    }

    [Fact]
    public void Write_of_spans_and_archives_is_read_by_NumPy()
    {
        NpyFile.Write(_folder["f4.npy"], [1.5f, float.NaN, -0f, float.PositiveInfinity, 5, 6], 2, 3);
        NpyFile.Write(_folder["f8.npy"], [Math.PI]);
        NpyFile.Write(_folder["i8.npy"], [long.MinValue, 2], 2, 1);
        NpyFile.Write(_folder["i4.npy"], [int.MaxValue, 2], 2);
        NpyFile.Write(_folder["u1.npy"], "ab"u8, 1, 2);
        NpzFile.Write(_folder["z.npz"], [("x", NpyArray.Of<float>([1, 2], 2)), ("with space/y", NpyArray.Of<bool>([true], 1)),
            ("e", NpyArray.Of<Half>([], 0))]);
        string[] names = ["f4.npy", "f8.npy", "i8.npy", "i4.npy", "u1.npy", "z.npz"];
        var lines = Oracle.Ask("numpy_files.py", s_modules,
            ["describe", .. names.Select(n => _folder[n])]).TrimEnd('\n').Split('\n');
        Assert.Equal(names.Select(n => DescribeFile(_folder[n])), lines);
        Assert.Equal("<f4(2,3):0000c03f0000c0ff000000800000807f0000a0400000c040", lines[0]);
        Assert.Equal("|u1(1,2):6162", lines[4]);
        Assert.Equal("x=<f4(2):0000803f00000040 with space/y=|b1(1):01 e=<f2(0):", lines[5]);
        Assert.Equal(6, Directory.GetFiles(_folder.Path).Length);
        NpzFile.Write(_folder["z2.npz"], NpzFile.Read(_folder["z.npz"]));
        Assert.Equal(File.ReadAllBytes(_folder["z.npz"]), File.ReadAllBytes(_folder["z2.npz"]));
    }

    [Fact]
    public void Conversions_keep_values_and_refuse_what_does_not_fit()
    {
        Assert.Equal([1.5f, 0.1f], NpyArray.Of<double>([1.5, 0.1], 2).AsFloat32());
        Assert.Equal([1.5, -2], NpyArray.Of<Half>([(Half)1.5, (Half)(-2)], 2).AsFloat64());
        Assert.Equal([1f, 0f], NpyArray.Of<bool>([true, false], 2).AsFloat32());
        Assert.Equal([255f], NpyArray.Of<byte>([255], 1).AsFloat32());
        Assert.Equal([-3L], NpyArray.Of<sbyte>([-3], 1).AsInt64());
        Assert.Equal([long.MaxValue], NpyArray.Of<ulong>([long.MaxValue], 1).AsInt64());
        Assert.Equal([7], NpyArray.Of<long>([7], 1).AsInt32());
        Assert.Equal([1], NpyArray.Of<bool>([true], 1).AsUInt8());
        Assert.Contains("element 1 is 9223372036854775808, which does not fit Int64",
            Assert.Throws<DataException>(() => NpyArray.Of<ulong>([0, 1UL << 63], 2).AsInt64()).Message);
        Assert.Contains("element 0 is -1, which does not fit Byte",
            Assert.Throws<DataException>(() => NpyArray.Of<int>([-1], 1).AsUInt8()).Message);
        Assert.Contains("the array is of <f4, expected whole numbers",
            Assert.Throws<DataException>(() => NpyArray.Of<float>([1], 1).AsInt64()).Message);
        Assert.Throws<ArgumentException>(() => NpyArray.Of<float>([1, 2], 3));
        Assert.Throws<ArgumentException>(() => NpyFile.Write(_folder["x"], [1f, 2f], -1, -2));
        Assert.Throws<ArgumentException>(() => NpzFile.Write(_folder["x"],
            [("a", NpyArray.Of<int>([])), ("a", NpyArray.Of<int>([]))]));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        NpyFile.Write(_folder["x"], [1f], 1);
        var before = File.ReadAllBytes(_folder["x"]);
        Assert.Throws<ArgumentException>(() => NpzFile.Write(_folder["x"],
            [("", NpyArray.Of<int>([1], 1)), ("", NpyArray.Of<int>([1], 1))]));
        Assert.Equal(before, File.ReadAllBytes(_folder["x"]));
        NpyFile.Write(_folder["x"], [2f, 3f], 2);
        Assert.Equal([2f, 3f], NpyFile.Read(_folder["x"]).AsFloat32());
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    List<(string Name, string Description)> Samples() =>
        [.. Oracle.Ask("numpy_files.py", s_modules, "samples", _folder.Path).TrimEnd('\n').Split('\n')
            .Select(line => line.Split('\t')).Select(parts => (parts[0], parts[1]))];

    static string DescribeFile(string path) => path.EndsWith(".npz")
        ? string.Join(' ', NpzFile.Read(path).Select(a => $"{a.Name}={Describe(a.Array)}"))
        : Describe(NpyFile.Read(path));

    internal static string Describe(NpyArray array) =>
        $"{array.Element.Description()}({string.Join(',', array.Shape)}):{Convert.ToHexStringLower(array.Data.Span)}";
}
