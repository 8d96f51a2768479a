using System.Text.Json;
using System.Text.Json.Serialization;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>Everything that prediction needs besides the weights; stands in the weights file's metadata.</summary>
/// <param name="Recipe">Always <c>sleep-stages</c>.</param>
/// <param name="Network">LSTM, GRU, RNN, Transformer or Night.</param>
/// <param name="Model">Its sizes.</param>
/// <param name="Classes">Class names, in the order of the logits.</param>
/// <param name="Features">Columns of a row.</param>
/// <param name="Length">Rows of a window; 0 for whole nights.</param>
/// <param name="Data">How rows are made.</param>
/// <param name="Scaling">What rows are scaled by.</param>
/// <param name="Fold">The fold that was held out.</param>
/// <param name="TrainedPeople">People that the weights or the choice of the epoch have seen.</param>
/// <param name="Source">Dataset, licence and fingerprint of the training data.</param>
/// <param name="Compat"><c>original</c> where the original's rules made it.</param>
sealed record SleepModelCard(
    string Recipe,
    string Network,
    SleepModelOptions Model,
    IReadOnlyList<string> Classes,
    IReadOnlyList<string> Features,
    int Length,
    SleepDataOptions Data,
    SleepScaling Scaling,
    int Fold,
    IReadOnlyList<string> TrainedPeople,
    string Source,
    string Compat);

/// <summary>A trained network of this recipe in one <c>.safetensors</c> file: weights under PyTorch's names, the card in its metadata.</summary>
sealed class SleepModelFile : IDisposable
{
    const string CardKey = "kymo";

    /// <summary>How the card is written.</summary>
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = SleepCardJson.Default };

    readonly RandomGenerator _random = new(0);

    SleepModelFile(SleepModelCard card, IReadOnlyDictionary<string, StoredTensor> weights, string path)
    {
        Card = card;
        Network = SleepNetworks.Create(card.Network, card.Model, card.Features.Count, card.Classes.Count, _random, _random);
        Network.LoadState(weights, path);
        Network.Eval();
    }

    /// <summary>What the network is and how it was trained.</summary>
    public SleepModelCard Card { get; }

    /// <summary>The network, in evaluation mode, on the CPU.</summary>
    public Module Network { get; }

    /// <summary>The card of a trained network.</summary>
    public static SleepModelCard CardOf(SleepStagesConfig config, SleepNights nights, SleepSplit split, SleepObjective objective, TrainingRun run) => new(
        SleepStagesRecipe.Name, objective.Name, config.Model, SleepStage.Names(config.Classes), nights.Features,
        objective.IsSequence ? 0 : nights.Length, config.Data, objective.Scaling, split.Fold,
        [.. split.TrainNights.Concat(split.ValidationNights).Distinct().Select(night => nights.Nights[night].Id).Order(StringComparer.Ordinal)],
        $"{nights.Name} ({nights.Licence}), content {run.Plan.Data["content_sha256"]}", config.Compat);

    /// <summary>The card as the file's metadata hold it.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(SleepModelCard card) =>
        new Dictionary<string, string> { [CardKey] = JsonSerializer.Serialize(card, Json) };

    /// <summary>Reads a trained network.</summary>
    /// <exception cref="CheckpointException">A damaged file, or weights of another network.</exception>
    /// <exception cref="DataException">Weights without a card.</exception>
    public static SleepModelFile Read(string path)
    {
        var file = SafetensorsFile.Read(path);
        if (!file.Metadata.TryGetValue(CardKey, out var text))
            throw new DataException(path, "holds weights without a card (classes, features, scaling); name a run of kymo train sleep-stages");
        try
        {
            var card = JsonSerializer.Deserialize<SleepModelCard>(text, Json) ?? throw new JsonException("empty");
            return new SleepModelFile(card, file.Tensors.ToDictionary(entry => entry.Name, entry => entry.Tensor), path);
        }
        catch (JsonException error)
        {
            throw new DataException(path, "its card is damaged: " + error.Message, error);
        }
    }

    /// <summary>Writes the network again.</summary>
    public void Write(string path) =>
        SafetensorsFile.Write(path, [.. Network.SaveState().Select(entry => (entry.Key, entry.Value))], Metadata(Card));

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Dispose();
        _random.Dispose();
    }
}

/// <summary>Reads and writes the card by code made at build time, so that a start does not wait for a look at its types.</summary>
[JsonSerializable(typeof(SleepModelCard))]
sealed partial class SleepCardJson : JsonSerializerContext;
