using System.Text;

namespace Kymo.App.Tests;

/// <summary>A folder of short recordings of two classes, low and high tones in noise, with their table.</summary>
static class Sounds
{
    public const int Rate = 22050;

    /// <summary>Writes 24 recordings of 1 s in 3 folds, and <c>labels.csv</c>.</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(0);
        var table = new StringBuilder("file,class,fold\n");
        foreach (var fold in new[] { 1, 2, 3 })
            foreach (var (name, hertz) in new[] { ("low", 200), ("high", 2000) })
                for (var i = 0; i < 4; i++)
                {
                    var file = $"{name}_{fold}_{i}.wav";
                    File.WriteAllBytes(Path.Combine(folder, file), Tone(hertz + random.Next(20), random));
                    table.Append(file).Append(',').Append(name).Append(',').Append(fold).Append('\n');
                }
        File.WriteAllText(Path.Combine(folder, "labels.csv"), table.ToString());
    }

    /// <summary>A tone of one second in noise.</summary>
    public static byte[] Tone(double hertz, Random random)
    {
        var samples = new short[Rate];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (short)(8000 * Math.Sin(2 * Math.PI * hertz * i / Rate) + random.Next(-1500, 1500));
        return Pcm16(samples);
    }

    /// <summary>A mono WAV file of 16 bits.</summary>
    public static byte[] Pcm16(short[] samples) => Wav(1, 16, [.. samples.SelectMany(BitConverter.GetBytes)]);

    /// <summary>A mono WAV file of 32-bit floats.</summary>
    public static byte[] Float(float[] samples) => Wav(3, 32, [.. samples.SelectMany(BitConverter.GetBytes)]);

    static byte[] Wav(short tag, short bits, byte[] data) =>
    [
        .. "RIFF"u8, .. BitConverter.GetBytes(36 + data.Length), .. "WAVEfmt "u8, .. BitConverter.GetBytes(16), .. BitConverter.GetBytes(tag),
        .. BitConverter.GetBytes((short)1), .. BitConverter.GetBytes(Rate), .. BitConverter.GetBytes(Rate * bits / 8),
        .. BitConverter.GetBytes((short)(bits / 8)), .. BitConverter.GetBytes(bits), .. "data"u8, .. BitConverter.GetBytes(data.Length), .. data,
    ];
}
