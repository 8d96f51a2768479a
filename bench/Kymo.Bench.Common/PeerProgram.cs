using System.ComponentModel;
using System.Diagnostics;

namespace Kymo.Bench;

/// <summary>The other side of a comparison: a program of its own.</summary>
public static class PeerProgram
{
    /// <summary>The Python that has Debian's packages.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>What a program prints, trimmed; null where it is not installed or fails.</summary>
    public static string? Ask(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            error.Wait();
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>What a script of <c>bench/peers</c> prints; null where Python or one of its libraries is missing.</summary>
    public static string? AskScript(string name, params string[] arguments) => Ask(Python, [Path.Combine(Machine.Root(), "bench", "peers", name), .. arguments]);
}
