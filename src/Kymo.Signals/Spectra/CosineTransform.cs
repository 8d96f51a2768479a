using System.Numerics;
using System.Runtime.InteropServices;

namespace Kymo.Signals.Spectra;

/// <summary>
/// The orthonormal discrete cosine transform of type II over the rows of a matrix:
/// <c>y[k] = s[k] * sum over n of x[n] cos(pi k (2 n + 1) / (2 N))</c> with <c>s[0] = sqrt(1 / N)</c>, else <c>sqrt(2 / N)</c>,
/// as
/// <c>scipy.fft.dct(type=2, norm="ortho")</c>. A direct sum: made for the few dozens of rows of a mel spectrogram.
/// </summary>
public sealed class CosineTransform
{
    readonly float[] _matrix;

    /// <summary>
    /// Prepares the transform of <paramref name="length"/> values to the first <paramref name="count"/> coefficients.
    /// </summary>
    public CosineTransform(int length, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, length);
        (Length, Count) = (length, count);
        _matrix = new float[checked(length * count)];
        for (var k = 0; k < count; k++)
        {
            var scale = Math.Sqrt((k == 0 ? 1.0 : 2) / length);
            for (var n = 0; n < length; n++)
            {
                var quarters = (long)k * (2 * n + 1) % (4L * length);
                _matrix[k * length + n] = (float)(scale * Math.Cos(Math.PI * quarters / (2.0 * length)));
            }
        }
    }

    /// <summary>Values that are transformed.</summary>
    public int Length { get; }

    /// <summary>Coefficients kept.</summary>
    public int Count { get; }

    /// <summary>Transforms every column of a matrix; a single vector is a matrix of one column.</summary>
    /// <param name="values">The matrix (<see cref="Length"/>, column).</param>
    /// <param name="coefficients">Receives the matrix (<see cref="Count"/>, column).</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Transform(ReadOnlySpan<float> values, Span<float> coefficients)
    {
        var columns = values.Length / Length;
        if (values.Length % Length != 0)
            throw new ArgumentException($"has {values.Length} values, expected a multiple of {Length}", nameof(values));
        if (coefficients.Length != Count * columns)
            throw new ArgumentException($"has room for {coefficients.Length}, expected {Count * columns}", nameof(coefficients));
        coefficients.Clear();
        for (var k = 0; k < Count; k++)
            for (var n = 0; n < Length; n++)
                AddScaled(values.Slice(n * columns, columns), _matrix[k * Length + n], coefficients.Slice(k * columns, columns));
    }

    static void AddScaled(ReadOnlySpan<float> values, float scale, Span<float> sum)
    {
        var from = MemoryMarshal.Cast<float, Vector<float>>(values);
        var to = MemoryMarshal.Cast<float, Vector<float>>(sum);
        for (var i = 0; i < to.Length; i++) to[i] = Vector.MultiplyAddEstimate(from[i], new(scale), to[i]);
        for (var i = to.Length * Vector<float>.Count; i < sum.Length; i++)
            sum[i] = float.MultiplyAddEstimate(values[i], scale, sum[i]);
    }
}
