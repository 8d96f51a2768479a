namespace Kymo.Config;

/// <summary>A node of a configuration tree. A node has one parent; to place it elsewhere too, copy it.</summary>
public abstract class ConfigNode
{
    /// <summary>The map or list that holds this node; null for a root.</summary>
    public ConfigNode? Parent { get; internal set; }

    /// <summary>Where the node was written, when that is known.</summary>
    public SourcePosition? Position { get; set; }

    /// <summary>The topmost node above this one, or the node itself.</summary>
    public ConfigNode Root
    {
        get
        {
            var node = this;
            while (node.Parent is { } parent) node = parent;
            return node;
        }
    }

    /// <summary>True for a scalar that holds <c>???</c>: a value that must be given before it is read.</summary>
    public virtual bool IsMissing => false;

    /// <summary>True for a string that holds <c>${</c>.</summary>
    public virtual bool IsInterpolation => false;

    /// <summary>True for a scalar that holds null.</summary>
    public virtual bool IsNull => false;

    /// <summary>True for a list or map that a resolver gave as a plain value: paths do not lead into it.</summary>
    internal bool IsPlainValue { get; init; }

    /// <summary>A copy of this node and all below it, with positions and without a parent.</summary>
    public abstract ConfigNode Copy();

    /// <summary>
    /// True when both trees hold the same keys in the same order and the same values of the same types: 1, 1.0 and true all differ;
    /// not-a-number equals itself.
    /// </summary>
    public abstract bool SameAs(ConfigNode? other);

    /// <summary>Takes <paramref name="child"/> in as a child.</summary>
    /// <exception cref="InvalidOperationException">The child already has a parent.</exception>
    private protected T Adopt<T>(T child) where T : ConfigNode
    {
        if (child.Parent is not null) throw new InvalidOperationException("the node already has a parent: copy it first");
        child.Parent = this;
        return child;
    }
}
