namespace Kymo.Config;

/// <summary>The kinds of token a document is made of.</summary>
internal enum YamlTokenKind
{
    StreamEnd,
    VersionDirective,
    TagDirective,
    OtherDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar,
}

/// <summary>A token.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="Text">A scalar's text, an anchor's name, a tag's suffix or prefix, a version.</param>
/// <param name="Handle">A tag's handle; null for a verbatim tag.</param>
/// <param name="Plain">Whether a scalar stands without quotes.</param>
internal sealed record YamlToken(YamlTokenKind Kind, YamlMark Start, string Text = "", string? Handle = null, bool Plain = false)
{
    /// <summary>How the token is named in messages.</summary>
    public string Name => Kind switch
    {
        YamlTokenKind.StreamEnd => "the end of the document",
        YamlTokenKind.DocumentStart => "'---'",
        YamlTokenKind.DocumentEnd => "'...'",
        YamlTokenKind.BlockSequenceStart => "the start of a list",
        YamlTokenKind.BlockMappingStart => "the start of a mapping",
        YamlTokenKind.BlockEnd => "less indentation",
        YamlTokenKind.FlowSequenceStart => "'['",
        YamlTokenKind.FlowSequenceEnd => "']'",
        YamlTokenKind.FlowMappingStart => "'{'",
        YamlTokenKind.FlowMappingEnd => "'}'",
        YamlTokenKind.BlockEntry => "'-'",
        YamlTokenKind.FlowEntry => "','",
        YamlTokenKind.Key => "a key",
        YamlTokenKind.Value => "':'",
        YamlTokenKind.Alias => "an alias",
        YamlTokenKind.Anchor => "an anchor",
        YamlTokenKind.Tag => "a tag",
        YamlTokenKind.Scalar => "a scalar",
        _ => "a directive",
    };
}
