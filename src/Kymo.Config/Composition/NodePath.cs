using System.Globalization;

namespace Kymo.Config;

/// <summary>Nodes by dotted paths, as the keys of overrides name them: <c>db.tables.0.name</c>.</summary>
/// <param name="resolve">Gives the node that an interpolation stands for.</param>
sealed class NodePath(Func<ConfigNode, ConfigNode> resolve)
{
    /// <summary>
    /// The node at a path with interpolations on the way and at its end resolved; null where there is none, where the value is
    /// missing (<c>???</c>), and where the path leads through a scalar.
    /// </summary>
    /// <exception cref="ConfigException">An interpolation cannot be resolved.</exception>
    public ConfigNode? Select(ConfigNode root, string path)
    {
        ConfigNode? node = root;
        foreach (var part in path.Split('.'))
        {
            node = Child(node, part);
            if (node is null || node.IsMissing) return null;
            if (node.IsInterpolation) node = resolve(node);
        }
        return node;
    }

    /// <summary>The child of a map or list, unresolved; null where there is none.</summary>
    public static ConfigNode? Child(ConfigNode parent, string part) => parent switch
    {
        MapNode map => map[part],
        ListNode list => Index(part, list) is { } index ? list[index] : null,
        _ => null,
    };

    /// <summary>The index that names an item of a list; null if it names none.</summary>
    public static int? Index(string part, ListNode list) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count ? index : null;
}
