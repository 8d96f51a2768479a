namespace Kymo.Torch;

/// <summary>Switches the recording of histories for gradients.</summary>
public static class Autograd
{
    /// <summary>Operations of this thread record no history until the result is disposed, as in <c>using var _ = Autograd.NoGrad();</c>.</summary>
    public static Mode NoGrad() => new(0);

    /// <summary>Operations of this thread record a history again, inside a stretch where they do not.</summary>
    public static Mode Grad() => new(1);

    /// <summary>Puts back what held before. It stays on the stack, so it cannot outlive an <c>await</c>.</summary>
    public readonly unsafe ref struct Mode : IDisposable
    {
        readonly int _before;

        internal Mode(int enabled)
        {
            int before;
            Native.Check(Native.kt_set_grad_mode(enabled, &before), "grad mode");
            _before = before;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            int ignored;
            Native.Check(Native.kt_set_grad_mode(_before, &ignored), "grad mode");
        }
    }
}
