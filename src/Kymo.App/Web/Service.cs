namespace Kymo.App.Web;

/// <summary>What all endpoint groups share.</summary>
/// <param name="options">The settings.</param>
/// <param name="runs">Folder that holds <c>runs/</c>, for the pages.</param>
/// <param name="time">The clock.</param>
sealed class Service(ServeOptions options, string runs, TimeProvider time)
{
    volatile bool _isDraining;

    /// <summary>The settings.</summary>
    public ServeOptions Options { get; } = options;

    /// <summary>Folder that holds <c>runs/</c> and <c>leaderboard.csv</c>.</summary>
    public string Runs { get; } = Path.GetFullPath(runs);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Whether no new work is taken, because the program ends.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>What keeps the service from answering; empty where nothing does.</summary>
    public IReadOnlyList<string> NotReady() => IsDraining ? ["draining"] : [];

    /// <summary>Takes no new work from now on.</summary>
    public void Drain() => _isDraining = true;
}
