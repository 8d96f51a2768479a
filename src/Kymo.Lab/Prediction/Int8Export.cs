using System.Diagnostics;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Onnx;
using Kymo.Signals;

namespace Kymo.Lab.Prediction;

/// <summary>One input of a network with the truth.</summary>
/// <param name="Shape">Its sizes, the batch of one first.</param>
/// <param name="Values">Its numbers, row-major, as an export takes them.</param>
/// <param name="Labels">The class of each row of the answer; below 0 where there is none.</param>
public sealed record Int8Item(long[] Shape, float[] Values, int[] Labels);

/// <summary>Data for an export in int8.</summary>
/// <param name="Name">The dataset, for the export's metadata.</param>
/// <param name="Root">Where it lies, for messages.</param>
/// <param name="Unit">What an item is: <c>recordings</c>, <c>windows</c> or <c>nights</c>.</param>
/// <param name="Item">An item.</param>
/// <param name="Taught">Those that taught the network: the ranges of its activations come from them.</param>
/// <param name="Unheard">Those of people or recordings that it never met: what int8 costs is counted on them.</param>
/// <param name="Close">Gives the store back.</param>
public sealed record Int8Data(string Name, string Root, string Unit, Func<int, Int8Item> Item, int[] Taught, int[] Unheard, Action Close) : IDisposable
{
    /// <summary>Spectrograms of recordings.</summary>
    /// <param name="name">The dataset.</param>
    /// <param name="examples">Its spectrograms.</param>
    /// <param name="trained">Groups that taught the network.</param>
    /// <param name="close">Gives the store back.</param>
    public static Int8Data Of(string name, SpectrogramExamples examples, IEnumerable<string> trained, Action close)
    {
        var groups = trained.ToHashSet();
        var taught = Enumerable.Range(0, examples.Set.Recordings.Count).ToLookup(index => groups.Contains(examples.Set.Recordings[index].Group));
        return new Int8Data(name, examples.Set.Root, "recordings", index =>
        {
            var clip = new float[examples.Length];
            examples.CopyTo(index, clip);
            return new Int8Item([1, examples.Bands, examples.Frames], clip, [examples.Set.Recordings[index].Label]);
        }, [.. taught[true]], [.. taught[false]], close);
    }

    /// <inheritdoc/>
    public void Dispose() => Close();
}

/// <summary>What int8 won and lost.</summary>
/// <param name="Path">The file.</param>
/// <param name="FloatBytes">Size of the export in float32.</param>
/// <param name="Bytes">Size of this one.</param>
/// <param name="Layers">Layers that take int8 weights.</param>
/// <param name="Unit">What was counted: <c>recordings</c>, <c>windows</c> or <c>nights</c>.</param>
/// <param name="Calibrated">Training items that the ranges come from.</param>
/// <param name="Heard">Items that neither network was trained on, which the accuracies are counted on; 0 where there are none.</param>
/// <param name="FloatAccuracy">Accuracy of the export in float32.</param>
/// <param name="Accuracy">Accuracy of this one.</param>
/// <param name="LargestDifference">Largest difference of a logit on the calibration's items.</param>
/// <param name="FloatMs">Median milliseconds of one item in float32, one thread.</param>
/// <param name="Milliseconds">The same of this one.</param>
public sealed record Int8Report(
    string Path, long FloatBytes, long Bytes, int Layers, string Unit, int Calibrated, int Heard, double FloatAccuracy, double Accuracy, double LargestDifference, double FloatMs, double Milliseconds);

/// <summary>Exports with weights and activations of eight bits.</summary>
public static class Int8Export
{
    const int MostCalibrated = 200, MostJudged = 5000;

    /// <summary>Quantises an export and judges it.</summary>
    /// <param name="floatExport">The export in float32.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="data">What the network was taught with, and what it never met.</param>
    /// <exception cref="ConfigException">The export holds a part of a network.</exception>
    /// <exception cref="OnnxException">ONNX Runtime is missing.</exception>
    /// <exception cref="DataException">Nothing of what taught the network is there.</exception>
    public static Int8Report Write(string floatExport, string path, Int8Data data)
    {
        if (data.Taught.Length == 0) throw new DataException(data.Root, "holds nothing that the network was taught with; name its training data, for instance data.root=DIR");
        var before = OnnxModelFile.Read(floatExport);
        if (before.Metadata.FirstOrDefault(entry => entry.Key == "part").Value is ("regressor" or "extractor" or "classifier") and { } part)
            throw new ConfigException($"--int8 of the {part} alone: accuracy is counted on the whole network; type --out NAME.onnx without .{part}");
        var (chosen, judged) = (Spread(data.Taught, MostCalibrated), Spread(data.Unheard, MostJudged));
        var input = before.Graph.Inputs[0].Name;
        RunInput[] Run(Int8Item item) => [RunInput.Of(input, item.Values, item.Shape)];
        var quantised = StaticQuantiser.Quantise(
            before, [.. chosen.Select(index => Run(data.Item(index)))], new QuantisationOptions { CalibrationSet = $"{data.Name}: {chosen.Length} {data.Unit} that taught the network" });
        var bytes = OnnxModelFile.Write(quantised.Model, path);
        var (floatAccuracy, floatMs) = Judge(before);
        var (accuracy, milliseconds) = Judge(quantised.Model);
        return new Int8Report(
            path, quantised.Report.FloatBytes, bytes, quantised.Report.QuantisedNodes, data.Unit, chosen.Length, judged.Length, floatAccuracy, accuracy, quantised.Report.MaxDifference, floatMs, milliseconds);

        (double Accuracy, double Milliseconds) Judge(OnnxModel model)
        {
            using var session = InferenceSession.Load(model, new SessionOptions { Threads = 1 });
            var (right, counted) = (0, 0);
            var times = new List<double>();
            foreach (var index in judged.Length > 0 ? judged : chosen)
            {
                var item = data.Item(index);
                var inputs = Run(item);
                var began = Stopwatch.GetTimestamp();
                using var answer = session.Run(inputs);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                var logits = answer.Float32();
                var classes = logits.Length / item.Labels.Length;
                foreach (var (row, label) in item.Labels.Index().Where(one => one.Item >= 0))
                {
                    counted++;
                    if (Largest.IndexOf(logits.Slice(row * classes, classes)) == label) right++;
                }
            }
            times.Sort();
            return (judged.Length > 0 && counted > 0 ? (double)right / counted : double.NaN, times[times.Count / 2]);
        }
    }

    // Over the whole set, so that no class is left out.
    static int[] Spread(int[] indices, int most) =>
        indices.Length <= most ? indices : [.. Enumerable.Range(0, most).Select(i => indices[(int)((long)i * indices.Length / most)])];
}
