namespace Kymo.Config;

/// <summary>The tags of YAML 1.1 (<c>tag:yaml.org,2002:</c>) that a plain scalar can resolve to or that may be written out.</summary>
internal enum YamlTag
{
    String,
    Null,
    Bool,
    Int,
    Float,
    Timestamp,
    Merge,
    Value,
    Yaml,
    Map,
    Sequence,
    Binary,
    Set,
    OrderedMap,
    Pairs,
}
