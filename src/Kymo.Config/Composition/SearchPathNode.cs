namespace Kymo.Config;

/// <summary>The folders that <c>hydra.searchpath</c> adds, on the command line or in the primary config.</summary>
sealed class SearchPathNode(ComposeRequest request, ConfigRepository repository)
{
    const string Key = "hydra.searchpath";

    public IReadOnlyList<SearchPathEntry> Entries()
    {
        var primary = request.ConfigName is { } name ? repository.Load(name)?.Config : null;
        if (primary is ListNode) throw new ConfigException(
            $"primary config '{request.ConfigName}' must be a DictConfig, got ListConfig");
        if (request.Overrides.FirstOrDefault(item => item.KeyElement == Key) is { Value: not null and not NullValue } typed)
            return FromOverride(typed);
        if (primary is not MapNode map || map["hydra"] is not MapNode hydra
            || hydra["searchpath"] is not { IsNull: false, IsMissing: false } node)
            return [];
        return FromNode((MapNode)map.Copy(), node);
    }

    static List<SearchPathEntry> FromOverride(Override typed)
    {
        if (typed.Value is not ListValue list) throw Wrong(typed.Value!.ToString());
        return [.. list.Items.Select(item => new SearchPathEntry("hydra.searchpath in command-line", item switch
        {
            TextValue text => text.Text,
            QuotedValue quoted => quoted.Text,
            _ => throw Wrong(list.ToString()),
        }))];
    }

    List<SearchPathEntry> FromNode(MapNode primary, ConfigNode node)
    {
        var resolver = ConfigResolver.Of(primary, request.Environment, request.Clock);
        var found = ((MapNode)primary["hydra"]!)["searchpath"]!;
        if (found.IsInterpolation) found = resolver.Resolve(found);
        if (found is not ListNode list) throw Wrong(PythonText.Quoted(node));
        return [.. list.Select(item => (item.IsInterpolation ? resolver.Resolve(item) : item) is ScalarNode { Value: string path }
            ? new SearchPathEntry("hydra.searchpath in main", path)
            : throw Wrong(PythonText.Quoted(node)))];
    }

    static ConfigException Wrong(string got) => new($"hydra.searchpath must be a list of strings. Got: {got}\nType "
        + $"hydra.searchpath=[FOLDER,...]");
}
