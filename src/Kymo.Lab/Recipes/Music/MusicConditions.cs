using Kymo.Config;
using Kymo.Lab.Data.Music;
using Kymo.Signals.Music;

namespace Kymo.Lab.Recipes.Music;

/// <summary>The condition of a piece by the word that was typed.</summary>
static class MusicConditions
{
    /// <summary>64 numbers.</summary>
    /// <exception cref="ConfigException">The piece does not have what the condition needs.</exception>
    public static float[] Of(MusicItem item, string condition, Key? key, MusicCompatOptions compat) => condition switch
    {
        "none" => new float[Conditions.Size],
        "emotion" when item.Emotion is { } emotion => Code(emotion, compat),
        "emotion" => throw new ConfigException($"data.condition=emotion: {item.Id} has no valence and arousal; add a label file, or type data.condition=key or style"),
        "style" when item.Drums is { } drums => Conditions.OfStyle(drums.Style, drums.IsBeat, drums.Metre, drums.Bpm),
        "style" => throw new ConfigException($"data.condition=style: {item.Id} is not of Groove; type data.condition=emotion"),
        "key" => key is { } known ? Conditions.OfKey(known) : new float[Conditions.Size],
        _ => throw new ConfigException($"data.condition={condition}: expected emotion, key, style or none"),
    };

    /// <summary>The code of a pair, or the original's row of two values under its switch.</summary>
    public static float[] Code(Emotion emotion, MusicCompatOptions compat) => compat.Embedding == "repeat"
        ? [.. Enumerable.Repeat((float)Math.Tanh(emotion.Valence), 32), .. Enumerable.Repeat((float)Math.Tanh(emotion.Arousal), 32)]
        : EmotionCode.Encode(emotion.Valence, emotion.Arousal);
}
