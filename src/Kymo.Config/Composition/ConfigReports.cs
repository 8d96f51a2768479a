using System.Text;

namespace Kymo.Config;

/// <summary>Which part of a configuration is shown.</summary>
public enum ConfigView
{
    /// <summary>The job's configuration.</summary>
    Job,

    /// <summary>The node <c>hydra</c>, without its help texts.</summary>
    Hydra,

    /// <summary>Both.</summary>
    All,
}

/// <summary>A composed configuration as text, in the forms of Hydra's <c>--cfg</c>, <c>--info</c> and <c>--help</c>.</summary>
public static class ConfigReports
{
    /// <summary>
    /// The configuration as YAML (<c>--cfg job|hydra|all</c>).
    /// </summary>
    /// <param name="composition">The configuration.</param>
    /// <param name="view">Which part of it.</param>
    /// <param name="package">A node of it by its dotted path (<c>--package</c>); null or <c>_global_</c> for all of it.</param>
    /// <param name="resolve">Whether interpolations are replaced by what they stand for (<c>--resolve</c>).</param>
    /// <exception cref="ConfigException">There is no such node, or an interpolation cannot be resolved.</exception>
    public static string Config(Composition composition, ConfigView view, string? package = null, bool resolve = false)
    {
        var root = View(composition, view);
        var resolver = composition.Resolver(root);
        ConfigNode node = root;
        if (package is not (null or "_global_"))
            node = new NodePath(resolver.Resolve).Select(root, package)
                ?? throw new ConfigException($"package '{package}' not found in "
                    + $"config{NearestKeys.Hint(package, root.Keys.Select(key => key.ToString()))}");
        if (node is ScalarNode scalar) return $"{scalar}\n";
        if (resolve) node = resolver.ResolveAll(node);
        var header = package is null or "_global_" ? "" : $"# @package {package}\n";
        return header + YamlWriter.Write(node);
    }

    static MapNode View(Composition composition, ConfigView view)
    {
        if (view == ConfigView.Job) return composition.Config;
        if (view == ConfigView.All) return composition.All;
        var hydra = composition.Hydra.Copy();
        hydra.Remove("hydra_help");
        hydra.Remove("help");
        var root = new MapNode();
        root.Add("hydra", hydra);
        return root;
    }

    /// <summary>The final defaults list as a table (<c>--info defaults</c>).</summary>
    public static string Defaults(Composition composition)
    {
        var rows = composition.Defaults.Select(item =>
            (string[])[item.ConfigPath, item.Package, item.IsSelf ? "True" : "False", item.Parent ?? ""]);
        return Titled("Defaults List") + Table(["Config path", "Package", "_self_", "Parent"], [.. rows], " ");
    }

    /// <summary>The defaults tree (<c>--info defaults-tree</c>).</summary>
    public static string DefaultsTree(Composition composition) => Titled("Defaults Tree") + composition.DefaultsTree;

    /// <summary>The search path as a table (<c>--info searchpath</c>).</summary>
    public static string SearchPath(Composition composition) => Titled("Config search path")
        + Table(["Provider", "Search path"],
            [.. composition.Sources.Select(source => (string[])[source.Provider, source.Path])], "");

    /// <summary>
    /// Search path, defaults tree, defaults list and configuration (<c>--info config</c> and <c>--info all</c>).
    /// </summary>
    public static string Info(Composition composition) =>
        SearchPath(composition) + DefaultsTree(composition) + Defaults(composition) + Titled("Config")[1..]
            + YamlWriter.Write(composition.Config);

    /// <summary>
    /// The text of <c>--help</c> (or <c>--hydra-help</c>): the template in <c>hydra.help</c> (<c>hydra.hydra_help</c>) with its
    /// interpolations resolved and <c>$APP_CONFIG_GROUPS</c>, <c>$HYDRA_CONFIG_GROUPS</c>, <c>$CONFIG</c> and <c>$FLAGS_HELP</c>
    /// filled in.
    /// </summary>
    /// <param name="composition">The configuration.</param>
    /// <param name="groups">The config groups and their options.</param>
    /// <param name="flags">The text for <c>$FLAGS_HELP</c>.</param>
    /// <param name="ofHydra">Whether it is the help of the node <c>hydra</c>.</param>
    public static string Help(
        Composition composition, IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> groups, string flags = "",
            bool ofHydra = false)
    {
        var resolver = composition.Resolver(composition.All);
        var template = new NodePath(resolver.Resolve)
            .Select(composition.All, ofHydra ? "hydra.hydra_help.template" : "hydra.help.template");
        var listed = groups.ToList();
        return new StringBuilder(template?.ToString() ?? throw new ConfigException("hydra.help.template is missing"))
            .Replace("$APP_CONFIG_GROUPS", Groups(listed.Where(group => !IsHydra(group.Key))))
            .Replace("$HYDRA_CONFIG_GROUPS", Groups(listed.Where(group => IsHydra(group.Key))))
            .Replace("$FLAGS_HELP", flags)
            .Replace("$CONFIG", YamlWriter.Write(ofHydra ? View(composition, ConfigView.Hydra) : composition.Config))
            .Append('\n').ToString();
    }

    /// <summary>Config groups and their options, one group a line: <c>db: mysql, sqlite</c>.</summary>
    public static string Groups(IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> groups) =>
        string.Concat(groups.OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Value)}\n"));

    static bool IsHydra(string group) => group == "hydra" || group.StartsWith("hydra/", StringComparison.Ordinal);

    static string Titled(string title) => $"\n{title}\n{new string('*', title.Length)}\n";

    static string Table(string[] titles, List<string[]> rows, string end)
    {
        var widths = titles.Select((title, i) => Math.Max(title.Length, rows.Count == 0 ? 0 : rows.Max(row => row[i].Length)))
            .ToArray();
        string Line(string[] cells) => "| " + string.Join(" | ", cells.Select((cell, i) => cell.PadRight(widths[i]))) + " |";
        var header = Line(titles) + end;
        var rule = new string('-', header.Length);
        return $"{header}\n{rule}\n{string.Concat(rows.Select(row => Line(row) + "\n"))}{rule}\n";
    }
}
