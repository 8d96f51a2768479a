namespace Kymo.Config;

/// <summary>
/// Merges trees as <c>OmegaConf.merge</c> does: maps deeply, lists and scalars replaced, a map and a scalar replace each other, null
/// replaces, <c>???</c> never replaces a value. A map merged into an interpolation is merged into a copy of what that leads to.
/// </summary>
public static class ConfigMerge
{
    /// <summary>Merges <paramref name="source"/>, which is not changed, into <paramref name="target"/>.</summary>
    /// <param name="target">Is changed; a map or a list.</param>
    /// <param name="source">Wins; of the same kind.</param>
    /// <param name="resolver">Resolves interpolations of the target that a map or a list is merged into.</param>
    /// <exception cref="ConfigException">A map meets a list.</exception>
    public static void Into(ConfigNode target, ConfigNode source, ConfigResolver resolver)
    {
        switch (target, source)
        {
            case (MapNode map, MapNode other):
                foreach (var (key, node) in other) MergeKey(map, key, node, resolver);
                map.Position = other.Position ?? map.Position;
                break;
            case (ListNode list, ListNode other):
                var items = other.Select(item => item.Copy()).ToList();
                list.Clear();
                foreach (var item in items) list.Add(item);
                break;
            default:
                throw new ConfigException($"Cannot merge DictConfig with ListConfig: {Describe(target)} and {Describe(source)}\n"
                    + $"    full_key: {KeyPath.Of(target)}\n    object_type={(target.Root is ListNode ? "list" : "dict")}");
        }
    }

    static void MergeKey(MapNode map, ConfigKey key, ConfigNode source, ConfigResolver resolver)
    {
        if (!map.TryGet(key, out var target))
        {
            map.Add(key, source.Copy());
            return;
        }
        if (target.IsInterpolation && Target(target, resolver) is { } leadsTo)
        {
            target = leadsTo.Copy();
            map[key] = target;
        }
        if (target is not ScalarNode && source is not ScalarNode) Into(target, source, resolver);
        else if (!source.IsMissing) map[key] = source.Copy();
    }

    /// <summary>The map or list an interpolation leads to; null for anything else, and where it has no value yet.</summary>
    static ConfigNode? Target(ConfigNode interpolation, ConfigResolver resolver)
    {
        try
        {
            var value = resolver.Resolve(interpolation);
            return InterpolationSession.IsContainer(value) ? value : null;
        }
        catch (ConfigException)
        {
            return null;
        }
    }

    static string Describe(ConfigNode node)
    {
        var kind = node is ListNode ? "the list" : "the map";
        return node.Position is { } position ? $"{kind} in {position}" : kind;
    }
}
