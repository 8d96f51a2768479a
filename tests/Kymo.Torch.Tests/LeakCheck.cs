namespace Kymo.Torch.Tests;

/// <summary>Fails when something was made in its stretch and not given back. Test classes that use it are not run beside each other.</summary>
sealed class LeakCheck : IDisposable
{
    readonly long _before = TorchInfo.LiveHandles;

    public void Dispose() => Assert.Equal(_before, TorchInfo.LiveHandles);
}
