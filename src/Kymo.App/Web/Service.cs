using Kymo.App.Web.Models;

namespace Kymo.App.Web;

/// <summary>What all endpoint groups share.</summary>
sealed class Service : IDisposable
{
    readonly SemaphoreSlim _heavy;
    readonly ITimer? _scan;
    readonly IDisposable? _traces;
    readonly HashSet<string>? _keys;
    int _waiting;
    volatile bool _isDraining;

    /// <summary>Loads the models.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="models">Exports, run folders, or folders of them.</param>
    /// <param name="runs">Folder that holds <c>runs/</c>, for the pages.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Told in words of what cannot be loaded.</param>
    /// <exception cref="Config.ConfigException">A folder or the file of keys does not exist.</exception>
    public Service(ServeOptions options, IReadOnlyList<string> models, string runs, TimeProvider time, Action<string> tell)
    {
        (Options, Runs, Time, Sessions) = (options, Path.GetFullPath(runs), time, new Sessions(time));
        _keys = options.ApiKeysFile is { } file ? ReadKeys(file) : null;
        _traces = Tracing.To(options.Collector);
        _heavy = new SemaphoreSlim(Environment.ProcessorCount);
        Models = new ModelStore(models, options, Metrics, time, tell);
        IsServing = models.Count > 0;
        if (options.ScanSeconds <= 0) return;
        var pause = TimeSpan.FromSeconds(options.ScanSeconds);
        // One look at a time: the next begins a pause after the last ended.
        ITimer? timer = null;
        timer = time.CreateTimer(_ =>
        {
            if (_isDraining) return;
            Models.Scan();
            timer?.Change(pause, Timeout.InfiniteTimeSpan);
        }, null, pause, Timeout.InfiniteTimeSpan);
        _scan = timer;
    }

    /// <summary>The settings.</summary>
    public ServeOptions Options { get; }

    /// <summary>Folder that holds <c>runs/</c> and <c>leaderboard.csv</c>.</summary>
    public string Runs { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Browsers that were let in by a key.</summary>
    public Sessions Sessions { get; }

    /// <summary>Counts and times.</summary>
    public Metrics Metrics { get; } = new();

    /// <summary>The models.</summary>
    public ModelStore Models { get; }

    /// <summary>Whether requests need a key.</summary>
    public bool IsKeyed => _keys is not null;

    /// <summary>Whether models were asked for.</summary>
    public bool IsServing { get; }

    /// <summary>Whether no new work is taken, because the program ends.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>What keeps the service from answering; empty where nothing does.</summary>
    public IReadOnlyList<string> NotReady() =>
        IsDraining ? ["draining"]
        : IsServing && Models.Ready.Count == 0 ? ["no model is loaded", .. Models.States.Where(state => state.Reason != "").Select(state => $"{state.Name}: {state.Reason}")]
        : [];

    /// <summary>Takes no new work from now on.</summary>
    public void Drain() => _isDraining = true;

    /// <summary>Whether a request is let in: by a key in its head, or by the cookie of a browser that showed one; always, where no key is asked for.</summary>
    public bool Opens(Microsoft.AspNetCore.Http.HttpContext context) => OpensWith(Gate.KeyOf(context)) || Sessions.Holds(context);

    /// <summary>Whether a key opens the service; always, where none is asked for.</summary>
    public bool OpensWith(string? key) => _keys is null || (key is not null && _keys.Contains(HashOf(key)));

    /// <summary>Long work (a recording, a night): as much at once as there are cores; the rest waits.</summary>
    /// <returns>The answer; null where too much waits already.</returns>
    public async Task<T?> Heavy<T>(CancellationToken cancel, Func<T> work) where T : class
    {
        if (Interlocked.Increment(ref _waiting) > Options.QueueSize)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }
        try
        {
            await _heavy.WaitAsync(cancel);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        try
        {
            return await Task.Run(work, cancel);
        }
        finally
        {
            _heavy.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scan?.Dispose();
        Models.Dispose();
        _heavy.Dispose();
        _traces?.Dispose();
    }

    // Kept and compared as hashes, so that the time of a comparison says nothing of a key.
    static string HashOf(string key) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));

    static HashSet<string> ReadKeys(string file)
    {
        if (!File.Exists(file)) throw new Config.ConfigException($"serve.api_keys_file={file}: no such file; expected one key a line");
        var keys = File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').Select(HashOf).ToHashSet(StringComparer.Ordinal);
        return keys.Count > 0 ? keys : throw new Config.ConfigException($"serve.api_keys_file={file}: holds no key; write one a line");
    }
}
