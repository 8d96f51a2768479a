namespace Kymo.Config;

/// <summary>What OmegaConf refuses when a configuration is made from plain values.</summary>
public static class ConfigRules
{
    /// <summary>Throws for null as a key, and for a string with an interpolation that does not fit the grammar.</summary>
    /// <exception cref="ConfigException">With the place and the path of the fault.</exception>
    public static void Check(ConfigNode node) => Check(node, "");

    static void Check(ConfigNode node, string path)
    {
        switch (node)
        {
            case MapNode map:
                foreach (var (key, child) in map)
                {
                    if (key.Value is null) throw new ConfigException(Place(child) + $"Incompatible key type 'NoneType'\n    full_key: {path}");
                    Check(child, path.Length == 0 ? key.ToString() : $"{path}.{key}");
                }
                break;
            case ListNode list:
                for (var i = 0; i < list.Count; i++) Check(list[i], $"{path}[{i}]");
                break;
            case ScalarNode { IsInterpolation: true } scalar:
                CheckSyntax(scalar, path);
                break;
        }
    }

    static void CheckSyntax(ScalarNode node, string path)
    {
        try
        {
            _ = node.Interpolation;
        }
        catch (InterpolationFault fault)
        {
            throw new ConfigException(Place(node) + $"{fault.Message}\n    full_key: {path}", fault);
        }
    }

    static string Place(ConfigNode node) => node.Position is { } position ? $"{position}: " : "";
}
