using Kymo.Config;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>The settings of a finished run, some of them replaced, as <c>kymo evaluate</c> takes them.</summary>
public static class FinishedSettings
{
    /// <summary>Reads them.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="recipe">The recipe it is expected to be of.</param>
    /// <param name="overrides">Each <c>key=value</c>, the key with dots.</param>
    /// <param name="refusal">Why a key of a finished run cannot be changed, or null.</param>
    /// <param name="file">The file of the run that holds them.</param>
    /// <exception cref="ConfigException">An override without a setting, or one that is refused.</exception>
    /// <exception cref="DataException">No finished run.</exception>
    public static MapNode Read(string run, string recipe, IReadOnlyList<string> overrides, Func<string, string?>? refusal = null, string file = RunFiles.ResolvedConfig)
    {
        var path = Path.Combine(run, file);
        if (!File.Exists(path)) throw new DataException(run, $"holds no {file}; expected a finished run of kymo train {recipe}");
        var settings = (MapNode)YamlReader.Read(File.ReadAllBytes(path), path);
        foreach (var text in overrides) Replace(settings, text, refusal);
        return settings;
    }

    static void Replace(MapNode settings, string text, Func<string, string?>? refusal)
    {
        var equals = text.IndexOf('=');
        if (equals <= 0) throw new ConfigException($"'{text}': expected key=value, for instance trainer.eval_batch_size=64");
        var key = text[..equals];
        if (refusal?.Invoke(key) is { } why) throw new ConfigException($"'{text}': {why}");
        var keys = key.Split('.');
        var map = settings;
        foreach (var part in keys[..^1]) map = map[part] as MapNode ?? throw new ConfigException($"'{text}': the run has no setting {key}");
        if (!map.Contains(keys[^1])) throw new ConfigException($"'{text}': the run has no setting {key}");
        map[keys[^1]] = YamlReader.Read(text[(equals + 1)..], "command line");
    }
}
