using Kymo.Config;
using Kymo.Lab.Training;
using Kymo.Onnx;
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
/// <param name="Graph">
/// The same as an ONNX graph of one input and one output, from settings and weights under the network's names; a network that ends in an
/// activation has it in the graph too.
/// </param>
public sealed record ModelEntry(
    string Name, string Summary, string Input, IReadOnlyList<string> Settings, Func<IReadOnlyDictionary<string, string>, long, Module> Create,
    Func<IReadOnlyDictionary<string, string>, NetworkWeights, OnnxGraph> Graph);

/// <summary>The architectures.</summary>
public static class ModelRegistry
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelEntry> Models { get; } =
    [
        Entry<UrbanCnnConfig>("urban-cnn", "three convolution blocks, mean over time, convolution along frequency, two dense layers",
            "(batch, 128, frames)", (config, init, dropout) => new UrbanCnn(config, init, dropout),
            config => [config.Bands, "frames"], (graph, x, weights, _) => ModelGraphs.UrbanCnn(graph, x, weights)),
        Entry<EventCnnConfig>("event-cnn", "TinyCNN (width 16), ExtremeTinyCNN (width 8), with attention=true their CBAM variants",
            "(batch, 64, frames)", (config, init, _) => new EventCnn(config, init),
            _ => [64, "frames"], (graph, x, weights, _) => ModelGraphs.EventCnn(graph, x, weights)),
        Entry<EventCrnnConfig>("event-crnn", "TinyCNN's convolutions, then gated recurrent layers along time",
            "(batch, 64, frames)", (config, init, _) => new EventCrnn(config, init),
            _ => [64, "frames"], (graph, x, weights, _) => ModelGraphs.EventCrnn(graph, x, weights)),
        Entry<HarRegressorConfig>("har-regressor", "joint tracks to a sensor's signal: residual convolutions over joints and time, dense layers",
            "(batch, axis, joint, time)", (config, init, dropout) => new HarRegressor(config, init, dropout),
            config => [config.InputChannels, config.NumJoints, config.SequenceLength], (graph, x, weights, config) => HarGraphs.Regressor(graph, x, weights, config)),
        Entry<HarFeatureExtractorConfig>("har-feature-extractor", "sensor window to embedding: three convolution stages, one dense layer",
            "(batch, axis, time)", (config, init, dropout) => new HarFeatureExtractor(config, init, dropout),
            config => [config.InputChannels, config.WindowSize], (graph, x, weights, config) => HarGraphs.FeatureExtractor(graph, x, weights, config.PoolSize)),
        Entry<HarClassifierConfig>("har-classifier", "embedding to logits: one dense layer",
            "(batch, f_in)", (config, init, _) => new HarClassifier(config, init),
            config => [config.FIn], (graph, x, weights, _) => graph.Linear(x, weights, "classifier")),
        Entry<HarEncoderConfig>("har-encoder", "sensor window to embedding: grouped convolutions of stride 2, one dense layer",
            "(batch, axis, time)", (config, init, dropout) => new HarEncoder(config, init, dropout),
            config => [config.InputChannels, config.WindowSize], (graph, x, weights, config) => HarGraphs.Encoder(graph, x, weights, config)),
        Entry<HarMlpConfig>("har-mlp", "embedding to logits: dense layers with ReLU",
            "(batch, f_in)", (config, init, dropout) => new HarMlp(config, init, dropout),
            config => [config.FIn], (graph, x, weights, _) => HarGraphs.Mlp(graph, x, weights)),
        Entry<HarFeatureDiscriminatorConfig>("har-feature-discriminator", "real or simulated, from an embedding",
            "(batch, f_in)", (config, init, dropout) => new HarFeatureDiscriminator(config, init, dropout),
            config => [config.FIn], HarGraphs.FeatureDiscriminator),
        Entry<HarSignalDiscriminatorConfig>("har-signal-discriminator", "real or simulated, from a signal",
            "(batch, axis, time)", (config, init, dropout) => new HarSignalDiscriminator(config, init, dropout),
            config => [config.InputChannels, config.WindowSize], HarGraphs.SignalDiscriminator),
        Entry<EmotionRecognizerConfig>("emotion-recognizer", "two dense layers, LSTM, dense layer; mel average to emotion code",
            "(batch, 128) or (batch, time, 128)", (_, init, _) => new EmotionRecognizer(init),
            config => config.Frames > 1 ? [config.Frames, 128] : [128], (graph, x, weights, _) => ModelGraphs.Emotion(graph, x, weights)),
        Entry<MelodyTransformerConfig>("melody-transformer", "dense layer, LSTM over one step, two dense layers; condition to pitches",
            "(batch, 64)", (_, init, _) => new MelodyTransformer(init),
            _ => [64], (graph, x, weights, _) => ModelGraphs.Melody(graph, x, weights)),
        Entry<HarmonyPredictorConfig>("harmony-predictor", "three dense layers; condition and history to the next chord",
            "(batch, 128)", (_, init, _) => new HarmonyPredictor(init),
            _ => [128], (graph, x, weights, _) => ModelGraphs.Harmony(graph, x, weights)),
        Entry<DynamicsEngineConfig>("dynamics-engine", "three dense layers; score to dynamics", "(batch, 32)", (_, init, _) => new DynamicsEngine(init),
            _ => [32], (graph, x, weights, _) => ModelGraphs.Dynamics(graph, x, weights)),
        Entry<GroovePredictorConfig>("groove-predictor", "three dense layers; condition to groove", "(batch, 64)", (_, init, _) => new GroovePredictor(init),
            _ => [64], (graph, x, weights, _) => ModelGraphs.Groove(graph, x, weights)),
        Entry<MusicMlpConfig>("music-mlp", "two dense layers over a description of a piece", "(batch, inputs)", (config, init, dropout) => new MusicMlp(config, init, dropout),
            config => [config.Inputs], (graph, x, weights, _) => ModelGraphs.MusicMlp(graph, x, weights)),
        Entry<MusicSequenceConfig>("music-sequence", "dense layer, GRU over musical events, dense layer",
            "(batch, time, inputs)", (config, init, dropout) => new MusicSequence(config, init, dropout),
            config => ["time", config.Inputs], (graph, x, weights, config) => ModelGraphs.MusicSequence(graph, x, weights, config.Pooled)),
        Recurrent(RecurrentCell.Rnn, "plain recurrent layer over a window, its last state through a linear layer"),
        Recurrent(RecurrentCell.Gru, "gated recurrent unit over a window, its last state through a linear layer"),
        Recurrent(RecurrentCell.Lstm, "long short-term memory over a window, its last state through a linear layer"),
        Entry<SleepTransformerConfig>("sleep-transformer", "Transformer encoder over a window, its last row through a linear layer",
            "(batch, time, input_dim)", (config, init, dropout) => new SleepTransformer(config, init, dropout),
            config => ["time", config.InputDim], (graph, x, weights, config) => ModelGraphs.SleepTransformer(graph, x, weights, config.Heads)),
        Entry<SleepNightConfig>("sleep-night", "recurrent network from sequence to sequence: a class for every epoch of a night",
            "(batch, epoch, input_dim)", (config, init, dropout) => new SleepNight(config, init, dropout),
            config => ["time", config.InputDim], ModelGraphs.SleepNight),
    ];

    /// <summary>An architecture by name.</summary>
    /// <exception cref="ConfigException">There is none of that name.</exception>
    public static ModelEntry Find(string name) => Models.FirstOrDefault(model => model.Name == name)
        ?? throw new ConfigException($"no model '{name}'; there are {string.Join(", ", Models.Select(model => model.Name))}");

    static ModelEntry Recurrent(RecurrentCell cell, string summary) => Entry<SleepRecurrentConfig>(
        "sleep-" + cell.ToString().ToLowerInvariant(), summary, "(batch, time, input_dim)",
        (config, init, dropout) => new SleepRecurrent(cell, config, init, dropout),
        config => ["time", config.InputDim], (graph, x, weights, config) => ModelGraphs.SleepRecurrent(graph, x, weights, cell, config));

    static ModelEntry Entry<TConfig>(
        string name, string summary, string input, Func<TConfig, RandomGenerator, RandomGenerator, Module> build,
        Func<TConfig, OnnxDimension[]> item, Func<OnnxGraph, OnnxValue, NetworkWeights, TConfig, OnnxValue> body) where TConfig : class =>
        new(name, summary, input, [.. Settings.NamesOf<TConfig>()], (settings, seed) =>
        {
            // The generator that drops units outlives the network's construction; evaluation never draws from it.
            using var init = new RandomGenerator(RandomStream.SeedFor(seed, "init"));
            var dropout = new RandomGenerator(RandomStream.SeedFor(seed, "dropout"));
            return build(Settings.Bind<TConfig>(settings), init, dropout);
        }, (settings, weights) =>
        {
            var config = Settings.Bind<TConfig>(settings);
            var graph = new OnnxGraph(name, summary);
            graph.Output("output", body(graph, graph.Input("input", ["batch", .. item(config)]), weights, config));
            return graph;
        });
}
