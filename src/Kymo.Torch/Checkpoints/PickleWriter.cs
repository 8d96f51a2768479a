using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Kymo.Torch.Checkpoints;

/// <summary>
/// Writes a value as a pickle of protocol 2, opcode for opcode as CPython's pickler does for the same Python objects. Texts,
/// containers and tensors that come again are recalled from the memo; storages that come again share their key.
/// </summary>
sealed class PickleWriter
{
    const int BatchSize = 1000;
    readonly MemoryStream _output = new();
    readonly Dictionary<object, int> _memo = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<string, int> _texts = [];
    readonly Dictionary<PickleGlobal, int> _globals = [];
    readonly Dictionary<TensorStorage, int> _keys = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<(ReadOnlyMemory<byte>, ElementType), int> _keysByMemory = [];
    readonly List<TensorStorage> _storages = [];
    readonly List<int> _keyMemo = [];
    int _memoCount;

    /// <summary>The pickle of a value, and the storages it names in the order of their keys 0, 1, ...</summary>
    public static (byte[] Pickle, IReadOnlyList<TensorStorage> Storages) Write(PickleValue value)
    {
        var writer = new PickleWriter();
        writer.Put(PickleOpcode.Proto, 2);
        writer.Save(value);
        writer.Put(PickleOpcode.Stop);
        return (writer._output.ToArray(), writer._storages);
    }

    void Save(PickleValue value)
    {
        if (_memo.TryGetValue(value, out var index))
        {
            Recall(index);
            return;
        }
        switch (value)
        {
            case PickleNone: Put(PickleOpcode.None); break;
            case PickleBoolean truth: Put(truth.Value ? PickleOpcode.NewTrue : PickleOpcode.NewFalse); break;
            case PickleInteger number: SaveInteger(number.Value); break;
            case PickleFloat number: SaveFloat(number.Value); break;
            case PickleText text: SaveText(text.Value); break;
            case PickleBytes bytes: SaveBytes(bytes); break;
            case PickleTuple tuple: SaveTuple(tuple); break;
            case PickleList list: SaveList(list); break;
            case PickleSet set: SaveSet(set); break;
            case PickleDictionary dictionary: SaveDictionary(dictionary); break;
            case PickleTensor tensor: SaveTensor(tensor); break;
            default: throw new PickleFault($"a {value.Kind} cannot be written");
        }
    }

    void SaveInteger(BigInteger number)
    {
        if (number >= 0 && number <= byte.MaxValue) Put(PickleOpcode.BinInt1, (byte)number);
        else if (number >= 0 && number <= ushort.MaxValue) Put(PickleOpcode.BinInt2, (byte)(number & 0xFF), (byte)(number >> 8));
        else if (number >= int.MinValue && number <= int.MaxValue)
        {
            Put(PickleOpcode.BinInt);
            PutInt32((int)number);
        }
        else
        {
            var bytes = number.ToByteArray();
            if (bytes.Length > byte.MaxValue)
                throw new PickleFault($"a whole number of {bytes.Length} bytes, expected at most 255");
            Put(PickleOpcode.Long1, (byte)bytes.Length);
            _output.Write(bytes);
        }
    }

    void SaveFloat(double number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
        Put(PickleOpcode.BinFloat);
        _output.Write(bytes);
    }

    void SaveText(string text)
    {
        if (_texts.TryGetValue(text, out var index))
        {
            Recall(index);
            return;
        }
        PutText(text);
        _texts[text] = Memoize();
    }

    void SaveBytes(PickleBytes bytes)
    {
        SaveGlobal(PickleGlobal.Find("_codecs", "encode"));
        SaveText(Encoding.Latin1.GetString(bytes.Value.Span));
        SaveText("latin1");
        Put(PickleOpcode.Tuple2);
        Memoize();
        Put(PickleOpcode.Reduce);
        Memoize(bytes);
    }

    void SaveTuple(PickleTuple tuple)
    {
        if (tuple.Count == 0)
        {
            Put(PickleOpcode.EmptyTuple);
            return;
        }
        if (tuple.Count > 3) Put(PickleOpcode.Mark);
        foreach (var item in tuple) Save(item);
        Put(tuple.Count > 3 ? PickleOpcode.Tuple : (byte)(PickleOpcode.Tuple1 + tuple.Count - 1));
        Memoize(tuple);
    }

    void SaveList(PickleList list)
    {
        Put(PickleOpcode.EmptyList);
        Memoize(list);
        SaveItems(list);
    }

    void SaveItems(IReadOnlyList<PickleValue> items)
    {
        if (items.Count == 1)
        {
            Save(items[0]);
            Put(PickleOpcode.Append);
            return;
        }
        for (var from = 0; from < items.Count; from += BatchSize)
        {
            Put(PickleOpcode.Mark);
            for (var i = from; i < Math.Min(items.Count, from + BatchSize); i++) Save(items[i]);
            Put(PickleOpcode.Appends);
        }
    }

    void SaveSet(PickleSet set)
    {
        SaveGlobal(PickleGlobal.Find("__builtin__", "set"));
        Put(PickleOpcode.EmptyList);
        Memoize();
        SaveItems(set.Items);
        Put(PickleOpcode.Tuple1);
        Memoize();
        Put(PickleOpcode.Reduce);
        Memoize(set);
    }

    void SaveDictionary(PickleDictionary dictionary)
    {
        if (dictionary.IsOrdered)
        {
            SaveGlobal(PickleGlobal.Find("collections", "OrderedDict"));
            Put(PickleOpcode.EmptyTuple, PickleOpcode.Reduce);
        }
        else Put(PickleOpcode.EmptyDict);
        Memoize(dictionary);
        // CPython writes a single entry left over as SETITEM for an OrderedDict, for a dict only if it is the only one.
        var batches = dictionary.Chunk(BatchSize).ToList();
        foreach (var batch in batches) SaveEntries(batch, batch.Length == 1 && (dictionary.IsOrdered || batches.Count == 1));
        if (dictionary.Attributes is not { } attributes) return;
        if (!dictionary.IsOrdered) throw new PickleFault("a plain dictionary cannot carry attributes, only an OrderedDict can");
        Save(attributes);
        Put(PickleOpcode.Build);
    }

    void SaveEntries(KeyValuePair<PickleValue, PickleValue>[] entries, bool isSingle)
    {
        if (!isSingle) Put(PickleOpcode.Mark);
        foreach (var (key, value) in entries)
        {
            Save(key);
            Save(value);
        }
        Put(isSingle ? PickleOpcode.SetItem : PickleOpcode.SetItems);
    }

    void SaveTensor(PickleTensor tensor)
    {
        SaveGlobal(PickleGlobal.Find("torch._utils", "_rebuild_tensor_v2"));
        Put(PickleOpcode.Mark);
        SaveStorage(tensor.Storage);
        SaveInteger(tensor.Offset);
        SaveTuple(new PickleTuple(Array.ConvertAll(tensor.Shape, size => (PickleValue)size)));
        SaveTuple(new PickleTuple(Array.ConvertAll(tensor.Strides, stride => (PickleValue)stride)));
        Put(tensor.RequiresGradient ? PickleOpcode.NewTrue : PickleOpcode.NewFalse);
        SaveGlobal(PickleGlobal.Find("collections", "OrderedDict"));
        Put(PickleOpcode.EmptyTuple, PickleOpcode.Reduce);
        Memoize();
        Put(PickleOpcode.Tuple);
        Memoize();
        Put(PickleOpcode.Reduce);
        Memoize(tensor);
    }

    /// <summary>
    /// The persistent id of a storage. Its key is recalled as a key only, not as a text that happens to read the same.
    /// </summary>
    void SaveStorage(TensorStorage storage)
    {
        var key = Key(storage);
        Put(PickleOpcode.Mark);
        SaveText("storage");
        SaveGlobal(PickleGlobal.Storage(storage.Type));
        if (key < _keyMemo.Count) Recall(_keyMemo[key]);
        else
        {
            PutText(key.ToString(CultureInfo.InvariantCulture));
            _keyMemo.Add(Memoize());
        }
        SaveText("cpu");
        SaveInteger(storage.ElementCount);
        Put(PickleOpcode.Tuple);
        Memoize();
        Put(PickleOpcode.BinPersId);
    }

    int Key(TensorStorage storage)
    {
        if (_keys.TryGetValue(storage, out var key)) return key;
        if (storage.Data.IsEmpty || !_keysByMemory.TryGetValue((storage.Data, storage.Type), out key))
        {
            key = _storages.Count;
            _storages.Add(storage);
            if (!storage.Data.IsEmpty) _keysByMemory[(storage.Data, storage.Type)] = key;
        }
        return _keys[storage] = key;
    }

    void SaveGlobal(PickleGlobal global)
    {
        if (_globals.TryGetValue(global, out var index))
        {
            Recall(index);
            return;
        }
        Put(PickleOpcode.Global);
        _output.Write(Encoding.ASCII.GetBytes($"{global.Module}\n{global.Name}\n"));
        _globals[global] = Memoize();
    }

    void PutText(string text)
    {
        byte[] bytes;
        try
        {
            bytes = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            throw new PickleFault("a text holds half a surrogate pair, which UTF-8 cannot carry");
        }
        Put(PickleOpcode.BinUnicode);
        PutInt32(bytes.Length);
        _output.Write(bytes);
    }

    void Memoize(PickleValue value) => _memo[value] = Memoize();

    int Memoize()
    {
        PutIndex(PickleOpcode.BinPut, PickleOpcode.LongBinPut, _memoCount);
        return _memoCount++;
    }

    void Recall(int index) => PutIndex(PickleOpcode.BinGet, PickleOpcode.LongBinGet, index);

    void PutIndex(byte shortForm, byte longForm, int index)
    {
        if (index <= byte.MaxValue) Put(shortForm, (byte)index);
        else
        {
            Put(longForm);
            PutInt32(index);
        }
    }

    void PutInt32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _output.Write(bytes);
    }

    void Put(params ReadOnlySpan<byte> bytes) => _output.Write(bytes);
}
