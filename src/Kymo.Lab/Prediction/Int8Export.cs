using System.Diagnostics;
using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Onnx;
using Kymo.Signals;

namespace Kymo.Lab.Prediction;

/// <summary>Spectrograms for an export in int8.</summary>
/// <param name="Name">The dataset, for the export's metadata.</param>
/// <param name="Examples">Its spectrograms.</param>
/// <param name="Taught">Those that taught the network: the ranges of its activations come from them.</param>
/// <param name="Unheard">Those that it never heard: what int8 costs is counted on them.</param>
/// <param name="Close">Gives the store back.</param>
public sealed record Int8Data(string Name, SpectrogramExamples Examples, int[] Taught, int[] Unheard, Action Close) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Close();
}

/// <summary>What int8 won and lost.</summary>
/// <param name="Path">The file.</param>
/// <param name="FloatBytes">Size of the export in float32.</param>
/// <param name="Bytes">Size of this one.</param>
/// <param name="Layers">Layers that take int8 weights.</param>
/// <param name="Calibrated">Training recordings that the ranges come from.</param>
/// <param name="Heard">Recordings that neither network was trained on, which the accuracies are counted on; 0 where there are none.</param>
/// <param name="FloatAccuracy">Accuracy of the export in float32.</param>
/// <param name="Accuracy">Accuracy of this one.</param>
/// <param name="LargestDifference">Largest difference of a logit on the calibration's recordings.</param>
/// <param name="FloatMs">Median milliseconds of one recording in float32, one thread.</param>
/// <param name="Milliseconds">The same of this one.</param>
public sealed record Int8Report(
    string Path, long FloatBytes, long Bytes, int Layers, int Calibrated, int Heard, double FloatAccuracy, double Accuracy, double LargestDifference, double FloatMs, double Milliseconds);

/// <summary>Exports of sound networks with weights and activations of eight bits.</summary>
public static class Int8Export
{
    const int MostCalibrated = 200;

    /// <summary>Quantises an export and judges it.</summary>
    /// <param name="floatExport">The export in float32.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="data">The network's own spectrograms.</param>
    /// <exception cref="OnnxException">ONNX Runtime is missing.</exception>
    /// <exception cref="DataException">Nothing of what taught the network is there.</exception>
    public static Int8Report Write(string floatExport, string path, Int8Data data)
    {
        if (data.Taught.Length == 0) throw new DataException(data.Examples.Set.Root, "holds nothing that the network was taught with; name its training data, for instance data.root=DIR");
        var before = OnnxModelFile.Read(floatExport);
        // Spread over the whole set, so that no class is left out.
        var step = Math.Max(1, data.Taught.Length / MostCalibrated);
        int[] chosen = [.. data.Taught.Where((_, i) => i % step == 0).Take(MostCalibrated)];
        var input = before.Graph.Inputs[0].Name;
        RunInput[] Run(int index)
        {
            var clip = new float[data.Examples.Length];
            data.Examples.CopyTo(index, clip);
            return [RunInput.Of(input, clip, 1, data.Examples.Bands, data.Examples.Frames)];
        }
        var quantised = StaticQuantiser.Quantise(before, [.. chosen.Select(Run)], new QuantisationOptions { CalibrationSet = $"{data.Name}: {chosen.Length} recordings that taught the network" });
        var bytes = OnnxModelFile.Write(quantised.Model, path);
        var (floatAccuracy, floatMs) = Judge(before);
        var (accuracy, milliseconds) = Judge(quantised.Model);
        return new Int8Report(path, quantised.Report.FloatBytes, bytes, quantised.Report.QuantisedNodes, chosen.Length, data.Unheard.Length, floatAccuracy, accuracy, quantised.Report.MaxDifference, floatMs, milliseconds);

        (double Accuracy, double Milliseconds) Judge(OnnxModel model)
        {
            using var session = InferenceSession.Load(model, new SessionOptions { Threads = 1 });
            var right = 0;
            var times = new List<double>();
            foreach (var index in data.Unheard.Length > 0 ? data.Unheard : chosen)
            {
                var inputs = Run(index);
                var began = Stopwatch.GetTimestamp();
                using var answer = session.Run(inputs);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                if (Largest.IndexOf(answer.Float32()) == data.Examples.Set.Recordings[index].Label) right++;
            }
            times.Sort();
            return (data.Unheard.Length > 0 ? (double)right / data.Unheard.Length : double.NaN, times[times.Count / 2]);
        }
    }
}
