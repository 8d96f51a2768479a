namespace Kymo.Config;

/// <summary>Fills in what is known of a run: its overrides, choices, search path, name and folder.</summary>
sealed class HydraNode(MapNode hydra, ComposeRequest request, IReadOnlyDictionary<string, string?> choices,
    IReadOnlyList<ConfigSource> sources)
{
    public void Fill()
    {
        if (hydra["mode"] is null or { IsNull: true }) hydra["mode"] = new ScalarNode(request.IsMultirun ? "MULTIRUN" : "RUN");
        FillOverrides();
        FillRuntime(Map("runtime"));
        FillJob(Map("job"));
    }

    void FillOverrides()
    {
        var overrides = Map("overrides");
        foreach (var (key, isHydra) in ((string, bool)[])[("hydra", true), ("task", false)])
        {
            var texts = overrides[key] as ListNode ?? new ListNode();
            if (texts.Parent is null) overrides[key] = texts;
            foreach (var item in request.Overrides.Where(item => item.IsHydra == isHydra)) texts.Add(new ScalarNode(item.Text));
        }
    }

    void FillRuntime(MapNode runtime)
    {
        runtime["version"] = new ScalarNode(ConfigComposer.HydraVersion);
        runtime["version_base"] = new ScalarNode(request.AcceptsHydra11 ? "1.1" : "1.3");
        runtime["cwd"] = new ScalarNode(request.WorkingDirectory);
        runtime["config_sources"] = new ListNode(sources.Select(source =>
        {
            var entry = new MapNode();
            entry.Add("path", new ScalarNode(source.Path));
            entry.Add("schema", new ScalarNode(source.Scheme));
            entry.Add("provider", new ScalarNode(source.Provider));
            return entry;
        }));
        if (runtime["choices"] is not MapNode chosen) runtime["choices"] = chosen = new MapNode();
        foreach (var (key, option) in choices) chosen[key] = new ScalarNode(option);
    }

    void FillJob(MapNode job)
    {
        if (job["env_copy"] is ListNode copied && job["env_set"] is MapNode set)
            foreach (var name in copied.Select(item => item.ToString()!))
                set[name] = new ScalarNode(request.Environment(name) ?? throw new ConfigException(
                    $"hydra.job.env_copy names '{name}', but there is no environment variable of that name. Set it or take "
                        + $"the name out."));
        if (job["name"] is null or { IsMissing: true }) job["name"] = new ScalarNode(request.JobName);
        job["override_dirname"] = new ScalarNode(OverrideDirname(job));
        job["config_name"] = new ScalarNode(request.ConfigName);
    }

    /// <summary>The task's overrides in alphabetical order in one text, made for names of folders.</summary>
    string OverrideDirname(MapNode job)
    {
        var settings = (job["config"] as MapNode)?["override_dirname"] as MapNode;
        var excluded = (settings?["exclude_keys"] as ListNode)?.Select(item => item.ToString()).ToHashSet() ?? [];
        var texts = request.Overrides.Where(item => !item.IsHydra && !excluded.Contains(item.KeyOrGroup))
            .Select(item => item.Text).Order(Comparer<string>.Create(PythonValues.Compare));
        return string.Join(settings?["item_sep"]?.ToString() ?? ",", texts)
            .Replace("=", settings?["kv_sep"]?.ToString() ?? "=", StringComparison.Ordinal);
    }

    MapNode Map(string key)
    {
        if (hydra[key] is MapNode map) return map;
        throw new ConfigException($"hydra.{key} is no map. It belongs to the program: set the keys below it.");
    }
}
