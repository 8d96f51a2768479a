namespace Kymo.Config;

/// <summary>The eleven functions of the override grammar of Hydra 1.3: casts, sweeps, and what orders or tags them.</summary>
static class GrammarFunctions
{
    const string ParsedText = "Optional[Union[str, int, float, bool, list, dict, QuotedString]]";
    const string ElementText = "Union[str, int, bool, float, list, dict, ChoiceSweep, RangeSweep]";
    const string NumberText = "Union[int, float]";

    const ValueTypes Cast = ValueTypes.Parsed | ValueTypes.AnySweep;
    const ValueTypes Orderable = ValueTypes.Choice | ValueTypes.Range;

    static readonly FunctionSignature s_cast = new(
        new Parameter("args", Cast, $"Union[{ParsedText}, Sweep]"),
        new Parameter("value", Cast, $"Optional[Union[{ParsedText}, Sweep]]"));

    static readonly Parameter s_sweep = new("sweep", Orderable | ValueTypes.Null, "Optional[Union[ChoiceSweep, RangeSweep]]",
        true);
    static readonly Parameter s_list = new("list", ValueTypes.List | ValueTypes.Null, "Optional[List[Any]]", true);

    static readonly Dictionary<string,
        (FunctionSignature Signature, Func<FunctionArguments, Random, OverrideValue> Run)> s_functions = new()
        {
            ["int"] = (s_cast, (arguments, _) => Casts.Apply(CastKind.Int, arguments)),
            ["float"] = (s_cast, (arguments, _) => Casts.Apply(CastKind.Float, arguments)),
            ["str"] = (s_cast, (arguments, _) => Casts.Apply(CastKind.Str, arguments)),
            ["bool"] = (s_cast, (arguments, _) => Casts.Apply(CastKind.Bool, arguments)),
            ["choice"] = (
            new FunctionSignature(new Parameter("args", ValueTypes.Element | ValueTypes.Choice,
                "Union[str, int, float, bool, Dict[Any, Any], List[Any], ChoiceSweep]")),
            (arguments, _) => SweepFunctions.Choice(arguments.Positional)),
            ["range"] = (
            new FunctionSignature(null,
                new Parameter("start", ValueTypes.Number, NumberText),
                new Parameter("stop", ValueTypes.Number | ValueTypes.Null, $"Optional[{NumberText}]", true),
                new Parameter("step", ValueTypes.Number, NumberText, true)),
            (arguments, _) => SweepFunctions.Range(arguments["start"]!, arguments["stop"], arguments["step"])),
            ["interval"] = (
            new FunctionSignature(null,
                new Parameter("start", ValueTypes.Number, NumberText),
                new Parameter("end", ValueTypes.Number, NumberText)),
            (arguments, _) => SweepFunctions.Interval(arguments["start"]!, arguments["end"]!)),
            ["glob"] = (
            new FunctionSignature(null,
                new Parameter("include", ValueTypes.List | ValueTypes.Text, "Union[List[str], str]"),
                new Parameter("exclude", ValueTypes.List | ValueTypes.Text | ValueTypes.Null, "Union[List[str], str, NoneType]",
                    true)),
            (arguments, _) => SweepFunctions.Glob(arguments["include"]!, arguments["exclude"])),
            ["tag"] = (
            new FunctionSignature(new Parameter("args", ValueTypes.Text | ValueTypes.AnySweep, "Union[str, Sweep]"),
                new Parameter("sweep", ValueTypes.AnySweep | ValueTypes.Null, "Optional[Sweep]", true)),
            (arguments, _) => SweepFunctions.Tag(arguments.Positional, arguments["sweep"])),
            ["sort"] = (
            new FunctionSignature(new Parameter("args", ValueTypes.Element | Orderable, ElementText), s_sweep, s_list,
                new Parameter("reverse", ValueTypes.Bool, "bool", true)),
            (arguments, _) => Ordering.Sort(arguments)),
            ["shuffle"] = (
            new FunctionSignature(new Parameter("args", ValueTypes.Element | Orderable, ElementText), s_sweep, s_list),
            Ordering.Shuffle),
        };

    /// <summary>The names of all functions, in alphabetical order.</summary>
    public static IEnumerable<string> Names => s_functions.Keys.Order(StringComparer.Ordinal);

    /// <summary>Calls a function.</summary>
    /// <exception cref="FunctionError">No such function, or arguments it does not take.</exception>
    public static OverrideValue Call(string name, FunctionArguments arguments, Random random)
    {
        if (!s_functions.TryGetValue(name, out var function))
            throw new FunctionError("HydraException", $"Unknown function '{name}'\nAvailable: {string.Join(',', Names)}");
        function.Signature.Bind(arguments);
        return function.Run(arguments, random);
    }
}
