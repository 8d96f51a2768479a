using System.Text;
using System.Text.RegularExpressions;

namespace Kymo.Config;

/// <summary>Paths to nodes: keys with dots between them, or in brackets (<c>a.b[0].c</c>).</summary>
public static partial class KeyPath
{
    /// <summary>The keys of a path, as OmegaConf splits it: <c>a[b].c</c> and <c>a.b.c</c> are the same; leading dots give empty keys.</summary>
    public static IReadOnlyList<string> Split(string path)
    {
        var stop = 0;
        while (stop < path.Length && path[stop] == '.') stop++;
        while (stop < path.Length && path[stop] is not ('.' or '[')) stop++;
        var keys = path[..stop].Split('.').ToList();
        if (stop == path.Length) return keys;
        if (path[stop] == '[' && keys[^1].Length == 0) keys.RemoveAt(keys.Count - 1);
        foreach (Match match in Rest().Matches(path[stop..]))
            keys.Add(match.Groups[1].Length > 0 ? match.Groups[1].Value : match.Groups[2].Value);
        return keys;
    }

    /// <summary>The full path of a node from its root: <c>a.b[0].c</c>; empty for a root.</summary>
    public static string Of(ConfigNode node)
    {
        var parts = new Stack<string>();
        for (var child = node; child.Parent is { } parent; child = parent)
        {
            if (parent is ListNode list) parts.Push($"[{list.IndexOf(child)}]");
            else if (parent is MapNode map && map.KeyOf(child) is { } key) parts.Push("." + key);
        }
        var path = new StringBuilder().AppendJoin("", parts).ToString();
        return path.StartsWith('.') ? path[1..] : path;
    }

    /// <summary>The path of a child of a node.</summary>
    public static string Of(ConfigNode parent, object? key)
    {
        var path = Of(parent);
        if (parent is ListNode) return $"{path}[{key}]";
        return path.Length == 0 ? PythonText.Of(key) : $"{path}.{PythonText.Of(key)}";
    }

    [GeneratedRegex(@"\.([^.[]*)|\[(.*?)\]")]
    private static partial Regex Rest();
}
