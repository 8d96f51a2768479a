namespace Kymo.Lab.Runs;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing; the evidence stands.</summary>
    Warning,

    /// <summary>The evidence does not stand: something is missing, damaged or contradicts itself.</summary>
    Error,
}

/// <summary>Something that checking a run found.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="File">The file, relative to the run folder.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record RunFinding(Severity Severity, string File, string Message)
{
    internal static RunFinding Error(string file, string message) => new(Severity.Error, file, message);

    internal static RunFinding Warning(string file, string message) => new(Severity.Warning, file, message);

    /// <summary><c>error: metrics.json: ...</c></summary>
    public override string ToString() => $"{(Severity == Severity.Error ? "error" : "warning")}: {File}: {Message}";
}
