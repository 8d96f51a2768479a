namespace Kymo.App;

/// <summary>How the program ends.</summary>
static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed: the program's or the machine's fault, or a check that did not hold.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The data cannot be used.</summary>
    public const int Data = 3;

    /// <summary>Interrupted; what was finished is kept.</summary>
    public const int Interrupted = 130;
}
