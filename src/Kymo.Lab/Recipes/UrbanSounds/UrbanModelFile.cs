using System.Text.Json;
using System.Text.Json.Serialization;
using Kymo.Lab.Data;
using Kymo.Lab.Models;
using Kymo.Signals;
using Kymo.Signals.Features;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>Everything that prediction needs besides the weights; stands in the weights file's metadata.</summary>
/// <param name="Recipe">Always <c>urban-sounds</c>.</param>
/// <param name="Model">The network's settings.</param>
/// <param name="Classes">Class names, in the order of the logits.</param>
/// <param name="Features">The spectrogram settings.</param>
/// <param name="Standardizer">Scales the input.</param>
/// <param name="Fold">The fold that was held out.</param>
/// <param name="TrainedGroups">Hashes of the recordings (groups) that the weights or the choice of the epoch have seen.</param>
/// <param name="Data">Dataset, licence and fingerprint of the training data.</param>
sealed record UrbanModelCard(
    string Recipe,
    UrbanCnnConfig Model,
    IReadOnlyList<string> Classes,
    UrbanFeatureOptions Features,
    Standardizer Standardizer,
    int Fold,
    IReadOnlyList<string> TrainedGroups,
    string Data);

/// <summary>A trained network of this recipe in one <c>.safetensors</c> file: weights under PyTorch's names, the card in its metadata.</summary>
sealed class UrbanModelFile : IDisposable
{
    const string CardKey = "kymo";

    /// <summary>How the card is written.</summary>
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = UrbanCardJson.Default };

    readonly RandomGenerator _random = new(0);

    UrbanModelFile(UrbanModelCard card, IReadOnlyDictionary<string, StoredTensor> weights, string path)
    {
        Card = card;
        Network = new UrbanCnn(card.Model, _random, _random);
        Network.LoadState(weights, path);
        Network.Eval();
    }

    /// <summary>What the network is and how it was trained.</summary>
    public UrbanModelCard Card { get; }

    /// <summary>The network, in evaluation mode, on the CPU.</summary>
    public UrbanCnn Network { get; }

    /// <summary>The spectrogram settings.</summary>
    public LogMelOptions Options => UrbanSoundsData.Options(Card.Features);

    /// <summary>Writes a trained network.</summary>
    public static void Write(string path, UrbanModelCard card, IReadOnlyDictionary<string, StoredTensor> weights) =>
        SafetensorsFile.Write(
            path, [.. weights.Select(entry => (entry.Key, entry.Value))], Metadata(card));

    /// <summary>The card as the file's metadata hold it.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(UrbanModelCard card) =>
        new Dictionary<string, string> { [CardKey] = JsonSerializer.Serialize(card, Json) };

    /// <summary>Reads a trained network.</summary>
    /// <exception cref="CheckpointException">A damaged file, or weights of another network.</exception>
    /// <exception cref="DataException">Weights without a card.</exception>
    public static UrbanModelFile Read(string path)
    {
        var file = SafetensorsFile.Read(path);
        if (!file.Metadata.TryGetValue(CardKey, out var text))
            throw new DataException(path, "holds weights without a card (classes, features, standardisation); name a run of kymo train urban-sounds");
        try
        {
            var card = JsonSerializer.Deserialize<UrbanModelCard>(text, Json) ?? throw new JsonException("empty");
            return new UrbanModelFile(card, file.Tensors.ToDictionary(entry => entry.Name, entry => entry.Tensor), path);
        }
        catch (JsonException error)
        {
            throw new DataException(path, "its card is damaged: " + error.Message, error);
        }
    }

    /// <summary>Class probabilities of a batch of spectrograms.</summary>
    /// <param name="clips">(batch, mel, frame), dB as extracted; scaled in place.</param>
    /// <param name="batch">Clips in the batch.</param>
    public float[][] Predict(Span<float> clips, int batch)
    {
        var (bands, frames) = (Options.NMels, LogMelFeatures.Frames(Options));
        var length = bands * frames;
        for (var i = 0; i < batch; i++) Card.Standardizer.Apply(clips.Slice(i * length, length));
        return Classifier.Probabilities(Network, clips[..(batch * length)], batch, bands, frames, Device.Cpu);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Dispose();
        _random.Dispose();
    }
}

/// <summary>Reads and writes the card by code made at build time, so that a start does not wait for a look at its types.</summary>
[JsonSerializable(typeof(UrbanModelCard))]
sealed partial class UrbanCardJson : JsonSerializerContext;
