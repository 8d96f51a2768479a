using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Kymo.Signals.Audio;

namespace Kymo.Signals.Features;

/// <summary>Takes the features of one file; called by several threads at once, once for each file that could be read.</summary>
/// <param name="index">Which of the files, from 0.</param>
/// <param name="features">Log-mel spectrogram (mel, frame); valid only during the call.</param>
public delegate void FeatureSink(int index, ReadOnlySpan<float> features);

/// <summary>A file without features, and why.</summary>
/// <param name="Index">Which of the files, from 0.</param>
/// <param name="Path">The file.</param>
/// <param name="Reason">What was wrong and what was expected.</param>
public sealed record FeatureFailure(int Index, string Path, string Reason);

/// <summary>How far an extraction is.</summary>
/// <param name="Done">Files read.</param>
/// <param name="Failed">Files that could not be read.</param>
/// <param name="Total">All files.</param>
public readonly record struct FeatureProgress(int Done, int Failed, int Total);

/// <summary>What came of an extraction.</summary>
/// <param name="Total">Files asked for.</param>
/// <param name="Failures">Those without features, in the order of the files; nothing was made up for them.</param>
public sealed record FeatureReport(int Total, IReadOnlyList<FeatureFailure> Failures)
{
    /// <summary>Files with features.</summary>
    public int Extracted => Total - Failures.Count;
}

/// <summary>From sound files to log-mel spectrograms, several files at a time.</summary>
public static class FeatureFiles
{
    /// <summary>
    /// Decodes every file, brings it to the extractor's rate and one channel, and gives its features to <paramref name="sink"/>.
    /// The features of a file do not depend on the number of workers. A file that cannot be used is reported and passed over.
    /// </summary>
    /// <param name="extractor">What to compute.</param>
    /// <param name="paths">The files.</param>
    /// <param name="sink">Takes the features; what it throws ends the extraction.</param>
    /// <param name="reading">What is accepted from files; by default truncated and silent ones are refused.</param>
    /// <param name="workers">Threads, from 1; by default one for each processor.</param>
    /// <param name="progress">Told after every file, by the thread that read it.</param>
    /// <param name="cancellation">Ends the extraction after the files in work.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    /// <exception cref="DllNotFoundException">libsndfile or libsoxr is not installed.</exception>
    public static FeatureReport Extract(
        LogMelExtractor extractor, IReadOnlyList<string> paths, FeatureSink sink, AudioReadOptions? reading = null,
        int? workers = null, IProgress<FeatureProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers ?? 1, 1);
        var failures = new List<FeatureFailure>();
        var buffers = new ConcurrentBag<float[]>();
        var done = 0;
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = workers ?? Environment.ProcessorCount,
            CancellationToken = cancellation,
        };
        try
        {
            Parallel.For(0, paths.Count, options, index =>
            {
                var failure = ExtractFile(extractor, paths[index], index, sink, reading ?? new(), buffers);
                lock (failures)
                {
                    if (failure is null) done++;
                    else failures.Add(failure);
                    progress?.Report(new(done, failures.Count, paths.Count));
                }
            });
        }
        catch (AggregateException errors) when (errors.InnerExceptions.Count > 0)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
        failures.Sort((a, b) => a.Index.CompareTo(b.Index));
        return new(paths.Count, failures);
    }

    // Decoded samples and features of files are large: their buffers are handed from file to file.
    static FeatureFailure? ExtractFile(
        LogMelExtractor extractor, string path, int index, FeatureSink sink, AudioReadOptions reading,
        ConcurrentBag<float[]> buffers)
    {
        if (!buffers.TryTake(out var buffer)) buffer = [];
        float[]? features = null;
        try
        {
            var samples = AudioFile.ReadMono(path, extractor.Options.SampleRate, reading, ref buffer).Span;
            var length = extractor.OutputLength(samples.Length);
            features = ArrayPool<float>.Shared.Rent(length);
            if (!extractor.TryExtract(samples, features.AsSpan(0, length)))
                return new(
                    index, path, "holds samples too large for a spectrum in single precision, expected values about [-1, 1]");
            sink(index, features.AsSpan(0, length));
            return null;
        }
        catch (DataException error) when (error.Path == path)
        {
            return new(index, path, error.Problem);
        }
        finally
        {
            if (features is not null) ArrayPool<float>.Shared.Return(features);
            buffers.Add(buffer);
        }
    }
}
