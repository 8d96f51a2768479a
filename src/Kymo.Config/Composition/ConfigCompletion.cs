namespace Kymo.Config;

/// <summary>
/// What an unfinished override may become, for the completion of a shell: config groups and their options, and the keys and
/// values
/// of the composed configuration.
/// </summary>
public static class ConfigCompletion
{
    /// <summary>The words that an unfinished word may become.</summary>
    /// <param name="composer">Composes the configuration.</param>
    /// <param name="request">The words before it. Where they do not compose, only groups and options are offered.</param>
    /// <param name="word">The unfinished word: <c>d</c>, <c>db=my</c>, <c>+model/</c>, <c>db.ho</c>.</param>
    /// <returns>Whole words in alphabetical order; those that go on end with <c>=</c>, <c>.</c> or <c>/</c>.</returns>
    public static IReadOnlyList<string> Complete(ConfigComposer composer, ComposeRequest request, string word)
    {
        var prefix = word.StartsWith("++", StringComparison.Ordinal) ? "++" : word.Length > 0 && word[0] is '+' or '~'
            ? word[..1] : "";
        var rest = word[prefix.Length..];
        var equal = rest.IndexOf('=');
        var words = equal < 0
            ? Groups(composer, request, rest).Concat(Keys(composer, request, rest))
                .Select(name => prefix == "~" ? name.TrimEnd('=') : name)
            : Values(composer, request, rest[..equal], rest[(equal + 1)..]);
        return [.. words.Select(name => prefix + name).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Groups up to their next part.</summary>
    static IEnumerable<string> Groups(ConfigComposer composer, ComposeRequest request, string start)
    {
        foreach (var group in composer.Groups(request).Where(group => group.StartsWith(start, StringComparison.Ordinal)))
        {
            var slash = group.IndexOf('/', start.Length);
            yield return slash < 0 ? group + "=" : group[..(slash + 1)];
        }
    }

    static IEnumerable<string> Keys(ConfigComposer composer, ComposeRequest request, string start)
    {
        var dot = start.LastIndexOf('.');
        var path = dot < 0 ? "" : start[..dot];
        if (Compose(composer, request) is not { } root) return [];
        var parent = dot < 0 ? root : Select(root, path);
        var names = parent switch
        {
            MapNode map => map.Keys.Select(key => key.ToString()),
            ListNode list => Enumerable.Range(0, list.Count).Select(index => $"{index}"),
            _ => [],
        };
        return names.Where(name => name.StartsWith(start[(dot + 1)..], StringComparison.Ordinal)).Select(name =>
        {
            var full = dot < 0 ? name : $"{path}.{name}";
            return NodePath.Child(parent!, name) is ScalarNode ? full + "=" : full + ".";
        });
    }

    static IEnumerable<string> Values(ConfigComposer composer, ComposeRequest request, string key, string start)
    {
        // Of a list of options only the last one is unfinished.
        var done = start[..(start.LastIndexOfAny([',', '[']) + 1)];
        var group = key.Split('@')[0];
        var options = composer.Options(request, group);
        if (options.Count == 0) options = ValuesOf(composer, request, key);
        return options.Where(option => option.StartsWith(start[done.Length..], StringComparison.Ordinal))
            .Select(option => $"{key}={done}{option}");
    }

    static IReadOnlyList<string> ValuesOf(ConfigComposer composer, ComposeRequest request, string key) =>
        Compose(composer, request) is not { } root ? [] : Select(root, key) switch
        {
            ScalarNode { Value: bool } => ["false", "true"],
            ScalarNode { IsMissing: false, IsInterpolation: false, Value: not null } scalar =>
                [OverrideWriter.Write(OverrideNodes.FromScalar(scalar.Value))],
            _ => [],
        };

    static ConfigNode? Select(MapNode root, string path) => new NodePath(node => node).Select(root, path);

    static MapNode? Compose(ConfigComposer composer, ComposeRequest request)
    {
        try
        {
            return composer.Compose(request with { IsMultirun = true }).All;
        }
        catch (ConfigException)
        {
            return null;
        }
    }
}
