using Kymo.Config;

namespace Kymo.Lab.Data;

/// <summary>The readers by the names that <c>data=</c> and the data verbs use.</summary>
public static class DatasetReaders
{
    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["urbansound8k", "drumkits", "drum_hits", "esc10", "table", "folders"];

    /// <summary>Reads a dataset with its usual columns.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="root">Its folder; may be null where there is a usual one.</param>
    /// <exception cref="ConfigException">An unknown name, or no folder.</exception>
    public static RecordingSet Read(string name, string? root)
    {
        var folder = root ?? (name == "drumkits" ? DrumKits.DebianRoot : throw new ConfigException($"{name}: name its folder with --root DIR"));
        return name switch
        {
            "urbansound8k" => UrbanSound8K.Read(folder, allowAbsent: true),
            "drumkits" => DrumKits.Read(folder),
            "drum_hits" => AudioTable.Read(folder, "labels.csv", new AudioTableColumns(Group: "kit"), allowAbsent: true),
            "esc10" => AudioTable.Read(folder, "labels.csv", new AudioTableColumns(Group: "freesound_id"), allowAbsent: true),
            "table" => AudioTable.Read(folder, "labels.csv", new AudioTableColumns(), allowAbsent: true),
            "folders" => AudioTable.ReadFolders(folder),
            _ => throw new ConfigException($"no dataset reader '{name}'; there are {string.Join(", ", Names)}"),
        };
    }
}
