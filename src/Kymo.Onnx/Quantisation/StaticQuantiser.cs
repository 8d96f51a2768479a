using Kymo.Onnx.Quantisation;

namespace Kymo.Onnx;

/// <summary>
/// Static int8 quantisation in QDQ form: <c>Conv</c>, <c>Gemm</c> and <c>MatMul</c> with constant weights get int8 weights (symmetric, one
/// step per output channel), int32 biases and uint8 inputs (one step per tensor, from calibration). The graph stays a float graph
/// with <c>QuantizeLinear</c> and <c>DequantizeLinear</c> around those nodes, which runtimes fuse. Fold batch norms into their
/// convolutions first (the <c>norm</c> argument of <see cref="OnnxGraph.Conv2d"/>): one between keeps the layers from fusing.
/// </summary>
public static class StaticQuantiser
{
    /// <summary>Quantises a model.</summary>
    /// <param name="model">A sound float model.</param>
    /// <param name="calibration">Inputs of runs that stand for the data the model will see; a few hundred examples do.</param>
    /// <param name="options">Ranges and exceptions. Default least to largest, nothing kept.</param>
    /// <exception cref="OnnxException">No runs, nothing to quantise, data that make numbers that are not finite, or no runtime.</exception>
    public static QuantisedModel Quantise(OnnxModel model, IReadOnlyList<RunInput[]> calibration, QuantisationOptions? options = null)
    {
        options ??= new QuantisationOptions();
        options.Validate();
        if (calibration.Count == 0) throw new OnnxException("no calibration runs: ranges come from data, give some of the training set");
        OnnxChecker.Require(model);
        var rewriter = new QuantisingRewriter(model, options);
        if (rewriter.NodeCount == 0) throw new OnnxException($"graph '{model.Graph.Name}' has no layer with constant weights to quantise");
        var ranges = Calibration.Ranges(model, rewriter.Activations, calibration, options.Coverage);
        var quantised = rewriter.Rewrite(ranges) with
        {
            Metadata = [.. model.Metadata.Where(one => !one.Key.StartsWith("quantisation", StringComparison.Ordinal)),
                new("quantisation", $"int8 QDQ, weights per channel {(options.ReducedRange ? "7" : "8")} bits, activations uint8"),
                new("quantisation.calibration_set", options.CalibrationSet),
                new("quantisation.calibration_runs", calibration.Count.ToString(System.Globalization.CultureInfo.InvariantCulture))],
        };
        OnnxChecker.Require(quantised);
        var (max, mean, largest) = Calibration.Compare(model, quantised, calibration);
        return new(quantised, new(OnnxModelFile.Size(model), OnnxModelFile.Size(quantised), rewriter.NodeCount, calibration.Count, max,
            mean, largest));
    }
}
