namespace Kymo.Lab.Runs;

/// <summary>A run that was to be gone on with is finished, with the same settings and the same data: nothing is left to do.</summary>
/// <param name="folder">The run's folder.</param>
public sealed class FinishedRunException(string folder)
    : Exception($"run '{Path.GetFileName(folder)}' is finished, and nothing is left to do; choose another run.name to train again")
{
    /// <summary>The run's folder.</summary>
    public string Folder => folder;
}
