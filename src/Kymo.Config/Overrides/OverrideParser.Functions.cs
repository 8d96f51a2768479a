namespace Kymo.Config;

sealed partial class OverrideParser
{
    /// <summary><c>name(a, b, key=c)</c>, evaluated.</summary>
    OverrideValue ParseFunction()
    {
        Enter();
        var start = _current.Start;
        var name = _text[start..Advance().End];
        Advance();
        var arguments = new FunctionArguments();
        if (_current.Kind != OverrideTokenKind.ParenClose)
        {
            ParseArgument(arguments, start);
            while (_current.Kind == OverrideTokenKind.Comma)
            {
                Advance();
                ParseArgument(arguments, start);
            }
        }
        var end = _current.End;
        Expect(OverrideTokenKind.ParenClose, "',' or ')'");
        _depth--;
        return Evaluate(name, arguments, start, end);
    }

    void ParseArgument(FunctionArguments arguments, int functionStart)
    {
        string? name = null;
        if (_current.Kind == OverrideTokenKind.Id && _next.Kind == OverrideTokenKind.Equal)
        {
            name = _text[_current.Start..Advance().End];
            Advance();
        }
        else if (arguments.HasNamed) _functionError ??= _errors.PositionalAfterNamed(functionStart, _current.Start);
        arguments.Add(name, ParseElement());
    }

    OverrideValue Evaluate(string name, FunctionArguments arguments, int start, int end)
    {
        if (_functionError is not null) return NullValue.Instance;
        try
        {
            return GrammarFunctions.Call(name, arguments, _random ??= new Random(Seed(_text)));
        }
        catch (FunctionError error)
        {
            _functionError = _errors.Function(error, start, end);
            return NullValue.Instance;
        }
    }

    /// <summary>A number that depends on the text alone (FNV-1a), so that the order of a shuffled list can be repeated.</summary>
    static int Seed(string text)
    {
        var hash = 2166136261u;
        foreach (var character in text) hash = (hash ^ character) * 16777619u;
        return (int)hash;
    }
}
