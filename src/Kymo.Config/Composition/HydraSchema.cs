namespace Kymo.Config;

/// <summary>
/// What the <c>hydra</c> node may hold: the keys and types that Hydra 1.3 declares. Configs may only set these keys; with
/// <c>+</c> the command line may add others.
/// </summary>
static class HydraSchema
{
    enum Kind
    {
        /// <summary>Text; numbers and bools become text.</summary>
        Text,

        /// <summary>Text or null.</summary>
        OptionalText,

        /// <summary>true, false or null.</summary>
        OptionalBool,

        /// <summary>A whole number.</summary>
        Whole,

        /// <summary>RUN, MULTIRUN or null.</summary>
        Mode,

        /// <summary>A list of texts.</summary>
        Texts,

        /// <summary>A map of any keys.</summary>
        Map,

        /// <summary>Anything.</summary>
        Any,
    }

    static readonly Dictionary<string, Kind> s_kinds = new()
    {
        ["mode"] = Kind.Mode,
        ["searchpath"] = Kind.Texts,
        ["run.dir"] = Kind.Text,
        ["sweep.dir"] = Kind.Text,
        ["sweep.subdir"] = Kind.Text,
        ["hydra_logging"] = Kind.Map,
        ["job_logging"] = Kind.Map,
        ["sweeper"] = Kind.Any,
        ["launcher"] = Kind.Any,
        ["callbacks"] = Kind.Map,
        ["env"] = Kind.Map,
        ["help.app_name"] = Kind.Text,
        ["help.header"] = Kind.Text,
        ["help.footer"] = Kind.Text,
        ["help.template"] = Kind.Text,
        ["hydra_help.hydra_help"] = Kind.Text,
        ["hydra_help.template"] = Kind.Text,
        ["output_subdir"] = Kind.OptionalText,
        ["overrides.hydra"] = Kind.Texts,
        ["overrides.task"] = Kind.Texts,
        ["job.name"] = Kind.Text,
        ["job.chdir"] = Kind.OptionalBool,
        ["job.override_dirname"] = Kind.Text,
        ["job.id"] = Kind.Text,
        ["job.num"] = Kind.Whole,
        ["job.config_name"] = Kind.OptionalText,
        ["job.env_set"] = Kind.Map,
        ["job.env_copy"] = Kind.Texts,
        ["job.config.override_dirname.kv_sep"] = Kind.Text,
        ["job.config.override_dirname.item_sep"] = Kind.Text,
        ["job.config.override_dirname.exclude_keys"] = Kind.Texts,
        ["runtime.version"] = Kind.Text,
        ["runtime.version_base"] = Kind.Text,
        ["runtime.cwd"] = Kind.Text,
        ["runtime.config_sources"] = Kind.Any,
        ["runtime.output_dir"] = Kind.Text,
        ["runtime.choices"] = Kind.Map,
        ["verbose"] = Kind.Any,
    };

    static readonly HashSet<string> s_inner = [.. s_kinds.Keys.SelectMany(Parents)];

    /// <summary>Refuses keys that Hydra does not declare.</summary>
    public static void CheckKeys(MapNode hydra) => CheckKeys(hydra, "");

    static void CheckKeys(MapNode map, string start)
    {
        foreach (var (key, node) in map)
        {
            var path = start + key;
            if (s_kinds.ContainsKey(path)) continue;
            if (!s_inner.Contains(path)) throw UnknownKey(key.ToString(), path, start, node);
            if (node is MapNode inner) CheckKeys(inner, path + ".");
        }
    }

    static ConfigException UnknownKey(string key, string path, string start, ConfigNode node)
    {
        var names = s_kinds.Keys.Concat(s_inner).Where(name => name.StartsWith(start, StringComparison.Ordinal))
            .Select(name => name[start.Length..].Split('.')[0]).Distinct();
        var place = node.Position is { } position ? $"\n{position}" : "";
        return new ConfigException($"Key '{key}' not in 'HydraConf'\n    full_key: "
            + $"hydra.{path}{place}{NearestKeys.Hint(key, names)}");
    }

    /// <summary>Checks the types of the declared keys, and makes text of numbers and bools where text is declared.</summary>
    public static void CheckTypes(MapNode hydra)
    {
        foreach (var (path, kind) in s_kinds)
        {
            var dot = path.LastIndexOf('.');
            var parent = dot < 0 ? hydra : At(hydra, path[..dot]);
            if (parent is not MapNode map || map[path[(dot + 1)..]] is not { } node || node.IsMissing
                || node.IsInterpolation) continue;
            if (Fitting(node, kind) is not { } fitting) throw WrongType(path, kind, node);
            if (!ReferenceEquals(fitting, node)) map[path[(dot + 1)..]] = fitting;
        }
    }

    static ConfigNode? At(MapNode hydra, string path)
    {
        ConfigNode? node = hydra;
        foreach (var part in path.Split('.')) node = node is MapNode map ? map[part] : null;
        return node;
    }

    /// <summary>The node, or one of the declared type made of it; null if it does not fit.</summary>
    static ConfigNode? Fitting(ConfigNode node, Kind kind) => kind switch
    {
        Kind.Any => node,
        Kind.Map => node is MapNode ? node : null,
        Kind.Texts => node is ListNode list && list.All(item => item is ScalarNode { Value: not null }) ? node : null,
        _ => node is ScalarNode scalar ? FittingScalar(scalar, kind) : null,
    };

    static ScalarNode? FittingScalar(ScalarNode scalar, Kind kind) => (kind, scalar.Value) switch
    {
        (Kind.OptionalText or Kind.OptionalBool or Kind.Mode, null) => scalar,
        (Kind.Text or Kind.OptionalText, string) => scalar,
        (Kind.Text or Kind.OptionalText, not null) => new ScalarNode(scalar.ToString()) { Position = scalar.Position },
        (Kind.OptionalBool, bool) => scalar,
        (Kind.Whole, long) => scalar,
        (Kind.Whole, string text) when long.TryParse(text, out var number) =>
            new ScalarNode(number) { Position = scalar.Position },
        (Kind.Mode, "RUN" or "MULTIRUN") => scalar,
        _ => null,
    };

    static ConfigException WrongType(string path, Kind kind, ConfigNode node)
    {
        var expected = kind switch
        {
            Kind.Text => "text",
            Kind.OptionalText => "text or null",
            Kind.OptionalBool => "true, false or null",
            Kind.Whole => "a whole number",
            Kind.Mode => "RUN or MULTIRUN",
            Kind.Texts => "a list of texts",
            _ => "a map",
        };
        var shown = node is ScalarNode scalar ? scalar.ToString() : PythonText.Quoted(node);
        return new ConfigException($"Value '{shown}' of 'hydra.{path}' does not fit: expected {expected}\n    full_key: "
            + $"hydra.{path}"
            + (node.Position is { } position ? $"\n{position}" : ""));
    }

    static IEnumerable<string> Parents(string path)
    {
        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1)) yield return path[..dot];
    }
}
