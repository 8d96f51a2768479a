using System.Collections.Concurrent;
using Kymo.App.Searches;
using Kymo.Config;
using Kymo.Tuning;

namespace Kymo.App.Web.Pages;

/// <summary>A search as the pages know it.</summary>
/// <param name="Name">Name of its folder.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Plan">What was asked for; null where it cannot be read.</param>
/// <param name="View">The study; null where it cannot be read.</param>
/// <param name="Problem">Why not; empty otherwise.</param>
sealed record FoundSearch(string Name, SearchFolder Folder, SearchPlan? Plan, SearchView? View, string Problem)
{
    /// <summary>Its page.</summary>
    public string Page => "/studies/" + Uri.EscapeDataString(Name);
}

/// <summary>
/// A folder of searches. Only studies in files are opened: a folder that came from elsewhere could otherwise make the server speak to
/// any database that it names.
/// </summary>
/// <param name="root">The folder of the folders of searches.</param>
sealed class SearchesFolder(string root)
{
    readonly ConcurrentDictionary<string, (DateTime Changed, long Length, FoundSearch Search)> _known = new(StringComparer.Ordinal);
    readonly Lock _gate = new();

    /// <summary>The folder.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>All searches, by name.</summary>
    public IReadOnlyList<FoundSearch> List() => !Directory.Exists(Root) ? []
        : [.. Directory.GetDirectories(Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).Select(Find).OfType<FoundSearch>()];

    /// <summary>A search by the name of its folder; null where there is none.</summary>
    public FoundSearch? Find(string name)
    {
        if (name.Length is 0 or > 200 || name[0] == '.' || name.AsSpan().ContainsAny('/', '\\', '\0')) return null;
        var folder = new SearchFolder(Path.Combine(Root, name));
        return File.Exists(folder[SearchFolder.PlanFile]) ? Read(name, folder) : null;
    }

    FoundSearch Read(string name, SearchFolder folder)
    {
        SearchPlan? plan = null;
        try
        {
            plan = SearchPlan.Read(folder.Path);
            if (StorageAddress.FileOf(plan.Storage) is not { } path)
                return new FoundSearch(name, folder, plan, null, "Its study is in a database. The pages open studies in files only; see kymo tune status, kymo study report.");
            // A search that was moved has its study beside its plan.
            if (!File.Exists(path)) path = folder[Path.GetFileName(path)];
            var file = new FileInfo(path);
            if (!file.Exists) return new FoundSearch(name, folder, plan, null, $"Its study {file.Name} is gone.");
            // Readers of SQLite see what a writer has put into the journal beside it.
            var journal = new FileInfo(path + "-wal");
            var (changed, length) = (journal.Exists && journal.LastWriteTimeUtc > file.LastWriteTimeUtc ? journal.LastWriteTimeUtc : file.LastWriteTimeUtc, file.Length + (journal.Exists ? journal.Length : 0));
            lock (_gate)
            {
                if (_known.TryGetValue(name, out var known) && known.Changed == changed && known.Length == length) return known.Search;
                using var storage = StudyStorage.Open(plan.Storage.StartsWith("journal:", StringComparison.Ordinal) ? "journal:" + path : path, TimeProvider.System);
                var study = Study.Open(storage, plan.Study, new RandomSampler(0));
                if (study.Directions.Count > 1) return new FoundSearch(name, folder, plan, null, $"{study.Directions.Count} objectives: see kymo study best, kymo study export.");
                var search = new FoundSearch(name, folder, plan, new SearchView(study, plan.Metric), "");
                _known[name] = (changed, length, search);
                return search;
            }
        }
        catch (Exception error) when (error is ConfigException or StudyException or IOException or UnauthorizedAccessException or System.Data.Common.DbException or FormatException)
        {
            return new FoundSearch(name, folder, plan, null, error.Message.Replace(folder.Path, name, StringComparison.Ordinal));
        }
    }
}
