namespace Kymo.Onnx.Tests.Files;

public sealed class ModelFileTests
{
    [Fact]
    public void Everything_said_about_a_model_is_read_back()
    {
        using var folder = new TempFolder();
        var model = Small();
        var size = OnnxModelFile.Write(model, folder["small.onnx"]);
        Assert.Equal(["small.onnx"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
        Assert.Equal(size, new FileInfo(folder["small.onnx"]).Length);
        Assert.Equal(size, OnnxModelFile.Size(model));

        var read = OnnxModelFile.Read(folder["small.onnx"]);
        Assert.Equal((8, 17, "kymo", "0.1"), (read.IrVersion, read.Opset, read.Producer, read.ProducerVersion));
        Assert.Equal([new("classes", "wake,REM"), new("note", "Zürich ♪")], read.Metadata);
        Assert.Equal("Two classes", read.Documentation);
        Assert.Equal(new OnnxValueInfo("x", OnnxType.Float32, ["batch", "time", 5], "features"),
            read.Graph.Inputs[0] with { Shape = ["batch", "time", 5] }, EqualityComparer<OnnxValueInfo>.Create(Same));
        Assert.Equal(model.Graph.Nodes.Select(node => node.Operator), read.Graph.Nodes.Select(node => node.Operator));
        Assert.Equal(-1.5f, read.Graph.Nodes.First(node => node.Operator == "LeakyRelu")["alpha"]!.Float);
        Assert.Equal(model.Graph.Initialisers.Select(one => (one.Name, one.Type, Convert.ToHexString(one.Data.Span))),
            read.Graph.Initialisers.Select(one => (one.Name, one.Type, Convert.ToHexString(one.Data.Span))));
        Assert.Equal(OnnxModelFile.ToBytes(model), OnnxModelFile.ToBytes(read));
    }

    [Fact]
    public void A_file_that_cannot_be_renamed_into_place_leaves_nothing_behind()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["taken.onnx"]);
        Assert.ThrowsAny<Exception>(() => OnnxModelFile.Write(Small(), folder["taken.onnx"]));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Over_two_gigabytes_is_refused()
    {
        // One block of a megabyte, said 2100 times.
        ReadOnlyMemory<byte> block = new byte[1 << 20];
        var tensors = Enumerable.Range(0, 2100).Select(i => new OnnxTensor($"w{i}", OnnxType.UInt8, [block.Length], block));
        var model = Small();
        model = model with { Graph = model.Graph with { Initialisers = [.. tensors] } };
        using var folder = new TempFolder();
        Assert.Contains("at most", Assert.Throws<OnnxException>(() => OnnxModelFile.Write(model, folder["big.onnx"])).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Every_truncation_is_an_error_or_a_model_and_nothing_else()
    {
        var bytes = OnnxModelFile.ToBytes(Small());
        var refused = 0;
        for (var length = 0; length < bytes.Length; length++) refused += Survives(bytes.AsMemory(0, length)) ? 0 : 1;
        // A cut between two fields of the outermost message leaves a model that ends early.
        Assert.InRange(refused, bytes.Length - 60, bytes.Length);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Damaged_bytes_are_an_error_or_a_model_and_nothing_else(int seed)
    {
        var whole = OnnxModelFile.ToBytes(Small());
        var random = new Random(seed);
        for (var round = 0; round < 1000; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var flips = random.Next(1, 6); flips > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            Survives(bytes);
        }
    }

    [Fact]
    public void Nested_lengths_and_sizes_that_lie_are_named_with_their_place()
    {
        // A model whose graph says it has 2^40 bytes; a tensor of 2^62 elements; groups, which ONNX never writes; deep nesting.
        Assert.Contains("a length of 1099511627776 with 0 bytes left at byte 7", Message([0x3A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]), StringComparison.Ordinal);
        byte[] tensor = [0x08, 0x80, 0x80, 0x80, 0x80, 0x08, 0x08, 0x80, 0x80, 0x80, 0x80, 0x08, 0x10, 0x01, 0x42, 0x01, (byte)'w'];
        Assert.Contains("tensor 'w' has more than 2147483647 elements", Message(Nested(7, Nested(5, tensor))), StringComparison.Ordinal);
        Assert.Contains("wire type 3", Message([0x3B]), StringComparison.Ordinal);
        Assert.Contains("wire type 0, expected 2", Message([0x38, 0x00]), StringComparison.Ordinal);
        Assert.Contains("number of more than 10 bytes", Message([.. Enumerable.Repeat((byte)0xFF, 11)]), StringComparison.Ordinal);
        Assert.Contains("text that is not UTF-8", Message([0x12, 0x01, 0xFF]), StringComparison.Ordinal);
        Assert.Contains("no graph", Message([]), StringComparison.Ordinal);
        byte[] graph = [];
        for (var i = 0; i < 200; i++) graph = Nested(1, Nested(5, Nested(6, graph)));
        Assert.Contains("nested deeper than 64", Message(Nested(7, graph)), StringComparison.Ordinal);
    }

    static byte[] Nested(int field, byte[] inner)
    {
        List<byte> length = [];
        var rest = inner.Length;
        for (; rest >= 0x80; rest >>= 7) length.Add((byte)(rest | 0x80));
        return [(byte)(field << 3 | 2), .. length, (byte)rest, .. inner];
    }

    static string Message(byte[] bytes) => Assert.Throws<OnnxException>(() => OnnxModelFile.Parse(bytes)).Message;

    static bool Survives(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            OnnxChecker.Check(OnnxModelFile.Parse(bytes));
            return true;
        }
        catch (OnnxException)
        {
            return false;
        }
    }

    static bool Same(OnnxValueInfo? a, OnnxValueInfo? b) => a!.Name == b!.Name && a.Type == b.Type && a.Shape!.SequenceEqual(b.Shape!)
        && a.Documentation == b.Documentation;

    /// <summary>A graph with every kind of attribute, weight and size.</summary>
    internal static OnnxModel Small()
    {
        var weights = new NetworkWeights()
            .Add("gru.weight_ih_l0", Ramp(6 * 5), 6, 5).Add("gru.weight_hh_l0", Ramp(12), 6, 2)
            .Add("gru.bias_ih_l0", Ramp(6), 6).Add("gru.bias_hh_l0", Ramp(6), 6)
            .Add("fc.weight", Ramp(4), 2, 2).Add("fc.bias", Ramp(2), 2);
        var graph = new OnnxGraph("small", "Two classes") { ProducerVersion = "0.1" };
        graph.Metadata("classes", "wake,REM").Metadata("note", "Zürich ♪");
        var x = graph.Input("x", OnnxType.Float32, ["batch", "time", 5], "features");
        var hidden = graph.Gru(graph.Normalise(x, [1, 2, 3, 4, 5], [1, 1, 2, 2, 3]), weights, "gru").LastHidden;
        graph.Output("logits", graph.LeakyRelu(graph.Linear(hidden, weights, "fc"), -1.5f), "not normalised");
        return graph.ToModel();
    }

    static float[] Ramp(int count) => [.. Enumerable.Range(1, count).Select(i => 0.05f * MathF.Sin(i))];
}
