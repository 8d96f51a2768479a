namespace Kymo.Torch.Tests;

public sealed class TorchMemoryTests
{
    [Fact]
    public void Blocks_are_used_again_and_given_back_on_request()
    {
        using var scope = new TensorScope();
        TorchMemory.Trim();
        Assert.Equal(0, TorchMemory.Statistics.Kept);
        var before = TorchMemory.Statistics;
        var address = scope.Empty(ElementType.Float32, (3 << 20) + 1000).Address;
        Assert.InRange(TorchMemory.Statistics.InUse - before.InUse, 12L << 20, 14L << 20);
        scope.Reset();
        Assert.InRange(TorchMemory.Statistics.Kept, 12L << 20, 14L << 20);
        Assert.Equal(address, scope.Empty(ElementType.Float32, (3 << 20) + 100).Address);
        Assert.Equal((1, 1), (TorchMemory.Statistics.Fetched - before.Fetched, TorchMemory.Statistics.Reused - before.Reused));
        scope.Reset();
        TorchMemory.Trim();
        Assert.Equal((before.InUse, 0), (TorchMemory.Statistics.InUse, TorchMemory.Statistics.Kept));
    }

    [Fact]
    public void No_more_than_the_limit_is_kept()
    {
        using var scope = new TensorScope();
        var limit = TorchMemory.Statistics.Limit;
        TorchMemory.Trim();
        TorchMemory.SetLimit(1 << 20);
        for (var i = 0; i < 40; i++) scope.Zeros(ElementType.UInt8, 100_000);
        scope.Reset();
        Assert.InRange(TorchMemory.Statistics.Kept, 800_000, 1 << 20);
        TorchMemory.SetLimit(0);
        Assert.Equal(0, TorchMemory.Statistics.Kept);
        TorchMemory.SetLimit(limit);
        Assert.Contains("negative", Assert.Throws<TorchException>(() => TorchMemory.SetLimit(-1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_survive_a_change_of_allocator()
    {
        using var scope = new TensorScope();
        var kept = scope.Ones(100_000);
        TorchMemory.SetCaching(false);
        var stock = scope.Ones(100_000);
        TorchMemory.SetCaching(true);
        Assert.Equal(200_000, (kept + stock).Sum().Item());
    }

    [Fact]
    public void Every_size_has_room_for_its_elements()
    {
        using var scope = new TensorScope();
        for (var bytes = 1; bytes < 300_000; bytes += 1 + bytes / 7)
        {
            var tensor = scope.Full(bytes % 251, ElementType.UInt8, bytes);
            var next = scope.Full(7, ElementType.UInt8, bytes);
            Assert.Equal(0, tensor.Address % 64);
            Assert.Equal((long)(bytes % 251) * bytes, (long)tensor.To(ElementType.Int64).Sum().Item());
            Assert.Equal(7L * bytes, (long)next.To(ElementType.Int64).Sum().Item());
        }
    }
}
