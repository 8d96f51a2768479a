using Kymo.Signals;

namespace Kymo.Lab.Data.Fetching;

/// <summary>Gets all files of a dataset into one folder.</summary>
/// <param name="downloader">Gets the files.</param>
/// <param name="maxBytes">Most bytes an archive may unpack to.</param>
public sealed class DatasetFetcher(Downloader downloader, long maxBytes)
{
    const string SumsFile = "SHA256SUMS.txt";

    /// <summary>Gets what is not there yet.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="target">Its folder; archives are kept beside it until they are unpacked.</param>
    /// <param name="progress">Told as bytes arrive, or null.</param>
    /// <param name="cancel">Stops; what is there is kept.</param>
    /// <returns>The files and folders that are there now.</returns>
    /// <exception cref="DataException">See <see cref="Downloader"/> and <see cref="SafeArchive"/>.</exception>
    public async Task<IReadOnlyList<string>> FetchAsync(
        Dataset dataset, string target, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        var results = new List<string>();
        foreach (var file in dataset.Files)
        {
            var name = Path.GetFileName(file.Address.LocalPath);
            if (file.Extract)
            {
                var folder = file.Folder == "" ? target : Path.Combine(target, file.Folder);
                if (!Directory.Exists(folder))
                {
                    var archive = target + "-" + name;
                    await Gated(dataset, () => downloader.FetchAsync(file.Address, archive, file.Checksum, progress, cancel)).ConfigureAwait(false);
                    if (Path.GetDirectoryName(folder) is { Length: > 0 } parent) Directory.CreateDirectory(parent);
                    SafeArchive.Extract(archive, folder, maxBytes, cancel);
                    File.Delete(archive);
                }
                results.Add(folder);
                continue;
            }
            var path = Path.Combine(target, name);
            await downloader.FetchAsync(file.Address, path, file.Checksum, progress, cancel).ConfigureAwait(false);
            results.Add(path);
            if (name == SumsFile) results.AddRange(await FetchListedAsync(file.Address, path, target, progress, cancel).ConfigureAwait(false));
        }
        return results;
    }

    static async Task Gated(Dataset dataset, Func<Task> fetch)
    {
        try
        {
            await fetch().ConfigureAwait(false);
        }
        catch (DataException error) when (dataset.Gate != "" && error.Problem.StartsWith("the server answers 40", StringComparison.Ordinal))
        {
            throw new DataException(error.Path, $"{error.Problem}: {dataset.Name} is gated; ask for access at {dataset.Gate}, then type HF_TOKEN=TOKEN kymo data fetch {dataset.Name}", error);
        }
    }

    // PhysioNet lists a record's files with their SHA-256 sums, one `sum path` a line.
    async Task<List<string>> FetchListedAsync(
        Uri sums, string list, string target, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        var results = new List<string>();
        var root = Path.GetFullPath(target) + Path.DirectorySeparatorChar;
        var line = 0;
        foreach (var text in await File.ReadAllLinesAsync(list, cancel).ConfigureAwait(false))
        {
            line++;
            if (text.Trim() == "") continue;
            var parts = text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || parts[0].Length != 64) throw new DataException(list, $"line {line}: expected a SHA-256 sum and a path");
            var path = Path.GetFullPath(Path.Combine(target, parts[1]));
            if (!path.StartsWith(root, StringComparison.Ordinal)) throw new DataException(list, $"line {line}: '{parts[1]}' leads outside the folder");
            if (path == Path.GetFullPath(list)) continue;
            await downloader.FetchAsync(new Uri(sums, parts[1]), path, "sha256:" + parts[0], progress, cancel).ConfigureAwait(false);
            results.Add(path);
        }
        return results;
    }
}
