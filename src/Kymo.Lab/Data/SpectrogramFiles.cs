using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Kymo.Signals;
using Kymo.Signals.Features;
using Kymo.Signals.Hdf5;

namespace Kymo.Lab.Data;

/// <summary>How spectrograms lie in an HDF5 file.</summary>
public enum SpectrogramStorage
{
    /// <summary>As they are: 128,256 bytes for (64, 501).</summary>
    Float32,

    /// <summary>Half precision: within 0.03 dB.</summary>
    Float16,

    /// <summary>Steps of 80/255 dB from -80 to 0: within 0.16 dB, a quarter of the size.</summary>
    Db8,
}

/// <summary>
/// Spectrogram caches in the layout of the sleep-events original: <c>train.h5</c>, <c>validation.h5</c>, <c>test.h5</c>, each with
/// <c>spectrograms</c> (N, mel, frame), <c>labels</c> (N) and what they are as attributes of the file. h5py reads ours, and we theirs.
/// </summary>
public sealed class SpectrogramFiles : IDisposable
{
    const string Spectrograms = "spectrograms", Labels = "labels", Features = "features";
    const int ChunkItems = 128, FlushEvery = 20, Sampled = 500;
    const double Range = 80;

    readonly Hdf5File[] _files;
    readonly (Hdf5Dataset Data, long Row)[] _places;
    readonly (double Scale, double Offset)[] _scales;

    SpectrogramFiles(Hdf5File[] files, RecordingSet set, (Hdf5Dataset Data, long Row)[] places, int bands, int frames, string commit)
    {
        (_files, _places, Set, DatasetCommit) = (files, places, set, commit);
        _scales = [.. places.Select(place => place.Data).Distinct().Select(data => (Number(data, "scale_factor", 1), Number(data, "add_offset", 0)))];
        var order = places.Select(place => place.Data).Distinct().ToList();
        int[] scaleOf = [.. places.Select(place => order.IndexOf(place.Data))];
        Examples = new SpectrogramExamples(set, bands, frames, (index, destination) =>
        {
            var (data, row) = _places[index];
            data.Read(row, destination);
            var (scale, offset) = _scales[scaleOf[index]];
            if (scale == 1 && offset == 0) return;
            foreach (ref var value in destination) value = (float)((value * scale) + offset);
        });
        Fingerprint = Digest();
    }

    /// <summary>Names of the splits, in the order of their folds 1, 2, 3.</summary>
    public static IReadOnlyList<string> Splits { get; } = ["train", "validation", "test"];

    /// <summary>The clips; each split is a fold.</summary>
    public RecordingSet Set { get; }

    /// <summary>Their spectrograms.</summary>
    public SpectrogramExamples Examples { get; }

    /// <summary>The version of the dataset that the files were made from; empty where they do not say.</summary>
    public string DatasetCommit { get; }

    /// <summary>SHA-256 of labels, shapes and up to 500 evenly spaced spectrograms of each split; names no path and no time.</summary>
    public string Fingerprint { get; }

    /// <summary>Opens the three files of a folder.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="options">The settings that the spectrograms must have.</param>
    /// <param name="trim">Whether silence at a recording's end must have been cut off first.</param>
    /// <exception cref="DataException">A file is absent, unfinished, damaged, a stub of a few samples, or of other settings.</exception>
    public static SpectrogramFiles Open(string root, LogMelOptions options, bool trim = false)
    {
        var files = new List<Hdf5File>();
        try
        {
            string[]? classes = null;
            var commit = "";
            var recordings = new List<Recording>();
            var places = new List<(Hdf5Dataset, long)>();
            var (bands, frames) = (options.NMels, 0);
            for (var fold = 1; fold <= Splits.Count; fold++)
            {
                var split = Splits[fold - 1];
                var file = Hdf5File.Open(Path.Combine(root, split + ".h5"));
                files.Add(file);
                var (data, labels) = (file.Dataset(Spectrograms), file.Dataset(Labels));
                Check(file, data, labels, split, options, ref frames);
                CheckFeatures(file, LogMelFeatures.Text(options, trim));
                var names = Text(file, "classes").Split(',');
                if (classes is not null && !classes.SequenceEqual(names))
                    throw new DataException(file.Path, $"has the classes {string.Join(", ", names)}; the training file has {string.Join(", ", classes)}");
                classes = names;
                commit = file.Attribute("dataset_commit") as string ?? "";
                var ids = new int[data.Shape[0]];
                labels.Read(0, ids);
                for (var row = 0; row < ids.Length; row++)
                {
                    if (ids[row] < 0 || ids[row] >= names.Length)
                        throw new DataException(file.Path, $"row {row} has the label {ids[row]}; there are {names.Length} classes");
                    var id = string.Create(CultureInfo.InvariantCulture, $"{split}/{row:000000}");
                    recordings.Add(new Recording(id, file.Path, ids[row], fold, id));
                    places.Add((data, row));
                }
            }
            var set = new RecordingSet(Path.GetFileName(Path.GetFullPath(root)), Path.GetFullPath(root), "not stated", classes!, recordings, []);
            return new SpectrogramFiles([.. files], set, [.. places], bands, frames, commit);
        }
        catch
        {
            foreach (var file in files) file.Dispose();
            throw;
        }
    }

    /// <summary>Writes one split; the file has its name only when it is whole.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="split"><c>train</c>, <c>validation</c> or <c>test</c>.</param>
    /// <param name="examples">The spectrograms.</param>
    /// <param name="indices">Those of this split.</param>
    /// <param name="options">Their settings.</param>
    /// <param name="storage">How they lie in the file.</param>
    /// <param name="gzip">Level of compression; 0 for none.</param>
    /// <param name="commit">Version of the dataset.</param>
    /// <param name="cancel">Stops; the unfinished file is deleted.</param>
    /// <param name="trim">Whether silence at a recording's end was cut off first.</param>
    public static void Write(
        string folder, string split, SpectrogramExamples examples, int[] indices, LogMelOptions options, SpectrogramStorage storage, int gzip,
        string commit, CancellationToken cancel, bool trim = false)
    {
        Directory.CreateDirectory(folder);
        var (final, temporary) = (Path.Combine(folder, split + ".h5"), Path.Combine(folder, $".{split}.h5.tmp"));
        try
        {
            using (var file = Hdf5File.Create(temporary)) Fill(file, split, examples, indices, options, storage, gzip, commit, trim, cancel);
            File.Move(temporary, final, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    static void Fill(
        Hdf5File file, string split, SpectrogramExamples examples, int[] indices, LogMelOptions options, SpectrogramStorage storage, int gzip,
        string commit, bool trim, CancellationToken cancel)
    {
        var element = storage switch { SpectrogramStorage.Float32 => Hdf5Element.Float32, SpectrogramStorage.Float16 => Hdf5Element.Float16, _ => Hdf5Element.UInt8 };
        var chunk = Math.Max(1, Math.Min(ChunkItems, indices.Length));
        var data = file.CreateDataset(Spectrograms, element, [indices.Length, examples.Bands, examples.Frames], [chunk, examples.Bands, examples.Frames], gzip);
        var labels = file.CreateDataset(Labels, Hdf5Element.Int32, [indices.Length], [chunk]);
        if (storage == SpectrogramStorage.Db8)
        {
            data.SetAttribute("scale_factor", Range / byte.MaxValue);
            data.SetAttribute("add_offset", -Range);
        }
        var batch = new float[chunk * examples.Length];
        for (var first = 0; first < indices.Length; first += chunk)
        {
            cancel.ThrowIfCancellationRequested();
            var part = indices.AsSpan(first, Math.Min(chunk, indices.Length - first));
            var rows = batch.AsSpan(0, part.Length * examples.Length);
            for (var i = 0; i < part.Length; i++) examples.CopyTo(part[i], rows.Slice(i * examples.Length, examples.Length));
            if (storage == SpectrogramStorage.Db8)
                foreach (ref var value in rows) value = (float)Math.Round(Math.Clamp((value + Range) / Range, 0, 1) * byte.MaxValue);
            // Rounded here: libhdf5 1.10 drops the carry where rounding reaches the next power of two (-63.99998 became -32).
            if (storage == SpectrogramStorage.Float16)
                foreach (ref var value in rows) value = (float)(Half)value;
            data.Write(first, rows);
            labels.Write(first, examples.Labels(part.ToArray()));
            file.SetAttribute("next_index", (long)first + part.Length);
            if ((first / chunk) % FlushEvery == FlushEvery - 1) file.Flush();
        }
        file.SetAttribute("n_samples", (long)indices.Length);
        file.SetAttribute("n_mels", (long)examples.Bands);
        file.SetAttribute("max_time", (long)examples.Frames);
        file.SetAttribute("sample_rate", (long)options.SampleRate);
        file.SetAttribute("clip_seconds", options.Duration ?? 0);
        // Where no clip was unusable, leaving out and skipping come to the same.
        file.SetAttribute("invalid_audio_policy", examples.Set.Exclusions.Count == 0 ? "skip" : "exclude");
        file.SetAttribute("dataset_commit", commit);
        file.SetAttribute("split", split);
        file.SetAttribute("n_classes", (long)examples.Set.Classes.Count);
        file.SetAttribute("classes", string.Join(',', examples.Set.Classes));
        file.SetAttribute("max_samples", 0L);
        file.SetAttribute(Features, LogMelFeatures.Text(options, trim));
    }

    static void Check(Hdf5File file, Hdf5Dataset data, Hdf5Dataset labels, string split, LogMelOptions options, ref int frames)
    {
        void Equal(string what, object? found, object expected)
        {
            if (!Equals(found, expected))
                throw new DataException(file.Path, $"{what} is {found ?? "not stated"}, expected {expected}; make the cache again: kymo prepare sleep-events ... data.hdf5=DIR");
        }
        if (data.Shape.Count != 3)
            throw new DataException(file.Path, $"'{Spectrograms}' has {data.Shape.Count} axes; expected (clip, mel, frame)");
        if (labels.Shape.Count != 1 || labels.Shape[0] != data.Shape[0])
            throw new DataException(file.Path, $"'{Labels}' has {string.Join(" x ", labels.Shape)} numbers for {data.Shape[0]} clips");
        if (data.Shape[0] == 0) throw new DataException(file.Path, "holds no clips");
        Equal("n_samples", file.Attribute("n_samples"), data.Shape[0]);
        Equal("split", file.Attribute("split"), split);
        Equal("n_mels", file.Attribute("n_mels"), (long)options.NMels);
        Equal("sample_rate", file.Attribute("sample_rate"), (long)options.SampleRate);
        Equal("clip_seconds", Convert.ToDouble(file.Attribute("clip_seconds") ?? double.NaN, CultureInfo.InvariantCulture), options.Duration ?? 0);
        Equal("max_samples (a stub of a few clips, where it is not 0)", file.Attribute("max_samples"), 0L);
        Equal("mel bands", data.Shape[1], (long)options.NMels);
        if (frames != 0) Equal("frames", data.Shape[2], (long)frames);
        frames = checked((int)data.Shape[2]);
    }

    // The original's files do not say how short and silent clips were treated; those that do must have been made as this run asks.
    static void CheckFeatures(Hdf5File file, string expected)
    {
        if (file.Attribute(Features) is not { } stated || Equals(stated, expected)) return;
        var (made, asked) = (Values(Convert.ToString(stated, CultureInfo.InvariantCulture)!), Values(expected));
        string[] names = [.. made.Keys.Union(asked.Keys).Where(name => made.GetValueOrDefault(name) != asked.GetValueOrDefault(name))];
        string List(Dictionary<string, string> values) => string.Join(' ', names.Select(name => $"{name}={values.GetValueOrDefault(name) ?? "none"}"));
        var settings = names.Select(name => Setting(name, made.GetValueOrDefault(name))).ToArray();
        throw new DataException(file.Path, $"its spectrograms were made with {List(made)}, asked for are {List(asked)}; "
            + (settings.Contains(null) ? "" : $"type {string.Join(' ', settings)}, or ")
            + "make the cache again with this run's settings: kymo prepare sleep-events ... data.hdf5=DIR");
    }

    static Dictionary<string, string> Values(string features) => features.Split(' ').Select(word => word.Split('=', 2))
        .GroupBy(pair => pair[0]).ToDictionary(name => name.Key, name => name.First().ElementAtOrDefault(1) ?? "");

    // The recipe's setting that makes such spectrograms; null where it has none.
    static string? Setting(string name, string? value) => (name, value) switch
    {
        ("shortClips", "Zero") => "features.short_clips=zero",
        ("shortClips", "Repeat") => "features.short_clips=repeat",
        ("silence", "Zero") => "features.silence=loudest",
        ("silence", "Floor") => "features.silence=floor",
        ("trim", "end") => "features.trim=true",
        ("trim", null) => "features.trim=false",
        _ => null,
    };

    static string Text(Hdf5File file, string name) =>
        file.Attribute(name) as string ?? throw new DataException(file.Path, $"has no attribute '{name}'");

    static double Number(Hdf5Dataset data, string name, double otherwise) =>
        Convert.ToDouble(data.Attribute(name) ?? otherwise, CultureInfo.InvariantCulture);

    string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join(',', Set.Classes) + "\n"));
        var item = new float[Examples.Length];
        foreach (var fold in Enumerable.Range(0, Set.Recordings.Count).GroupBy(index => Set.Recordings[index].Fold))
        {
            int[] indices = [.. fold];
            hash.AppendData(MemoryMarshal.AsBytes<int>(Examples.Labels(indices)));
            for (var i = 0; i < Math.Min(Sampled, indices.Length); i++)
            {
                Examples.CopyTo(indices[(long)i * indices.Length / Math.Min(Sampled, indices.Length)], item);
                hash.AppendData(MemoryMarshal.AsBytes(item.AsSpan()));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
