using Kymo.Lab.Training;
using Kymo.Signals.Audio;

namespace Kymo.Lab.Data;

/// <summary>A small set of tones whose pitch tells the class, for tests; used only when asked for by name.</summary>
public static class SyntheticTones
{
    const int Classes = 4, Folds = 3, Clips = 6;

    /// <summary>Writes the set: pitch tells the class; harmonics, level and noise do not; every clip is its own recording.</summary>
    /// <param name="root">Folder of the WAV files; made if absent.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="seed">The run's seed.</param>
    public static RecordingSet Write(string root, int sampleRate, long seed)
    {
        Directory.CreateDirectory(root);
        var classes = Enumerable.Range(0, Classes).Select(label => $"tone_{label}").ToArray();
        var recordings = new List<Recording>();
        var random = new RandomStream(seed, "synthetic");
        for (var fold = 1; fold <= Folds; fold++)
        {
            for (var label = 0; label < Classes; label++)
            {
                for (var clip = 0; clip < Clips; clip++)
                {
                    var id = $"fold{fold}_{classes[label]}_{clip}.wav";
                    var path = Path.Combine(root, id);
                    // Trials of a search write the same clips at the same time; a reader finds them whole.
                    var fresh = Path.Combine(root, $".{Guid.NewGuid():N}.wav");
                    AudioFile.WriteWav(fresh, new AudioClip(sampleRate, 1, Tone(300 * Math.Pow(2, label), sampleRate, random)));
                    File.Move(fresh, path, overwrite: true);
                    recordings.Add(new Recording(id, path, label, fold, id));
                }
            }
        }
        return new RecordingSet("synthetic", Path.GetFullPath(root), "none", classes, recordings, []);
    }

    static float[] Tone(double pitch, int sampleRate, RandomStream random)
    {
        var samples = new float[(int)(sampleRate * random.Uniform(0.6, 1.2))];
        var (frequency, level, noise) = (pitch * random.Uniform(0.97, 1.03), random.Uniform(0.2, 0.8), random.Uniform(0.001, 0.02));
        for (var i = 0; i < samples.Length; i++)
        {
            var phase = 2 * Math.PI * frequency * i / sampleRate;
            samples[i] = (float)((level * (Math.Sin(phase) + (0.3 * Math.Sin(2 * phase))) / 1.3) + (noise * random.Normal()));
        }
        return samples;
    }
}
