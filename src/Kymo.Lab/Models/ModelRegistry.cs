using Kymo.Config;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Models;

/// <summary>An architecture by name.</summary>
/// <param name="Name">The word to type.</param>
/// <param name="Summary">What it is.</param>
/// <param name="Input">Shape of the input.</param>
/// <param name="Settings">Names of its settings.</param>
/// <param name="Create">
/// Builds it from settings as text and a seed for its initial weights; an unknown setting or a value of the wrong kind is a
/// <see cref="ConfigException"/>.
/// </param>
public sealed record ModelEntry(
    string Name, string Summary, string Input, IReadOnlyList<string> Settings, Func<IReadOnlyDictionary<string, string>, long, Module> Create);

/// <summary>The architectures.</summary>
public static class ModelRegistry
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelEntry> Models { get; } =
    [
        Entry<UrbanCnnConfig>("urban-cnn", "three convolution blocks, mean over time, convolution along frequency, two dense layers",
            "(batch, 128, frames)", (config, init, dropout) => new UrbanCnn(config, init, dropout)),
        Entry<EventCnnConfig>("event-cnn", "TinyCNN (width 16), ExtremeTinyCNN (width 8), with attention=true their CBAM variants",
            "(batch, 64, frames)", (config, init, _) => new EventCnn(config, init)),
        Entry<EventCrnnConfig>("event-crnn", "TinyCNN's convolutions, then gated recurrent layers along time",
            "(batch, 64, frames)", (config, init, _) => new EventCrnn(config, init)),
        Entry<HarRegressorConfig>("har-regressor", "joint tracks to a sensor's signal: residual convolutions over joints and time, dense layers",
            "(batch, axis, joint, time)", (config, init, dropout) => new HarRegressor(config, init, dropout)),
        Entry<HarFeatureExtractorConfig>("har-feature-extractor", "sensor window to embedding: three convolution stages, one dense layer",
            "(batch, axis, time)", (config, init, dropout) => new HarFeatureExtractor(config, init, dropout)),
        Entry<HarClassifierConfig>("har-classifier", "embedding to logits: one dense layer",
            "(batch, f_in)", (config, init, _) => new HarClassifier(config, init)),
        Entry<HarEncoderConfig>("har-encoder", "sensor window to embedding: grouped convolutions of stride 2, one dense layer",
            "(batch, axis, time)", (config, init, dropout) => new HarEncoder(config, init, dropout)),
        Entry<HarMlpConfig>("har-mlp", "embedding to logits: dense layers with ReLU",
            "(batch, f_in)", (config, init, dropout) => new HarMlp(config, init, dropout)),
        Entry<HarFeatureDiscriminatorConfig>("har-feature-discriminator", "real or simulated, from an embedding",
            "(batch, f_in)", (config, init, dropout) => new HarFeatureDiscriminator(config, init, dropout)),
        Entry<HarSignalDiscriminatorConfig>("har-signal-discriminator", "real or simulated, from a signal",
            "(batch, axis, time)", (config, init, dropout) => new HarSignalDiscriminator(config, init, dropout)),
        Entry<EmotionRecognizerConfig>("emotion-recognizer", "two dense layers, LSTM, dense layer; mel average to emotion code",
            "(batch, 128) or (batch, time, 128)", (_, init, _) => new EmotionRecognizer(init)),
        Entry<MelodyTransformerConfig>("melody-transformer", "dense layer, LSTM over one step, two dense layers; condition to pitches",
            "(batch, 64)", (_, init, _) => new MelodyTransformer(init)),
        Entry<HarmonyPredictorConfig>("harmony-predictor", "three dense layers; condition and history to the next chord",
            "(batch, 128)", (_, init, _) => new HarmonyPredictor(init)),
        Entry<DynamicsEngineConfig>("dynamics-engine", "three dense layers; score to dynamics", "(batch, 32)", (_, init, _) => new DynamicsEngine(init)),
        Entry<GroovePredictorConfig>("groove-predictor", "three dense layers; condition to groove", "(batch, 64)", (_, init, _) => new GroovePredictor(init)),
        Entry<MusicMlpConfig>("music-mlp", "two dense layers over a description of a piece", "(batch, inputs)", (config, init, dropout) => new MusicMlp(config, init, dropout)),
        Entry<MusicSequenceConfig>("music-sequence", "dense layer, GRU over musical events, dense layer",
            "(batch, time, inputs)", (config, init, dropout) => new MusicSequence(config, init, dropout)),
        Recurrent(RecurrentCell.Rnn, "plain recurrent layer over a window, its last state through a linear layer"),
        Recurrent(RecurrentCell.Gru, "gated recurrent unit over a window, its last state through a linear layer"),
        Recurrent(RecurrentCell.Lstm, "long short-term memory over a window, its last state through a linear layer"),
        Entry<SleepTransformerConfig>("sleep-transformer", "Transformer encoder over a window, its last row through a linear layer",
            "(batch, time, input_dim)", (config, init, dropout) => new SleepTransformer(config, init, dropout)),
        Entry<SleepNightConfig>("sleep-night", "recurrent network from sequence to sequence: a class for every epoch of a night",
            "(batch, epoch, input_dim)", (config, init, dropout) => new SleepNight(config, init, dropout)),
    ];

    /// <summary>An architecture by name.</summary>
    /// <exception cref="ConfigException">There is none of that name.</exception>
    public static ModelEntry Find(string name) => Models.FirstOrDefault(model => model.Name == name)
        ?? throw new ConfigException($"no model '{name}'; there are {string.Join(", ", Models.Select(model => model.Name))}");

    static ModelEntry Recurrent(RecurrentCell cell, string summary) => Entry<SleepRecurrentConfig>(
        "sleep-" + cell.ToString().ToLowerInvariant(), summary, "(batch, time, input_dim)",
        (config, init, dropout) => new SleepRecurrent(cell, config, init, dropout));

    static ModelEntry Entry<TConfig>(
        string name, string summary, string input, Func<TConfig, RandomGenerator, RandomGenerator, Module> build) where TConfig : class =>
        new(name, summary, input, [.. Settings.NamesOf<TConfig>()], (settings, seed) =>
        {
            // The generator that drops units outlives the network's construction; evaluation never draws from it.
            using var init = new RandomGenerator(RandomStream.SeedFor(seed, "init"));
            var dropout = new RandomGenerator(RandomStream.SeedFor(seed, "dropout"));
            return build(Settings.Bind<TConfig>(settings), init, dropout);
        });
}
