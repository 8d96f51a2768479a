namespace Kymo.Onnx.Quantisation;

/// <summary>The range of an activation over all calibration runs, 0 included.</summary>
sealed class ValueRange
{
    const int Bins = 4096;

    readonly long[] _counts = new long[Bins];
    long _total;

    public float Low { get; private set; }

    public float High { get; private set; }

    /// <summary>First pass: the least and the largest.</summary>
    public void Widen(string name, ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value)) throw new OnnxException($"the calibration data make {value} of '{name}'");
            if (value < Low) Low = value;
            else if (value > High) High = value;
        }
    }

    /// <summary>Second pass, needed only where the range is to be narrowed: how the values are spread.</summary>
    public void Count(ReadOnlySpan<float> values)
    {
        var perUnit = High > Low ? (Bins - 1) / ((double)High - Low) : 0;
        foreach (var value in values) _counts[(int)((value - Low) * perUnit)]++;
        _total += values.Length;
    }

    /// <summary>Gives up equal shares at both ends until the range holds <paramref name="coverage"/> of the values.</summary>
    public void Narrow(double coverage)
    {
        var spare = (long)((1 - coverage) / 2 * _total);
        var width = ((double)High - Low) / Bins;
        int first = 0, last = Bins - 1;
        for (long seen = 0; first < last && (seen += _counts[first]) <= spare;) first++;
        for (long seen = 0; last > first && (seen += _counts[last]) <= spare;) last--;
        (Low, High) = (Math.Min(0, (float)(Low + first * width)), Math.Max(0, (float)(Low + (last + 1) * width)));
    }

    /// <summary>The step and the number that stands for 0, of 256.</summary>
    public (float Scale, byte Zero) Steps()
    {
        var scale = (float)(((double)High - Low) / 255);
        if (!(scale > 0)) return (1, 0);
        return (scale, (byte)Math.Clamp(Math.Round(-Low / (double)scale), 0, 255));
    }
}
