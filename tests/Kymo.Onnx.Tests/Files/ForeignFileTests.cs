using System.Runtime.InteropServices;

namespace Kymo.Onnx.Tests.Files;

/// <summary>Models written by the onnx package and by PyTorch's exporter.</summary>
public sealed class ForeignFileTests(ForeignFileTests.Files files) : IClassFixture<ForeignFileTests.Files>
{
    readonly TempFolder _folder = files.Made();

    [Fact]
    public void Numbers_in_typed_fields_become_raw_bytes()
    {
        var model = OnnxModelFile.Read(_folder["typed.onnx"]);
        Assert.Equal(("elsewhere", 17, 8), (model.Producer, model.Opset, model.IrVersion));
        var tensors = model.Graph.Initialisers.ToDictionary(one => one.Name);
        Assert.Equal([1.5f, -2, 0.25f], tensors["w"].AsFloat32().ToArray());
        Assert.Equal([-1, 2, -128], tensors["i"].AsInt8().ToArray());
        Assert.Equal([0.5, 3e100], MemoryMarshal.Cast<byte, double>(tensors["d"].Data.Span).ToArray());
        Assert.Equal([-5, 1L << 40], tensors["l"].AsInt64().ToArray());
        Assert.Equal([(Half)1, (Half)(-2)], MemoryMarshal.Cast<byte, Half>(tensors["h"].Data.Span).ToArray());
        Assert.Equal([1, 0], tensors["b"].Data.ToArray());
        Assert.Empty(OnnxChecker.Check(model));
        Assert.Equal(["n", 3], model.Graph.Inputs[0].Shape!);

        // Written again by this program, it computes the same.
        Ready.Runtime();
        using var session = InferenceSession.Load(model);
        using var result = session.Run([0, 1, 2f], 1, 3);
        Assert.Equal([-1.5f, -2, -288], result.Float32().ToArray());
    }

    [Fact]
    public void Unknown_operators_are_listed_at_once()
    {
        var model = OnnxModelFile.Read(_folder["branches.onnx"]);
        Assert.Equal("Identity", model.Graph.Nodes[0]["then_branch"]!.Graph!.Nodes[0].Operator);
        Assert.Equal("unknown operators: If, Gelu (2 nodes), org.example.Thing", Assert.Single(OnnxChecker.Check(model)));
        var error = Assert.Throws<OnnxException>(() => OnnxChecker.Require(model, "m.onnx"));
        Assert.StartsWith("m.onnx: graph 'branches' is not sound: unknown operators: If", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_another_file_are_refused()
    {
        var error = Assert.Throws<OnnxException>(() => OnnxModelFile.Read(_folder["external.onnx"]));
        Assert.Contains("tensor 'w' lies in another file", error.Message, StringComparison.Ordinal);
        Assert.Equal(_folder["external.onnx"], error.Path);
    }

    [Fact]
    public void Exporters_model_is_sound_and_computes_the_same_after_a_round_trip()
    {
        Ready.Runtime();
        var model = OnnxModelFile.Read(_folder["exported.onnx"]);
        Assert.Empty(OnnxChecker.Check(model));
        using var session = InferenceSession.Load(OnnxModelFile.Parse(OnnxModelFile.ToBytes(model)));
        var (x, y) = (NumpyFile.Read(_folder["exported-x.npy"]), NumpyFile.Read(_folder["exported-y.npy"]));
        using var result = session.Run(x.Values, x.Shape);
        Assert.Equal(y.Shape, result.Shape());
        for (var i = 0; i < y.Values.Length; i++) Assert.Equal(y.Values[i], result.Float32()[i], 1e-5);
    }

    /// <summary>The files, made once.</summary>
    public sealed class Files : IDisposable
    {
        readonly TempFolder _folder = new();

        internal TempFolder Made()
        {
            if (!File.Exists(_folder["exported-y.npy"])) Oracle.Ask("onnx_foreign.py", ["onnx", "torch", "numpy"], _folder.Path);
            return _folder;
        }

        public void Dispose() => _folder.Dispose();
    }
}
