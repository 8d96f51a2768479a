using Kymo.Torch.Layers;
using Kymo.Torch.Optimizers;

namespace Kymo.Torch.Tests;

public sealed class TensorScopeTests
{
    [Fact]
    public void From_then_ToArray_gives_the_elements_back()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        var tensor = scope.From<float>([1, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([2, 3], tensor.Shape.ToArray());
        Assert.Equal([1, 4, 2, 5, 3, 6], tensor.Transpose(0, 1).ToArray<float>());
    }

    [Fact]
    public void Use_after_reset_is_an_error_even_when_the_place_is_filled_again()
    {
        using var scope = new TensorScope();
        var first = scope.Zeros(2);
        scope.Reset();
        var second = scope.Ones(2);
        Assert.Contains("given back", Assert.Throws<TorchException>(() => first.Shape).Message, StringComparison.Ordinal);
        Assert.Equal(2, second.Sum().Item());
        Assert.Throws<TorchException>(() => default(Tensor).Shape);
    }

    [Fact]
    public void Results_belong_to_the_youngest_scope_of_the_arguments()
    {
        using var leaks = new LeakCheck();
        using var outer = new TensorScope();
        using var inner = new TensorScope();
        var a = outer.Ones(2);
        var b = inner.Ones(2);
        _ = a + b;
        _ = b + a;
        Assert.Equal((1, 3), (outer.Count, inner.Count));
    }

    [Fact]
    public void ResetExcept_keeps_the_named_tensors_and_frees_the_rest_also_inside_the_walk()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        var x = scope.Ones(3).SetRequiresGrad();
        var y = x * 2;
        var other = y + 1;
        var loss = y.Square().Sum();
        scope.ResetExcept(loss, x);
        Assert.Equal((2, true, true, false, false), (scope.Count, x.IsAlive, loss.IsAlive, y.IsAlive, other.IsAlive));
        loss.Backward();
        Assert.Equal([8f, 8, 8], x.Grad!.Value.ToArray<float>());
        Assert.Equal(5, scope.Full(5, ElementType.Float32).Item());
        Assert.Equal(3, scope.Count);
    }

    [Fact]
    public void Sequential_gives_back_what_lies_between_its_modules()
    {
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(1);
        using var net = new Sequential(new Flatten(), new Linear(6, 4, generator), new Relu(inPlace: true), new Identity(), new Linear(4, 2, generator));
        var x = scope.Ones(2, 2, 3);
        var before = TorchInfo.LiveHandles;
        var output = net.Forward(x);
        Assert.Equal(before + 1, TorchInfo.LiveHandles);
        Assert.True(x.IsAlive && output.IsAlive);
        output.Sum().Backward();
        Assert.All(net.Parameters(), p => Assert.NotNull(p.Grad));
    }

    [Fact]
    public void Training_1000_steps_keeps_live_handles_and_the_managed_heap_constant()
    {
        using var leaks = new LeakCheck();
        using var generator = new RandomGenerator(1);
        using var net = new Sequential(new Linear(8, 16, generator), new Relu(), new Dropout(0.2, generator), new Linear(16, 3, generator));
        using var adam = new Adam(net.NamedParameters());
        using var scope = new TensorScope();
        var x = new float[4 * 8];
        var y = new long[] { 0, 1, 2, 1 };
        long[] xShape = [4, 8], yShape = [4]; // spans of constants allocate in code that is not optimised
        var random = new Random(3);
        foreach (ref var value in x.AsSpan()) value = random.NextSingle();
        var (live, allocated, first, last) = (0L, 0L, 0.0, 0.0);
        for (var step = 0; step < 1000; step++)
        {
            if (step == 50) allocated = GC.GetAllocatedBytesForCurrentThread();
            adam.ZeroGrad();
            var loss = Losses.CrossEntropy(net.Forward(scope.From(x, xShape)), scope.From(y, yShape));
            loss.Backward();
            adam.Step();
            last = loss.Item();
            scope.Reset();
            if (step == 0) (first, live) = (last, TorchInfo.LiveHandles);
            if (TorchInfo.LiveHandles != live) Assert.Fail($"step {step}: {TorchInfo.LiveHandles} live handles, {live} after the first step");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        Assert.True(last < 0.5 * first, $"the loss went from {first} to {last}");
    }
}
