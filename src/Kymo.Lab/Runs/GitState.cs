using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Kymo.Lab.Runs;

/// <summary>State of the source tree a run was made from.</summary>
/// <param name="Commit">Hash of the commit; null outside a repository or without git.</param>
/// <param name="Branch">Name of the branch; null when detached.</param>
/// <param name="Dirty">Whether tracked files differ from the commit; null where that is unknown.</param>
public sealed record GitState(string? Commit, string? Branch, bool? Dirty)
{
    /// <summary>Keys of <c>git.json</c>.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["commit_sha", "branch", "dirty"];

    /// <summary>Asks git about a folder.</summary>
    public static GitState Of(string folder)
    {
        if (Ask(folder, "rev-parse", "HEAD") is not { } commit) return new GitState(null, null, null);
        var changes = Ask(folder, "status", "--porcelain", "--untracked-files=no");
        return new GitState(
            commit, Ask(folder, "symbolic-ref", "--short", "-q", "HEAD"), changes is null ? null : changes.Length > 0);
    }

    /// <summary>The object of <c>git.json</c>.</summary>
    public JsonObject ToJson() => new() { ["commit_sha"] = Commit, ["branch"] = Branch, ["dirty"] = Dirty };

    static string? Ask(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null; // no git on this machine
        }
    }
}
