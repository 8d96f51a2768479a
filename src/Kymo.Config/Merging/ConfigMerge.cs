namespace Kymo.Config;

/// <summary>
/// OmegaConf's merge: maps are merged key by key, lists and scalars replace, <c>???</c> replaces nothing, null replaces. A map never
/// becomes a list by merging, nor a list a map.
/// </summary>
public static class ConfigMerge
{
    /// <summary>Merges <paramref name="source"/> over <paramref name="target"/>; the source keeps its nodes.</summary>
    /// <param name="target">Is changed.</param>
    /// <param name="source">Wins.</param>
    /// <exception cref="ConfigException">A list meets a map.</exception>
    public static void Into(MapNode target, MapNode source)
    {
        foreach (var (key, node) in source)
        {
            var present = target[key];
            if (present is MapNode map && node is MapNode more)
            {
                Into(map, more);
                map.Position = more.Position ?? map.Position;
            }
            else if ((present is MapNode && node is ListNode) || (present is ListNode && node is MapNode))
            {
                throw new ConfigException($"{Place(node)}'{key}': cannot merge a {Kind(node)} into a {Kind(present)}");
            }
            else if (present is null || !node.IsMissing)
            {
                target[key] = node.Copy();
            }
        }
    }

    static string Kind(ConfigNode? node) => node switch
    {
        MapNode => "map",
        ListNode => "list",
        _ => "value",
    };

    static string Place(ConfigNode node) => node.Position is { } position ? $"{position}: " : "";
}
