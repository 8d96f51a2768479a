using System.Security.Cryptography;
using System.Text;

namespace Kymo.Config;

/// <summary>What to compose, and from where.</summary>
public sealed record ComposeRequest
{
    /// <summary>
    /// The folders in which configs are looked for, in order: that of <c>--config-path</c> (provider <see
    /// cref="SearchPathEntry.Main"/>), then that of <c>--config-dir</c>. The folders of <c>hydra.searchpath</c> are added by the
    /// composition.
    /// </summary>
    public required IReadOnlyList<SearchPathEntry> SearchPath { get; init; }

    /// <summary>The primary config, without <c>.yaml</c>; null for none.</summary>
    public string? ConfigName { get; init; }

    /// <summary>The overrides of the command line, in order.</summary>
    public IReadOnlyList<Override> Overrides { get; init; } = [];

    /// <summary>
    /// Whether several jobs are to be made: sweeps are passed over, and so is <c>group: ???</c>. Otherwise both are errors.
    /// </summary>
    public bool IsMultirun { get; init; }

    /// <summary>The name of the job, for <c>hydra.job.name</c>.</summary>
    public string JobName { get; init; } = "kymo";

    /// <summary>The working directory, for <c>hydra.runtime.cwd</c>.</summary>
    public string WorkingDirectory { get; init; } = ".";

    /// <summary>
    /// Whether the forms that Hydra 1.1 deprecated keep their meaning, as for a program without <c>version_base</c>:
    /// <c>_name_</c> and <c>_group_</c> in packages, <c>hydra/x</c> in a defaults list without <c>override</c>, <c>optional:
    /// true</c>.
    /// </summary>
    public bool AcceptsHydra11 { get; init; }

    /// <summary>Environment variables, for <c>oc.env</c> and <c>hydra.job.env_copy</c>; default none.</summary>
    public Func<string, string?> Environment { get; init; } = _ => null;

    /// <summary>The clock of <c>${now:...}</c>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>A composed configuration.</summary>
/// <param name="All">The configuration with the node <c>hydra</c> in it, unresolved.</param>
/// <param name="Config">The job's configuration, without the node <c>hydra</c>, unresolved.</param>
/// <param name="Defaults">The configs it was merged from, in order.</param>
/// <param name="DefaultsTree">The defaults tree as text.</param>
/// <param name="Choices">What was chosen from the config groups, by override key; null for nothing.</param>
/// <param name="Sources">The search path: provider, and place with its scheme.</param>
/// <param name="Warnings">Things the user should know though they are no errors.</param>
public sealed record Composition(
    MapNode All,
    MapNode Config,
    IReadOnlyList<DefaultsItem> Defaults,
    string DefaultsTree,
    IReadOnlyDictionary<string, string?> Choices,
    IReadOnlyList<SearchPathEntry> Sources,
    IReadOnlyList<string> Warnings)
{
    internal ComposeRequest? Request { get; init; }

    /// <summary>The node <c>hydra</c>, in its place under <see cref="All"/>.</summary>
    public MapNode Hydra => (MapNode)All["hydra"]!;

    /// <summary>
    /// What tells the job from others: 64 hexadecimal digits made from its configuration (SHA-256 of the unresolved YAML).
    /// </summary>
    public string Identity => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(YamlWriter.Write(Config))));

    /// <summary>Resolves the interpolations of a tree that belongs to this configuration.</summary>
    internal ConfigResolver Resolver(MapNode root) => ConfigResolver.Of(root, Request?.Environment, Request?.Clock, Hydra);
}
