using System.Text;

namespace Kymo.Config;

/// <summary>One config of the final defaults list.</summary>
/// <param name="ConfigPath">Its path on the search path.</param>
/// <param name="Parent">The config whose defaults list names it; null for the primary config alone, <c>&lt;root&gt;</c> beside
/// <c>hydra/config</c>.</param>
/// <param name="Package">Where its content goes; empty for the root.</param>
/// <param name="IsSelf">Whether the place is that of <c>_self_</c> in its own defaults list.</param>
/// <param name="IsPrimary">Whether it is the primary config.</param>
/// <param name="OverrideKey">How overrides name the choice; null if it is none.</param>
public sealed record DefaultsItem(string ConfigPath, string? Parent, string Package, bool IsSelf, bool IsPrimary,
    string? OverrideKey);

/// <summary>The tree of defaults and the list made of it, in the order of merging.</summary>
sealed class DefaultsList
{
    readonly DefaultsNode _tree;

    public DefaultsList(DefaultsNode tree)
    {
        _tree = tree;
        var items = new List<DefaultsItem>();
        Collect(tree, items);
        CheckOnce(items);
        Items = items;
    }

    public IReadOnlyList<DefaultsItem> Items { get; }

    /// <summary>The tree as text, two blanks deeper for each level.</summary>
    public string TreeText()
    {
        var text = new StringBuilder();
        Write(text, _tree, 0);
        return text.ToString();
    }

    static void Collect(DefaultsNode node, List<DefaultsItem> items)
    {
        foreach (var child in node.Children) Collect(child, items);
        if (node.Children.Count == 0 && !node.IsDeleted && !node.IsRoot && !node.IsMissing && node.Name is not null) Add(node,
            items);
    }

    static void Add(DefaultsNode node, List<DefaultsItem> items)
    {
        var config = node.IsSelf ? node.Parent! : node;
        if (config.ConfigPath == ConfigRepository.EmptyConfig) return;
        items.Add(new DefaultsItem(config.ConfigPath, config.Parent?.ConfigPath, config.FinalPackage, node.IsSelf,
            config.IsPrimary,
            node is { IsSelf: false, IsGroup: true } ? node.OverrideKey : null));
    }

    static void CheckOnce(List<DefaultsItem> items)
    {
        var keys = new Dictionary<string, DefaultsItem>();
        foreach (var item in items)
        {
            if (item.IsSelf || item.OverrideKey is not { } key) continue;
            if (!keys.TryAdd(key, item))
                throw new ConfigException($"{key} appears more than once in the final defaults list\n"
                    + $"It stands in '{keys[key].Parent}' and in '{item.Parent}'. To choose another option write "
                        + $"{key}=OPTION, without '+', or '- override {key}: OPTION'.");
        }
    }

    static void Write(StringBuilder text, DefaultsNode node, int depth)
    {
        text.Append(' ', 2 * depth).Append(node switch
        {
            { IsSelf: true } => DefaultEntry.Self,
            { IsGroup: true } => $"{node.OverrideKey}: {node.Written}",
            _ => node.ConfigPath,
        });
        text.Append(node.Children.Count > 0 ? ":\n" : "\n");
        foreach (var child in node.Children) Write(text, child, depth + 1);
    }
}
