using System.Collections.Concurrent;
using Kymo.Signals.Audio;
using Kymo.Signals.Features;
using Kymo.Signals.Tests.Audio;

namespace Kymo.Signals.Tests.Features;

public sealed class FeatureFilesTests : IDisposable
{
    static readonly LogMelExtractor s_extractor = new(LogMelOptions.SleepEvents);
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string[] WriteFiles()
    {
        for (var i = 0; i < 12; i++)
            AudioFile.WriteWav(_folder[$"{i:D2}.wav"], new(16000, 1, SignalOracle.Noise(8000 + 1000 * i, i)));
        File.WriteAllBytes(_folder["03.wav"], []);
        AudioFile.WriteWav(_folder["05.wav"], new(16000, 1, new float[500]));
        File.Delete(_folder["08.wav"]);
        File.WriteAllBytes(_folder["10.wav"], Wav.Float32(1, 1e30f, 2));
        return [.. Enumerable.Range(0, 12).Select(i => _folder[$"{i:D2}.wav"])];
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(7), InlineData(null)]
    public void Extract_gives_the_features_of_each_file_and_reports_the_others(int? workers)
    {
        var paths = WriteFiles();
        var features = new ConcurrentDictionary<int, float[]>();
        var progress = new Counter();
        var report = FeatureFiles.Extract(
            s_extractor, paths, (index, values) => Assert.True(features.TryAdd(index, values.ToArray())),
            workers: workers, progress: progress);

        Assert.Equal((12, 8), (report.Total, report.Extracted));
        Assert.Equal([3, 5, 8, 10], report.Failures.Select(failure => failure.Index));
        Assert.Equal(report.Failures.Select(failure => paths[failure.Index]), report.Failures.Select(failure => failure.Path));
        var reasons = new[] { "is empty (0 bytes)", "is silent: all 500 frames", "does not exist", "holds samples too large" };
        foreach (var (reason, failure) in reasons.Zip(report.Failures)) Assert.StartsWith(reason, failure.Reason);
        Assert.Equal([0, 1, 2, 4, 6, 7, 9, 11], features.Keys.Order());
        foreach (var (index, values) in features)
            Assert.Equal(s_extractor.Extract(AudioFile.ReadMono(paths[index], 16000)), values);
        Assert.Equal(Enumerable.Range(1, 12), progress.Reports.Select(report => report.Done + report.Failed));
        Assert.Equal(new FeatureProgress(8, 4, 12), progress.Reports[^1]);
    }

    [Fact]
    public void Extract_of_nothing_is_an_empty_report() =>
        Assert.Equal(0, FeatureFiles.Extract(s_extractor, [], (_, _) => Assert.Fail("called")).Extracted);

    [Fact]
    public void Extract_ends_when_cancelled()
    {
        var paths = Enumerable.Repeat(WriteFiles()[0], 1000).ToArray();
        using var cancellation = new CancellationTokenSource();
        var seen = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => FeatureFiles.Extract(s_extractor, paths, (_, _) =>
        {
            var number = Interlocked.Increment(ref seen);
            if (number == 5) cancellation.Cancel();
            // However late the cancelling thread is, the other one does not run through all files meanwhile.
            if (number > 5) cancellation.Token.WaitHandle.WaitOne();
        }, workers: 2, cancellation: cancellation.Token));
        Assert.InRange(seen, 5, 10);
    }

    [Fact]
    public void Extract_ends_with_the_error_of_the_sink()
    {
        var paths = WriteFiles();
        Assert.Throws<IOException>(
            () => FeatureFiles.Extract(s_extractor, paths, (_, _) => throw new IOException("disk full"), workers: 3));
    }

    sealed class Counter : IProgress<FeatureProgress>
    {
        public List<FeatureProgress> Reports { get; } = [];

        public void Report(FeatureProgress value) => Reports.Add(value);
    }
}
