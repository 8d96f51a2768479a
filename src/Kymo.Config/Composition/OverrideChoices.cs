namespace Kymo.Config;

/// <summary>
/// What the command line and the <c>override</c> entries of defaults lists choose, and what has become known of the choices while
/// the defaults tree grows.
/// </summary>
sealed class OverrideChoices
{
    sealed record Choice(string? Option, IReadOnlyList<string>? Options, string? WrittenIn)
    {
        public bool IsUsed { get; set; }

        public bool IsFromCommandLine => WrittenIn is null;

        public string Text => Options is { } options ? $"[{string.Join(", ", options)}]" : Option ?? "null";
    }

    sealed record Deletion(string? Option)
    {
        public bool IsUsed { get; set; }
    }

    readonly OrderedDictionary<string, Choice> _choices = [];
    readonly OrderedDictionary<string, Deletion> _deletions = [];
    readonly OrderedDictionary<string, string?> _known = [];
    readonly Dictionary<string, SortedSet<string>> _knownKeys = [];

    /// <summary>Sorts the overrides of the command line into choices, deletions, appended choices and value overrides.</summary>
    public OverrideChoices(IEnumerable<Override> overrides, Func<string, bool> groupExists)
    {
        foreach (var item in overrides)
        {
            if (item.IsSweep) continue;
            if (item.Value is DictValue || !groupExists(item.KeyOrGroup)) Values.Add(item);
            else AddChoice(item);
        }
    }

    /// <summary>The choices of <c>+group=option</c>.</summary>
    public List<DefaultEntry> Appended { get; } = [];

    /// <summary>The overrides that change values after composition, in order.</summary>
    public List<Override> Values { get; } = [];

    /// <summary>What was chosen, by override key, in the order in which it became known.</summary>
    public IReadOnlyDictionary<string, string?> Known => _known;

    void AddChoice(Override item)
    {
        switch (item.Kind)
        {
            case OverrideKind.ForceAdd:
                throw new ConfigException($"force-add of config groups is not supported: '{item.Text}'\nTo append the choice "
                    + $"to the defaults list use {item.Text[1..]}");
            case OverrideKind.Delete:
                _deletions[item.KeyAndPackage] = new Deletion(DeletedOption(item));
                break;
            default:
                var (option, options) = Chosen(item);
                if (item.Kind == OverrideKind.Add)
                    Appended.Add(new DefaultEntry
                    {
                        Group = item.KeyOrGroup,
                        Name = option,
                        Options = options,
                        Package = Here(item.Package),
                        IsAppended = true,
                    });
                else _choices[item.KeyAndPackage] = new Choice(option, options, null);
                break;
        }
    }

    static string? Here(string? package) => package == "_here_" ? "" : package;

    static string? DeletedOption(Override item) => item.Value switch
    {
        null or NullValue => null,
        TextValue text => text.Text,
        QuotedValue quoted => quoted.Text,
        _ => throw new ConfigException($"Config group override deletion value must be a string : {item.Text}\nType "
            + $"~{item.KeyAndPackage} or ~{item.KeyAndPackage}=OPTION"),
    };

    static (string? Option, IReadOnlyList<string>? Options) Chosen(Override item) => item.Value switch
    {
        TextValue text => (text.Text, null),
        QuotedValue quoted => (quoted.Text, null),
        ListValue list => (null, [.. list.Items.Select(option => OptionText(item, option))]),
        var other => throw new ConfigException(
            $"Config group override must be a string or a list. Got {PythonValues.TypeName(other!)}\nIn '{item.Text}': "
                + $"{Remedy(item, other!)}"),
    };

    static string Remedy(Override item, OverrideValue value) => value is NullValue
        ? $"to choose nothing, delete the choice: ~{item.KeyAndPackage}"
        : $"to choose an option of that name, quote it: '{item.KeyElement}=\"{value}\"'";

    static string OptionText(Override item, OverrideValue option) => option switch
    {
        TextValue text => text.Text,
        QuotedValue quoted => quoted.Text,
        _ => throw new ConfigException($"In '{item.Text}': the options of a config group are names, but {option} is a "
            + $"{PythonValues.TypeName(option)}."),
    };

    /// <summary>Takes note of an <c>override</c> entry; a choice that is already there wins.</summary>
    public void AddOverride(DefaultsNode node, string writtenIn)
    {
        if (!_choices.ContainsKey(node.OverrideKey)) _choices.Add(node.OverrideKey,
            new Choice(node.Options is null ? node.Name : null, node.Options, writtenIn));
    }

    /// <summary>Gives a node the option chosen for it, if there is one.</summary>
    public void Apply(DefaultsNode node)
    {
        if (!node.IsGroup || !_choices.TryGetValue(node.OverrideKey, out var choice)) return;
        node.Choose(choice.Option, choice.Options);
        choice.IsUsed = true;
    }

    /// <summary>Whether a node is deleted by the command line; it takes note that the deletion has met something.</summary>
    public bool Delete(DefaultsNode node)
    {
        if (!node.IsGroup || !_deletions.TryGetValue(node.OverrideKey, out var deletion)) return false;
        if (deletion.Option is not null && deletion.Option != node.Name) return false;
        return deletion.IsUsed = node.IsDeleted = true;
    }

    /// <summary>Takes note of what was chosen for a node.</summary>
    public void SetKnown(DefaultsNode node)
    {
        if (!node.IsGroup) return;
        var key = node.OverrideKey;
        if (!_known.TryAdd(key, node.Name) && _known[key] is var known && known != node.Name)
            throw new ConfigException($"Multiple values for {key}. To override a value use 'override {key}: {known ?? "null"}'\n"
                + $"The two values are '{node.Name ?? "null"}' and '{known ?? "null"}'.");
        if (!_knownKeys.TryGetValue(node.GroupPath, out var keys)) _knownKeys.Add(node.GroupPath,
            keys = new(StringComparer.Ordinal));
        keys.Add(key);
    }

    /// <summary>Complains of choices and deletions that met nothing in the tree.</summary>
    public void CheckUsed()
    {
        foreach (var (key, choice) in _choices)
            if (!choice.IsUsed) throw new ConfigException(UnusedChoice(key, choice));
        foreach (var (key, deletion) in _deletions)
            if (!deletion.IsUsed) throw new ConfigException(UnusedDeletion(key, deletion));
    }

    string UnusedChoice(string key, Choice choice)
    {
        var candidates = _knownKeys.GetValueOrDefault(key.Split('@')[0]);
        var message = $"Could not override '{key}'." + candidates?.Count switch
        {
            null or 0 => " No match in the defaults list.",
            1 => $"\nDid you mean to override {candidates.First()}?",
            _ => $"\nDid you mean to override one of {string.Join(", ", candidates)}?",
        };
        return choice.IsFromCommandLine
            ? $"{message}\nTo append to your default list use +{key}={choice.Text}"
            : $"In '{choice.WrittenIn}': {message}\nAn override entry must name a choice that stands in a defaults list (a "
                + $"leading '/' counts from the root).";
    }

    string UnusedDeletion(string key, Deletion deletion)
    {
        var wanted = deletion.Option is null ? key : $"{key}={deletion.Option}";
        var message = $"Could not delete '{wanted}'. No match in the defaults list";
        return _known.TryGetValue(key, out var known) ? $"{message}\nThe option chosen is '{known}'." : message;
    }
}
