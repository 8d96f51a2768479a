using Kymo.Onnx;

namespace Kymo.Lab.Recipes;

/// <summary>A written export, and how far its answers are from the network's own.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="LargestDifference">Largest absolute difference of an output, or null where it was not run.</param>
/// <param name="Remark">Why it was not run, or null.</param>
public sealed record Export(string Path, long Bytes, double? LargestDifference, string? Remark = null)
{
    /// <summary>A file of weights, already written: there is nothing to run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="remark">What its user should know.</param>
    public static Export Weights(string path, string remark = "weights as they are") => new(path, new FileInfo(path).Length, null, remark);

    /// <summary>Writes a graph and runs it beside the network it came from, where ONNX Runtime is installed.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="compare">Runs the written file and the network; answers with the largest difference of an output.</param>
    /// <exception cref="OnnxException">ONNX Runtime failed on the written graph.</exception>
    public static Export Graph(OnnxGraph graph, string path, Func<double> compare)
    {
        var bytes = graph.Save(path);
        try
        {
            return new Export(path, bytes, compare());
        }
        catch (OnnxException error) when (error.Message.Contains("libonnxruntime", StringComparison.Ordinal))
        {
            return new Export(path, bytes, null, error.Message);
        }
    }
}
