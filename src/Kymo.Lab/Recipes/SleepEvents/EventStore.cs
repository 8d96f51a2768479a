using Kymo.Lab.Data;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>The recipe's recordings with their spectrograms: from Kymo's own cache, or from the HDF5 files of the original.</summary>
sealed class EventStore : IDisposable
{
    readonly IDisposable _source;

    EventStore(IDisposable source, SpectrogramExamples examples, string fingerprint, string commit, string place) =>
        (_source, Examples, Fingerprint, DatasetCommit, Place) = (source, examples, fingerprint, commit, place);

    /// <summary>The usable recordings, with folds.</summary>
    public RecordingSet Set => Examples.Set;

    /// <summary>Their spectrograms.</summary>
    public SpectrogramExamples Examples { get; }

    /// <summary>What the data are, by content, with labels and folds as they are now; never empty.</summary>
    public string Fingerprint { get; }

    /// <summary>Version of the dataset; empty where it has none.</summary>
    public string DatasetCommit { get; }

    /// <summary>The folder of the spectrograms.</summary>
    public string Place { get; }

    /// <summary>Opens what the configuration names, and builds what is missing of it.</summary>
    public static EventStore Open(SleepEventsConfig config, RunContext context)
    {
        var options = EventNetwork.Options(config.Features);
        if (config.Data.Name == "hdf5")
        {
            var files = SpectrogramFiles.Open(config.Data.Root, options, config.Features.Trim);
            return new EventStore(files, files.Examples, files.Fingerprint, files.DatasetCommit, config.Data.Root);
        }
        var set = SleepEventsData.Read(config, context.Tell);
        var cache = SpectrogramCaches.Open(set, options, config.Data.Cache, config.Data.MaxExcluded, config.Data.Workers, context, config.Features.Trim);
        var examples = Of(config, set, cache, context);
        return new EventStore(cache, examples, cache.FingerprintOf(examples.Set), SleepEventsData.CommitOf(config), cache.Folder);
    }

    static SpectrogramExamples Of(SleepEventsConfig config, RecordingSet set, FeatureCache cache, RunContext context)
    {
        if (config.Data.Unusable == UnusableAudio.Exclude) return new SpectrogramExamples(set.Without(cache.Index.Exclusions), cache);
        var (whole, features) = StandIns.Of(set, cache.Index.Exclusions, config.Data.Unusable);
        if (cache.Index.Exclusions.Count > 0)
            context.Tell(new RunEvent.Warning($"data.unusable={config.Data.Unusable.ToString().ToLowerInvariant()}: others, or silence, stand in for {cache.Index.Exclusions.Count} of {set.Recordings.Count} recordings"));
        var silence = config.Features.Silence == "loudest" ? 0 : -(float)EventNetwork.Options(config.Features).TopDb;
        return new SpectrogramExamples(whole, cache.Index.Rows, cache.Index.Columns, (index, destination) =>
        {
            if (features[index] is { } id) cache.CopyTo(id, destination);
            else destination.Fill(silence);
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
