using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Kymo.Torch.Checkpoints;

/// <summary>
/// Reads pickles as PyTorch writes them and runs nothing: opcodes and globals come from a closed list, and each global has a
/// meaning built in here. Values, texts and nesting are counted, so a small file cannot ask for much memory or time.
/// </summary>
/// <param name="file">The file, for messages.</param>
/// <param name="pickle">The pickle, or a piece of the file that begins with it.</param>
/// <param name="place">How messages name where the pickle lies, e.g. <c>net/data.pkl</c>.</param>
/// <param name="isLegacy">Whether persistent ids carry a sixth part, as in files older than PyTorch 1.6.</param>
sealed class PickleReader(CheckpointSource file, ReadOnlyMemory<byte> pickle, string place, bool isLegacy)
{
    /// <summary>The longest pickle read: 64 MiB, thousands of times what a network's names and shapes take.</summary>
    public const int MaxLength = 64 << 20;

    /// <summary>The most values one pickle may push.</summary>
    public const int MaxValues = 4_000_000;

    const int MaxIntegerDigits = 4300, MaxIntegerBytes = 2048, MaxNameLength = 256;
    static readonly PickleValue s_true = true, s_false = false;

    readonly List<PickleValue> _stack = [];
    readonly List<int> _marks = [];
    readonly Dictionary<uint, PickleValue> _memo = [];
    readonly PickleGlobals _globals = new(isLegacy);
    int _at, _opcodeAt, _values;

    /// <summary>Where the next pickle begins.</summary>
    public int Position => _at;

    /// <summary>The storages the pickle names, by key.</summary>
    public IReadOnlyDictionary<string, TensorStorage> Storages => _globals.Storages;

    /// <summary>Every tensor the pickle builds.</summary>
    public IReadOnlyList<PickleTensor> Tensors => _globals.Tensors;

    /// <summary>
    /// Reads one pickle from <see cref="Position"/> on and checks that what it holds is a tree of plain values.
    /// </summary>
    public PickleValue Read()
    {
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        try
        {
            while (true)
            {
                _opcodeAt = _at;
                var opcode = Take(1)[0];
                if (opcode == PickleOpcode.Stop) break;
                Run(opcode);
            }
            var value = Pop();
            if (_stack.Count != 0 || _marks.Count != 0) throw new PickleFault($"stops with {_stack.Count} values left over");
            PickleTree.Check(value, MaxValues);
            return value;
        }
        catch (PickleFault e)
        {
            throw file.Fault($"{place}, byte {_opcodeAt}: {e.Message}", e);
        }
    }

    void Run(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto: CheckProtocol(Take(1)[0]); break;
            case PickleOpcode.Mark: Count(); _marks.Add(_stack.Count); break;
            case PickleOpcode.None: Push(PickleValue.None); break;
            case PickleOpcode.NewTrue: Push(s_true); break;
            case PickleOpcode.NewFalse: Push(s_false); break;
            case PickleOpcode.Int: Push(ReadIntegerLine()); break;
            case PickleOpcode.BinInt: Push(BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case PickleOpcode.BinInt1: Push((int)Take(1)[0]); break;
            case PickleOpcode.BinInt2: Push((int)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case PickleOpcode.Long: Push(ReadLongLine()); break;
            case PickleOpcode.Long1: Push(new PickleInteger(new BigInteger(Take(Take(1)[0])))); break;
            case PickleOpcode.Long4: Push(ReadLong(BinaryPrimitives.ReadInt32LittleEndian(Take(4)))); break;
            case PickleOpcode.BinFloat: Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case PickleOpcode.BinUnicode: Push(ReadUtf8(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case PickleOpcode.ShortBinString: Push(Encoding.Latin1.GetString(Take(Take(1)[0]))); break;
            case PickleOpcode.EmptyTuple: Push(new PickleTuple()); break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                Push(new PickleTuple(PopMany(opcode - PickleOpcode.Tuple1 + 1)));
                break;
            case PickleOpcode.Tuple: Push(new PickleTuple(PopToMark())); break;
            case PickleOpcode.EmptyList: Push(new PickleList()); break;
            case PickleOpcode.EmptyDict: Push(new PickleDictionary()); break;
            case PickleOpcode.EmptySet: Push(new PickleSet([])); break;
            default: RunOnStack(opcode); break;
        }
    }

    /// <summary>The opcodes that change what is already there.</summary>
    void RunOnStack(byte opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Append: AddTo([Pop()]); break;
            case PickleOpcode.Appends: AddTo(PopToMark()); break;
            case PickleOpcode.SetItem: SetIn(PopMany(2)); break;
            case PickleOpcode.SetItems: SetIn(PopToMark()); break;
            case PickleOpcode.Global: Push(PickleGlobal.Find(ReadLine(MaxNameLength), ReadLine(MaxNameLength))); break;
            case PickleOpcode.Reduce: Reduce(); break;
            case PickleOpcode.Build: Build(); break;
            case PickleOpcode.BinPersId: Push(_globals.Storage(Pop())); break;
            case PickleOpcode.BinPut: _memo[Take(1)[0]] = Top(); break;
            case PickleOpcode.LongBinPut: _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top(); break;
            case PickleOpcode.Memoize: _memo[(uint)_memo.Count] = Top(); break;
            case PickleOpcode.BinGet: Push(Recall(Take(1)[0])); break;
            case PickleOpcode.LongBinGet: Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            default:
                var letter = opcode is > 0x20 and < 0x7f ? $" ('{(char)opcode}')" : "";
                throw new PickleFault($"opcode 0x{opcode:x2}{letter} is not allowed in a weights file; nothing was executed");
        }
    }

    void CheckProtocol(byte version)
    {
        if (version > 5) throw new PickleFault($"pickle protocol {version}, expected 2");
    }

    void Reduce()
    {
        var arguments = Pop();
        var callee = Pop();
        if (callee is not PickleGlobal global) throw new PickleFault($"calls a {callee.Kind}, expected one of the known globals");
        if (arguments is not PickleTuple tuple)
            throw new PickleFault($"calls {global} with a {arguments.Kind}, expected a tuple");
        Push(_globals.Call(global, tuple));
    }

    void Build()
    {
        var state = Pop();
        _globals.Build(Top(), state);
    }

    void AddTo(PickleValue[] items)
    {
        if (Top() is not PickleList list) throw new PickleFault($"appends to a {Top().Kind}, expected a list");
        foreach (var item in items) list.Add(item);
    }

    void SetIn(PickleValue[] items)
    {
        if (Top() is not PickleDictionary dictionary)
            throw new PickleFault($"sets entries of a {Top().Kind}, expected a dictionary");
        if (items.Length % 2 != 0) throw new PickleFault("sets an entry that has a key and no value");
        for (var i = 0; i < items.Length; i += 2)
        {
            if (!IsKey(items[i]))
                throw new PickleFault($"a dictionary key is a {items[i].Kind}, expected a text, a whole number or their tuple");
            dictionary[items[i]] = items[i + 1];
        }
    }

    static bool IsKey(PickleValue value) => IsScalar(value) || value is PickleTuple tuple && tuple.All(IsScalar);

    // No floating-point keys: nobody saves them, and their hash lets a file make every look-up slow.
    static bool IsScalar(PickleValue value) => value is PickleText or PickleInteger or PickleBoolean or PickleNone;

    PickleValue ReadIntegerLine()
    {
        var text = ReadLine(MaxIntegerDigits);
        return text switch { "00" => s_false, "01" => s_true, _ => ParseInteger(text) };
    }

    PickleInteger ReadLongLine() => ParseInteger(ReadLine(MaxIntegerDigits).TrimEnd('L'));

    static PickleInteger ParseInteger(string text) =>
        BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? new PickleInteger(value)
            : throw new PickleFault($"'{text}' is no whole number");

    PickleInteger ReadLong(int length) => length is >= 0 and <= MaxIntegerBytes
        ? new PickleInteger(new BigInteger(Take(length)))
        : throw new PickleFault($"a whole number of {length} bytes, expected 0 to {MaxIntegerBytes}");

    string ReadUtf8(uint length)
    {
        if (length > int.MaxValue) throw new PickleFault($"a text of {length} bytes runs past the end of the pickle");
        var bytes = Take((int)length);
        return System.Text.Unicode.Utf8.IsValid(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : throw new PickleFault("a text is no valid UTF-8");
    }

    string ReadLine(int limit)
    {
        var rest = pickle.Span[_at..];
        var end = rest[..Math.Min(rest.Length, limit + 1)].IndexOf((byte)'\n');
        if (end < 0) throw new PickleFault($"a line of text has no end within {limit} bytes");
        _at += end + 1;
        return Encoding.UTF8.GetString(rest[..end]);
    }

    ReadOnlySpan<byte> Take(int count)
    {
        if (count > pickle.Length - _at)
            throw new PickleFault($"needs {count} more bytes at {_at}, the pickle ends at {pickle.Length}: the file is cut "
                + "short");
        _at += count;
        return pickle.Span.Slice(_at - count, count);
    }

    void Push(PickleValue value)
    {
        Count();
        _stack.Add(value);
    }

    void Count()
    {
        if (++_values > MaxValues) throw new PickleFault($"more than {MaxValues} values, which no weights file needs");
    }

    PickleValue Recall(uint index) =>
        _memo.TryGetValue(index, out var value) ? value : throw new PickleFault($"recalls memo {index}, which was never set");

    PickleValue Top() => _stack.Count > Floor ? _stack[^1] : throw new PickleFault("needs a value and the stack is empty");

    PickleValue Pop()
    {
        var value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    /// <summary>No opcode may reach below the last mark.</summary>
    int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    PickleValue[] PopMany(int count)
    {
        if (_stack.Count - Floor < count) throw new PickleFault($"needs {count} values and the stack has fewer");
        return Cut(_stack.Count - count);
    }

    PickleValue[] PopToMark()
    {
        if (_marks.Count == 0) throw new PickleFault("needs a mark and there is none");
        var from = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return Cut(from);
    }

    PickleValue[] Cut(int from)
    {
        var items = _stack.GetRange(from, _stack.Count - from).ToArray();
        _stack.RemoveRange(from, items.Length);
        return items;
    }
}

/// <summary>What is wrong in a pickle, before the file and the place are known.</summary>
sealed class PickleFault(string message) : Exception(message);
