using Kymo.Onnx.Checking;

namespace Kymo.Onnx;

/// <summary>
/// Finds out whether a model is sound before anything runs it: names resolved, types fitting, versions and operators known. Sizes are
/// left to the runtime.
/// </summary>
public static class OnnxChecker
{
    /// <summary>The oldest and newest operator set known.</summary>
    public const long OldestOpset = 7, NewestOpset = 17;

    /// <summary>Every fault of the model, each a sentence that says where; none if it is sound. Unknown operators are one fault that lists all.</summary>
    public static IReadOnlyList<string> Check(OnnxModel model)
    {
        List<string> faults = [];
        if (model.IrVersion is < 3 or > 13) faults.Add($"IR version {model.IrVersion}, known are 3 to 13");
        if (model.Opset == 0) faults.Add("no version of ONNX's operator set is named");
        else if (model.Opset is < OldestOpset or > NewestOpset)
            faults.Add($"opset {model.Opset}, known are {OldestOpset} to {NewestOpset}");
        new GraphCheck(model, faults).Run();
        return faults;
    }

    /// <summary>An error that lists every fault, or none if the model is sound.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file named in the error.</param>
    /// <exception cref="OnnxException">The model is not sound.</exception>
    public static void Require(OnnxModel model, string? path = null)
    {
        var faults = Check(model);
        if (faults.Count > 0) throw new OnnxException($"graph '{model.Graph.Name}' is not sound: {string.Join("; ", faults)}", path);
    }
}
