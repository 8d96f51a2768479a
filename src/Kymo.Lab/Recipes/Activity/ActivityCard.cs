using System.Text.Json;
using System.Text.Json.Serialization;
using Kymo.Lab.Data.Motion;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>Everything that use needs besides the weights; stands in the weights file's metadata.</summary>
/// <param name="Recipe">Always <c>activity</c>.</param>
/// <param name="Model">The networks' settings.</param>
/// <param name="SeparateClassifiers">Whether the file has a classifier of simulated signals.</param>
/// <param name="SeparateFeatureExtractors">Whether it has an extractor of simulated signals.</param>
/// <param name="Classes">Class names, in the order of the logits.</param>
/// <param name="RateHz">Rows a second.</param>
/// <param name="InputMean">Mean of each channel of the movement that was taken out.</param>
/// <param name="InputDeviation">Its deviation.</param>
/// <param name="TargetMean">Mean of each channel of the signal that was taken out; null where prepared data did not say it.</param>
/// <param name="TargetDeviation">Its deviation; null likewise.</param>
/// <param name="TrainedPeople">People that the weights or the choice of the epoch have seen.</param>
/// <param name="Data">Dataset, licence and fingerprint.</param>
/// <param name="Limits">What the method cannot do.</param>
sealed record ActivityCard(
    string Recipe,
    ActivityModelOptions Model,
    bool SeparateClassifiers,
    bool SeparateFeatureExtractors,
    IReadOnlyList<string> Classes,
    double RateHz,
    float[] InputMean,
    float[] InputDeviation,
    float[]? TargetMean,
    float[]? TargetDeviation,
    IReadOnlyList<string> TrainedPeople,
    string Data,
    string Limits)
{
    /// <summary>The key of the card.</summary>
    public const string Key = "kymo";

    const string Caveats = "One sensor, one placement and one joint list; the joint tracks' quality is assumed; windows overlap; the weights of the loss were tuned "
        + "for a data set; the networks take windows of one length.";

    /// <summary>How the card is written.</summary>
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = ActivityCardJson.Default };

    /// <summary>The card as the file's metadata hold it.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(ActivityConfig config, ActivityData data)
    {
        var card = new ActivityCard(
            ActivityRecipe.Name, config.Model, config.Scenario.SeparateClassifiers, config.Scenario.SeparateFeatureExtractors, data.Set.Classes, data.Set.RateHz,
            data.InputScale.Mean, data.InputScale.Deviation, data.TargetScaleIsKnown ? data.TargetScale.Mean : null, data.TargetScaleIsKnown ? data.TargetScale.Deviation : null,
            [.. data.Split.Train.Concat(data.Split.Validation).Select(recording => recording.Participant).Distinct().Order(StringComparer.Ordinal)],
            $"{data.Set.Name} ({data.Set.Licence}), files {data.Set.Fingerprint}", Caveats);
        return new Dictionary<string, string> { [Key] = card.ToJson() };
    }

    /// <summary>The card as text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>What is taken out of raw signals before the networks see them.</summary>
    /// <param name="path">The file that the card stands in.</param>
    /// <exception cref="Signals.DataException">The networks were trained on prepared data that did not say it.</exception>
    public ChannelScale SignalScale(string path) => TargetMean is { } mean && TargetDeviation is { } deviation ? new ChannelScale(mean, deviation)
        : throw new Signals.DataException(path, "the networks were trained on prepared signals whose mean and deviation nobody knows, so raw recordings cannot be brought to their scale; "
            + $"put {MmFitPrepared.Statistics} with acc_mean and acc_std beside the workouts, or prepare them with kymo prepare activity, and train again");

    /// <summary>Reads a card.</summary>
    /// <exception cref="Signals.DataException">The file has none, or a damaged one.</exception>
    public static ActivityCard Read(string path, IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(Key, out var text)) throw new Signals.DataException(path, "holds weights without a card; name a run of kymo train activity");
        try
        {
            return JsonSerializer.Deserialize<ActivityCard>(text, Json) is { Recipe: ActivityRecipe.Name } card ? card
                : throw new Signals.DataException(path, "is of another recipe");
        }
        catch (JsonException error)
        {
            throw new Signals.DataException(path, "its card is damaged: " + error.Message, error);
        }
    }
}

/// <summary>Reads and writes the card by code made at build time, so that a start does not wait for a look at its types.</summary>
[JsonSerializable(typeof(ActivityCard))]
sealed partial class ActivityCardJson : JsonSerializerContext;
