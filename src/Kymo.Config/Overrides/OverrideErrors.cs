using System.Text;

namespace Kymo.Config;

/// <summary>
/// The messages about one override: Hydra's own words first, then the place with a caret, what was expected there, and the form
/// to type instead.
/// </summary>
sealed class OverrideErrors(string text)
{
    const string See = "See https://hydra.cc/docs/1.2/advanced/override_grammar/basic for details";
    const string KeyForms = "Expected key=value, +key=value (to append), ++key=value (to append or override) or ~key (to "
        + "delete).";
    const int Window = 60;

    public ConfigException BadCharacter(OverrideToken token)
    {
        var character = char.ConvertFromUtf32(CodePoint(token.Start));
        var (line, column) = Excerpt(token.Start);
        const string prefix = "LexerNoViableAltException: ";
        var why = IsInValue(token.Start)
            ? character is "'" or "\"" ? $"The quote {character} is not closed. {Quoted()}"
                : $"{Name(character)} must stand in quotes. {Quoted()}"
            : $"{Name(character)} cannot stand in a key. " + KeyForms;
        return Error($"{prefix}{line}\n{new string(' ', prefix.Length + column)}^\ntoken recognition error at: "
            + $"'{Slice(token)}'\n{why}");
    }

    public ConfigException KeyExpected(OverrideKind kind, OverrideToken at, OverrideToken next)
    {
        var expected = kind switch
        {
            OverrideKind.Change => "{EQUAL, '~', '+', '@', KEY_SPECIAL, DOT_PATH, ID}",
            OverrideKind.Add => "{EQUAL, '+', '@', KEY_SPECIAL, DOT_PATH, ID}",
            _ => "{EQUAL, '@', KEY_SPECIAL, DOT_PATH, ID}",
        };
        if (at.Kind == OverrideTokenKind.End && kind != OverrideKind.Change) return Syntax("missing EQUAL at '<EOF>'", at,
            KeyForms);
        var hint = at.Kind == OverrideTokenKind.Slash ? "A config group does not start with '/'. " + KeyForms : KeyForms;
        return Syntax(Mismatch(at, next.IsName || next.Kind == OverrideTokenKind.Equal, expected), at, hint);
    }

    public ConfigException GroupPartExpected(OverrideToken at) =>
        Syntax($"mismatched input {Shown(at)} expecting ID", at,
            "The parts of a config group are names of letters, digits, '_' and '-'.");

    public ConfigException EqualExpected(OverrideToken at, OverrideToken next)
    {
        var first = next.Kind == OverrideTokenKind.Equal ? $"extraneous input {Shown(at)} expecting EQUAL"
            : at.Kind is OverrideTokenKind.End or OverrideTokenKind.Colon or OverrideTokenKind.Id
                ? $"missing EQUAL at {Shown(at)}"
            : $"mismatched input {Shown(at)} expecting EQUAL";
        var hint = at.Kind == OverrideTokenKind.Colon ? "A package is chosen by group@package=option; it cannot be renamed by "
            + "group@from:to."
            : at.Kind == OverrideTokenKind.Slash ? "The parts of a config group are names of letters, digits, '_' and '-'."
            : KeyForms;
        return Syntax(first, at, hint);
    }

    public ConfigException EndExpected(OverrideToken at, OverrideToken next)
    {
        var first = next.Kind == OverrideTokenKind.End && at.Kind != OverrideTokenKind.Equal
            && at.Kind != OverrideTokenKind.Quoted
            ? $"extraneous input {Shown(at)} expecting <EOF>"
            : $"mismatched input {Shown(at)} expecting <EOF>";
        return Syntax(first, at, $"Expected the end of the override or ','. {Quoted()}");
    }

    public ConfigException ElementExpected(OverrideToken at, OverrideToken next, int? valueStart)
    {
        const string starts = "BRACKET_OPEN, BRACE_OPEN, FLOAT, INT, BOOL, NULL, UNQUOTED_CHAR, ID, ESC, WS, QUOTED_VALUE, "
            + "INTERPOLATION}";
        var first = valueStart is { } start
            ? start == at.Start ? Mismatch(at, next.IsPrimitive, "{<EOF>, ':', " + starts) : NoViable(start, at)
            : Mismatch(at, next.IsPrimitive, "{':', " + starts);
        return Syntax(first, at, $"Expected a value, a list [a,b], a dictionary {{a:1}} or a function. {Quoted()}");
    }

    public ConfigException DictKeyExpected(OverrideToken at, OverrideToken next, int? valueStart)
    {
        const string expected = "{BRACE_CLOSE, FLOAT, INT, BOOL, NULL, UNQUOTED_CHAR, ID, ESC, WS}";
        var first = valueStart is { } start ? NoViable(start, at) : Mismatch(at, next.IsDictKey, expected);
        return Syntax(first, at, "Expected a key: text without quotes and interpolations (escape special characters by '\\'), "
            + "a number, true, false or null.");
    }

    public ConfigException ColonExpected(OverrideToken at, OverrideToken next, int? valueStart)
    {
        var first = valueStart is { } start ? NoViable(start, at) : Mismatch(at, next.Kind == OverrideTokenKind.Colon, "':'");
        return Syntax(first, at, $"Expected ':' and the value of the key. {Quoted()}");
    }

    public ConfigException CloseExpected(OverrideTokenKind kind, OverrideToken at, OverrideToken next, int? valueStart,
        string expected)
    {
        var first = valueStart is { } start ? NoViable(start, at)
            : Mismatch(at, next.Kind == kind, $"{{COMMA, {OverrideTokenNames.Of(kind)}}}");
        return Syntax(first, at, $"Expected {expected}. {Quoted()}");
    }

    public ConfigException AllBlank(int at) => Parsing("Trying to parse a primitive that is all whitespaces", at, Quoted());

    public ConfigException TooManyDigits(int at) => Parsing(
        $"Exceeds the limit ({PythonArithmetic.MaxIntDigits} digits) for integer string conversion", at, Quoted());

    public ConfigException TooDeep(int at) => Parsing(
        $"Lists, dictionaries and functions stand more than {OverrideParser.MaxDepth} deep in one another", at,
        "Write deeper values into a configuration file.");

    public ConfigException PositionalAfterNamed(int functionStart, int at) => Parsing(
        "positional argument follows keyword argument", at, $"Name it too, or write it first: {Clip(text[functionStart..])}");

    public ConfigException Function(FunctionError error, int start, int end) => Parsing(
        $"{error.Type} while evaluating '{Clip(text[start..end])}': {error.Message}", start, Quoted());

    ConfigException Parsing(string message, int at, string hint) =>
        Error($"Error parsing override '{Clip(text)}'\n{message}\n{Caret(at)}\n{hint}");

    ConfigException Syntax(string message, OverrideToken at, string hint)
    {
        var recognized = message.StartsWith("mismatched", StringComparison.Ordinal)
            || message.StartsWith("no viable", StringComparison.Ordinal);
        return recognized ? Error($"{message}\n{Caret(at.Start)}\n{hint}") : Parsing(message, at.Start, hint);
    }

    static ConfigException Error(string message) => new($"{message}\n{See}");

    string Mismatch(OverrideToken at, bool nextFits, string expected) => nextFits
        ? $"extraneous input {Shown(at)} expecting {expected}"
        : $"mismatched input {Shown(at)} expecting {expected}";

    string NoViable(int start, OverrideToken at) => $"no viable alternative at input '{Clip(text[start..at.End])}'";

    string Shown(OverrideToken token) => token.Kind == OverrideTokenKind.End ? "'<EOF>'" : $"'{Slice(token)}'";

    string Slice(OverrideToken token) => Clip(text[token.Start..token.End]);

    /// <summary>
    /// The whole override with its value in quotes, as it is typed in a shell; for a value that has no <c>=</c>, nothing.
    /// </summary>
    string Quoted()
    {
        var equal = text.IndexOf('=');
        if (equal < 0 || text.Length > Window) return "Text with special characters is typed in quotes: 'key=\"...\"'.";
        var value = text[(equal + 1)..].Trim(' ', '\t').Trim('"', '\'');
        var quoted = $"{text[..equal]}={QuotedText.Write(value, QuoteKind.Double)}";
        return $"If this is text, type it in quotes: {ShellQuote(quoted)}";
    }

    static string ShellQuote(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    bool IsInValue(int position) => text.IndexOf('=') is var equal and >= 0 && equal < position;

    string Caret(int at)
    {
        var (line, column) = Excerpt(at);
        return $"    {line}\n    {new string(' ', column)}^";
    }

    /// <summary>One line of the text around a place, and the column of the place in it.</summary>
    (string Line, int Column) Excerpt(int at)
    {
        var start = text.Length <= 2 * Window ? 0 : Math.Max(0, Math.Min(at - Window, text.Length - (2 * Window)));
        var end = Math.Min(text.Length, start + (2 * Window));
        var line = new StringBuilder(start > 0 ? "..." : "");
        var column = 0;
        for (var i = start; i <= end; i++)
        {
            if (i == at) column = line.Length;
            if (i < end) line.Append(char.IsControl(text[i]) && text[i] != '\t' ? '\uFFFD' : text[i] == '\t' ? ' ' : text[i]);
        }
        return (line.Append(end < text.Length ? "..." : "").ToString(), column);
    }

    static string Clip(string part) => part.Length <= 2 * Window ? part : $"{part[..Window]}...";

    int CodePoint(int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])
        ? char.ConvertToUtf32(text[at], text[at + 1])
        : char.IsSurrogate(text[at]) ? 0xFFFD : text[at];

    static string Name(string character) => character switch
    {
        " " => "A blank",
        "\t" => "A tab",
        "\n" => "A line break",
        _ => $"'{character}'",
    };
}
