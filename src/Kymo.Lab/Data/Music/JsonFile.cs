using System.Text.Json;
using Kymo.Signals;

namespace Kymo.Lab.Data.Music;

/// <summary>JSON files of music sets, whose numbers some writers spell <c>Infinity</c>.</summary>
static class JsonFile
{
    const long LargestFile = 512L << 20;
    static readonly JsonDocumentOptions s_options = new() { MaxDepth = 64, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Parses a file.</summary>
    /// <exception cref="DataException">Absent, too large, or not JSON; with the line.</exception>
    public static JsonDocument Open(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new DataException(path, "no such file");
        if (file.Length > LargestFile) throw new DataException(path, $"has {file.Length} bytes, expected at most {LargestFile}");
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path), s_options);
        }
        catch (JsonException error)
        {
            throw new DataException(path, $"is not JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine}: {error.Message}", error);
        }
    }
}
