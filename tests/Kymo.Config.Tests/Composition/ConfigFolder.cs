namespace Kymo.Config.Tests;

/// <summary>A folder of configs, written as one text: lines <c>== path</c>, each followed by the content of <c>path.yaml</c>.</summary>
sealed class ConfigFolder : IDisposable
{
    readonly TempFolder _folder = new();
    readonly ConfigComposer _composer = new();

    public ConfigFolder(string files)
    {
        foreach (var file in files.Split("== ", StringSplitOptions.RemoveEmptyEntries)) Write(file);
    }

    public string Path => _folder.Path;

    /// <summary>Writes one config: its path, a line break, its content.</summary>
    public void Write(string file)
    {
        var (name, content) = file.Split('\n', 2) is [var path, var text] ? (path.Trim(), text) : (file.Trim(), "");
        var target = _folder[name + ".yaml"];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        File.WriteAllText(target, content);
    }

    public ComposeRequest Request(string? config, params string[] overrides) => new()
    {
        SearchPath = [new SearchPathEntry(SearchPathEntry.Main, Path)],
        ConfigName = config,
        Overrides = Override.ParseAll(overrides),
        WorkingDirectory = "/work",
        Environment = name => name == "KYMO_HERE" ? "here" : null,
    };

    public Composition Compose(ComposeRequest request) => _composer.Compose(request);

    public Composition Compose(string? config, params string[] overrides) => Compose(Request(config, overrides));

    /// <summary>The job's configuration in one line.</summary>
    public string Values(string? config, params string[] overrides) => PythonText.Quoted(Compose(config, overrides).Config);

    /// <summary>The defaults list without Hydra's part: path, package after <c>@</c>, <c>*</c> for <c>_self_</c>.</summary>
    public string Defaults(string? config, params string[] overrides) =>
        string.Join(' ', _composer.DefaultsOf(Request(config, overrides)).Select(item => $"{item.ConfigPath}@{item.Package}{(item.IsSelf ? "*" : "")}"));

    public string Error(string? config, params string[] overrides) =>
        Assert.Throws<ConfigException>(() => Compose(config, overrides)).Message.Replace(Path, "<here>");

    public ConfigComposer Composer => _composer;

    public void Dispose() => _folder.Dispose();
}
