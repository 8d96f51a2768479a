using System.Text.Json;
using System.Text.Json.Serialization;
using Kymo.Signals;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.Music;

/// <summary>Everything that a trained network of the music recipes needs besides its weights; stands in the weights file's metadata.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Task">What it was trained to answer.</param>
/// <param name="Target"><c>data.target</c>.</param>
/// <param name="Model">The network's name.</param>
/// <param name="Settings">The network's settings.</param>
/// <param name="Loss">What the loss compared, which says how outputs become answers.</param>
/// <param name="Steps">Steps of an item; 0 for flat ones.</param>
/// <param name="Inputs">Names of the inputs.</param>
/// <param name="Outputs">Names of the outputs.</param>
/// <param name="InputSize">Numbers of a step.</param>
/// <param name="Mean">What inputs were scaled by, or null.</param>
/// <param name="Deviation">What inputs were scaled by, or null.</param>
/// <param name="Features">How pieces became numbers.</param>
/// <param name="Compat">The original's rules that were on.</param>
/// <param name="FeatureVersion">Version of the features.</param>
/// <param name="DataSource"><c>real</c> or <c>synthetic</c>.</param>
/// <param name="Dataset">The set.</param>
/// <param name="Licence">Its licence.</param>
/// <param name="IsNonCommercial">Whether the licence forbids commercial use of what is made of the data.</param>
/// <param name="Seed">The run's seed.</param>
sealed record MusicCard(
    string Recipe, string Task, string Target, string Model, IReadOnlyDictionary<string, string> Settings, MusicLoss Loss, int Steps,
    IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, int InputSize, float[]? Mean, float[]? Deviation, MusicFeatureOptions Features,
    IReadOnlyList<string> Compat, int FeatureVersion, string DataSource, string Dataset, string Licence, bool IsNonCommercial, long Seed)
{
    /// <summary>The present version of the features.</summary>
    public const int Version = 1;

    /// <summary>How the card is written.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The card as the file's metadata hold it.</summary>
    public IReadOnlyDictionary<string, string> Metadata() => new Dictionary<string, string> { ["kymo"] = ToJson() };

    /// <summary>The card as text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The card of a task.</summary>
    public static MusicCard Of(string recipe, MusicConfig config, MusicTask task) => new(
        recipe, task.Name, config.Data.Target, task.Model.Name, task.Model.Settings, task.Loss, task.Steps, task.InputNames, task.OutputNames, task.Inputs,
        task.Scaling?.Mean, task.Scaling?.Deviation, config.Features, [.. config.Compat.On()], Version, task.DataSource, task.Set.Name, task.Set.Licence,
        task.Set.IsNonCommercial, config.Seed);

    /// <summary>Reads a trained network.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file of one.</param>
    /// <exception cref="CheckpointException">A damaged file, or weights of another network.</exception>
    /// <exception cref="DataException">Weights without a card, or no trained run.</exception>
    public static (MusicCard Card, Module Network) Open(string run)
    {
        var path = File.Exists(run) ? run : Path.Combine(run, Runs.RunFiles.BestModelSafetensors);
        if (!File.Exists(path)) throw new DataException(run, "holds no trained network; expected a finished run of a music recipe");
        var file = SafetensorsFile.Read(path);
        if (!file.Metadata.TryGetValue("kymo", out var text)) throw new DataException(path, "holds weights without a card; name a run of a music recipe");
        MusicCard card;
        try
        {
            card = JsonSerializer.Deserialize<MusicCard>(text, Json) ?? throw new JsonException("empty");
        }
        catch (JsonException error)
        {
            throw new DataException(path, "its card is damaged: " + error.Message, error);
        }
        CheckVersion(card, path);
        using var random = new RandomGenerator(0);
        var network = MusicNetworks.New(card.Model, card.Settings, random, random);
        network.LoadState(file.Tensors.ToDictionary(entry => entry.Name, entry => entry.Tensor), path);
        network.Eval();
        return (card, network);
    }

    /// <summary>Refuses a network of other features than this program computes.</summary>
    /// <exception cref="DataException">It is one.</exception>
    public static void CheckVersion(MusicCard card, string path)
    {
        if (card.FeatureVersion != Version) throw new DataException(path, $"was trained on features of version {card.FeatureVersion}, this program computes version {Version}; train again");
    }
}
