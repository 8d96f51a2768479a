namespace Kymo.Config;

/// <summary>A mistake in a configuration or on the command line, which its writer can mend. The program ends with 2.</summary>
/// <param name="message">What was wrong, where, what was expected, and what to type instead.</param>
/// <param name="inner">The cause, if another error led here.</param>
public sealed class ConfigException(string message, Exception? inner = null) : Exception(message, inner);
