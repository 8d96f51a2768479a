using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Kymo.Signals.Features;

namespace Kymo.Lab.Data;

/// <summary>What recipes on spectrograms of recordings share: the cache with its progress, the rivals, the description of a part.</summary>
static class SpectrogramCaches
{
    /// <summary>Builds or opens the cache of a set's spectrograms, telling how far it is and what is left out.</summary>
    /// <param name="set">The recordings.</param>
    /// <param name="options">The spectrogram settings.</param>
    /// <param name="parent">Parent folder of the caches.</param>
    /// <param name="maxExcluded">Largest share of recordings that may be unusable.</param>
    /// <param name="workers">Workers that extract; 0 for one a core.</param>
    /// <param name="context">Is told.</param>
    /// <param name="trim">Whether silence at a recording's end is cut off first.</param>
    public static FeatureCache Open(
        RecordingSet set, LogMelOptions options, string parent, double maxExcluded, int workers, RunContext context, bool trim = false)
    {
        var kind = LogMelFeatures.Kind(options, trim);
        var cache = FeatureCacheBuilder.Build(
            FeatureCacheBuilder.FolderFor(parent, set, kind), set, kind, maxExcluded, workers, new Relay(context), context.Cancel);
        foreach (var exclusion in cache.Index.Exclusions.Take(10))
            context.Tell(new RunEvent.Warning($"{exclusion.Id} is left out: {exclusion.Reason}"));
        return cache;
    }

    /// <summary>The nearest known clip by mean and deviation of its bands, and the class that occurs most, on held-out clips.</summary>
    /// <param name="examples">The clips.</param>
    /// <param name="known">Clips the rivals may know: training and validation, since they choose no epoch.</param>
    /// <param name="held">Clips they are asked about.</param>
    public static (string Name, ConfusionMatrix Test)[] Rivals(SpectrogramExamples examples, int[] known, int[] held)
    {
        var (classes, truth, labels) = (examples.Set.Classes.Count, examples.Labels(held), examples.Labels(known));
        var neighbour = new NearestNeighbour([.. known.Select(index => Describe(examples, index))], labels);
        var frequent = labels.CountBy(label => label).OrderByDescending(count => count.Value).ThenBy(count => count.Key).First().Key;
        return
        [
            ("nearest neighbour", ConfusionMatrix.Of(classes, truth, [.. held.Select(index => neighbour.Predict(Describe(examples, index)))])),
            ("majority", ConfusionMatrix.Of(classes, truth, [.. held.Select(_ => frequent)])),
        ];
    }

    /// <summary>One part of a split for the report.</summary>
    public static DataPart Part(RecordingSet set, string name, int[] indices) => new(
        name, indices.Length, indices.Select(index => set.Recordings[index].Group).Distinct().Count(),
        [.. Enumerable.Range(0, set.Classes.Count).Select(label => indices.Count(index => set.Recordings[index].Label == label))]);

    static float[] Describe(SpectrogramExamples examples, int index)
    {
        var item = new float[examples.Length];
        examples.CopyTo(index, item);
        return NearestNeighbour.Describe(item, examples.Bands);
    }

    sealed class Relay(RunContext context) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => context.Tell(new RunEvent.Progress(
            "features", value.Done, value.Total, value.Excluded == 0 ? "" : $"{value.Excluded} unusable"));
    }
}
