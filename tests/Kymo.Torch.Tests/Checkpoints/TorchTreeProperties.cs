using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Kymo.Torch.Checkpoints;

namespace Kymo.Torch.Tests.Checkpoints;

public sealed class TorchTreeProperties : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_gives_the_tree_that_was_written() => Check.One(Properties.Config, Prop.ForAll<int>(seed =>
    {
        var tree = Tree(new Random(seed), 0);
        TorchFile.Write(_folder["t.pt"], tree);
        Assert.Equal(Describer.Describe(tree), Describer.Describe(TorchFile.Read(_folder["t.pt"])));
    }));

    static PickleValue Tree(Random random, int depth) => random.Next(depth < 4 ? 12 : 7) switch
    {
        0 => PickleValue.None,
        1 => random.Next(2) == 0,
        2 => new PickleInteger(new BigInteger(Bytes(random, random.Next(1, 40)))),
        3 => BitConverter.Int64BitsToDouble(random.NextInt64()),
        4 => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ =>
            char.ConvertFromUtf32(random.Next(4) == 0 ? 0x1d11e : random.Next(0xd000)))),
        5 => new PickleBytes(Bytes(random, random.Next(9))),
        6 => Tensor(random),
        7 => new PickleTuple([.. Many(random, depth)]),
        8 => new PickleList(Many(random, depth)),
        9 => new PickleSet([.. Enumerable.Range(0, random.Next(4)).Select(i => (PickleValue)i)]),
        _ => Dictionary(random, depth),
    };

    static IEnumerable<PickleValue> Many(Random random, int depth) =>
        Enumerable.Range(0, random.Next(6)).Select(_ => Tree(random, depth + 1)).ToList();

    static PickleDictionary Dictionary(Random random, int depth)
    {
        var dictionary = new PickleDictionary(isOrdered: random.Next(2) == 0);
        foreach (var (i, value) in Many(random, depth).Index())
            dictionary.Add(random.Next(3) switch { 0 => i, 1 => $"key {i}", _ => new PickleTuple(i, "x") }, value);
        if (dictionary.IsOrdered && random.Next(3) == 0)
            dictionary.Attributes = new PickleDictionary { { "a", Tree(random, depth + 1) } };
        return dictionary;
    }

    static PickleTensor Tensor(Random random)
    {
        var type = random.GetItems(Enum.GetValues<ElementType>(), 1)[0];
        long[] shape = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(4))];
        long[] strides = [.. shape.Select(_ => (long)random.Next(5))];
        var offset = random.Next(3);
        var last = offset + shape.Zip(strides, (n, s) => Math.Max(0, n - 1) * s).Sum();
        var storage = new TensorStorage(type, Bytes(random, (int)(last + 1 + random.Next(3)) * type.Size()));
        return new PickleTensor(storage, offset, shape, strides) { RequiresGradient = random.Next(4) == 0 };
    }

    static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
