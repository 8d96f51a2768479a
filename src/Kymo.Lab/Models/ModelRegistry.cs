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
