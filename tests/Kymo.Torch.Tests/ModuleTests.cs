using Kymo.Torch.Checkpoints;
using Kymo.Torch.Layers;

namespace Kymo.Torch.Tests;

public sealed class ModuleTests
{
    [Fact]
    public void LoadState_then_SaveState_gives_the_same_bytes_and_output()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(1);
        using var first = Make(generator);
        using var second = Make(null);
        var input = scope.Normal(generator, 2, 1, 6, 6);
        _ = first.Forward(input);
        second.LoadState(first.SaveState());
        Assert.Equal(first.SaveState().Select(s => (s.Key, Convert.ToHexString(s.Value.Data.Span))),
            second.SaveState().Select(s => (s.Key, Convert.ToHexString(s.Value.Data.Span))));
        first.Eval();
        second.Eval();
        Assert.Equal(first.Forward(input).ToArray<float>(), second.Forward(input).ToArray<float>());
    }

    [Fact]
    public void LoadState_lists_every_difference_and_changes_nothing()
    {
        using var generator = new RandomGenerator(1);
        using var net = Make(generator);
        var before = net.SaveState();
        var state = new Dictionary<string, StoredTensor>(net.SaveState());
        state.Remove("0.bias");
        state["extra.weight"] = new StoredTensor(ElementType.Float32, [1], new byte[4]);
        state["4.weight"] = new StoredTensor(ElementType.Float32, [3, 7], new byte[84]);
        state["4.bias"] = new StoredTensor(ElementType.Int64, [3], new byte[24]);
        state["0.weight"] = new StoredTensor(ElementType.Float32, [2, 1, 3, 3], new byte[71]);
        var error = Assert.Throws<CheckpointException>(() => net.LoadState(state, "weights.pth"));
        Assert.Equal("weights.pth: does not fit the network in 5 place(s): 0.bias is missing, expected Float32 (2); "
            + "extra.weight (1) is not part of the network; 0.weight has 71 bytes, expected 72; 4.weight has the shape (3, 7), "
            + "expected (3, 8); 4.bias holds Int64, expected Float32", error.Message);
        Assert.Equal(before["1.weight"].Data.ToArray(), net.SaveState()["1.weight"].Data.ToArray());
    }

    [Fact]
    public void LoadState_converts_half_and_double_precision()
    {
        using var net = new Linear(2, 1, null);
        net.LoadState(new Dictionary<string, StoredTensor>
        {
            ["weight"] = new(ElementType.Float64, [1, 2], Bytes(BitConverter.GetBytes(1.5), BitConverter.GetBytes(-2.25))),
            ["bias"] = new(ElementType.Float16, [1], BitConverter.GetBytes((Half)0.5f)),
        });
        Assert.Equal([1.5f, -2.25f], net.Weight.ToArray<float>());
        Assert.Equal([0.5f], net.Bias!.Value.ToArray<float>());
    }

    [Fact]
    public void Names_of_parts_are_checked()
    {
        using var net = new Named();
        Assert.Throws<ArgumentException>(() => net.Put("a"));
        Assert.Throws<ArgumentException>(() => net.Put("b.c"));
        Assert.Throws<ArgumentException>(() => net.Put(""));
    }

    [Fact]
    public void To_channels_last_keeps_values_identity_and_training()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(3);
        using var net = Make(generator);
        var weights = net.Parameters()[0];
        var before = weights.ToArray<float>();
        var input = scope.Normal(generator, 2, 1, 6, 6);
        net.Eval();
        var expected = net.Forward(input).ToArray<float>();
        net.To(MemoryFormat.ChannelsLast);
        Assert.True(weights.IsChannelsLast);
        Assert.Equal(before, weights.ToArray<float>());
        Golden.AssertClose(expected, net.Forward(input.Contiguous(MemoryFormat.ChannelsLast)).ToArray<float>(), 1e-5);
        net.Forward(input).Sum().Backward();
        Assert.NotNull(weights.Grad);
    }

    [Fact]
    public void ParameterCount_leaves_buffers_out()
    {
        using var generator = new RandomGenerator(3);
        using var net = Make(generator);
        Assert.Equal(2 * 9 + 2 + 4 + 3 * 8 + 3, net.ParameterCount);
        Assert.Equal(9, net.State().Count);
    }

    static byte[] Bytes(params byte[][] parts) => [.. parts.SelectMany(p => p)];

    static Sequential Make(RandomGenerator? generator) =>
        new(new Conv2d(1, 2, 3, generator), new BatchNorm2d(2), new MaxPool2d(2), new Flatten(), new Linear(8, 3, generator));

    sealed class Named : Module
    {
        internal Named() => Put("a");

        internal void Put(string name) => AddParameter(name, 1);

        public override Tensor Forward(Tensor input) => input;
    }
}
