namespace Kymo.Config;

/// <summary>Builds the graph of a document from its tokens, and follows aliases.</summary>
internal sealed class YamlParser
{
    /// <summary>Deepest nesting of lists and maps.</summary>
    public const int MaxDepth = 200;

    readonly YamlText _text;
    readonly YamlScanner _tokens;
    readonly Dictionary<string, YamlGraph> _anchors = [];
    Dictionary<string, string> _handles = DefaultHandles();

    public YamlParser(string text, string file)
    {
        _text = new YamlText(text, file);
        _tokens = new YamlScanner(_text);
    }

    /// <summary>The root of the only document; null for an empty one.</summary>
    /// <exception cref="ConfigException">The text is no YAML, or holds several documents.</exception>
    public YamlGraph? Parse()
    {
        if (Next(YamlTokenKind.StreamEnd)) return null;
        var isExplicit = Next(YamlTokenKind.DocumentStart) || IsDirective(_tokens.Peek().Kind);
        if (isExplicit)
        {
            Directives();
            var start = _tokens.Take();
            if (start.Kind != YamlTokenKind.DocumentStart) throw _text.Error($"expected '---', but found {start.Name}", start.Start);
        }
        var root = isExplicit && (IsDirective(_tokens.Peek().Kind) || Next(YamlTokenKind.DocumentStart) || Next(YamlTokenKind.DocumentEnd)
            || Next(YamlTokenKind.StreamEnd)) ? Empty(_tokens.Peek().Start) : Node(0, inBlock: true);
        while (Next(YamlTokenKind.DocumentEnd)) _tokens.Take();
        if (!Next(YamlTokenKind.StreamEnd))
            throw _text.Error($"expected the end of a single document, but found {_tokens.Peek().Name}", _tokens.Peek().Start);
        return root;
    }

    static Dictionary<string, string> DefaultHandles() => new() { ["!"] = "!", ["!!"] = "tag:yaml.org,2002:" };

    static bool IsDirective(YamlTokenKind kind)
        => kind is YamlTokenKind.VersionDirective or YamlTokenKind.TagDirective or YamlTokenKind.OtherDirective;

    void Directives()
    {
        var versions = 0;
        var handles = new Dictionary<string, string>();
        while (IsDirective(_tokens.Peek().Kind))
        {
            var token = _tokens.Take();
            if (token.Kind == YamlTokenKind.VersionDirective)
            {
                if (++versions > 1) throw _text.Error("found a second YAML directive", token.Start);
                if (token.Text != "1") throw _text.Error("found an incompatible document: version 1.* is required", token.Start);
            }
            else if (token.Kind == YamlTokenKind.TagDirective && !handles.TryAdd(token.Handle!, token.Text))
                throw _text.Error($"the tag handle '{token.Handle}' is given twice", token.Start);
        }
        foreach (var (handle, prefix) in DefaultHandles()) handles.TryAdd(handle, prefix);
        _handles = handles;
    }

    bool Next(YamlTokenKind kind) => _tokens.Peek().Kind == kind;

    ScalarGraph Empty(YamlMark mark) => new(null, "", plain: true, _text.At(mark));

    /// <summary>
    /// A node with its anchor and tag. In a block map's key or value, <paramref name="mayBeIndentless"/>, a list may begin without
    /// more indentation.
    /// </summary>
    YamlGraph Node(int depth, bool inBlock, bool mayBeIndentless = false)
    {
        if (Next(YamlTokenKind.Alias)) return Alias(_tokens.Take());
        var first = _tokens.Peek();
        if (depth > MaxDepth) throw _text.Error($"nested deeper than {MaxDepth} levels", first.Start);
        var (anchor, tag) = Properties();
        var position = _text.At(first.Start);
        var token = _tokens.Peek();
        switch (token.Kind)
        {
            case YamlTokenKind.BlockEntry when mayBeIndentless:
                return IndentlessSequence(Anchored(anchor, new SequenceGraph(tag, position)), depth);
            case YamlTokenKind.Scalar:
                _tokens.Take();
                return Anchored(anchor, new ScalarGraph(tag, token.Text, token.Plain, position));
            case YamlTokenKind.FlowSequenceStart:
                return FlowSequence(Anchored(anchor, new SequenceGraph(tag, position)), depth);
            case YamlTokenKind.FlowMappingStart:
                return FlowMapping(Anchored(anchor, new MappingGraph(tag, position)), depth);
            case YamlTokenKind.BlockSequenceStart when inBlock:
                return BlockSequence(Anchored(anchor, new SequenceGraph(tag, position)), depth);
            case YamlTokenKind.BlockMappingStart when inBlock:
                return BlockMapping(Anchored(anchor, new MappingGraph(tag, position)), depth);
        }
        if (anchor is null && tag is null) throw _text.Error($"expected a value, but found {token.Name}", token.Start);
        return Anchored(anchor, new ScalarGraph(tag, "", plain: true, position));
    }

    (YamlToken? Anchor, string? Tag) Properties()
    {
        YamlToken? anchor = null;
        YamlToken? tag = null;
        if (Next(YamlTokenKind.Anchor)) anchor = _tokens.Take();
        if (Next(YamlTokenKind.Tag)) tag = _tokens.Take();
        if (anchor is null && Next(YamlTokenKind.Anchor)) anchor = _tokens.Take();
        if (tag is not { } given) return (anchor, null);
        if (given.Handle is null) return (anchor, given.Text);
        return _handles.TryGetValue(given.Handle, out var prefix)
            ? (anchor, prefix + given.Text)
            : throw _text.Error($"found undefined tag handle '{given.Handle}'", given.Start);
    }

    YamlGraph Alias(YamlToken alias)
        => _anchors.GetValueOrDefault(alias.Text) ?? throw _text.Error($"found undefined alias '{alias.Text}'", alias.Start);

    T Anchored<T>(YamlToken? anchor, T node) where T : YamlGraph
    {
        if (anchor is { } given && !_anchors.TryAdd(given.Text, node))
            throw _text.Error($"found duplicate anchor '{given.Text}', first given in line {_anchors[given.Text].Position.Line}", given.Start);
        return node;
    }

    SequenceGraph BlockSequence(SequenceGraph sequence, int depth)
    {
        var start = _tokens.Take().Start;
        while (Next(YamlTokenKind.BlockEntry))
        {
            var entry = _tokens.Take();
            sequence.Items.Add(Next(YamlTokenKind.BlockEntry) || Next(YamlTokenKind.BlockEnd) ? Empty(entry.Start) : Node(depth + 1, inBlock: true));
        }
        EndBlock("a block list", start);
        return sequence;
    }

    SequenceGraph IndentlessSequence(SequenceGraph sequence, int depth)
    {
        while (Next(YamlTokenKind.BlockEntry))
        {
            var entry = _tokens.Take();
            var empty = _tokens.Peek().Kind is YamlTokenKind.BlockEntry or YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd;
            sequence.Items.Add(empty ? Empty(entry.Start) : Node(depth + 1, inBlock: true));
        }
        return sequence;
    }

    MappingGraph BlockMapping(MappingGraph mapping, int depth)
    {
        var start = _tokens.Take().Start;
        while (Next(YamlTokenKind.Key) || Next(YamlTokenKind.Value))
        {
            var mark = _tokens.Peek().Start;
            if (!Next(YamlTokenKind.Key)) break;
            _tokens.Take();
            var key = BlockPart(mark, depth);
            var value = Next(YamlTokenKind.Value) ? BlockPart(_tokens.Take().Start, depth) : Empty(_tokens.Peek().Start);
            mapping.Pairs.Add((key, value));
        }
        EndBlock("a block mapping", start);
        return mapping;
    }

    YamlGraph BlockPart(YamlMark mark, int depth)
        => _tokens.Peek().Kind is YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd
            ? Empty(mark)
            : Node(depth + 1, inBlock: true, mayBeIndentless: true);

    void EndBlock(string context, YamlMark start)
    {
        var end = _tokens.Take();
        if (end.Kind != YamlTokenKind.BlockEnd)
            throw _text.Error($"expected the end of the block or a line indented like its others, but found {end.Name}", end.Start, context, start);
    }

    SequenceGraph FlowSequence(SequenceGraph sequence, int depth)
    {
        var start = _tokens.Take().Start;
        for (var first = true; !Next(YamlTokenKind.FlowSequenceEnd); first = false)
        {
            if (!first) Separator("',' or ']'", "a list in brackets", start);
            if (Next(YamlTokenKind.FlowSequenceEnd)) break;
            sequence.Items.Add(Next(YamlTokenKind.Key) ? SinglePair(depth + 1) : Node(depth + 1, inBlock: false));
        }
        _tokens.Take();
        return sequence;
    }

    /// <summary>A map of one pair that stands in a list in brackets without braces.</summary>
    MappingGraph SinglePair(int depth)
    {
        var mapping = new MappingGraph(null, _text.At(_tokens.Peek().Start));
        mapping.Pairs.Add(FlowPair(depth, YamlTokenKind.FlowSequenceEnd));
        return mapping;
    }

    MappingGraph FlowMapping(MappingGraph mapping, int depth)
    {
        var start = _tokens.Take().Start;
        for (var first = true; !Next(YamlTokenKind.FlowMappingEnd); first = false)
        {
            if (!first) Separator("',' or '}'", "a mapping in braces", start);
            if (Next(YamlTokenKind.FlowMappingEnd)) break;
            mapping.Pairs.Add(Next(YamlTokenKind.Key)
                ? FlowPair(depth, YamlTokenKind.FlowMappingEnd)
                : (Node(depth + 1, inBlock: false), Empty(_tokens.Peek().Start)));
        }
        _tokens.Take();
        return mapping;
    }

    (YamlGraph Key, YamlGraph Value) FlowPair(int depth, YamlTokenKind end)
    {
        var mark = _tokens.Take().Start;
        var key = Next(YamlTokenKind.Value) || Next(YamlTokenKind.FlowEntry) || Next(end) ? Empty(mark) : Node(depth + 1, inBlock: false);
        if (!Next(YamlTokenKind.Value)) return (key, Empty(_tokens.Peek().Start));
        mark = _tokens.Take().Start;
        return (key, Next(YamlTokenKind.FlowEntry) || Next(end) ? Empty(mark) : Node(depth + 1, inBlock: false));
    }

    void Separator(string expected, string context, YamlMark start)
    {
        var token = _tokens.Peek();
        if (token.Kind != YamlTokenKind.FlowEntry)
            throw _text.Error($"expected {expected}, but found {token.Name}", token.Start, context, start);
        _tokens.Take();
    }
}
