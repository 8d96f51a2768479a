namespace Kymo.Torch;

/// <summary>What the CPU allocator holds. Blocks below 4 KiB are not counted.</summary>
/// <param name="InUse">Bytes in tensors.</param>
/// <param name="Kept">Bytes kept for later.</param>
/// <param name="Peak">The most of both together so far.</param>
/// <param name="Reused">How often a block was cut from kept memory.</param>
/// <param name="Fetched">How often a block was cut from memory not touched before.</param>
/// <param name="Limit">The most that is kept.</param>
public readonly record struct MemoryStatistics(long InUse, long Kept, long Peak, long Reused, long Fetched, long Limit);

/// <summary>
/// The CPU allocator, which keeps what tensors give back for the next step, so that training faults no pages. On by default.
/// </summary>
public static unsafe class TorchMemory
{
    /// <summary>What the allocator holds now.</summary>
    public static MemoryStatistics Statistics
    {
        get
        {
            var values = stackalloc long[6];
            Native.Check(Native.kt_memory_statistics(values), "memory statistics");
            return new MemoryStatistics(values[0], values[1], values[2], values[3], values[4], values[5]);
        }
    }

    /// <summary>Turns keeping on or off (off: LibTorch's own allocator, and what was kept goes back to the system).</summary>
    public static void SetCaching(bool enabled) => Native.Check(Native.kt_memory_set_caching(enabled ? 1 : 0), "memory");

    /// <summary>Sets how many bytes are kept at most; default a quarter of the memory.</summary>
    public static void SetLimit(long bytes) => Native.Check(Native.kt_memory_limit(bytes), "memory limit");

    /// <summary>Gives kept memory back to the system, the largest ranges first, until at most <paramref name="keep"/> bytes are kept.</summary>
    public static void Trim(long keep = 0) => Native.Check(Native.kt_memory_trim(keep), "memory trim");
}
