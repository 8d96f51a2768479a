namespace Kymo.Torch.Tests;

public sealed class TensorTests
{
    [Fact]
    public void Facts_of_a_tensor_and_its_views()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        var x = scope.Zeros(ElementType.Float64, 2, 3, 4);
        Assert.Equal((ElementType.Float64, 24L, 3, Device.Cpu, true), (x.Type, x.Count, x.Rank, x.Device, x.IsContiguous));
        Assert.Equal("Float64 (2, 3, 4) cpu", x.ToString());
        var t = x.Transpose(0, 2);
        Assert.Equal((new Shape(4, 3, 2), new Shape(1, 4, 12), false), (t.Shape, t.Strides, t.IsContiguous));
        Assert.Equal((4, 2, 4), (t.Shape[0], t.Shape[^1], t.Shape[-3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => t.Shape[3]);
    }

    [Fact]
    public void Elements_of_every_type_come_back()
    {
        using var scope = new TensorScope();
        Check<float>(scope, [1.5f, -2], ElementType.Float32);
        Check<double>(scope, [1.5, -2], ElementType.Float64);
        Check<Half>(scope, [(Half)1.5, (Half)(-2)], ElementType.Float16);
        Check<long>(scope, [1, long.MinValue], ElementType.Int64);
        Check<int>(scope, [1, -2], ElementType.Int32);
        Check<short>(scope, [1, -2], ElementType.Int16);
        Check<sbyte>(scope, [1, -2], ElementType.Int8);
        Check<byte>(scope, [1, 255], ElementType.UInt8);
        Check<bool>(scope, [true, false], ElementType.Bool);
    }

    [Fact]
    public void View_shares_memory_and_survives_collections_until_reset()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        var memory = new float[6];
        var view = scope.View<float>(memory, 2, 3);
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        memory[4] = 7;
        Assert.Equal(7, view.Select(0, 1).Select(0, 1).Item());
        view.Fill(3);
        Assert.Equal([3, 3, 3, 3, 3, 3], memory);
        Assert.Throws<ArgumentException>(() => scope.View<float>(memory, 7));
    }

    [Fact]
    public void Numbers_keep_whole_types_whole()
    {
        using var scope = new TensorScope();
        var counts = scope.Range(0, 3);
        Assert.Equal([2, 3, 4], (counts + 2).ToArray<long>());
        Assert.Equal(ElementType.Float32, (counts * 0.5).Type);
        Assert.Equal([0, 1, 2], counts.ArgMax(0).Type == ElementType.Int64 ? counts.ToArray<long>() : []);
    }

    [Fact]
    public void Reductions_and_orders()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        var x = scope.From([3f, 1, 2, -4, 5, 0], 2, 3);
        Assert.Equal(7, x.Sum().Item());
        Assert.Equal((5, -4), (x.Max().Item(), x.Min().Item()));
        Assert.Equal([0, 1], x.ArgMax(1).ToArray<long>());
        Assert.Equal([1, 0], x.ArgMin(1).ToArray<long>());
        Assert.Equal([-0.5f, 3, 1], x.Mean(0).ToArray<float>());
        Assert.Equal(2, x.Sum([0, 1], keepDim: true).Rank);
        var (values, indices) = x.TopK(2);
        Assert.Equal([3, 2, 5, 0], values.ToArray<float>());
        Assert.Equal([0, 2, 1, 2], indices.ToArray<long>());
        Assert.Equal([1, 2, 3, -4, 0, 5], x.Sort().Values.ToArray<float>());
        Assert.Equal((0, 1), (x.GreaterThan(0).All().Item(), x.GreaterThan(4).Any().Item()));
    }

    [Fact]
    public void Choosing_and_placing()
    {
        using var scope = new TensorScope();
        var x = scope.From([0f, 1, 2, 3, 4, 5], 3, 2);
        var index = scope.From(new long[] { 2, 0 });
        Assert.Equal([4, 5, 0, 1], x.IndexSelect(0, index).ToArray<float>());
        Assert.Equal([1, 2, 5], x.Gather(1, scope.From(new long[] { 1, 0, 1 }, 3, 1)).ToArray<float>());
        x.IndexCopyInPlace(0, index, scope.From([9f, 9, 8, 8], 2, 2));
        Assert.Equal([8, 8, 2, 3, 9, 9], x.ToArray<float>());
        Assert.Equal([0, 0, 1, 1, 0, 0], Functional.OneHot(index, 3).ToArray<long>());
        Assert.Equal([0, 4, 0], scope.From([float.NaN, 4, 5]).NanToNum().MaskedFill(scope.From([false, false, true]), 0).ToArray<float>());
    }

    [Fact]
    public void In_place_operations_return_the_tensor_itself()
    {
        using var scope = new TensorScope();
        var x = scope.Ones(3);
        var count = scope.Count;
        Assert.Equal(x, x.AddInPlace(2).MultiplyInPlace(4).SubtractInPlace(2).DivideInPlace(5));
        Assert.Equal([2, 2, 2], x.ToArray<float>());
        Assert.Equal(count, scope.Count);
    }

    [Fact]
    public void Errors_carry_the_operation_and_the_reason()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        var error = Assert.Throws<TorchException>(() => scope.Zeros(2, 3).MatrixMultiply(scope.Zeros(2, 3)));
        Assert.StartsWith("matmul: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("2x3", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception raised from", error.Message, StringComparison.Ordinal);
        Assert.Throws<TorchException>(() => scope.Zeros(2).Item());
        Assert.Throws<TorchException>(() => scope.Zeros(2).Backward());
        Assert.Throws<TorchException>(() => scope.Range(0, 3).SetRequiresGrad());
        Assert.Throws<TorchException>(() => scope.Zeros(1, 1, 1, 1, 1, 1, 1, 1, 1).Rank);
        Assert.Throws<ArgumentException>(() => scope.Zeros(2).ToArray<double>());
        Assert.Throws<ArgumentException>(() => scope.Zeros(2).CopyFrom<float>([1, 2, 3]));
        Assert.Throws<ArgumentException>(() => scope.From([1f, 2], 3));
        Assert.Throws<ArgumentException>(() => scope.From([(byte)1, (byte)2]).CopyTo(new char[2].AsSpan()));
    }

    [Fact]
    public void Too_much_memory_is_an_error_that_says_so()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        var error = Assert.Throws<TorchException>(() => scope.Empty(ElementType.Float64, 1L << 20, 1L << 20, 1L << 10));
        Assert.True(error.IsOutOfMemory, error.Message);
    }

    [Fact]
    public void Kept_tensors_outlive_their_scope()
    {
        using var leaks = new LeakCheck();
        Tensor kept;
        using (var scope = new TensorScope()) kept = (scope.Ones(2) * 3).Keep();
        Assert.Equal([3, 3], kept.ToArray<float>());
        kept.Dispose();
        kept.Dispose();
        Assert.False(kept.IsAlive);
        Assert.Equal("a tensor that was given back", kept.ToString());
    }

    [Fact]
    public void A_disposed_scope_takes_no_more_tensors()
    {
        using var leaks = new LeakCheck();
        var scope = new TensorScope();
        scope.Dispose();
        scope.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scope.Zeros(1));
        Assert.Throws<ObjectDisposedException>(scope.Reset);
    }

    static void Check<T>(TensorScope scope, T[] elements, ElementType type) where T : unmanaged
    {
        var tensor = scope.From(elements);
        Assert.Equal(type, tensor.Type);
        Assert.Equal(elements, tensor.ToArray<T>());
        Assert.Equal(elements.Length * type.Size(), tensor.ToBytes().Length);
    }
}
