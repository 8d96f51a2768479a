using System.Text;

namespace Kymo.Torch.Checkpoints;

/// <summary>What calling and building the globals of the allow-list means, without any of Python.</summary>
sealed class PickleGlobals(bool isLegacy)
{
    readonly Dictionary<string, TensorStorage> _storages = [];
    readonly List<PickleTensor> _tensors = [];

    /// <summary>The storages named so far, by key.</summary>
    public IReadOnlyDictionary<string, TensorStorage> Storages => _storages;

    /// <summary>The tensors built so far.</summary>
    public IReadOnlyList<PickleTensor> Tensors => _tensors;

    /// <summary>REDUCE: the value of a call.</summary>
    public PickleValue Call(PickleGlobal callee, PickleTuple arguments) => callee.Name switch
    {
        "OrderedDict" => OrderedDict(arguments),
        "_rebuild_tensor" or "_rebuild_tensor_v2" => Tensor(callee, arguments),
        "_rebuild_parameter" => Parameter(arguments),
        "Size" when arguments is [PickleTuple sizes] => sizes,
        "device" => Device(arguments),
        "set" when arguments is [PickleList items] => new PickleSet([.. items]),
        "encode" when arguments is [PickleText text, PickleText { Value: "latin1" }] => Bytes(text.Value),
        "dtype" when arguments is [PickleText code, ..] => NumPyValues.DType(code.Value),
        "scalar" when arguments is [PickleDType type, PickleBytes bytes] => NumPyValues.Scalar(type, bytes.Value),
        "_reconstruct" when arguments is [PickleGlobal { Name: "ndarray" }, ..] => new PickleArray(),
        _ => throw new PickleFault($"calls {callee} with ({string.Join(", ", arguments.Take(8).Select(a => a.Kind))}), which it "
            + "does not take"),
    };

    /// <summary>BUILD: sets the state of a value.</summary>
    public void Build(PickleValue target, PickleValue state)
    {
        if (target is PickleDictionary { IsOrdered: true } dictionary && state is PickleDictionary attributes)
            dictionary.Attributes = attributes;
        else if (target is PickleDType type && state is PickleTuple { Count: >= 2 } tuple
            && tuple[1] is PickleText { Value: var order })
            type.IsBigEndian = order == ">";
        else if (target is PickleArray array && state is PickleTuple parts)
            NumPyValues.Fill(array, parts);
        else
            throw new PickleFault($"builds a {target.Kind} from a {state.Kind}, expected an OrderedDict and its attributes");
    }

    /// <summary>BINPERSID: the storage an id stands for.</summary>
    public PickleStorage Storage(PickleValue id)
    {
        if (id is not PickleTuple parts || parts.Count != (isLegacy ? 6 : 5) || parts[0] is not PickleText { Value: "storage" }
            || parts[1] is not PickleGlobal { StorageType: { } type } || parts[2] is not PickleText { Value: var key }
            || parts[3] is not PickleText || parts[4] is not PickleInteger)
            throw new PickleFault("a persistent id is not ('storage', storage class, key, location, element count)");
        var count = Whole(parts[4]);
        if (!_storages.TryGetValue(key, out var storage))
        {
            if (count < 0 || count > long.MaxValue / type.Size())
                throw new PickleFault($"storage '{key}' claims {count} elements");
            _storages[key] = storage = new TensorStorage(type, count);
        }
        if (storage.Type != type || storage.ElementCount != count)
            throw new PickleFault($"storage '{key}' is named as {count} {type} elements and as {storage.ElementCount} "
                + $"{storage.Type}");
        return isLegacy ? View(storage, key, parts[5]) : new PickleStorage(storage, 0, count);
    }

    /// <summary>Old files may name a piece of a storage: (view key, offset, count).</summary>
    static PickleStorage View(TensorStorage storage, string key, PickleValue view)
    {
        if (view is PickleNone) return new PickleStorage(storage, 0, storage.ElementCount);
        if (view is not PickleTuple { Count: 3 } parts)
            throw new PickleFault($"storage '{key}' has a view that is a {view.Kind}");
        var (offset, count) = (Whole(parts[1]), Whole(parts[2]));
        if (offset < 0 || count < 0 || offset > storage.ElementCount - count)
            throw new PickleFault($"a view of {count} elements from {offset} leaves storage '{key}' of {storage.ElementCount}");
        return new PickleStorage(storage, offset, count);
    }

    PickleTensor Tensor(PickleGlobal callee, PickleTuple arguments)
    {
        var isV2 = callee.Name == "_rebuild_tensor_v2";
        if (arguments.Count != 4 && !(isV2 && arguments.Count is 6 or 7))
            throw new PickleFault($"calls {callee} with {arguments.Count} arguments, expected {(isV2 ? 6 : 4)}");
        if (arguments[0] is not PickleStorage storage)
            throw new PickleFault($"calls {callee} on a {arguments[0].Kind}, expected a storage");
        if (arguments.Count == 7 && arguments[6] is not (PickleNone or PickleDictionary { Count: 0 }))
            throw new PickleFault("a tensor carries metadata (conjugate or negative bits), which is not read; clone it before "
                + "saving");
        var offset = Whole(arguments[1]);
        var (shape, strides) = (WholeList(arguments[2], "sizes"), WholeList(arguments[3], "strides"));
        if (PickleTensor.Misfit(storage.Count, offset, shape, strides) is { } problem) throw new PickleFault(problem);
        var tensor = new PickleTensor(storage.Value, storage.Offset + offset, shape, strides)
        {
            RequiresGradient = arguments.Count > 4 && arguments[4] is PickleBoolean { Value: true },
        };
        _tensors.Add(tensor);
        return tensor;
    }

    static PickleTensor Parameter(PickleTuple arguments)
    {
        if (arguments is not [PickleTensor tensor, PickleBoolean requiresGradient, ..] || arguments.Count != 3)
            throw new PickleFault("calls torch._utils _rebuild_parameter without (tensor, truth value, hooks)");
        return tensor.RequiresGradient == requiresGradient.Value
            ? tensor
            : new PickleTensor(tensor.Storage, tensor.Offset, tensor.Shape, tensor.Strides)
            {
                RequiresGradient = requiresGradient.Value,
            };
    }

    static PickleDictionary OrderedDict(PickleTuple arguments)
    {
        var dictionary = new PickleDictionary(isOrdered: true);
        if (arguments.Count == 0) return dictionary;
        if (arguments is not [PickleList pairs])
            throw new PickleFault("calls collections OrderedDict with more than a list of pairs");
        foreach (var pair in pairs)
        {
            if (pair is not PickleList { Count: 2 } entry || entry[0] is not PickleText key)
                throw new PickleFault("calls collections OrderedDict with a list that holds something else than [text, value] "
                    + "pairs");
            dictionary[key] = entry[1];
        }
        return dictionary;
    }

    static PickleText Device(PickleTuple arguments) => arguments switch
    {
        [PickleText name] => name,
        [PickleText name, PickleInteger index] => new PickleText($"{name.Value}:{index.Value}"),
        _ => throw new PickleFault("calls torch device without (text) or (text, number)"),
    };

    static PickleBytes Bytes(string text) => text.All(c => c <= 0xFF)
        ? new PickleBytes(Encoding.Latin1.GetBytes(text))
        : throw new PickleFault("calls _codecs encode on a text that is not latin1");

    internal static long Whole(PickleValue value) =>
        value is PickleInteger { Value: var number } && number >= long.MinValue && number <= long.MaxValue
        ? (long)number
        : throw new PickleFault($"found a {value.Kind}, expected a whole number of 64 bits");

    internal static long[] WholeList(PickleValue value, string what)
    {
        if (value is not PickleTuple tuple) throw new PickleFault($"{what} are a {value.Kind}, expected a tuple");
        if (tuple.Count > Shapes.MaxDimensions)
            throw new PickleFault($"{tuple.Count} {what}, expected at most {Shapes.MaxDimensions}");
        return [.. tuple.Select(Whole)];
    }
}
