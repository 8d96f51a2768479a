namespace Kymo.Config;

/// <summary>Types of values, as the parameters of the grammar's functions declare them.</summary>
[Flags]
enum ValueTypes
{
    Null = 1,
    Text = 2,
    Bool = 4,
    Int = 8,
    Float = 16,
    List = 32,
    Dict = 64,
    Quoted = 128,
    Choice = 256,
    Range = 512,
    Interval = 1024,

    /// <summary>A bool passes for a whole number, as in Python.</summary>
    Number = Bool | Int | Float,

    Element = Text | Number | List | Dict,
    Parsed = Element | Null | Quoted,
    AnySweep = Choice | Range | Interval,
}

/// <summary>A parameter: its name, what it takes, and how Python writes that.</summary>
readonly record struct Parameter(string Name, ValueTypes Types, string TypeText, bool IsOptional = false)
{
    /// <summary>Checks one argument.</summary>
    /// <param name="value">The argument.</param>
    /// <param name="label">How the message names it.</param>
    public void Check(OverrideValue value, string label)
    {
        if ((Types & TypeOf(value)) == 0)
            throw FunctionError.OfType(
                $"mismatch type argument {label}: {PythonValues.TypeName(value)} is incompatible with {TypeText}");
    }

    static ValueTypes TypeOf(OverrideValue value) => value switch
    {
        NullValue => ValueTypes.Null,
        BoolValue => ValueTypes.Bool,
        IntValue => ValueTypes.Int,
        FloatValue => ValueTypes.Float,
        TextValue => ValueTypes.Text,
        QuotedValue => ValueTypes.Quoted,
        ListValue => ValueTypes.List,
        DictValue => ValueTypes.Dict,
        ChoiceSweep => ValueTypes.Choice,
        RangeSweep => ValueTypes.Range,
        IntervalSweep => ValueTypes.Interval,
        _ => 0,
    };
}

/// <summary>The arguments of a call: those by position, then those by name (a name given twice keeps the last value).</summary>
sealed class FunctionArguments
{
    readonly Dictionary<string, OverrideValue> _named = [];

    public List<OverrideValue> Positional { get; } = [];

    public IReadOnlyDictionary<string, OverrideValue> Named => _named;

    public bool HasNamed => _named.Count > 0;

    public OverrideValue? this[string name] => _named.GetValueOrDefault(name);

    public void Add(string? name, OverrideValue value)
    {
        // A function sees the text of an argument that was quoted; quotes inside its lists stay.
        if (value is QuotedValue quoted) value = new TextValue(quoted.Text);
        if (name is null) Positional.Add(value);
        else _named[name] = value;
    }
}

/// <summary>
/// What a function takes: either any number of arguments by position, or named parameters; then parameters by name only.
/// </summary>
sealed record FunctionSignature(Parameter? Rest, params Parameter[] Parameters)
{
    /// <summary>Assigns the arguments to the parameters and checks their types, with Python's messages.</summary>
    public void Bind(FunctionArguments arguments)
    {
        if (Rest is { } rest)
        {
            CheckNames(arguments, []);
            for (var i = 0; i < arguments.Positional.Count; i++) rest.Check(arguments.Positional[i], $"{rest.Name}[{i}]");
        }
        else
        {
            var byPosition = arguments.Positional;
            if (byPosition.Count > Parameters.Length) throw FunctionError.OfType("too many positional arguments");
            CheckNames(arguments, Parameters.Take(byPosition.Count).Select(parameter => parameter.Name));
            for (var i = 0; i < byPosition.Count; i++) arguments.Add(Parameters[i].Name, byPosition[i]);
            foreach (var parameter in Parameters)
                if (!parameter.IsOptional && arguments[parameter.Name] is null)
                    throw FunctionError.OfType($"missing a required argument: '{parameter.Name}'");
        }
        foreach (var (name, value) in arguments.Named) Find(name).Check(value, name);
    }

    void CheckNames(FunctionArguments arguments, IEnumerable<string> taken)
    {
        foreach (var name in arguments.Named.Keys)
        {
            if (taken.Contains(name)) throw FunctionError.OfType($"multiple values for argument '{name}'");
            if (!Parameters.Any(parameter => parameter.Name == name))
                throw FunctionError.OfType($"got an unexpected keyword argument '{name}'");
        }
    }

    Parameter Find(string name) => Array.Find(Parameters, parameter => parameter.Name == name);
}
