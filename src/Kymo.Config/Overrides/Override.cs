namespace Kymo.Config;

/// <summary>What an override does to the key it names.</summary>
public enum OverrideKind
{
    /// <summary><c>key=value</c>: the key must exist.</summary>
    Change,

    /// <summary><c>+key=value</c>: the key must not exist yet.</summary>
    Add,

    /// <summary><c>++key=value</c>: changed or added.</summary>
    ForceAdd,

    /// <summary><c>~key</c> or <c>~key=value</c>: taken out.</summary>
    Delete,
}

/// <summary>Which kind of value an override has.</summary>
public enum ValueKind
{
    /// <summary>One value.</summary>
    Element,

    /// <summary><c>choice(...)</c></summary>
    ChoiceSweep,

    /// <summary><c>glob(...)</c></summary>
    GlobChoiceSweep,

    /// <summary><c>a,b</c></summary>
    SimpleChoiceSweep,

    /// <summary><c>range(...)</c></summary>
    RangeSweep,

    /// <summary><c>interval(...)</c></summary>
    IntervalSweep,
}

/// <summary>One override of the command line, read by the grammar of Hydra 1.3.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="KeyOrGroup">The key before <c>@</c> and <c>=</c>: a dotted path, or a config group (<c>db</c>,
/// <c>hydra/launcher</c>).</param>
/// <param name="Package">The text after <c>@</c>; null without one.</param>
/// <param name="Value">The value; null for <c>~key</c>.</param>
/// <param name="Text">The override as it was typed.</param>
public sealed record Override(OverrideKind Kind, string KeyOrGroup, string? Package, OverrideValue? Value, string Text)
{
    /// <summary>Which kind of value it has; null for <c>~key</c>.</summary>
    public ValueKind? ValueKind => Value switch
    {
        null => null,
        ChoiceSweep { IsSimple: true } => Config.ValueKind.SimpleChoiceSweep,
        ChoiceSweep => Config.ValueKind.ChoiceSweep,
        GlobSweep => Config.ValueKind.GlobChoiceSweep,
        RangeSweep => Config.ValueKind.RangeSweep,
        IntervalSweep => Config.ValueKind.IntervalSweep,
        _ => Config.ValueKind.Element,
    };

    /// <summary>Whether the override stands for several values.</summary>
    public bool IsSweep => Value is Sweep or GlobSweep;

    /// <summary>Whether it concerns the program's own node (<c>hydra.*</c> or <c>hydra/*</c>).</summary>
    public bool IsHydra => KeyOrGroup.StartsWith("hydra.", StringComparison.Ordinal)
        || KeyOrGroup.StartsWith("hydra/", StringComparison.Ordinal);

    /// <summary>Key and package: <c>db@pkg</c>.</summary>
    public string KeyAndPackage => Package is null ? KeyOrGroup : $"{KeyOrGroup}@{Package}";

    /// <summary>All before the <c>=</c>: <c>+db@pkg</c>.</summary>
    public string KeyElement => Prefix(Kind) + KeyAndPackage;

    /// <summary>Its value as a node, for settings that are no composed configuration.</summary>
    /// <exception cref="ConfigException">It has no value, or one that is a sweep.</exception>
    public ConfigNode ToNode() => Value is null || IsSweep
        ? throw new ConfigException($"{Text}: expected one value, as in {KeyOrGroup}=1")
        : OverrideNodes.ToNode(this);

    /// <summary>Reads one override.</summary>
    /// <param name="text">The override: <c>key=value</c>, <c>+key=value</c>, <c>++key=value</c>, <c>~key</c> or
    /// <c>~key=value</c>.</param>
    /// <param name="random">
    /// Orders the lists of <c>shuffle([...])</c>. Without one the order follows from the text, so the same override always gives
    /// the same value.
    /// </param>
    /// <exception cref="ConfigException">The text is no override; the message shows the place and the form to type.</exception>
    public static Override Parse(string text, Random? random = null) => new OverrideParser(text, random).Parse();

    /// <summary>Reads several overrides in order.</summary>
    /// <inheritdoc cref="Parse"/>
    public static IReadOnlyList<Override> ParseAll(IEnumerable<string> texts, Random? random = null) =>
        [.. texts.Select(text => Parse(text, random))];

    static string Prefix(OverrideKind kind) => kind switch
    {
        OverrideKind.Add => "+",
        OverrideKind.ForceAdd => "++",
        OverrideKind.Delete => "~",
        _ => "",
    };
}
