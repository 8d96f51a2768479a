using System.Globalization;

namespace Kymo.Config;

/// <summary>Dotted keys: <c>a.b[0].c</c> is the same as <c>a.b.0.c</c>.</summary>
static class KeyPath
{
    /// <summary>The parts of a key.</summary>
    public static IReadOnlyList<string> Split(string path)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i <= path.Length; i++)
        {
            if (i < path.Length && path[i] is not ('.' or '[' or ']')) continue;
            if (i > start || (i < path.Length && path[i] == '.' && (i == 0 || path[i - 1] != ']'))) parts.Add(path[start..i]);
            start = i + 1;
        }
        return parts;
    }

    /// <summary>A child by the text of its key; null where there is none.</summary>
    public static ConfigNode? Child(ConfigNode? node, string key)
    {
        if (node is ListNode list)
        {
            if (!int.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
                throw ConfigResolver.Fault(list, $"'{key}' is no index of a list");
            if (index < 0) index += list.Count;
            return index >= 0 && index < list.Count ? list[index] : null;
        }
        if (node is not MapNode map) return null;
        if (map.TryGet(key, out var child)) return child;
        foreach (var (candidate, value) in map)
            if (candidate.Value is not string && candidate.ToString() == key) return value;
        return null;
    }

    /// <summary>The full key of a node, as it would be typed.</summary>
    public static string Of(ConfigNode node)
    {
        var text = "";
        for (var parent = node.Parent; parent is not null; (node, parent) = (parent, parent.Parent))
        {
            var part = parent is ListNode list ? $"[{list.IndexOf(node)}]" : ((MapNode)parent).KeyOf(node)?.ToString() ?? "?";
            text = text == "" ? part : text.StartsWith('[') ? part + text : $"{part}.{text}";
        }
        return text;
    }
}
