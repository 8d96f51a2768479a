namespace Kymo.Onnx.Quantisation;

/// <summary>Runs a model over data and looks at values between its nodes.</summary>
static class Calibration
{
    /// <summary>The ranges of the named values over all runs.</summary>
    public static Dictionary<string, ValueRange> Ranges(OnnxModel model, IReadOnlyCollection<string> names,
        IReadOnlyList<RunInput[]> runs, double coverage)
    {
        var ranges = names.ToDictionary(name => name, _ => new ValueRange());
        using var session = InferenceSession.Load(Opened(model, names));
        Look(session, ranges.Keys, runs, (name, values) => ranges[name].Widen(name, values));
        if (coverage == 1) return ranges;
        Look(session, ranges.Keys, runs, (name, values) => ranges[name].Count(values));
        foreach (var range in ranges.Values) range.Narrow(coverage);
        return ranges;
    }

    /// <summary>The differences between two models' outputs over all runs.</summary>
    public static (double Max, double Mean, double Largest) Compare(OnnxModel before, OnnxModel after, IReadOnlyList<RunInput[]> runs)
    {
        using var first = InferenceSession.Load(before);
        using var second = InferenceSession.Load(after);
        double max = 0, sum = 0, largest = 0;
        long count = 0;
        foreach (var inputs in runs)
        {
            using var expected = first.Run(inputs);
            using var given = second.Run(inputs);
            for (var output = 0; output < expected.Count; output++)
            {
                if (expected.Type(output) != OnnxType.Float32) continue;
                ReadOnlySpan<float> a = expected.Float32(output), b = given.Float32(output);
                for (var i = 0; i < a.Length; i++)
                {
                    double difference = Math.Abs(a[i] - b[i]);
                    (max, sum, largest) = (Math.Max(max, difference), sum + difference, Math.Max(largest, Math.Abs(a[i])));
                }
                count += a.Length;
            }
        }
        return (max, count > 0 ? sum / count : 0, largest);
    }

    /// <summary>The model with values between its nodes made outputs.</summary>
    static OnnxModel Opened(OnnxModel model, IReadOnlyCollection<string> names)
    {
        var graph = model.Graph;
        var inside = names.Except(graph.Inputs.Select(one => one.Name)).Except(graph.Outputs.Select(one => one.Name));
        var opened = inside.Select(name => new OnnxValueInfo(name, OnnxType.Float32, null));
        return model with { Graph = graph with { Outputs = [.. graph.Outputs, .. opened] } };
    }

    delegate void Looker(string name, ReadOnlySpan<float> values);

    static void Look(InferenceSession session, ICollection<string> names, IReadOnlyList<RunInput[]> runs, Looker look)
    {
        foreach (var inputs in runs)
        {
            foreach (var input in inputs)
                if (names.Contains(input.Name)) look(input.Name, input.Float32);
            using var result = session.Run(inputs);
            for (var i = 0; i < result.Count; i++)
                if (names.Contains(session.Outputs[i].Name)) look(session.Outputs[i].Name, result.Float32(i));
        }
    }
}
