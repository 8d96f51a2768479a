namespace Kymo.Config;

/// <summary>
/// One entry of a defaults list as it is written. Either a config (<c>- db/mysql@pkg</c>, <c>- _self_</c>: <see cref="Group"/> is
/// null) or a choice from a group (<c>- optional db@pkg: mysql</c>).
/// </summary>
sealed record DefaultEntry
{
    public const string Self = "_self_";

    /// <summary>The group of a choice; it starts with <c>/</c> if it is absolute.</summary>
    public string? Group { get; init; }

    /// <summary>The path of a config, or the option of a choice; null for <c>group: null</c> and for several options.</summary>
    public string? Name { get; init; }

    /// <summary>Several options: <c>group: [a, b]</c>.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>The text after <c>@</c>; null without one, empty for <c>_here_</c>.</summary>
    public string? Package { get; init; }

    public bool IsOptional { get; init; }

    public bool IsOverride { get; init; }

    /// <summary>Whether it stands for <c>+group=option</c> of the command line.</summary>
    public bool IsAppended { get; init; }

    public bool IsSelf => Group is null && Name == Self;
}
