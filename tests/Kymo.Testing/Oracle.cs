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
        var probe = Run(Python, ["-c", "import " + string.Join(", ", modules)]);
        if (probe.ExitCode != 0) Assert.Skip($"needs the Python modules {string.Join(", ", modules)}: {LastLine(probe.Error)}");
        return Answer(Python, script, arguments);
    }

    /// <summary>
    /// What <c>node tests/Oracles/SCRIPT PACKAGE ARGUMENTS</c> prints; the package is a folder of the checkout that npm fills. The test is
    /// skipped where it is missing, and fails with the script's own error when it fails.
    /// </summary>
    public static string AskNode(string script, string package, params string[] arguments)
    {
        var folder = Repository.PathOf(package.Split('/'));
        if (!Directory.Exists(folder)) Assert.Skip($"needs {package} (./kymo test fetches it)");
        return Answer(NodeProgram(), script, [folder, .. arguments]);
    }

    /// <summary>The node program; the test is skipped where it is missing or older than a major version.</summary>
    public static string NodeProgram(int oldest = 18)
    {
        const string Node = "/usr/bin/node";
        if (!File.Exists(Node)) Assert.Skip($"needs {Node} (Debian package nodejs)");
        var version = Run(Node, ["--version"]).Output.Trim();
        if (int.Parse(version.TrimStart('v').Split('.')[0], System.Globalization.CultureInfo.InvariantCulture) < oldest)
            Assert.Skip($"needs node {oldest} or newer, {Node} is {version}");
        return Node;
    }

    static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];

    static string Answer(string program, string script, string[] arguments)
    {
        var (exitCode, output, error) = Run(program, [Repository.PathOf("tests", "Oracles", script), .. arguments]);
        Assert.True(exitCode == 0, $"{script} {string.Join(' ', arguments)} ended with {exitCode}:\n{error}");
        return output;
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output, string Error) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
