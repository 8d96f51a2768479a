using Kymo.Signals;

namespace Kymo.App;

/// <summary>Finds the run that a person names.</summary>
static class RunPaths
{
    /// <summary>A run's folder, from its path or its name under <c>results/runs</c>.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public static string Find(string run)
    {
        if (Directory.Exists(run)) return Path.TrimEndingDirectorySeparator(run);
        var named = Path.Combine("results", "runs", run);
        return Directory.Exists(named) ? named : throw new DataException(run, "no such run folder, and none of that name under results/runs; see: kymo runs list");
    }
}
