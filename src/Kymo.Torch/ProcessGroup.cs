namespace Kymo.Torch;

/// <summary>
/// Processes that train together, over LibTorch's c10d with Gloo. Every process of the group makes the same calls in the same order; a
/// call fails with a <see cref="TorchException"/> once another process is gone.
/// </summary>
public sealed unsafe class ProcessGroup : IDisposable
{
    nint _handle;

    ProcessGroup(nint handle, int rank, int size) => (_handle, Rank, Size) = (handle, rank, size);

    /// <summary>Number of this process, from 0.</summary>
    public int Rank { get; }

    /// <summary>Number of processes.</summary>
    public int Size { get; }

    /// <summary>Meets the other processes.</summary>
    /// <param name="host">Where rank 0 listens.</param>
    /// <param name="port">Its port.</param>
    /// <param name="rank">Number of this process, from 0.</param>
    /// <param name="size">Number of processes.</param>
    /// <param name="timeout">How long a call may wait for the others.</param>
    /// <exception cref="TorchException">The others did not come, or this build has no Gloo.</exception>
    public static ProcessGroup Join(string host, int port, int rank, int size, TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, size);
        Native.Load();
        nint handle;
        Native.Check(Native.kt_group_join(host, port, rank, size, (int)timeout.TotalMilliseconds, &handle), "join");
        return new ProcessGroup(handle, rank, size);
    }

    /// <summary>Sums the gradients over all processes. Parameters without a gradient are passed over; they must be the same everywhere.</summary>
    public void SumGradients(IReadOnlyList<NamedTensor> parameters)
    {
        var handles = new nint[parameters.Count];
        for (var i = 0; i < handles.Length; i++) handles[i] = parameters[i].Tensor.Handle;
        fixed (nint* pointers = handles) Native.Check(Native.kt_group_sum_gradients(_handle, pointers, handles.Length), "sum of gradients");
    }

    /// <summary>Sums numbers over all processes, in place.</summary>
    public void Sum(Span<double> values)
    {
        fixed (double* numbers = values) Native.Check(Native.kt_group_sum(_handle, numbers, values.Length), "sum");
    }

    /// <summary>Overwrites tensors with those of rank 0.</summary>
    public void Broadcast(IReadOnlyList<NamedTensor> tensors)
    {
        var handles = new nint[tensors.Count];
        for (var i = 0; i < handles.Length; i++) handles[i] = tensors[i].Tensor.Handle;
        fixed (nint* pointers = handles) Native.Check(Native.kt_group_broadcast(_handle, pointers, handles.Length), "broadcast");
    }

    /// <summary>
    /// Until the answer is disposed of (on the same thread), batch normalisation on this thread takes the statistics of all processes' batches while training, and
    /// gradients flow through them; every process must then run the same layers on at least one example.
    /// </summary>
    public IDisposable ShareStatistics()
    {
        Native.Check(Native.kt_group_share_statistics(_handle), "share statistics");
        return new SharedStatistics();
    }

    /// <summary>Waits until every process has come here.</summary>
    public void Meet()
    {
        Span<double> one = [1];
        Sum(one);
    }

    /// <summary>Leaves the group.</summary>
    public void Dispose()
    {
        if (_handle != 0) Native.Check(Native.kt_group_leave(_handle), "leave");
        _handle = 0;
    }

    sealed class SharedStatistics : IDisposable
    {
        public void Dispose() => Native.Check(Native.kt_group_share_statistics(0), "share statistics");
    }
}
