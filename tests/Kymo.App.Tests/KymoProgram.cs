using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Kymo.App.Tests;

/// <summary>How a process ended.</summary>
sealed record Ending(int Code, string Output, string Error)
{
    /// <summary>The one JSON document that <c>--json</c> prints.</summary>
    public JsonNode Json => JsonNode.Parse(Output)!;
}

/// <summary>Runs the program as a user does: another process, in a folder of its own.</summary>
static class KymoProgram
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    public static Ending Run(string folder, params string[] arguments) => Run(folder, [], arguments);

    public static Ending Run(string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        using var process = Start(folder, environment, arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"kymo {string.Join(' ', arguments)} did not end in {s_patience}");
        }
        return new Ending(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs it, and fails with what it said when it does not end well.</summary>
    public static Ending Succeed(string folder, params string[] arguments)
    {
        var ending = Run(folder, arguments);
        Assert.True(ending.Code == 0, $"kymo {string.Join(' ', arguments)} ended with {ending.Code}:\n{ending.Error}");
        return ending;
    }

    public static Process Start(string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "kymo.exe" : "kymo"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
