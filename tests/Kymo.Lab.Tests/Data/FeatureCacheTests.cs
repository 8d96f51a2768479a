using Kymo.Lab.Data;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Data;

public sealed class FeatureCacheTests : IDisposable
{
    readonly TempFolder _folder = new();
    int _extracted;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Build_then_read_gives_the_extracted_features()
    {
        var set = Recordings(10);
        using var cache = Build(set);
        var item = new float[6];
        for (var i = 0; i < 10; i++)
        {
            cache.CopyTo(set.Recordings[i].Id, item);
            Assert.Equal(Enumerable.Repeat((float)i, 6), item);
        }
        Assert.Equal(64, cache.FingerprintOf(set).Length);
    }

    [Fact]
    public void Build_again_extracts_nothing_and_keeps_the_fingerprint()
    {
        var set = Recordings(10);
        string first;
        using (var cache = Build(set)) first = cache.FingerprintOf(set);
        using var again = Build(set);
        Assert.Equal(10, _extracted);
        Assert.Equal(first, again.FingerprintOf(set));
    }

    [Fact]
    public void Build_changed_recording_changes_features_and_fingerprint()
    {
        var set = Recordings(3);
        string first;
        using (var cache = Build(set)) first = cache.FingerprintOf(set);
        File.WriteAllText(set.Recordings[1].Path, "70");
        using var again = Build(set);
        var item = new float[6];
        again.CopyTo(set.Recordings[1].Id, item);
        Assert.Equal(70, item[0]);
        Assert.NotEqual(first, again.FingerprintOf(set));
    }

    [Fact]
    public void Fingerprint_is_of_labels_folds_and_groups_as_they_are_now()
    {
        var set = Recordings(4);
        using var cache = Build(set);
        RecordingSet With(Func<Recording, Recording> change) => set with { Recordings = [change(set.Recordings[0]), .. set.Recordings.Skip(1)] };
        RecordingSet[] sets =
        [
            set, With(recording => recording with { Label = 1 }), With(recording => recording with { Fold = 2 }), With(recording => recording with { Group = "1" }),
            set with { Classes = ["a", "c"] }, set with { Recordings = [.. set.Recordings.Skip(1)] },
        ];
        using var later = Build(sets[1]);
        Assert.Equal(4, _extracted);
        Assert.Equal(sets.Length, sets.Select(cache.FingerprintOf).Distinct().Count());
        Assert.Equal(cache.FingerprintOf(sets[1]), later.FingerprintOf(sets[1]));
        // Neither where the recordings lie nor how they are extracted is part of it.
        using var elsewhere = new TempFolder();
        foreach (var recording in set.Recordings) File.Copy(recording.Path, elsewhere[recording.Id]);
        var moved = set with { Root = elsewhere.Path, Recordings = [.. set.Recordings.Select(recording => recording with { Path = elsewhere[recording.Id] })] };
        using var other = FeatureCacheBuilder.Build(elsewhere["cache"], moved, new FeatureKind("test", 2, 3, () => Extract), 0.02, 3, null, CancellationToken.None);
        Assert.Equal(cache.FingerprintOf(set), other.FingerprintOf(moved));
    }

    [Fact]
    public void Build_cancelled_goes_on_where_it_stopped()
    {
        var set = Recordings(20);
        using var cancel = new CancellationTokenSource();
        var stop = new Direct(progress =>
        {
            if (progress.Done == 7) cancel.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Build(set, progress: stop, cancel: cancel.Token));
        Assert.False(File.Exists(Path.Combine(_folder["cache"], "index.json")));
        var before = _extracted;
        File.AppendAllText(Path.Combine(_folder["cache"], "journal.jsonl"), "{\"id\":\"torn");
        using var cache = Build(set);
        Assert.Equal(20, _extracted);
        Assert.InRange(before, 7, 12);
        var item = new float[6];
        for (var i = 0; i < 20; i++)
        {
            cache.CopyTo(set.Recordings[i].Id, item);
            Assert.Equal(i, item[5]);
        }
    }

    [Fact]
    public void Build_unusable_recordings_are_listed_and_the_rest_keep_their_features()
    {
        var set = Recordings(10);
        File.WriteAllText(set.Recordings[3].Path, "damaged");
        File.WriteAllText(set.Recordings[9].Path, "damaged");
        using var cache = Build(set, maxExcluded: 0.2);
        Assert.Equal(
            [(set.Recordings[3].Id, "byte 0: not a number"), (set.Recordings[9].Id, "byte 0: not a number")],
            cache.Index.Exclusions.Select(exclusion => (exclusion.Id, exclusion.Reason)));
        AssertFeatures(cache, set.Without(cache.Index.Exclusions));
    }

    [Fact]
    public void Build_cut_at_its_end_gives_every_recording_its_own_features_when_it_goes_on()
    {
        var set = Recordings(10);
        File.WriteAllText(set.Recordings[3].Path, "damaged");
        // What stands where the features belong keeps the build from ending, as a kill there does.
        Directory.CreateDirectory(_folder["cache/features.f32"]);
        Assert.ThrowsAny<SystemException>(() => Build(set, maxExcluded: 0.2));
        Directory.Delete(_folder["cache/features.f32"]);
        using var cache = Build(set, maxExcluded: 0.2);
        Assert.Equal(10, _extracted);
        AssertFeatures(cache, set.Without(cache.Index.Exclusions));
    }

    [Fact]
    public void Build_cut_between_features_and_index_leaves_no_index_of_other_features()
    {
        var set = Recordings(6);
        Build(set).Dispose();
        var (path, before) = (set.Recordings[1].Path, File.GetLastWriteTimeUtc(set.Recordings[1].Path));
        File.WriteAllText(path, "70");
        Directory.CreateDirectory(_folder["cache/index.json.part"]);
        Assert.ThrowsAny<SystemException>(() => Build(set));
        Directory.Delete(_folder["cache/index.json.part"]);
        File.WriteAllText(path, "1");
        File.SetLastWriteTimeUtc(path, before);
        using var cache = Build(set);
        AssertFeatures(cache, set);
    }

    [Fact]
    public void Build_cut_before_the_first_recording_goes_on_twice()
    {
        var set = Recordings(4);
        for (var i = 0; i < 2; i++)
        {
            using var cancel = new CancellationTokenSource();
            cancel.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() => Build(set, cancel: cancel.Token));
        }
        using var cache = Build(set);
        AssertFeatures(cache, set);
    }

    [Fact]
    public void Build_too_many_unusable_recordings_stops_and_names_them()
    {
        var set = Recordings(10);
        File.WriteAllText(set.Recordings[3].Path, "damaged");
        var error = Assert.Throws<DataException>(() => Build(set, maxExcluded: 0.05));
        Assert.Contains("1 of 10 recordings cannot be used", error.Message);
        Assert.Contains("3.txt: byte 0: not a number", error.Message);
    }

    [Fact]
    public void Open_cache_of_other_settings_is_refused()
    {
        Build(Recordings(3)).Dispose();
        Assert.Contains("made with other settings", Assert.Throws<DataException>(() => FeatureCache.Open(_folder["cache"], "other")).Message);
    }

    [Fact]
    public void Open_truncated_features_are_refused()
    {
        Build(Recordings(3)).Dispose();
        var path = Path.Combine(_folder["cache"], "features.f32");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^4]);
        Assert.Contains("68 bytes where the index promises 72", Assert.Throws<DataException>(() => FeatureCache.Open(_folder["cache"], "test")).Message);
    }

    [Fact]
    public void Open_index_with_one_place_for_two_recordings_is_refused()
    {
        Build(Recordings(3)).Dispose();
        var path = Path.Combine(_folder["cache"], "index.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"offset\":1", "\"offset\":2", StringComparison.Ordinal));
        Assert.Contains("gives two recordings one place", Assert.Throws<DataException>(() => FeatureCache.Open(_folder["cache"], "test")).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,2]")]
    public void Open_damaged_index_is_refused(string content)
    {
        Build(Recordings(3)).Dispose();
        File.WriteAllText(Path.Combine(_folder["cache"], "index.json"), content);
        Assert.Contains("damaged", Assert.Throws<DataException>(() => FeatureCache.Open(_folder["cache"], "test")).Message);
    }

    [Fact]
    public async Task Build_beside_another_builder_waits_for_it_and_takes_what_it_built()
    {
        Build(Recordings(3)).Dispose();
        File.Move(Path.Combine(_folder["cache"], "index.json"), _folder["index.json"]);
        Task<FeatureCache> built;
        await using (new FileStream(Path.Combine(_folder["cache"], ".lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            built = Task.Run(() => Build(Recordings(3)));
            await Task.Delay(300);
            Assert.False(built.IsCompleted);
            File.Move(_folder["index.json"], Path.Combine(_folder["cache"], "index.json"));
        }
        using var cache = await built;
        Assert.Equal(3, _extracted);
    }

    [Fact]
    public async Task Wait_for_another_builder_ends_when_cancelled()
    {
        Directory.CreateDirectory(_folder["cache"]);
        using var source = new CancellationTokenSource();
        await using var other = new FileStream(Path.Combine(_folder["cache"], ".lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var built = Task.Run(() => Build(Recordings(3), cancel: source.Token));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => built);
    }

    static void AssertFeatures(FeatureCache cache, RecordingSet set)
    {
        var item = new float[6];
        foreach (var recording in set.Recordings)
        {
            cache.CopyTo(recording.Id, item);
            Assert.Equal(Enumerable.Repeat(float.Parse(Path.GetFileNameWithoutExtension(recording.Id)), 6), item);
        }
    }

    FeatureCache Build(
        RecordingSet set, double maxExcluded = 0.02, IProgress<BuildProgress>? progress = null, CancellationToken cancel = default) =>
        FeatureCacheBuilder.Build(_folder["cache"], set, new FeatureKind("test", 2, 3, () => Extract), maxExcluded, 1, progress, cancel);

    void Extract(string path, Span<float> features)
    {
        _extracted++;
        features.Fill(float.TryParse(File.ReadAllText(path), out var value) ? value : throw new DataException(path, "byte 0: not a number"));
    }

    RecordingSet Recordings(int count)
    {
        var recordings = Enumerable.Range(0, count).Select(i =>
        {
            var path = _folder[i + ".txt"];
            File.WriteAllText(path, i.ToString());
            return new Recording(i + ".txt", path, i % 2, 1, i.ToString());
        });
        return new RecordingSet("made", _folder.Path, "none", ["a", "b"], [.. recordings], []);
    }

    sealed class Direct(Action<BuildProgress> act) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => act(value);
    }
}
