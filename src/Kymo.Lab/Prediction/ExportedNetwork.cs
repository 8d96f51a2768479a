using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Kymo.Onnx;
using Kymo.Signals;

namespace Kymo.Lab.Prediction;

/// <summary>
/// An ONNX export of a trained network, ready to answer: the graph in ONNX Runtime, the card in its metadata, its hashes. LibTorch takes
/// no part.
/// </summary>
public sealed class ExportedNetwork : IDisposable
{
    const string CardKey = "kymo";

    readonly Dictionary<string, string> _metadata;

    ExportedNetwork(InferenceSession session, string path, byte[] bytes)
    {
        Session = session;
        Path = path;
        Bytes = bytes.LongLength;
        Hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        _metadata = new(session.Metadata, StringComparer.Ordinal);
        Classes = Texts("classes");
    }

    /// <summary>The file it came from.</summary>
    public string Path { get; }

    /// <summary>The file's size.</summary>
    public long Bytes { get; }

    /// <summary>SHA-256 of the file, hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>SHA-256 of the feature settings, hexadecimal; empty where the network takes what it is given.</summary>
    public string FeatureHash => this["feature_hash"] ?? "";

    /// <summary>The recipe that trained it; empty for a graph of another program.</summary>
    public string Recipe => this["recipe"] ?? "";

    /// <summary>Class names in the order of the outputs; empty for networks that name none.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The graph, for callers that have its inputs ready.</summary>
    public InferenceSession Session { get; }

    /// <summary>A fact of the metadata, or null.</summary>
    public string? this[string key] => _metadata.GetValueOrDefault(key);

    /// <summary>Opens an export.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads of one computation.</param>
    /// <exception cref="OnnxException">ONNX Runtime is missing, or refuses the file.</exception>
    /// <exception cref="DataException">There is no such file.</exception>
    public static ExportedNetwork Open(string path, int threads = 1)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such file; expected an export of kymo export");
        return Open(File.ReadAllBytes(path), path, threads);
    }

    /// <summary>Opens an export from its bytes.</summary>
    /// <exception cref="OnnxException">ONNX Runtime is missing, or refuses the bytes.</exception>
    public static ExportedNetwork Open(byte[] bytes, string path, int threads = 1)
    {
        var session = InferenceSession.Load(bytes, new SessionOptions { Threads = threads });
        try
        {
            return new ExportedNetwork(session, path, bytes);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The recipe that an export names, without opening the graph in ONNX Runtime.</summary>
    /// <exception cref="OnnxException">The file is no ONNX model.</exception>
    public static string? RecipeOf(string path) => OnnxModelFile.Read(path).Metadata.FirstOrDefault(entry => entry.Key == "recipe").Value;

    /// <summary>Runs a graph of one input and one output.</summary>
    /// <param name="items">The numbers, row-major.</param>
    /// <param name="shape">Their sizes, the batch first.</param>
    public float[] Run(ReadOnlySpan<float> items, params ReadOnlySpan<long> shape)
    {
        using var answer = Session.Run(items, shape);
        return answer.Float32().ToArray();
    }

    /// <summary>The card that the recipe wrote.</summary>
    /// <typeparam name="T">The recipe's card.</typeparam>
    /// <param name="options">How the recipe writes it.</param>
    /// <exception cref="DataException">There is none, or a damaged one.</exception>
    public T Card<T>(JsonSerializerOptions options) where T : class
    {
        var text = this[CardKey] ?? throw new DataException(Path, "holds no card of a recipe; export the run again with kymo export RUN");
        try
        {
            return JsonSerializer.Deserialize<T>(text, options) ?? throw new JsonException("empty");
        }
        catch (JsonException error)
        {
            throw new DataException(Path, "its card is damaged: " + error.Message, error);
        }
    }

    /// <summary>A list of texts of the metadata; empty where there is none.</summary>
    /// <exception cref="DataException">It is damaged.</exception>
    public IReadOnlyList<string> Texts(string key)
    {
        if (this[key] is not { } text) return [];
        try
        {
            return JsonSerializer.Deserialize<string[]>(text) ?? [];
        }
        catch (JsonException error)
        {
            throw new DataException(Path, string.Create(CultureInfo.InvariantCulture, $"its {key} are no list of texts: {error.Message}"), error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();
}
