using System.Diagnostics;

namespace Kymo.Testing;

/// <summary>Runs a script of <c>tests/Oracles/</c> in the distribution's Python, where PyTorch, h5py and the others are.</summary>
public static class Oracle
{
    const string Python = "/usr/bin/python3";

    /// <summary>
    /// What <c>tests/Oracles/SCRIPT ARGUMENTS</c> prints. The test is skipped where one of <paramref name="modules"/> cannot be
    /// imported, and fails with the script's own error when it fails.
    /// </summary>
    public static string Ask(string script, string[] modules, params string[] arguments)
    {
        if (!File.Exists(Python)) Assert.Skip($"needs {Python}");
        var probe = Run(["-c", "import " + string.Join(", ", modules)]);
        if (probe.ExitCode != 0) Assert.Skip($"needs the Python modules {string.Join(", ", modules)}: {LastLine(probe.Error)}");
        var (exitCode, output, error) = Run([Repository.PathOf("tests", "Oracles", script), .. arguments]);
        Assert.True(exitCode == 0, $"{script} {string.Join(' ', arguments)} ended with {exitCode}:\n{error}");
        return output;
    }

    static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];

    static (int ExitCode, string Output, string Error) Run(string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
