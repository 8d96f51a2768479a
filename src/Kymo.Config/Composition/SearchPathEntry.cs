namespace Kymo.Config;

/// <summary>A place where configs are looked for.</summary>
/// <param name="Provider">Who named it: <c>main</c>, <c>command-line</c>, <c>hydra.searchpath in main</c> ...; it is shown in
/// messages.</param>
/// <param name="Path">A folder; a leading <c>file://</c> is allowed.</param>
public sealed record SearchPathEntry(string Provider, string Path)
{
    /// <summary>The provider of the folder given by <c>--config-path</c>.</summary>
    public const string Main = "main";

    /// <summary>The provider of the folder given by <c>--config-dir</c>.</summary>
    public const string CommandLine = "command-line";
}
