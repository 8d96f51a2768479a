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
}
