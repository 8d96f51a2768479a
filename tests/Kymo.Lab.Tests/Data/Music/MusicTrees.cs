using System.Globalization;
using System.Text;
using Kymo.Signals.Audio;

namespace Kymo.Lab.Tests.Data.Music;

/// <summary>Small native trees as their publishers lay them out, with made-up content.</summary>
static class MusicTrees
{
    /// <summary>DEAM: two tables with leading blanks, audio whose level follows arousal.</summary>
    public static void Deam(string root, int songs, double seconds = 1.5, Func<int, (double V, double A)>? labels = null)
    {
        labels ??= song => (1 + (song * 37 % 800 / 100.0), 1 + (song * 53 % 800 / 100.0));
        var audio = Directory.CreateDirectory(Path.Combine(root, "DEAM_audio", "MEMD_audio")).FullName;
        var tables = Directory.CreateDirectory(Path.Combine(
            root, "DEAM_Annotations", "annotations", "annotations averaged per song", "song_level")).FullName;
        var first = new StringBuilder("song_id, valence_mean, valence_std, arousal_mean, arousal_std\n");
        var second = new StringBuilder("song_id, valence_mean, valence_std, valence_ max_mean, arousal_mean, arousal_std\n");
        for (var i = 0; i < songs; i++)
        {
            var song = i < songs * 9 / 10 ? 2 + i : 2000 + i;
            var (v, a) = labels(song);
            if (song < 2000) first.Append(CultureInfo.InvariantCulture, $"{song}, {v}, 1, {a}, 1\n");
            else second.Append(CultureInfo.InvariantCulture, $"{song}, {v}, 1, 9, {a}, 1\n");
            Tone(Path.Combine(audio, song.ToString(CultureInfo.InvariantCulture) + ".wav"), seconds, 200 + (150 * v), 0.02 + (0.05 * a));
        }
        File.WriteAllText(Path.Combine(tables, "static_annotations_averaged_songs_1_2000.csv"), first.ToString());
        if (songs >= 10) File.WriteAllText(Path.Combine(tables, "static_annotations_averaged_songs_2000_2058.csv"), second.ToString());
    }

    /// <summary>A sine in a WAV file.</summary>
    public static void Tone(string path, double seconds, double hertz, double level) => AudioFile.WriteWav(path, new AudioClip(
        22050, 1, [.. Enumerable.Range(0, (int)(22050 * seconds)).Select(n => (float)(level * Math.Sin(2 * Math.PI * hertz * n / 22050)))]));

    /// <summary>A MIDI file of notes a quarter apart.</summary>
    public static void Midi(string path, int channel, params int[] pitches)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, MidiBytes(channel, pitches));
    }

    /// <summary>Its bytes: 120 quarters a minute, 96 ticks a quarter, velocities from 40 on.</summary>
    public static byte[] MidiBytes(int channel, params int[] pitches)
    {
        byte[] track =
        [
            .. pitches.SelectMany((pitch, i) => new byte[] { 0, (byte)(0x90 | (channel - 1)), (byte)pitch, (byte)(40 + (i % 80)), 96, (byte)pitch, 0 }),
            0, 0xFF, 0x2F, 0,
        ];
        return
        [
            .. "MThd"u8, 0, 0, 0, 6, 0, 0, 0, 1, 0, 96,
            .. "MTrk"u8, (byte)(track.Length >> 24), (byte)(track.Length >> 16), (byte)(track.Length >> 8), (byte)track.Length, .. track,
        ];
    }
}
