namespace Kymo.Config;

/// <summary>Gives the value of <c>${name:arguments}</c>.</summary>
/// <param name="call">Where it stands.</param>
/// <param name="arguments">The arguments, resolved.</param>
/// <returns>The value; a node without a parent, or one of the tree.</returns>
delegate ConfigNode Resolver(ResolverCall call, IReadOnlyList<ConfigNode> arguments);

/// <summary>Where a resolver is called.</summary>
/// <param name="session">The resolution.</param>
/// <param name="parent">The map or list that holds the value with the call.</param>
/// <param name="node">That value.</param>
readonly struct ResolverCall(InterpolationSession session, ConfigNode parent, ConfigNode node)
{
    public ConfigNode Node => node;

    public ConfigNode Parent => parent;

    public ResolverOptions Options => session.Options;

    /// <summary>
    /// The node at a path, resolved: from the root, or from <see cref="Parent"/> when the path begins with a dot. Null where there is
    /// none; a node that is <see cref="ConfigNode.IsMissing"/> where it is not given yet.
    /// </summary>
    public ConfigNode? Select(string path) => session.SelectLeniently(parent, path);

    /// <summary>The node at a path from a given node, resolved; null where there is none.</summary>
    public ConfigNode? SelectIn(ConfigNode from, string path) => session.SelectLeniently(from, "." + path);

    /// <summary>The value of an element such as <c>[1,a]</c> or <c>{x:1}</c>, by the grammar of resolver arguments.</summary>
    public ConfigNode Decode(string text) => session.Decode(text, parent, node);
}
