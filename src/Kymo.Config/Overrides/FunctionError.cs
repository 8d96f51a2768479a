namespace Kymo.Config;

/// <summary>A function of the override grammar refused its arguments.</summary>
/// <param name="type">The name of Python's exception, which the message starts with.</param>
/// <param name="message">Why.</param>
sealed class FunctionError(string type, string message) : Exception(message)
{
    /// <summary>The name of Python's exception.</summary>
    public string Type => type;

    public static FunctionError OfType(string message) => new("TypeError", message);

    public static FunctionError OfValue(string message) => new("ValueError", message);

    /// <summary>Hydra answers these with a bare assertion; this says what was wrong.</summary>
    public static FunctionError Assertion(string message) => new("AssertionError", message);
}
