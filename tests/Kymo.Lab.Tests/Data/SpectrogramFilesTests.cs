using System.Text.Json;
using Kymo.Lab.Data;
using Kymo.Signals;
using Kymo.Signals.Arrays;
using Kymo.Signals.Audio;
using Kymo.Signals.Features;

namespace Kymo.Lab.Tests.Data;

/// <summary>The original's HDF5 layout: h5py reads ours, we read h5py's; on real clips where they are there.</summary>
public sealed class SpectrogramFilesTests : IDisposable
{
    const int Clips = 9;

    static readonly LogMelOptions s_options = LogMelOptions.SleepEvents;

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SpectrogramStorage.Float32, 0, "float32", 0)]
    [InlineData(SpectrogramStorage.Float32, 4, "float32", 0)]
    [InlineData(SpectrogramStorage.Float16, 0, "float16", 0.032)]
    [InlineData(SpectrogramStorage.Db8, 4, "uint8", 0.158)]
    public void Written_files_are_what_h5py_reads_and_what_is_read_back(SpectrogramStorage storage, int gzip, string type, double tolerance)
    {
        var examples = RealClips();
        foreach (var split in SpectrogramFiles.Splits)
            SpectrogramFiles.Write(_folder.Path, split, examples, [.. Enumerable.Range(0, Clips)], s_options, storage, gzip, "abc", CancellationToken.None);
        var seen = JsonDocument.Parse(Oracle.Ask("spectrogram_files.py", ["h5py", "numpy"], "read", _folder["test.h5"], _folder["x.npy"])).RootElement;
        Assert.Equal(type, seen.GetProperty("dtype").GetString());
        Assert.Equal("int32", seen.GetProperty("labels_dtype").GetString());
        Assert.InRange(seen.GetProperty("difference").GetDouble(), 0, tolerance);
        Assert.Equal(examples.Labels(Enumerable.Range(0, Clips)), seen.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32()));
        var attributes = seen.GetProperty("attributes");
        Assert.Equal(("test", "skip", "abc", "quiet,breathe,snore"), (Text("split"), Text("invalid_audio_policy"), Text("dataset_commit"), Text("classes")));
        Assert.Equal((Clips, 64, 501, 16000, 5, 3, 0, Clips), (Number("n_samples"), Number("n_mels"), Number("max_time"), Number("sample_rate"), Number("clip_seconds"), Number("n_classes"), Number("max_samples"), Number("next_index")));

        using var files = SpectrogramFiles.Open(_folder.Path, s_options);
        Assert.Equal(3 * Clips, files.Set.Recordings.Count);
        Assert.Equal(64, files.Fingerprint.Length);
        var (one, other) = (new float[examples.Length], new float[examples.Length]);
        for (var i = 0; i < Clips; i++)
        {
            examples.CopyTo(i, one);
            files.Examples.CopyTo((2 * Clips) + i, other);
            Assert.True(one.Zip(other).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance));
        }

        string Text(string name) => attributes.GetProperty(name).GetString()!;
        int Number(string name) => (int)attributes.GetProperty(name).GetDouble();
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("lzf")]
    public void Files_of_h5py_are_read(string compression)
    {
        var examples = RealClips();
        Oracle.Ask("spectrogram_files.py", ["h5py", "numpy"], "write", _folder.Path, _folder["x.npy"], _folder["y.npy"], compression);
        using var files = SpectrogramFiles.Open(_folder.Path, s_options);
        Assert.Equal(["quiet", "breathe", "snore"], files.Set.Classes);
        Assert.Equal("abc", files.DatasetCommit);
        var (one, other) = (new float[examples.Length], new float[examples.Length]);
        foreach (var i in (int[])[Clips - 1, 0, 5, 4])
        {
            examples.CopyTo(i, one);
            files.Examples.CopyTo(Clips + i, other);
            Assert.Equal(one, other);
        }
    }

    [Fact]
    public void Levels_of_real_clips_are_torchaudios()
    {
        RealClips();
        var path = Repository.Shared("data", "esc10", "audio");
        var clip = Directory.GetFiles(path).Order(StringComparer.Ordinal).First();
        var levels = new LogMelExtractor(s_options).Extract(AudioFile.ReadMono(clip, 16000));
        NpyFile.Write(_folder["one.npy"], levels, 64, 501);
        Assert.InRange(double.Parse(Oracle.Ask("spectrogram_files.py", ["torchaudio", "soundfile"], "torchaudio", clip, _folder["one.npy"]), System.Globalization.CultureInfo.InvariantCulture), 0, 0.1);
    }

    [Fact]
    public void Torn_stub_foreign_and_absent_files_say_what_to_do()
    {
        var examples = RealClips();
        Assert.Contains("no such file", Assert.Throws<DataException>(() => SpectrogramFiles.Open(_folder.Path, s_options)).Message);
        foreach (var split in SpectrogramFiles.Splits)
            SpectrogramFiles.Write(_folder.Path, split, examples, [0, 1, 2], s_options, SpectrogramStorage.Float32, 0, "", CancellationToken.None);
        Assert.Contains("clip_seconds", Assert.Throws<DataException>(() => SpectrogramFiles.Open(_folder.Path, s_options with { Duration = 2 })).Message);
        File.Copy(_folder["test.h5"], _folder["validation.h5"], overwrite: true);
        Assert.Contains("split is test, expected validation", Assert.Throws<DataException>(() => SpectrogramFiles.Open(_folder.Path, s_options)).Message);
        var bytes = File.ReadAllBytes(_folder["test.h5"]);
        File.WriteAllBytes(_folder["train.h5"], bytes[..(bytes.Length / 3)]);
        Assert.Contains("is no HDF5 file", Assert.Throws<DataException>(() => SpectrogramFiles.Open(_folder.Path, s_options)).Message);
        File.WriteAllText(_folder["train.h5"], "not one at all");
        Assert.Contains("is no HDF5 file", Assert.Throws<DataException>(() => SpectrogramFiles.Open(_folder.Path, s_options)).Message);
    }

    [Fact]
    public void Files_made_with_other_settings_are_refused_with_what_to_type()
    {
        var set = new RecordingSet("made", _folder.Path, "", ["a", "b"], [.. Enumerable.Range(0, 4).Select(i => new Recording($"{i}", "", i % 2, 1, $"{i}"))], []);
        var examples = new SpectrogramExamples(set, 64, 501, (index, destination) => destination.Fill(-index));
        var repeated = s_options with { ShortClips = ShortClipRule.Repeat };
        void Write(LogMelOptions options, bool trim)
        {
            foreach (var split in SpectrogramFiles.Splits)
                SpectrogramFiles.Write(_folder.Path, split, examples, [0, 1, 2, 3], options, SpectrogramStorage.Float32, 0, "", CancellationToken.None, trim);
        }
        string Refused(LogMelOptions options, bool trim = false) =>
            Assert.Throws<DataException>(() => SpectrogramFiles.Open(_folder.Path, options, trim)).Message;

        Write(repeated, trim: true);
        SpectrogramFiles.Open(_folder.Path, repeated, trim: true).Dispose();
        var original = Refused(s_options with { Silence = SilenceRule.Zero });
        Assert.Contains("train.h5: its spectrograms were made with shortClips=Repeat silence=Floor trim=end, asked for are shortClips=Zero silence=Zero trim=none", original);
        Assert.Contains("type features.short_clips=repeat features.silence=floor features.trim=true, or make", original);
        Assert.Contains("type features.trim=true, or", Refused(repeated));
        // What no setting of the recipe makes can only be made again.
        Assert.Contains("asked for are fMin=40; make the cache again", Refused(repeated with { FMin = 40 }, trim: true));
        Write(s_options, trim: false);
        Assert.Contains("type features.trim=false, or", Refused(s_options, trim: true));
    }

    // Nine clips of ESC-10, labelled round robin.
    SpectrogramExamples RealClips()
    {
        var paths = Directory.GetFiles(Repository.Shared("data", "esc10", "audio")).Order(StringComparer.Ordinal).Take(Clips).ToArray();
        var set = new RecordingSet("real", _folder.Path, "", ["quiet", "breathe", "snore"], [.. paths.Select((path, i) => new Recording(Path.GetFileName(path), path, i % 3, 1, path))], []);
        var extractor = new LogMelExtractor(s_options);
        var items = paths.Select(path => extractor.Extract(AudioFile.ReadMono(path, 16000))).ToArray();
        NpyFile.Write(_folder["x.npy"], items.SelectMany(item => item).ToArray(), Clips, 64, 501);
        NpyFile.Write(_folder["y.npy"], set.Recordings.Select(recording => (long)recording.Label).ToArray(), Clips);
        return new SpectrogramExamples(set, 64, 501, (index, destination) => items[index].CopyTo(destination));
    }
}
