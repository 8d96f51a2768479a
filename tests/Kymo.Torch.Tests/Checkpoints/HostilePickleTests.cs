using System.Text;
using Kymo.Torch.Checkpoints;
using static Kymo.Torch.Tests.Checkpoints.PickleFiles;

namespace Kymo.Torch.Tests.Checkpoints;

public sealed class HostilePickleTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cos\nsystem\n", "os system")]
    [InlineData("cposix\nsystem\n", "posix system")]
    [InlineData("c__builtin__\neval\n", "__builtin__ eval")]
    [InlineData("cbuiltins\neval\n", "builtins eval")]
    [InlineData("cbuiltins\nset\n", "builtins set")]
    [InlineData("csubprocess\nPopen\n", "subprocess Popen")]
    [InlineData("ctorch.hub\nload\n", "torch.hub load")]
    [InlineData("ctorch.storage\n_load_from_bytes\n", "torch.storage _load_from_bytes")]
    [InlineData("ctorch\nload\n", "torch load")]
    [InlineData("c__main__\nNet\n", "__main__ Net")]
    [InlineData("ctorch\nComplexFloatStorage\n", "torch ComplexFloatStorage")]
    public void Globals_off_the_list_are_named_with_their_place_and_never_run(string global, string name)
    {
        var marker = _folder["marker"];
        var message = Fault("N0" + global + $"({Text($"touch {marker}")}tR");
        Assert.Contains("x/data.pkl, byte 3: opcode 0x30 ('0') is not allowed", message);
        message = Fault(global + $"({Text($"touch {marker}")}tR");
        Assert.Contains($"x/data.pkl, byte 2: global '{name}' is not allowed in a weights file; nothing was executed", message);
        message = Fault($"}}{Text("weight")}{global}({Text("x")}tRs");
        Assert.Contains($"x/data.pkl, byte 14: global '{name}' is not allowed", message);
        Assert.False(File.Exists(marker));
    }

    [Theory]
    [InlineData("(S'touch x'\nios\nsystem\n", "byte 3: opcode 0x53 ('S')")]
    [InlineData("(N\x93", "byte 4: opcode 0x93")]
    [InlineData("N)\x81", "byte 4: opcode 0x81")]
    [InlineData("(No", "byte 4: opcode 0x6f ('o')")]
    [InlineData("P0\n", "byte 2: opcode 0x50 ('P')")]
    [InlineData("\x82\x01", "byte 2: opcode 0x82")]
    [InlineData("\x95\x00\x00\x00\x00\x00\x00\x00\x00", "byte 2: opcode 0x95")]
    public void Opcodes_off_the_list_are_named_with_their_place(string opcodes, string expected) =>
        Assert.Contains($"x/data.pkl, {expected} is not allowed", Fault(opcodes));

    [Theory]
    [InlineData("NR", "stack is empty")]
    [InlineData("N)R", "calls a None")]
    [InlineData("ccollections\nOrderedDict\nNR", "with a None, expected a tuple")]
    [InlineData("ccollections\nOrderedDict\n)R)R", "calls a dictionary")]
    [InlineData("ccollections\nOrderedDict\n", "holds a bare global 'collections OrderedDict'")]
    [InlineData("ctorch\nSize\n)R", "calls torch Size with (), which it does not take")]
    [InlineData("}Nb", "builds a dictionary from a None")]
    [InlineData("]N]s", "sets entries of a list")]
    [InlineData("}(Nu", "a key and no value")]
    [InlineData("}]Ns", "a dictionary key is a list")]
    [InlineData("Na", "stack is empty")]
    [InlineData("NNa", "appends to a None")]
    [InlineData("Nt", "needs a mark")]
    [InlineData("N(\x85", "needs 1 values")]
    [InlineData("h\x05", "recalls memo 5")]
    [InlineData("NN", "stops with 1 values left over")]
    [InlineData("(", "stack is empty")]
    [InlineData("X\xff\xff\xff\xffx", "runs past the end of the pickle")]
    [InlineData("X\xff\xff\xff\x7fx", "the pickle ends at 9")]
    [InlineData("X\x01\x00\x00\x00\xff", "no valid UTF-8")]
    [InlineData("\x8b\xff\xff\xff\xff", "a whole number of -1 bytes")]
    [InlineData("\x8b\xff\xff\xff\x7f", "a whole number of 2147483647 bytes")]
    [InlineData("Ix1\n", "'x1' is no whole number")]
    [InlineData("L5", "a line of text has no end")]
    [InlineData("(NtQ", "a persistent id is not")]
    [InlineData("\x80\x09N", "pickle protocol 9")]
    public void Malformed_pickles_say_what_was_expected(string opcodes, string expected) =>
        Assert.Contains(expected, Fault(opcodes));

    [Fact]
    public void Tensors_that_leave_their_storage_are_refused()
    {
        string K(int i) => Int(i);
        string One(string offset, string sizes, string strides) =>
            Tensor(Storage("FloatStorage", "0", K(4)), offset, sizes, strides);
        (string, byte[]) data = ("0", new byte[16]);
        Assert.Equal(2, Read(One(K(1), K(2) + "\x85", K(2) + "\x85"), data).Value.ElementCount);
        Assert.Contains("leaves its storage of 4 elements", Fault(One(K(1), K(2) + "\x85", K(3) + "\x85"), data));
        Assert.Contains("leaves its storage of 4 elements", Fault(One(K(5), K(0) + "\x85", K(1) + "\x85"), data));
        Assert.Contains("leaves its storage of 4 elements", Fault(One(K(-1), K(2) + "\x85", K(1) + "\x85"), data));
        Assert.Contains("negative stride", Fault(One(K(3), K(2) + "\x85", K(-1) + "\x85"), data));
        Assert.Contains("negative or too large", Fault(One(K(0), K(-2) + "\x85", K(1) + "\x85"), data));
        Assert.Contains("1 sizes and 0 strides", Fault(One(K(0), K(2) + "\x85", ")"), data));
        var huge = Long(long.MaxValue);
        Assert.Contains("leaves its storage", Fault(One(K(0), K(2) + "\x85", huge + "\x85"), data));
        Assert.Contains("negative or too large", Fault(One(K(0), huge + huge + "\x86", K(0) + K(0) + "\x86"), data));
        Assert.Contains("leaves its storage", Fault(One(K(1), huge + "\x85", huge + "\x85"), data));
        Assert.Contains("expected a whole number of 64 bits",
            Fault(One("\x8a\x09\0\0\0\0\0\0\0\0\x01", K(2) + "\x85", K(1) + "\x85"), data));
        Assert.Contains($"{65} sizes, expected at most 64",
            Fault(One(K(0), "(" + string.Concat(Enumerable.Repeat(K(1), 65)) + "t", ")"), data));
    }

    [Fact]
    public void Storages_are_checked_against_their_entries_and_against_themselves()
    {
        var tensor = Tensor(Storage("FloatStorage", "0", Int(4)), Int(0), Int(4) + "\x85", Int(1) + "\x85");
        Assert.Contains("storage '0' has no entry 'x/data/0'", Fault(tensor));
        Assert.Contains("'x/data/0' has 12 bytes, the pickle says 4 Float32 elements (16 bytes)",
            Fault(tensor, ("0", new byte[12])));
        var other = Tensor(Storage("LongStorage", "0", Int(2)), Int(0), Int(2) + "\x85", Int(1) + "\x85");
        Assert.Contains("storage '0' is named as 2 Int64 elements and as 4 Float32",
            Fault($"{tensor}{other}\x86", ("0", new byte[16])));
        var negative = Tensor(Storage("FloatStorage", "0", Int(-4)), Int(0), Int(0) + "\x85", Int(1) + "\x85");
        Assert.Contains("claims -4 elements", Fault(negative));
        Assert.Contains("claims 9223372036854775807 elements",
            Fault(Tensor(Storage("FloatStorage", "0", Long(long.MaxValue)), Int(0), Int(0) + "\x85", Int(1) + "\x85")));
        Assert.Contains("holds a bare storage", Fault(Storage("FloatStorage", "0", Int(4)), ("0", new byte[16])));
        var path = Storage("FloatStorage", "../../etc/passwd", Int(4));
        Assert.Contains("storage '../../etc/passwd' has no entry", Fault(Tensor(path, Int(0), Int(4) + "\x85", Int(1) + "\x85")));
    }

    [Fact]
    public void Strides_of_zero_cannot_unfold_a_small_file_into_much_memory()
    {
        var zero = Int(0) + Int(0) + "\x86";
        var one = Tensor(Storage("FloatStorage", "0", Int(1)), Int(0), Int(3000) + Int(3000) + "\x86", zero);
        Assert.Equal(9_000_000, Read(one, ("0", new byte[4])).Value.ElementCount);
        Assert.Contains("would unfold to more than", Fault($"{one}{one}\x86", ("0", new byte[4])));
        var huge = Tensor(Storage("FloatStorage", "0", Int(1)), Int(0), Int(1 << 30) + Int(1 << 30) + "\x86", zero);
        Assert.Contains("takes 4611686018427387904 bytes", Fault(huge, ("0", new byte[4])));
    }

    [Fact]
    public void Laughs_loops_and_depth_are_refused_quickly()
    {
        // Each list holds the one before ten times.
        var laughs = new StringBuilder("](Kae" + "q\0");
        for (var i = 1; i < 100; i++)
            laughs.Append("](" + string.Concat(Enumerable.Repeat("h" + (char)(i - 1), 10)) + "eq" + (char)i);
        laughs.Insert(0, "(").Append('t');
        Assert.Contains("used again and again", Fault(laughs.ToString()));
        Assert.Contains("one holds itself", Fault("]q\0h\0a"));
        Assert.Contains("one holds itself", Fault($"}}q\0{Text("a")}h\0s"));
        Assert.Contains("one holds itself", Fault($"ccollections\nOrderedDict\n)Rq\0}}{Text("a")}h\0sb"));
        Assert.Contains("nest deeper than 128", Fault(string.Concat(Enumerable.Repeat("]", 100_000)) + new string('a', 99_999)));
        Assert.Contains("nest deeper than 128", Fault(")" + new string('\x85', 1_000_000)));
        Assert.Contains("more than 4000000 values", Fault(new string('N', PickleReader.MaxValues + 1)));
        Assert.Contains("more than 4000000 values", Fault(new string('(', PickleReader.MaxValues + 1)));
        Assert.Contains("has 67108867 bytes, more than the 67108864 that are read",
            Fault(new string('N', PickleReader.MaxLength)));
    }

    [Fact]
    public void Every_kind_of_allowed_value_is_read_without_Python()
    {
        var opcodes =
            $"({Text("a")}U\x02h\xe9I01\nI00\nI-12\nL99999999999999999999L\n"
                + "M\x00\x01\x8b\x01\x00\x00\x00\xffG\x3f\xf8\0\0\0\0\0\0"
            + "\x8f" + $"c__builtin__\nset\n](K\x01" + "K\x02"
                + $"e\x85Rctorch\ndevice\n({Text("cuda")}K\x01tRctorch\nSize\nK\x02\x85\x85R\x94h\0t";
        Assert.Equal(
            "(s61,s68c3a9,True,False,i-12,i99999999999999999999,i256,i-1,f3ff8000000000000,S(),S(i1,i2),s637564613a31,(i2),(i2))",
            Describer.Describe(ReadValue(opcodes)));
        Assert.Equal("O{s6b=i1}", Describer.Describe(ReadValue($"ccollections\nOrderedDict\n]]({Text("k")}K\x01" + "ea\x85R")));
        var old = $"ctorch._utils\n_rebuild_tensor\n({Storage("CharStorage", "0", Int(2))}K\0K\x02\x85K\x01\x85tR";
        Assert.Equal([1, 255], Read(old, ("0", [1, 255])).Value.Data.ToArray());
    }

    PickleTensor Read(string opcodes, params (string, byte[])[] storages) => (PickleTensor)ReadValue(opcodes, storages);

    PickleValue ReadValue(string opcodes, params (string, byte[])[] storages)
    {
        WriteZip(_folder["x.pth"], Pickle(opcodes), storages);
        return TorchFile.Read(_folder["x.pth"]);
    }

    string Fault(string opcodes, params (string, byte[])[] storages)
    {
        var e = Assert.Throws<CheckpointException>(() => ReadValue(opcodes, storages));
        Assert.StartsWith(_folder["x.pth"] + ": ", e.Message);
        return e.Message;
    }
}
