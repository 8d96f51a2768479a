namespace Kymo.Lab.Recipes;

/// <summary>A written export, and how far its answers are from the network's own.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="LargestDifference">Largest absolute difference of an output, or null where it was not run.</param>
/// <param name="Remark">Why it was not run, or null.</param>
public sealed record Export(string Path, long Bytes, double? LargestDifference, string? Remark = null);
