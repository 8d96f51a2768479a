namespace Kymo.Onnx;

/// <summary>How a model is quantised.</summary>
public sealed record QuantisationOptions
{
    /// <summary>The data the ranges come from, for the metadata: <c>urbansound8k train folds 1-9, 200 clips</c>.</summary>
    public string CalibrationSet { get; init; } = "";

    /// <summary>
    /// The share of an activation's values that its range must hold, above 0.5 to 1. Default 1: from the least to the largest seen. A
    /// little less (0.9999) gives rare outliers up for finer steps.
    /// </summary>
    public double Coverage { get; init; } = 1;

    /// <summary>
    /// Whether weights use 7 of their 8 bits. Default false. Processors without VNNI add products in 16 bits, which can overflow with
    /// full-range weights; where the reported difference is large on such a machine, this is the remedy.
    /// </summary>
    public bool ReducedRange { get; init; }

    /// <summary>Whether the weights of LSTM, GRU and RNN layers are stored as int8 (they still compute in float). Default true.</summary>
    public bool RecurrentWeights { get; init; } = true;

    /// <summary>Names of nodes (<see cref="OnnxNode.Name"/>) that stay as they are. Default none.</summary>
    public IReadOnlyCollection<string> Kept { get; init; } = [];

    internal void Validate()
    {
        if (!(Coverage is > 0.5 and <= 1)) throw new OnnxException($"a coverage of {Coverage}, more than 0.5 up to 1 is allowed");
    }
}

/// <summary>A quantised model and what it cost.</summary>
/// <param name="Model">The model.</param>
/// <param name="Report">Size and difference.</param>
public sealed record QuantisedModel(OnnxModel Model, QuantisationReport Report);

/// <summary>What quantisation won and lost, measured on the calibration runs.</summary>
/// <param name="FloatBytes">The file's size before.</param>
/// <param name="QuantisedBytes">The file's size after.</param>
/// <param name="QuantisedNodes">Nodes that now take int8 weights.</param>
/// <param name="Runs">Calibration runs.</param>
/// <param name="MaxDifference">The largest |difference| of any output value between the two models.</param>
/// <param name="MeanDifference">The mean |difference|.</param>
/// <param name="LargestOutput">The largest |output| of the model before, to compare the differences with.</param>
public sealed record QuantisationReport(long FloatBytes, long QuantisedBytes, int QuantisedNodes, int Runs, double MaxDifference,
    double MeanDifference, double LargestOutput);
