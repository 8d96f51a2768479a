namespace Kymo.Torch.Tests;

public sealed class TorchMemoryTests
{
    [Fact]
    public void Memory_is_used_again_for_other_sizes_and_given_back_on_request()
    {
        using var scope = new TensorScope();
        TorchMemory.Trim();
        Assert.Equal(0, TorchMemory.Statistics.Kept);
        var before = TorchMemory.Statistics;
        var address = scope.Empty(ElementType.UInt8, 12 << 20).Address;
        Assert.InRange(TorchMemory.Statistics.InUse - before.InUse, 12 << 20, (12 << 20) + 8192);
        scope.Reset();
        Assert.InRange(TorchMemory.Statistics.Kept, 12 << 20, (12 << 20) + 8192);
        Assert.Equal(address, scope.Empty(ElementType.UInt8, 4 << 20).Address);
        Assert.InRange(scope.Empty(ElementType.UInt8, 7 << 20).Address - address, 4 << 20, 5 << 20);
        Assert.Equal((1, 2), (TorchMemory.Statistics.Fetched - before.Fetched, TorchMemory.Statistics.Reused - before.Reused));
        scope.Reset();
        Assert.Equal(address, scope.Empty(ElementType.UInt8, 12 << 20).Address);
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
        Assert.InRange(TorchMemory.Statistics.Kept, 0, 1 << 20);
        TorchMemory.SetLimit(limit);
        Assert.Contains("negative", Assert.Throws<TorchException>(() => TorchMemory.SetLimit(-1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_random_requests_keep_their_elements()
    {
        using var scope = new TensorScope();
        var random = new Random(5);
        var live = new List<(Tensor Tensor, byte Mark)>();
        var before = TorchMemory.Statistics.InUse;
        for (var i = 0; i < 10_000; i++)
        {
            if (live.Count > 0 && random.Next(100) < 49)
            {
                var index = random.Next(live.Count);
                var (tensor, mark) = live[index];
                if (tensor.Min().Item() != mark || tensor.Max().Item() != mark) Assert.Fail($"request {i}: a block was written by another");
                tensor.Dispose();
                live.RemoveAt(index);
            }
            else
            {
                var mark = (byte)random.Next(256);
                live.Add((scope.Full(mark, ElementType.UInt8, 1 + (long)Math.Exp(random.NextDouble() * 12)), mark));
            }

            if (i % 1000 == 999) TorchMemory.Trim(random.Next(1 << 20));
        }

        scope.Dispose();
        Assert.Equal(before, TorchMemory.Statistics.InUse);
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
