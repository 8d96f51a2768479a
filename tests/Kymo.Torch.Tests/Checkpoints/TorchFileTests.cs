using Kymo.Torch.Checkpoints;

namespace Kymo.Torch.Tests.Checkpoints;

/// <summary>Files that PyTorch wrote just now, with the description PyTorch gives of each.</summary>
public sealed class TorchSamples : IDisposable
{
    readonly TempFolder _folder = new();
    readonly Lazy<IReadOnlyList<(string Name, string Description)>> _all;

    public TorchSamples() => _all = new(() =>
        [.. Oracle.Ask("checkpoints.py", Modules, "samples", _folder.Path).TrimEnd('\n').Split('\n')
            .Select(line => line.Split('\t')).Select(parts => (parts[0], parts[1]))]);

    public static string[] Modules { get; } = ["torch", "numpy"];

    public IReadOnlyList<(string Name, string Description)> All => _all.Value;

    /// <summary>The path of a sample.</summary>
    public string this[string name] => All.Count > 0 ? _folder[name] : throw new InvalidOperationException();

    public void Dispose() => _folder.Dispose();
}

public sealed class TorchFileTests(TorchSamples samples) : IClassFixture<TorchSamples>, IDisposable
{
    static readonly string[] s_modules = TorchSamples.Modules;
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_files_of_PyTorch_gives_the_values_PyTorch_gives()
    {
        Assert.Equal(32, samples.All.Count);
        Assert.All(samples.All, s => Assert.Equal(s.Description, Describer.Describe(TorchFile.Read(samples[s.Name]))));
    }

    [Fact]
    public void Write_what_was_read_gives_PyTorchs_file_byte_for_byte()
    {
        // Files with NumPy values are read only; a torch.device comes back as text.
        string[] names = ["state", "wrapped", "model_state_dict", "dtypes", "views", "adam", "gradient", "plain", "long",
            "tensor"];
        foreach (var name in names)
        {
            var again = _folder[name + ".pth"];
            TorchFile.Write(again, TorchFile.Read(samples[name + ".pth"]));
            Assert.True(File.ReadAllBytes(samples[name + ".pth"]).SequenceEqual(File.ReadAllBytes(again)), name);
        }
    }

    [Fact]
    public void Write_is_read_by_PyTorch_as_the_same_value()
    {
        var storage = new TensorStorage(ElementType.Float32, StoredTensor.Of<float>([1, 2, 3, 4, 5, 6], 6).Data);
        var half = StoredTensor.Of<Half>([(Half)1.5, (Half)(-2)], 2);
        var list = new PickleList { 1, "two", PickleValue.None };
        var tree = new PickleDictionary
        {
            { "whole", new PickleTensor(storage, 0, [2, 3], [3, 1]) },
            { "turned", new PickleTensor(storage, 1, [2, 2], [1, 2]) },
            { "half", half }, { "half again", half },
            { "brain", new StoredTensor(ElementType.BFloat16, [2], new byte[] { 0x80, 0x3f, 0x20, 0xc1 }) },
            { "truth", StoredTensor.Of<bool>([true, false], 2) }, { "bytes", StoredTensor.Of<byte>([1, 2], 1, 2) },
            { "small", StoredTensor.Of<sbyte>([-1], 1) }, { "short", StoredTensor.Of<short>([-1], 1) },
            { "int", StoredTensor.Of<int>([int.MinValue], 1) }, { "long", StoredTensor.Of<long>([long.MinValue]) },
            { "double", StoredTensor.Of<double>([Math.PI]) }, { "empty", StoredTensor.Of<float>([], 0, 3) },
            { "list", list }, { "list again", list },
            { 7, new PickleTuple(1, 2.5, true, "x", PickleValue.None) },
            { new PickleTuple(1, "a"), new PickleSet([3]) },
            { "raw", new PickleBytes(new byte[] { 0, 128, 255 }) },
            { "ordered", new PickleDictionary(isOrdered: true) { { "a", 1 } } },
        };
        TorchFile.Write(_folder["tree.pt"], tree);
        var expected = Describer.Describe(TorchFile.Read(_folder["tree.pt"]));
        Assert.Equal(expected, Oracle.Ask("checkpoints.py", s_modules, "describe", _folder["tree.pt"]).TrimEnd('\n'));
        var read = Assert.IsType<PickleDictionary>(TorchFile.Read(_folder["tree.pt"]));
        Assert.Same(read["list"], read["list again"]);
        Assert.Same(((PickleTensor)read["half"]).Storage, ((PickleTensor)read["half again"]).Storage);
        Assert.Equal([2, 4, 3, 5], ((PickleTensor)read["turned"]).Value.ToArray<float>().Select(x => (int)x));
    }

    [Fact]
    public void WriteStateDict_of_a_PyTorch_network_loads_strictly_and_computes_the_same()
    {
        var tensors = TorchFile.ReadStateDict(samples["state.pth"]);
        Assert.Equal(25, tensors.Count);
        TorchFile.WriteStateDict(_folder["mine.pth"], tensors);
        var theirs = Oracle.Ask("checkpoints.py", s_modules, "load-net", samples["state.pth"]);
        Assert.StartsWith("<All keys matched successfully>", theirs);
        Assert.Equal(theirs, Oracle.Ask("checkpoints.py", s_modules, "load-net", _folder["mine.pth"]));
    }

    [Fact]
    public void ReadStateDict_finds_the_dictionary_under_its_usual_names()
    {
        var direct = Describer.Describe(TorchFile.ReadStateDict(samples["state.pth"]));
        foreach (var name in new[] { "wrapped.pth", "model_state_dict.pth", "wrapped.legacy.pt", "state.deflated.pt" })
        {
            Assert.Equal(direct, Describer.Describe(TorchFile.ReadStateDict(samples[name])));
            Assert.Equal(direct, Describer.Describe(WeightsFile.Read(samples[name])));
        }
        var e = Assert.Throws<CheckpointException>(() => TorchFile.ReadStateDict(samples["plain.pth"]));
        Assert.Contains("'text' is a text, expected a tensor", e.Message);
        e = Assert.Throws<CheckpointException>(() => TorchFile.ReadStateDict(samples["tensor.pth"]));
        Assert.Contains("holds a tensor, expected a state dictionary", e.Message);
    }

    [Fact]
    public void AdamState_written_by_Kymo_goes_on_in_PyTorch_exactly()
    {
        Oracle.Ask("checkpoints.py", s_modules, "adam-start", _folder.Path);
        var state = AdamState.FromPickle("adam.pth", TorchFile.Read(_folder["adam.pth"]));
        Assert.Equal(22, state.State.Count);
        Assert.All(state.State.Values, p => Assert.Equal(3, p.Step));
        var group = Assert.Single(state.Groups);
        Assert.Equal((0.01, 0.9, 0.999, 1e-8, 0.1, true),
            (group.LearningRate, group.Beta1, group.Beta2, group.Epsilon, group.WeightDecay, group.IsAmsGrad));
        TorchFile.Write(_folder["adam.mine.pth"], state.ToPickle());
        TorchFile.WriteStateDict(_folder["net.mine.pth"], TorchFile.ReadStateDict(_folder["net.pth"]));
        var lines = Oracle.Ask("checkpoints.py", s_modules, "adam-continue", _folder.Path, "net.mine.pth",
            "adam.mine.pth").TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Equal(lines[0], lines[1]);
        Assert.NotEqual(Describer.Describe(TorchFile.Read(_folder["net.pth"])), lines[0]);
    }

    [Fact]
    public void Write_aligns_every_payload_and_replaces_the_old_file_whole()
    {
        var path = _folder["weights.pth"];
        File.WriteAllText(path, "old");
        TorchFile.WriteStateDict(path, [.. Enumerable.Range(0, 12).Select(i =>
            ($"layer.{i}", StoredTensor.Of<float>(new float[i], i)))]);
        using var file = new CheckpointSource(path);
        var entries = ZipDirectory.Read(file);
        Assert.All(entries, e => Assert.Equal(0, e.DataOffset % 64));
        Assert.Equal(["data.pkl", "data/0", "data/1", "data/10", "data/11", "data/2"],
            entries.Take(6).Select(e => e.Name["weights/".Length..]));
        Assert.Equal("weights/version", entries[^1].Name);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_leaves_the_old_file_where_the_value_cannot_be_written()
    {
        var path = _folder["weights.pth"];
        File.WriteAllText(path, "old");
        var loop = new PickleList();
        loop.Add(loop);
        foreach (var value in new PickleValue[] { loop, "\ud800", new PickleDictionary { Attributes = [] } })
            Assert.Throws<CheckpointException>(() => TorchFile.Write(path, value));
        StoredTensor one = StoredTensor.Of<float>([1], 1), bad = one with { Shape = [2] };
        Assert.Contains("two tensors have the name 'a'",
            Assert.Throws<CheckpointException>(() => TorchFile.WriteStateDict(path, [("a", one), ("a", one)])).Message);
        Assert.Contains("bad view", Assert.Throws<CheckpointException>(() =>
            TorchFile.WriteStateDict(path, [("a", bad)])).Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Zip_entries_beyond_four_gigabytes_are_found_by_Kymo_and_Python()
    {
        // A sparse file: the entries lie 5 GiB in, so that offsets need 64 bits.
        var path = _folder["far.zip"];
        using (var stream = File.Create(path))
        {
            stream.Position = 5L << 30;
            var zip = new ZipWriter(stream);
            zip.Add("far/one", "first"u8);
            zip.Add("far/two", "second"u8);
            zip.Finish();
        }
        using var file = new CheckpointSource(path);
        var content = new ZipContent(file, 0);
        Assert.Equal("second"u8, content.Read(content.Find("far/two")!));
        Assert.True(content.Find("far/one")!.HeaderOffset == 5L << 30);
        Assert.Equal("far/one=first far/two=second\n", Oracle.Ask("unzip.py", ["zipfile"], path));
    }
}
