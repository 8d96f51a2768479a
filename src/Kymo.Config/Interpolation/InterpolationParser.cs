using System.Text;

namespace Kymo.Config;

/// <summary>
/// Reads OmegaConf's interpolation grammar and evaluates it on the way. A value is null, a bool, a number, a text, or a node. Depth is
/// bounded, so that a hostile text ends in an error.
/// </summary>
sealed class InterpolationParser
{
    const int MaxDepth = 64;
    const string Unquoted = "/-\\+.$%*@?|";

    readonly string _text;
    readonly ConfigResolver _resolver;
    readonly ConfigNode _node;
    int _at;
    int _depth;

    InterpolationParser(string text, ConfigResolver resolver, ConfigNode node) => (_text, _resolver, _node) = (text, resolver, node);

    /// <summary>The value of a text with interpolations.</summary>
    public static object? Evaluate(string text, ConfigResolver resolver, ConfigNode node) => new InterpolationParser(text, resolver, node).Top();

    /// <summary>The value of one element of the grammar, as <c>oc.decode</c> reads it.</summary>
    public static object? Element(string text, ConfigResolver resolver, ConfigNode node)
    {
        var parser = new InterpolationParser(text, resolver, node);
        var value = parser.Element(ElementEnd.Text);
        return parser._at == text.Length ? value : throw parser.Fault("expected the end of the text");
    }

    enum ElementEnd
    {
        Text,
        Argument,
        List,
        Dictionary,
        Key,
    }

    object? Top()
    {
        var parts = new List<object?>();
        var literal = new StringBuilder();
        while (_at < _text.Length)
        {
            var slashes = 0;
            while (_at + slashes < _text.Length && _text[_at + slashes] == '\\') slashes++;
            if (!IsOpening(_at + slashes))
            {
                literal.Append(_text, _at, Math.Max(slashes, 1));
                _at += Math.Max(slashes, 1);
                continue;
            }
            // Before ${ two backslashes are one, and an odd one makes the ${ plain text.
            literal.Append('\\', slashes / 2);
            _at += slashes;
            if (slashes % 2 == 1)
            {
                literal.Append("${");
                _at += 2;
                continue;
            }
            if (literal.Length > 0) parts.Add(literal.ToString());
            literal.Clear();
            parts.Add(new Found(Interpolation()));
        }
        if (literal.Length > 0) parts.Add(literal.ToString());
        if (parts is [Found only]) return only.Value;
        return string.Concat(parts.Select(part => part is Found found ? _resolver.Text(found.Value) : (string?)part));
    }

    bool IsOpening(int at) => at + 1 < _text.Length && _text[at] == '$' && _text[at + 1] == '{';

    object? Interpolation()
    {
        if (++_depth > MaxDepth) throw Fault($"interpolations are nested deeper than {MaxDepth}");
        _at += 2;
        SkipBlanks();
        var start = _at;
        var dots = 0;
        while (_at < _text.Length && _text[_at] == '.') (dots, _at) = (dots + 1, _at + 1);
        var keys = new List<string> { KeyPart() };
        var isPlainName = dots == 0;
        while (_at < _text.Length && _text[_at] is '.' or '[')
        {
            if (_text[_at++] == '.')
            {
                keys.Add(KeyPart());
                continue;
            }
            isPlainName = false;
            keys.Add(KeyPart());
            Expect(']');
        }
        object? value;
        if (isPlainName && _at < _text.Length && _text[_at] == ':')
        {
            _at++;
            var name = string.Join('.', keys);
            var arguments = Arguments();
            Expect('}');
            value = _resolver.Resolvers.Call(name, arguments, _node);
        }
        else
        {
            SkipBlanks();
            var key = _text[start.._at].TrimEnd();
            Expect('}');
            value = Look(key, dots, keys);
        }
        _depth--;
        return value;
    }

    ConfigNode Look(string key, int dots, List<string> keys)
    {
        var start = _resolver.Start(_node, dots);
        for (var i = 0; i + 1 < keys.Count; i++)
        {
            var parent = _resolver.Find(start, keys[..(i + 1)]);
            if (parent is null) break;
            if (_resolver.Resolve(parent) is ScalarNode)
                throw ConfigResolver.Fault(_node, $"Error trying to access {key}: node `{string.Join('.', keys[..(i + 1)])}` is not a container and thus cannot contain `{keys[i + 1]}`");
        }
        var found = _resolver.Find(start, keys) ?? throw ConfigResolver.Fault(_node, $"Interpolation key '{key}' not found{Nearest(start, keys)}");
        return found.IsMissing ? throw ConfigResolver.Fault(_node, $"Missing mandatory value: {key}") : found;
    }

    string Nearest(ConfigNode start, List<string> keys)
    {
        if (_resolver.Find(start, keys[..^1]) is not { } parent || _resolver.Resolve(parent) is not MapNode map) return "";
        var near = Spelling.Nearest(keys[^1], map.Keys.Select(candidate => candidate.ToString()));
        return near.Count == 0 ? "" : $"; did you mean {string.Join(" or ", near)}?";
    }

    // An interpolation that names a key, or a plain word.
    string KeyPart()
    {
        if (IsOpening(_at))
        {
            var opened = _at;
            var value = Interpolation();
            if (value is ConfigNode node) value = _resolver.Resolve(node) is ScalarNode scalar ? scalar.Value : node;
            return value as string ?? throw ConfigResolver.Fault(_node,
                $"The following interpolation is used to denote a config key and thus should return a string, but instead returned `{_resolver.Text(value)}`: {_text[opened.._at]}");
        }
        var start = _at;
        while (_at < _text.Length && !"\\${}()[]:. \t'\"".Contains(_text[_at])) _at++;
        return _at > start ? _text[start.._at] : throw Fault("expected a key");
    }

    List<object?> Arguments()
    {
        var arguments = new List<object?>();
        SkipBlanks();
        if (_at < _text.Length && _text[_at] == '}') return arguments;
        while (true)
        {
            SkipBlanks();
            arguments.Add(_at < _text.Length && _text[_at] is ',' or '}' ? "" : Element(ElementEnd.Argument));
            if (_at >= _text.Length) throw Fault("expected ',' or '}'");
            if (_text[_at] == '}') return arguments;
            Expect(',');
            SkipBlanks();
            if (_at < _text.Length && _text[_at] == '}')
            {
                arguments.Add("");
                return arguments;
            }
        }
    }

    object? Element(ElementEnd end)
    {
        if (++_depth > MaxDepth) throw Fault($"nested deeper than {MaxDepth}");
        SkipBlanks();
        object? value;
        if (_at < _text.Length && _text[_at] is '\'' or '"') value = QuotedValue();
        else if (_at < _text.Length && _text[_at] == '[') value = List();
        else if (_at < _text.Length && _text[_at] == '{') value = Dictionary();
        else value = Primitive(end);
        SkipBlanks();
        _depth--;
        return value;
    }

    ListNode List()
    {
        var list = new ListNode();
        _at++;
        SkipBlanks();
        while (_at < _text.Length && _text[_at] != ']')
        {
            list.Add(NodeOf(Element(ElementEnd.List)));
            if (_at < _text.Length && _text[_at] == ',') _at++;
            else break;
        }
        Expect(']');
        return list;
    }

    MapNode Dictionary()
    {
        var map = new MapNode();
        _at++;
        SkipBlanks();
        while (_at < _text.Length && _text[_at] != '}')
        {
            var key = Element(ElementEnd.Key);
            if (key is ConfigNode) throw Fault("a key must be a plain value");
            Expect(':');
            map[new ConfigKey(key)] = NodeOf(Element(ElementEnd.Dictionary));
            if (_at < _text.Length && _text[_at] == ',') _at++;
            else break;
        }
        Expect('}');
        return map;
    }

    string QuotedValue()
    {
        var quote = _text[_at++];
        var value = new StringBuilder();
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '\\')
            {
                var slashes = 0;
                while (_at + slashes < _text.Length && _text[_at + slashes] == '\\') slashes++;
                _at += slashes;
                var before = _at < _text.Length && (_text[_at] == quote || IsOpening(_at));
                value.Append('\\', before ? slashes / 2 : slashes);
                if (before && slashes % 2 == 1)
                {
                    value.Append(_text[_at]);
                    _at++;
                }
                continue;
            }
            if (c == quote)
            {
                _at++;
                return value.ToString();
            }
            if (IsOpening(_at))
            {
                value.Append(_resolver.Text(Interpolation()));
                continue;
            }
            value.Append(c);
            _at++;
        }
        throw Fault($"the quote {quote} is not closed");
    }

    object? Primitive(ElementEnd end)
    {
        var parts = new List<object?>();
        var literal = new StringBuilder();
        var escaped = false;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '\\' && _at + 1 < _text.Length && "\\()[]{}:=, \t".Contains(_text[_at + 1]))
            {
                literal.Append(_text[_at + 1]);
                escaped = true;
                _at += 2;
                continue;
            }
            if (IsOpening(_at))
            {
                if (literal.Length > 0) parts.Add(literal.ToString());
                literal.Clear();
                parts.Add(new Found(Interpolation()));
                continue;
            }
            var ends = c switch
            {
                ',' => end is not ElementEnd.Text,
                '}' => true,
                ']' => true,
                ':' => end is ElementEnd.Key,
                _ => false,
            };
            if (ends) break;
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or ':' or ' ' or '\t') && !Unquoted.Contains(c)) throw Fault($"'{c}' may stand only between quotes");
            literal.Append(c);
            _at++;
        }
        if (literal.Length > 0) parts.Add(escaped ? literal.ToString() : literal.ToString().TrimEnd(' ', '\t'));
        if (parts is [Found only]) return only.Value;
        if (parts is [string text]) return escaped ? text : Typed(text);
        if (parts.Count == 0) throw Fault("expected a value");
        return string.Concat(parts.Select(part => part is Found found ? _resolver.Text(found.Value) : (string?)part)).TrimEnd(' ', '\t');
    }

    /// <summary>A word as what it looks like: null, a bool, an integer, a number, or text.</summary>
    internal static object? Typed(string text)
    {
        if (text.Equals("null", StringComparison.OrdinalIgnoreCase)) return null;
        if (text.Equals("true", StringComparison.OrdinalIgnoreCase)) return true;
        if (text.Equals("false", StringComparison.OrdinalIgnoreCase)) return false;
        var digits = text.TrimStart('+', '-');
        var isWord = digits.Length < text.Length - 1 || digits.Length == 0;
        if (!isWord && char.IsAsciiDigit(digits[0]) && (digits == "0" || digits[0] != '0') && PythonNumbers.TryParseInt(text, 10, out var integer)) return integer;
        var isNumber = digits.Length > 0 && (char.IsAsciiDigit(digits[0]) || digits[0] == '.' || digits.ToLowerInvariant() is "inf" or "nan");
        var hasPoint = digits.AsSpan().ContainsAny('.', 'e', 'E') || digits.ToLowerInvariant() is "inf" or "nan";
        return !isWord && isNumber && hasPoint && PythonNumbers.TryParseFloat(text, out var number) ? number : text;
    }

    static ConfigNode NodeOf(object? value) => value is ConfigNode node ? node.Parent is null ? node : node.Copy() : new ScalarNode(value);

    void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t') _at++;
    }

    void Expect(char c)
    {
        if (_at >= _text.Length || _text[_at] != c) throw Fault($"expected '{c}'");
        _at++;
    }

    ConfigException Fault(string problem) =>
        ConfigResolver.Fault(_node, $"the interpolation cannot be read at position {_at + 1}: {problem}\n    {_text}\n    {new string(' ', _at)}^");

    sealed record Found(object? Value);
}
