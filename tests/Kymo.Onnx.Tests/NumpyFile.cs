using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Kymo.Onnx.Tests;

/// <summary>A single-precision array as NumPy wrote it (format 1.0, C order).</summary>
sealed partial record NumpyFile(long[] Shape, float[] Values)
{
    public static NumpyFile Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var headerLength = BitConverter.ToUInt16(bytes, 8);
        var header = System.Text.Encoding.ASCII.GetString(bytes, 10, headerLength);
        Assert.Contains("'descr': '<f4'", header, StringComparison.Ordinal);
        Assert.Contains("'fortran_order': False", header, StringComparison.Ordinal);
        var sizes = Sizes().Match(header).Groups[1].Value;
        var shape = sizes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).ToArray();
        return new(shape, MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + headerLength)).ToArray());
    }

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex Sizes();
}
