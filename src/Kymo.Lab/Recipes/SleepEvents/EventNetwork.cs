using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kymo.Lab.Data;
using Kymo.Lab.Models;
using Kymo.Signals;
using Kymo.Signals.Features;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>Everything that prediction needs besides the weights; stands in the weights file's metadata.</summary>
/// <param name="Recipe">Always <c>sleep-events</c>.</param>
/// <param name="Model">The network's settings.</param>
/// <param name="Classes">Class names, in the order of the logits.</param>
/// <param name="Features">The spectrogram settings.</param>
/// <param name="Standardizer">Scales the input.</param>
/// <param name="TrainedGroups">Groups that the weights or the choice of the epoch have seen.</param>
/// <param name="Data">Dataset, licence and fingerprint of the training data.</param>
sealed record EventModelCard(
    string Recipe, EventModelOptions Model, IReadOnlyList<string> Classes, EventFeatureOptions Features, Standardizer Standardizer,
    IReadOnlyList<string> TrainedGroups, string Data);

/// <summary>The five networks by name, and trained ones in their files.</summary>
static class EventNetwork
{
    /// <summary>How the card is written.</summary>
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = EventCardJson.Default };

    /// <summary>Bands of every network's input.</summary>
    public static int Bands => LogMelOptions.SleepEvents.NMels;

    /// <summary>A new network.</summary>
    public static Module New(EventModelOptions model, int classes, RandomGenerator init) => model.Name == "crnn"
        ? new EventCrnn(Crnn(model, classes), init)
        : new EventCnn(new EventCnnConfig(classes, Width(model), HasAttention(model), model.AttMode, model.CbamReduction, model.CbamSaKernel, model.Pooling), init);

    /// <summary>Tells a network that takes its mean over sounding frames what silence is on the scale of its input.</summary>
    public static void TellSilence(Module network, Standardizer standardizer)
    {
        if (network switch { EventCnn cnn => cnn.Pooling, EventCrnn crnn => crnn.Pooling, _ => null } is not { } pooling) return;
        float[] levels = [.. Enumerable.Repeat(-(float)LogMelOptions.SleepEvents.TopDb, Bands)];
        standardizer.Apply(levels);
        pooling.SetSilence(levels);
    }

    /// <summary>Multiplications of one clip.</summary>
    public static long Macs(EventModelOptions model, int classes, int frames) =>
        model.Name == "crnn" ? EventCrnn.Macs(Crnn(model, classes), Bands, frames)
        : EventCnn.Macs(Width(model), classes, Bands, frames)
            + (HasAttention(model) ? Cbam.Macs(2 * Width(model), model.CbamReduction, model.CbamSaKernel, model.AttMode, (long)(Bands / 4) * (frames / 4)) : 0);

    /// <summary>Reads weights that say nothing of themselves, as the original keeps them: raw dB go in.</summary>
    /// <param name="path">A <c>.pth</c> or <c>.safetensors</c> file.</param>
    /// <param name="model">What network they are of.</param>
    /// <param name="classes">What it names.</param>
    /// <param name="features">What it hears.</param>
    /// <exception cref="CheckpointException">A damaged file, or weights of another network or of another number of classes.</exception>
    public static (Module Network, EventModelCard Card) ReadBare(string path, EventModelOptions model, IReadOnlyList<string> classes, EventFeatureOptions features)
    {
        using var init = new RandomGenerator(0);
        var network = New(model, classes.Count, init);
        try
        {
            network.LoadState(WeightFiles.Read(WeightsOf(path)), path);
        }
        catch
        {
            network.Dispose();
            throw;
        }
        network.Eval();
        return (network, new EventModelCard(SleepEventsRecipe.Name, model, classes, features with { Standardize = "none" }, Standardizer.None(Bands), [], ""));
    }

    /// <summary>The spectrogram settings in the words of Kymo.Signals.</summary>
    public static LogMelOptions Options(EventFeatureOptions features) => LogMelOptions.SleepEvents with
    {
        Duration = features.Duration,
        ShortClips = features.ShortClips == "repeat" ? ShortClipRule.Repeat : ShortClipRule.Zero,
        Silence = features.Silence == "loudest" ? SilenceRule.Zero : SilenceRule.Floor,
    };

    /// <summary>Mean time of one clip's spectrogram on one core, milliseconds.</summary>
    public static double FeatureMilliseconds(LogMelOptions options)
    {
        const int Warmups = 3, Runs = 20;
        var extractor = new LogMelExtractor(options);
        var samples = new float[options.ClipSamples!.Value];
        for (var i = 0; i < samples.Length; i++) samples[i] = MathF.Sin(0.05f * i);
        var levels = new float[extractor.OutputLength(samples.Length)];
        for (var i = 0; i < Warmups; i++) extractor.Extract(samples, levels);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Runs; i++) extractor.Extract(samples, levels);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / Runs;
    }

    /// <summary>The card as a weights file's metadata hold it.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(EventModelCard card) =>
        new Dictionary<string, string> { ["kymo"] = JsonSerializer.Serialize(card, Json) };

    /// <summary>The weights file of a run, or the file itself.</summary>
    /// <exception cref="DataException">No weights there.</exception>
    public static string WeightsOf(string runOrWeights)
    {
        var path = File.Exists(runOrWeights) ? runOrWeights : Path.Combine(runOrWeights, Runs.RunFiles.BestModelSafetensors);
        return File.Exists(path) ? path
            : throw new DataException(runOrWeights, "holds no trained weights; expected a finished run of kymo train sleep-events, or its .safetensors file");
    }

    /// <summary>The network as a table of its weights.</summary>
    public static string Describe(Module network)
    {
        var lines = network.SaveState().Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key,-28} ({string.Join(", ", entry.Value.Shape)})"));
        return string.Join('\n', lines.Append(string.Create(CultureInfo.InvariantCulture, $"{network.ParameterCount} trainable parameters"))) + "\n";
    }

    /// <summary>Reads a trained network, in evaluation mode, on the CPU.</summary>
    /// <param name="runOrWeights">A run folder or a weights file of this recipe.</param>
    /// <exception cref="DataException">No weights there, weights that say nothing of themselves, or of another recipe.</exception>
    /// <exception cref="CheckpointException">Damaged weights.</exception>
    public static (Module Network, EventModelCard Card) Read(string runOrWeights)
    {
        var path = WeightsOf(runOrWeights);
        var card = CardOf(path) ?? throw new DataException(path, "says not what network it is of, nor that it is of sleep-events; for bare weights type distill.teacher_model=crnn");
        using var init = new RandomGenerator(0);
        var network = New(card.Model, card.Classes.Count, init);
        try
        {
            network.LoadState(WeightFiles.Read(path), path);
        }
        catch
        {
            network.Dispose();
            throw;
        }
        network.Eval();
        return (network, card);
    }

    /// <summary>What a weights file says of itself; a <c>.pth</c> of a run says it in the <c>.safetensors</c> file beside it. Null: it is bare.</summary>
    /// <exception cref="DataException">Weights of another recipe, or a damaged card.</exception>
    public static EventModelCard? CardOf(string weights)
    {
        var file = Path.GetExtension(weights) == ".safetensors" ? weights : Path.ChangeExtension(weights, ".safetensors");
        if (!File.Exists(file) || !SafetensorsFile.ReadHeader(file).Metadata.TryGetValue("kymo", out var text)) return null;
        try
        {
            if (JsonNode.Parse(text)?["recipe"]?.GetValue<string>() is var recipe && recipe != SleepEventsRecipe.Name)
                throw new DataException(weights, $"holds a network of {recipe}; expected one of {SleepEventsRecipe.Name}");
            return JsonSerializer.Deserialize<EventModelCard>(text, Json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new DataException(weights, "its card is damaged: " + error.Message, error);
        }
    }

    static bool HasAttention(EventModelOptions model) => model.Name.EndsWith("_cbam", StringComparison.Ordinal);

    static int Width(EventModelOptions model) => model.Name.StartsWith("extreme", StringComparison.Ordinal) ? 8 : 16;

    static EventCrnnConfig Crnn(EventModelOptions model, int classes) => new(classes, model.RnnHidden, model.RnnLayers, model.Pooling);
}

/// <summary>Reads and writes the card by code made at build time, so that a start does not wait for a look at its types.</summary>
[JsonSerializable(typeof(EventModelCard))]
sealed partial class EventCardJson : JsonSerializerContext;
