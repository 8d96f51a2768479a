using System.Text.Json;

namespace Kymo.Torch.Tests;

/// <summary>Numbers PyTorch gave, from <c>tests/Oracles/data/NAME.json</c> (written by <c>tests/Oracles/NAME.py</c>).</summary>
static class Golden
{
    internal static JsonElement Read(string name) =>
        JsonDocument.Parse(File.ReadAllText(Repository.PathOf("tests", "Oracles", "data", name + ".json"))).RootElement;

    internal static float[] Values(this JsonElement tensor) =>
        [.. tensor.GetProperty("values").EnumerateArray().Select(v => v.GetSingle())];

    internal static long[] Sizes(this JsonElement tensor) => [.. tensor.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64())];

    internal static Tensor Tensor(this JsonElement tensor, TensorScope scope) => scope.From(tensor.Values(), new Shape(tensor.Sizes()));

    internal static double[] Numbers(this JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    /// <summary>Same shape, and every value within tolerance of the expected one, relative to the largest expected magnitude.</summary>
    internal static void AssertClose(JsonElement expected, Tensor actual, double tolerance = 2e-6, string what = "")
    {
        Assert.Equal(expected.Sizes(), actual.Shape.ToArray());
        AssertClose(expected.Values(), actual.Type == ElementType.Float32 ? actual.ToArray<float>() : ToFloats(actual), tolerance, what);
    }

    internal static void AssertClose(float[] expected, float[] actual, double tolerance = 2e-6, string what = "")
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = Math.Max(1e-3, expected.Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"{what}[{i}]: expected {expected[i]:R}, got {actual[i]:R}");
    }

    static float[] ToFloats(Tensor tensor)
    {
        using var converted = tensor.To(ElementType.Float32);
        return converted.ToArray<float>();
    }
}
