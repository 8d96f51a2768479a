namespace Kymo.Config;

/// <summary>Why an interpolation has no value. The place where it was asked for makes it a <see cref="ConfigException"/>.</summary>
internal sealed class InterpolationFault(string message, bool isNotContainer = false, bool isMissing = false) : Exception(message)
{
    const int SnippetLength = 60;

    /// <summary>True where the path goes through a value that is no map and no list.</summary>
    public bool IsNotContainer { get; } = isNotContainer;

    /// <summary>True where the path leads to <c>???</c>.</summary>
    public bool IsMissing { get; } = isMissing;

    /// <summary>A fault of the grammar, with a caret under the place.</summary>
    public static InterpolationFault Syntax(string problem, string text, int at)
    {
        var start = Math.Max(0, at - SnippetLength);
        var end = Math.Min(text.Length, at + SnippetLength);
        var snippet = text[start..end].ReplaceLineEndings(" ").Replace('\t', ' ');
        return new InterpolationFault($"{problem}\n    {snippet}\n    {new string(' ', at - start)}^");
    }
}
