namespace Kymo.Torch.Checkpoints;

/// <summary>The pickle opcodes that weights files need; names as in CPython's <c>pickletools</c>.</summary>
static class PickleOpcode
{
    public const byte Proto = 0x80, Stop = (byte)'.', Mark = (byte)'(';
    public const byte None = (byte)'N', NewTrue = 0x88, NewFalse = 0x89;
    public const byte Int = (byte)'I', BinInt = (byte)'J', BinInt1 = (byte)'K', BinInt2 = (byte)'M';
    public const byte Long = (byte)'L', Long1 = 0x8a, Long4 = 0x8b, BinFloat = (byte)'G';
    public const byte BinUnicode = (byte)'X', ShortBinString = (byte)'U';
    public const byte EmptyTuple = (byte)')', Tuple = (byte)'t', Tuple1 = 0x85, Tuple2 = 0x86, Tuple3 = 0x87;
    public const byte EmptyList = (byte)']', Append = (byte)'a', Appends = (byte)'e';
    public const byte EmptyDict = (byte)'}', SetItem = (byte)'s', SetItems = (byte)'u', EmptySet = 0x8f;
    public const byte Global = (byte)'c', Reduce = (byte)'R', Build = (byte)'b', BinPersId = (byte)'Q';
    public const byte BinPut = (byte)'q', LongBinPut = (byte)'r', BinGet = (byte)'h', LongBinGet = (byte)'j', Memoize = 0x94;
}
