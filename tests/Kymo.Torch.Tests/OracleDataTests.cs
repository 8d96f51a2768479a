using System.Text.Json;

namespace Kymo.Torch.Tests;

/// <summary>The committed numbers are those that PyTorch gives today.</summary>
public sealed class OracleDataTests
{
    [Theory]
    [InlineData("torch_layers")]
    [InlineData("torch_losses")]
    [InlineData("torch_optimizers")]
    public void Committed_numbers_equal_those_of_the_script(string name)
    {
        var live = JsonDocument.Parse(Oracle.Ask(name + ".py", ["torch"])).RootElement;
        Compare(Golden.Read(name), live, name);
    }

    static void Compare(JsonElement expected, JsonElement actual, string path)
    {
        Assert.Equal(expected.ValueKind, actual.ValueKind);
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(expected.EnumerateObject().Select(p => p.Name), actual.EnumerateObject().Select(p => p.Name));
                foreach (var property in expected.EnumerateObject()) Compare(property.Value, actual.GetProperty(property.Name), $"{path}.{property.Name}");
                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), actual.GetArrayLength());
                for (var i = 0; i < expected.GetArrayLength(); i++) Compare(expected[i], actual[i], $"{path}[{i}]");
                break;
            case JsonValueKind.Number:
                Assert.True(Math.Abs(expected.GetDouble() - actual.GetDouble()) <= 1e-5 * Math.Max(1, Math.Abs(expected.GetDouble())), path);
                break;
        }
    }
}
