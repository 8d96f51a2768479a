using System.Buffers.Binary;
using System.Text;
using Kymo.Signals;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>
/// The <c>scaler.pkl</c> that joblib writes for scikit-learn's StandardScaler. The pickle is searched, never run: the names
/// <c>mean_</c> and <c>scale_</c> are each followed by the description of an array (<c>NumpyArrayWrapper</c>) and, after padding that its
/// first byte counts, the array's bytes.
/// </summary>
static class StandardScalerFile
{
    const int Largest = 1 << 20, MostColumns = 4096;

    /// <summary>Reads means and deviations.</summary>
    /// <exception cref="DataException">No such file, or not such a pickle.</exception>
    public static (double[] Mean, double[] Scale) Read(string path)
    {
        if (new FileInfo(path).Length > Largest) throw new DataException(path, "is larger than a scaler is; expected the joblib pickle of a StandardScaler");
        var bytes = File.ReadAllBytes(path);
        if (bytes.AsSpan().IndexOf("StandardScaler"u8) < 0) throw new DataException(path, "names no StandardScaler; expected the joblib pickle of one");
        return (Array(path, bytes, "mean_"), Array(path, bytes, "scale_"));
    }

    static double[] Array(string path, byte[] bytes, string name)
    {
        DataException Fault(string problem) => new(path, $"{name}: {problem}; expected float64 of one dimension, as joblib 1.0 or newer writes it");
        // Short text of protocol 4: its code, its length, its letters.
        var at = bytes.AsSpan().IndexOf((byte[])[0x8c, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)]);
        if (at < 0) throw Fault("is not there");
        at += 2 + name.Length;
        // The shape is a tuple of one number: K n (or M n n), then 0x85.
        var count = -1;
        for (var i = at; i < Math.Min(bytes.Length - 3, at + 400) && count < 0; i++)
        {
            if (bytes[i] == (byte)'K' && bytes[i + 2] == 0x85) count = bytes[i + 1];
            else if (bytes[i] == (byte)'M' && bytes[i + 3] == 0x85) count = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i + 1));
        }
        if (count is < 1 or > MostColumns) throw Fault("no size");
        // The wrapper ends with BUILD ('b'); one byte counts the padding to 16.
        for (var i = at; i < Math.Min(bytes.Length, at + 1024); i++)
        {
            if (bytes[i] != (byte)'b' || i + 1 >= bytes.Length) continue;
            var (padding, start) = (bytes[i + 1], i + 2 + bytes[i + 1]);
            if (padding > 16 || start % 16 != 0 || start + (count * 8) > bytes.Length) continue;
            if (!bytes.AsSpan(i + 2, padding).SequenceEqual(Enumerable.Repeat((byte)0xff, padding).ToArray())) continue;
            var values = new double[count];
            for (var k = 0; k < count; k++) values[k] = BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(start + (k * 8)));
            return values;
        }
        throw Fault("no numbers");
    }
}
