using Kymo.Onnx.Graphs;

namespace Kymo.Onnx;

public sealed partial class OnnxGraph
{
    /// <summary>Dimensions in another order: output dimension i is input dimension <c>order[i]</c>.</summary>
    /// <exception cref="OnnxException">The order does not name every dimension once.</exception>
    public OnnxValue Transpose(OnnxValue x, params int[] order)
    {
        if (!order.Order().SequenceEqual(Enumerable.Range(0, x.Rank)))
            throw new OnnxException($"the order ({string.Join(", ", order)}) does not name each dimension of {x} once");
        return Node("Transpose", [x], x.Type, [.. order.Select(axis => x.Shape[axis])],
            OnnxAttribute.Of("perm", [.. order.Select(axis => (long)axis)]));
    }

    /// <summary>A new dimension of size 1 before each of the named places of the result.</summary>
    public OnnxValue Unsqueeze(OnnxValue x, params int[] axes)
    {
        List<OnnxDimension> shape = [.. x.Shape];
        var rank = x.Rank + axes.Length;
        long[] places = [.. axes.Select(axis => (long)(axis < 0 ? axis + rank : axis)).Order()];
        foreach (var place in places)
        {
            if (place < 0 || place > shape.Count) throw new OnnxException($"no place {place} for a new dimension in {x}");
            shape.Insert((int)place, 1);
        }
        return Node("Unsqueeze", [x, Integers(places)], x.Type, shape);
    }

    /// <summary>Takes dimensions of size 1 away.</summary>
    /// <exception cref="OnnxException">One of them is known to have another size.</exception>
    public OnnxValue Squeeze(OnnxValue x, params int[] axes)
    {
        List<OnnxDimension> shape = [.. x.Shape];
        var places = axes.Select(x.Axis).OrderDescending().ToArray();
        foreach (var place in places)
        {
            Shapes.Expect(x, place, 1, "Squeeze");
            shape.RemoveAt(place);
        }
        return Node("Squeeze", [x, Integers([.. places.Order().Select(place => (long)place)])], x.Type, shape);
    }

    /// <summary>All dimensions from the second on made one, the last running fastest: (batch, ...) to (batch, count).</summary>
    public OnnxValue Flatten(OnnxValue x)
    {
        long? count = 1;
        for (var i = 1; i < x.Rank; i++) count *= x.Shape[i].Size;
        return Node("Flatten", [x], x.Type, [x.Shape[0], count ?? OnnxDimension.Unknown], OnnxAttribute.Of("axis", 1));
    }

    /// <summary>Other sizes for the same numbers.</summary>
    /// <param name="x">The value.</param>
    /// <param name="sizes">New sizes; 0 keeps the size at that place, one -1 takes what is left.</param>
    /// <exception cref="OnnxException">The sizes cannot hold the numbers.</exception>
    public OnnxValue Reshape(OnnxValue x, params long[] sizes)
    {
        var shape = sizes.Select((size, i) => size > 0 ? size
            : size == 0 && i < x.Rank ? x.Shape[i] : OnnxDimension.Unknown).ToArray();
        var rest = Array.IndexOf(sizes, -1);
        if (rest >= 0) shape[rest] = Rest(x, shape, rest);
        return Node("Reshape", [x, Integers(sizes)], x.Type, shape);
    }

    /// <summary>Values one after the other along an axis.</summary>
    /// <exception cref="OnnxException">Other sizes than that of the axis differ.</exception>
    public OnnxValue Concat(int axis, params OnnxValue[] parts)
    {
        long? size = 0;
        foreach (var part in parts)
        {
            Shapes.ExpectRank(part, parts[0].Rank, "Concat");
            size += part.Shape[part.Axis(axis)].Size;
        }
        return Node("Concat", parts, parts[0].Type, parts[0].With(axis, size ?? OnnxDimension.Unknown),
            OnnxAttribute.Of("axis", parts[0].Axis(axis)));
    }

    /// <summary>From <paramref name="start"/> up to but not including <paramref name="end"/> along an axis; negative counts from the back.</summary>
    /// <param name="x">The value.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="start">First index.</param>
    /// <param name="end">Index after the last; default to the end.</param>
    public OnnxValue Slice(OnnxValue x, int axis, long start, long end = long.MaxValue)
    {
        var size = OnnxDimension.Unknown;
        if (x.Shape[x.Axis(axis)].Size is { } all)
        {
            long At(long index) => Math.Clamp(index < 0 ? index + all : index, 0, all);
            size = Math.Max(0, At(end) - At(start));
        }
        return Node("Slice", [x, Integers(start), Integers(end), Integers(x.Axis(axis))], x.Type, x.With(axis, size));
    }

    /// <summary>The part at one index of an axis, which is taken away; negative counts from the back.</summary>
    public OnnxValue Select(OnnxValue x, int axis, long index)
    {
        List<OnnxDimension> shape = [.. x.Shape];
        shape.RemoveAt(x.Axis(axis));
        return Node("Gather", [x, Integer(index)], x.Type, shape, OnnxAttribute.Of("axis", x.Axis(axis)));
    }

    /// <summary>The last time step of (batch, time, feature): (batch, feature).</summary>
    public OnnxValue LastStep(OnnxValue x) => Select(x, 1, -1);

    /// <summary>The same numbers in another type.</summary>
    public OnnxValue Cast(OnnxValue x, OnnxType type) => Node("Cast", [x], type, x.Shape, OnnxAttribute.Of("to", (long)type));

    /// <summary>Adds a number before and after along an axis.</summary>
    /// <param name="x">The value.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="before">How many before, at least 0.</param>
    /// <param name="after">How many after, at least 0.</param>
    /// <param name="number">The number. Default 0.</param>
    public OnnxValue Pad(OnnxValue x, int axis, long before, long after, float number = 0) =>
        Padded(x, axis, before, after, "constant", Constant(number));

    /// <summary>Mirrors the ends of an axis, without repeating the first and the last.</summary>
    public OnnxValue PadReflect(OnnxValue x, int axis, long before, long after) => Padded(x, axis, before, after, "reflect", null);

    /// <summary>The size of an axis as a run finds it: one integer in a row.</summary>
    public OnnxValue SizeOf(OnnxValue x, int axis)
    {
        var sizes = Node("Shape", [x], OnnxType.Int64, [x.Rank]);
        return Slice(sizes, 0, x.Axis(axis), x.Axis(axis) + 1);
    }

    OnnxValue Padded(OnnxValue x, int axis, long before, long after, string mode, OnnxValue? number)
    {
        var amounts = new long[2 * x.Rank];
        (amounts[x.Axis(axis)], amounts[x.Rank + x.Axis(axis)]) = (before, after);
        OnnxValue?[] inputs = number is null ? [x, Integers(amounts)] : [x, Integers(amounts), number];
        var size = x.Shape[x.Axis(axis)].Size + before + after;
        return Node("Pad", inputs, x.Type, x.With(axis, size ?? OnnxDimension.Unknown), OnnxAttribute.Of("mode", mode));
    }

    static OnnxDimension Rest(OnnxValue x, OnnxDimension[] shape, int rest)
    {
        // Sizes only a run knows cancel out when they stay at their place.
        long all = 1, others = 1;
        for (var i = 0; i < Math.Max(x.Rank, shape.Length); i++)
        {
            OnnxDimension was = i < x.Rank ? x.Shape[i] : 1, becomes = i < shape.Length && i != rest ? shape[i] : 1;
            if (was == becomes) continue;
            if (!was.IsFixed || !becomes.IsFixed) return OnnxDimension.Unknown;
            all *= was.Size!.Value;
            others *= becomes.Size!.Value;
        }
        return others > 0 && all % others == 0 ? all / others
            : throw new OnnxException($"{x} cannot take the shape ({string.Join(", ", shape)})");
    }
}
