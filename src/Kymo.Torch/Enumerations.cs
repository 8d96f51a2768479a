namespace Kymo.Torch;

/// <summary>The order of a tensor's elements in memory. The values are those of LibTorch's <c>MemoryFormat</c>.</summary>
public enum MemoryFormat
{
    /// <summary>Row-major: the last dimension lies together.</summary>
    Contiguous = 0,

    /// <summary>As the source has it.</summary>
    Preserve = 1,

    /// <summary>Four dimensions (batch, channel, height, width) whose channels lie together.</summary>
    ChannelsLast = 2,
}

/// <summary>How the losses of single elements become one. The values are those of LibTorch's <c>Reduction</c>.</summary>
public enum Reduction
{
    /// <summary>They stay apart.</summary>
    None = 0,

    /// <summary>Their mean (weighted where there are weights).</summary>
    Mean = 1,

    /// <summary>Their sum.</summary>
    Sum = 2,
}
