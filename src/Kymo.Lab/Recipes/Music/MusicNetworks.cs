using Kymo.Config;
using Kymo.Lab.Models;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Music;

/// <summary>The networks of the music recipes by name, and what they put out before their last activation.</summary>
static class MusicNetworks
{
    /// <summary>A network with initial weights.</summary>
    /// <exception cref="ConfigException">No such network, or a setting it does not have.</exception>
    public static Module New(string name, IReadOnlyDictionary<string, string> settings, RandomGenerator init, RandomGenerator dropout) => name switch
    {
        "emotion-recognizer" => new EmotionRecognizer(init),
        "melody-transformer" => new MelodyTransformer(init),
        "harmony-predictor" => new HarmonyPredictor(init),
        "dynamics-engine" => new DynamicsEngine(init),
        "groove-predictor" => new GroovePredictor(init),
        "music-mlp" => new MusicMlp(Settings.Bind<MusicMlpConfig>(settings), init, dropout),
        "music-sequence" => new MusicSequence(Settings.Bind<MusicSequenceConfig>(settings), init, dropout),
        _ => throw new ConfigException($"model.name={name} is no network of the music recipes"),
    };

    /// <summary>What the loss compares: logits of networks that end in softmax or a sigmoid for shares, else the output.</summary>
    public static Tensor Raw(Module network, Tensor input, MusicLoss loss) => (network, loss) switch
    {
        (HarmonyPredictor harmony, _) => harmony.Logits(input),
        (MelodyTransformer melody, _) => melody.Logits(input),
        _ => network.Forward(input),
    };
}
