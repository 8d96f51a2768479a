using Kymo.Config;

namespace Kymo.Lab.Runs;

/// <summary><c>.hydra/</c> of a run, as Hydra writes it: the composed configuration, the overrides as typed, Hydra's own node.</summary>
public static class HydraFolder
{
    /// <summary>Writes the three files.</summary>
    /// <param name="run">The run.</param>
    /// <param name="config">The job's configuration, unresolved.</param>
    /// <param name="hydra">The node <c>hydra</c>.</param>
    /// <param name="overrides">The overrides as typed.</param>
    public static void Write(RunFolder run, MapNode config, MapNode hydra, IReadOnlyList<string> overrides)
    {
        run.WriteText(RunFiles.Hydra + "/config.yaml", YamlWriter.Write(config));
        run.WriteText(RunFiles.Hydra + "/overrides.yaml", YamlWriter.Write(new ListNode(overrides.Select(text => (ConfigNode)new ScalarNode(text)))));
        run.WriteText(RunFiles.Hydra + "/hydra.yaml", YamlWriter.Write(hydra));
    }

    /// <summary>The overrides that a run was begun with; none where the folder has no <c>.hydra</c>.</summary>
    /// <param name="run">The run's folder.</param>
    /// <exception cref="ConfigException">The file is damaged.</exception>
    public static IReadOnlyList<string> Overrides(string run) =>
        Read(run, "overrides.yaml") is ListNode list ? [.. list.OfType<ScalarNode>().Select(item => item.Value as string ?? "")] : [];

    /// <summary>Whether the folder says what the run was begun with.</summary>
    /// <param name="run">The run's folder.</param>
    public static bool HasOverrides(string run) => File.Exists(Path.Combine(run, RunFiles.Hydra, "overrides.yaml"));

    /// <summary>The recipe of a run; null where the folder has no <c>.hydra</c>.</summary>
    /// <param name="run">The run's folder.</param>
    /// <exception cref="ConfigException">The file is damaged.</exception>
    public static string? JobName(string run) =>
        Read(run, "hydra.yaml") is MapNode hydra && hydra.TryGet("job", out var job) && job is MapNode settings
            && settings.TryGet("name", out var name) ? (name as ScalarNode)?.Value as string : null;

    static ConfigNode? Read(string run, string name)
    {
        var path = Path.Combine(run, RunFiles.Hydra, name);
        return File.Exists(path) ? YamlReader.Read(File.ReadAllBytes(path), path) : null;
    }
}
