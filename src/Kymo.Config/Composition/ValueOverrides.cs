namespace Kymo.Config;

/// <summary>
/// Applies overrides to the values of a composed configuration, in order. The configuration is closed: only <c>+</c> and
/// <c>++</c> make new keys.
/// </summary>
sealed class ValueOverrides(MapNode root, Func<ConfigNode, ConfigNode> resolve)
{
    readonly NodePath _paths = new(resolve);

    /// <summary>Applies one override.</summary>
    /// <exception cref="ConfigException">It does not fit the configuration; the message says what to type instead.</exception>
    public void Apply(Override item)
    {
        if (item.Package is not null)
            throw new ConfigException($"Override {item.Text} looks like a config group override, but config group "
                + $"'{item.KeyOrGroup}' does not exist.");
        if (item.Kind == OverrideKind.Delete) Delete(item);
        else if (item.Kind == OverrideKind.Add) Add(item);
        else Set(item, open: item.Kind == OverrideKind.ForceAdd);
    }

    void Delete(Override item)
    {
        var key = item.KeyOrGroup;
        var current = Select(item, key);
        if (current is null or { IsNull: true })
            throw new ConfigException($"Could not delete from config. '{key}' does not exist.{Nearest(item)}");
        if (item.Value is { } value and not NullValue && !OverrideNodes.AreEqual(current, value, resolve))
            throw new ConfigException($"Could not delete from config. The value of '{key}' is {Show(current)} and not "
                + $"{Show(value)}.\nTo delete whatever the value is, type ~{key}");
        var dot = key.LastIndexOf('.');
        var parent = dot < 0 ? root : Select(item, key[..dot])!;
        if (parent is ListNode)
            throw Merging(item, $"list indices must be integers or slices, not str\nHydra 1.3 cannot take items out of a "
                + $"list. Give the whole list: {key[..dot]}=[...]");
        ((MapNode)parent).Remove(key[(dot + 1)..]);
    }

    void Add(Override item)
    {
        var isContainer = item.Value is ListValue or DictValue;
        if (!isContainer && Select(item, item.KeyOrGroup) is { IsNull: false })
            throw new ConfigException($"Could not append to config. An item is already at '{item.KeyOrGroup}'.\n"
                + $"Either remove + prefix: '{item.Text[1..]}'\nOr add a second + to add or override '{item.KeyOrGroup}': "
                    + $"'+{item.Text}'");
        // A key that is there is looked at for its interpolations, as Hydra does.
        if (isContainer) Select(item, item.KeyOrGroup);
        Set(item, open: true);
    }

    void Set(Override item, bool open)
    {
        var parts = item.KeyOrGroup.Split('.');
        var value = OverrideNodes.ToNode(item);
        ConfigNode parent = root;
        for (var i = 0; i + 1 < parts.Length; i++)
        {
            // A scalar on the way gives place to a map.
            var next = NodePath.Child(parent, parts[i]);
            if (next is null or ScalarNode) Put(parent, parts[i], next = new MapNode { Position = value.Position }, open, item);
            parent = next;
        }
        var last = NodePath.Child(parent, parts[^1]);
        if (last is not (MapNode or ListNode) || value is ScalarNode) Put(parent, parts[^1], value, open, item);
        else if (last is MapNode map && value is MapNode source) Merge(map, source, open, item);
        else if (last is ListNode && value is ListNode) Put(parent, parts[^1], value, open, item);
        else throw Merging(item, $"Cannot merge DictConfig with ListConfig\n'{item.KeyOrGroup}' is a "
            + $"{(last is MapNode ? "map" : "list")}. To replace it delete it first: ~{item.KeyOrGroup} +{item.KeyOrGroup}=...");
    }

    static void Put(ConfigNode parent, string part, ConfigNode value, bool open, Override item)
    {
        if (parent is ListNode list)
        {
            list[NodePath.Index(part, list) ?? throw Merging(item, $"list index out of range\n'{part}' is no item of the "
                + $"list: it has {list.Count}, from 0.")] = value;
            return;
        }
        var map = (MapNode)parent;
        if (!open && !map.Contains(part)) throw NotInStruct(item, part, map);
        map[part] = value;
    }

    void Merge(MapNode target, MapNode source, bool open, Override item)
    {
        foreach (var (key, value) in source)
        {
            var current = target[key];
            if (current is null && !open) throw NotInStruct(item, key.ToString(), target);
            if (current is { IsInterpolation: true } && Resolved(current) is { } container and not ScalarNode)
                target[key] = current = container.Copy();
            if (current is MapNode map && value is MapNode inner) Merge(map, inner, open, item);
            else if (current is MapNode && value is ListNode || current is ListNode && value is MapNode)
                throw Merging(item, $"Cannot merge DictConfig with ListConfig\nThe key is '{key}' of '{item.KeyOrGroup}'.");
            else if (current is null || !value.IsMissing) target[key] = value.Copy();
        }
    }

    ConfigNode? Resolved(ConfigNode node)
    {
        try
        {
            return resolve(node);
        }
        catch (ConfigException)
        {
            return null;
        }
    }

    static ConfigException NotInStruct(Override item, string key, MapNode map)
    {
        var near = NearestKeys.Hint(key, map.Keys.Select(other => other.ToString()));
        return new($"Could not override '{item.KeyOrGroup}'.\nTo append to your config use +{item.Text}\nKey '{key}' is not "
            + $"in struct{near}");
    }

    string Nearest(Override item)
    {
        var key = item.KeyOrGroup;
        var dot = key.LastIndexOf('.');
        var parent = dot < 0 ? root : Select(item, key[..dot]);
        return parent is MapNode map ? NearestKeys.Hint(key[(dot + 1)..], map.Keys.Select(other => other.ToString())) : "";
    }

    ConfigNode? Select(Override item, string path)
    {
        try
        {
            return _paths.Select(root, path);
        }
        catch (ConfigException error)
        {
            throw Merging(item, error.Message);
        }
    }

    static ConfigException Merging(Override item, string why) => new($"Error merging override {item.Text}\n{why}");

    static string Show(ConfigNode node) => node is ScalarNode scalar ? scalar.ToString() : PythonText.Quoted(node);

    static string Show(OverrideValue value) => value switch
    {
        TextValue text => text.Text,
        QuotedValue quoted => quoted.Text,
        _ => PythonValues.Quoted(value),
    };
}
