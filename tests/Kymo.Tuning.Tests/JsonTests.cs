using Kymo.Tuning.Json;

namespace Kymo.Tuning.Tests;

public sealed class JsonTests
{
    [Fact]
    public void Text_is_what_Python_writes()
    {
        var random = new Random(1);
        var numbers = new List<object?> { 1e15, 1e16, 1e17, 123456789012345678.0, 1e-4, 1e-5, 1.5e-5, 0.1, -0.0, 5e-324,
            1.7976931348623157e308, 1e22 };
        for (var i = 0; i < 500; i++) numbers.Add(
            BitConverter.Int64BitsToDouble(random.NextInt64()) is var x && double.IsFinite(x) ? x : 1.0);
        for (var i = 0; i < 500; i++) numbers.Add(Math.Round(random.NextDouble() * 1000, random.Next(6)));
        object?[] values = [numbers, "é\"\\\n\u007f\u2028😀", true, null, long.MaxValue, -3L, double.NaN,
            double.NegativeInfinity, new Dictionary<string, object?> { ["k"] = new List<object?>() }];
        var text = PythonJson.Write(values);
        Assert.Equal(Oracle.Ask("optuna_model.py", ["optuna"], "json", text).TrimEnd('\n'), text);
        Assert.True(PythonJson.AreEqual(values, PythonJson.Read(text, "test")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1,")]
    [InlineData("{\"a\" 1}")]
    [InlineData("\"abc")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("+1")]
    [InlineData("nul")]
    [InlineData("1 2")]
    public void Read_broken_text_says_where(string text) =>
        Assert.StartsWith(
            "here: not JSON at character ", Assert.Throws<StudyException>(() => PythonJson.Read(text, "here")).Message);

    [Fact]
    public void Read_deep_text_is_refused() =>
        Assert.Contains(
            "at most 64 levels", Assert.Throws<StudyException>(() => PythonJson.Read(new string('[', 100_000), "here")).Message);
}
