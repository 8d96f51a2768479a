namespace Kymo.Torch.Tests;

public sealed class RandomGeneratorTests
{
    [Fact]
    public void A_restored_state_gives_the_same_numbers_again()
    {
        using var leaks = new LeakCheck();
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(42);
        _ = scope.Normal(generator, 3); // an odd number of normals leaves half a pair in the state
        var state = generator.GetState();
        var first = Draw(scope, generator);
        generator.SetState(state);
        Assert.Equal(first, Draw(scope, generator));
        using var other = new RandomGenerator(1);
        other.SetState(state);
        Assert.Equal(first, Draw(scope, other));
    }

    static float[] Draw(TensorScope scope, RandomGenerator generator) =>
        Functional.Concatenate([scope.Normal(generator, 21), scope.Uniform(generator, 100)]).ToArray<float>();

    [Fact]
    public void A_seed_gives_the_numbers_of_manual_seed()
    {
        using var scope = new TensorScope();
        using var generator = new RandomGenerator(0);
        // torch.manual_seed(0); torch.rand(3)
        Golden.AssertClose([0.49625659f, 0.76822180f, 0.08847743f], scope.Uniform(generator, 3).ToArray<float>(), 1e-7);
        generator.Seed(0);
        // torch.manual_seed(0); torch.randn(3)
        Golden.AssertClose([1.54099607f, -0.29342890f, -2.17878938f], scope.Normal(generator, 3).ToArray<float>(), 1e-6);
    }

    [Fact]
    public void SetState_of_other_bytes_is_refused()
    {
        using var generator = new RandomGenerator(1);
        Assert.Contains("not 5", Assert.Throws<TorchException>(() => generator.SetState(new byte[5])).Message, StringComparison.Ordinal);
        var state = generator.GetState();
        Array.Fill(state, (byte)255);
        Assert.Throws<TorchException>(() => generator.SetState(state));
    }

    [Fact]
    public void A_disposed_generator_cannot_be_used()
    {
        var generator = new RandomGenerator(1);
        generator.Dispose();
        generator.Dispose();
        Assert.Throws<ObjectDisposedException>(generator.GetState);
    }

    [Fact]
    public void Two_generators_do_not_disturb_each_other()
    {
        using var scope = new TensorScope();
        using var a = new RandomGenerator(5);
        using var b = new RandomGenerator(6);
        var alone = scope.Uniform(a, 4).ToArray<float>();
        a.Seed(5);
        var first = scope.Uniform(a, 2).ToArray<float>();
        _ = scope.Uniform(b, 7);
        Assert.Equal(alone, first.Concat(scope.Uniform(a, 2).ToArray<float>()));
    }
}
