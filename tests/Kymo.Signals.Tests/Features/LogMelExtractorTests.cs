using System.Globalization;
using Kymo.Signals.Audio;
using Kymo.Signals.Features;

namespace Kymo.Signals.Tests.Features;

public sealed class LogMelExtractorTests
{
    static readonly LogMelOptions s_small = new()
    {
        SampleRate = 8000,
        NFft = 256,
        WinLength = 200,
        HopLength = 80,
        NMels = 24,
        FMin = 50,
        FMax = 3800,
        Duration = null,
    };

    [Theory]
    [InlineData("urbansound8k/audio/fold1", 4.0, "2048 2048 512 128 0 11025")]
    [InlineData("esc10/audio", 5.0, "512 400 160 64 20 8000")]
    public void Extract_of_real_recordings_equals_torchaudio(string folder, double duration, string arguments)
    {
        var options = duration == 4 ? LogMelOptions.UrbanSounds : LogMelOptions.SleepEvents;
        var extractor = new LogMelExtractor(options);
        var files = Directory.GetFiles(Repository.Shared(["data", .. folder.Split('/')]), "*.flac").Order(StringComparer.Ordinal);
        foreach (var file in files.Where((_, index) => index % 50 == 7).Take(3))
        {
            var expected = SignalOracle.Spectra("logmel", [file, duration, .. arguments.Split(' ')]);
            var levels = extractor.Extract(AudioFile.ReadMono(file, options.SampleRate));
            Assert.Equal(expected.Length, levels.Length);
            // torchaudio's single-precision filter edges move steep cells by some hundredths of a dB.
            for (var i = 0; i < levels.Length; i++) Assert.Equal(expected[i], levels[i], expected[i] < -60 ? 0.1 : 0.05);
            Assert.Equal(0, expected.Zip(levels, (a, b) => Math.Abs(a - b)).Average(), 2e-3);
        }
    }

    [Theory]
    [InlineData(1), InlineData(4), InlineData(16)]
    public void Extract_gives_the_same_bits_however_many_frames_at_a_time(int lanes)
    {
        foreach (
            var options in new[] { LogMelOptions.UrbanSounds, LogMelOptions.SleepEvents, s_small, s_small with { NFft = 254 } })
        {
            var extractor = new LogMelExtractor(options);
            var samples = SignalOracle.Noise(50000);
            var (eight, other) = (new float[extractor.OutputLength(50000)], new float[extractor.OutputLength(50000)]);
            Assert.True(extractor.TryExtract(samples, eight, lanes: 8));
            Assert.True(extractor.TryExtract(samples, other, lanes));
            Assert.Equal(eight, other);
            Assert.Equal(eight, extractor.Extract(samples));
        }
    }

    [Fact]
    public void Extract_of_every_length_equals_the_operations_one_by_one()
    {
        var extractor = new LogMelExtractor(s_small with { NFft = 32, WinLength = 24, HopLength = 7, NMels = 5 });
        var stft = new Kymo.Signals.Spectra.Stft(32, 24, 7);
        var bank = new Kymo.Signals.Spectra.MelFilterBank(8000, 32, 5, 50, 3800);
        for (var length = 1; length <= 256; length++)
        {
            var samples = SignalOracle.Noise(length, length);
            var frames = extractor.FrameCount(length);
            Assert.Equal(1 + length / 7, frames);
            var power = new float[17 * frames];
            stft.Power(samples, power);
            var mels = new float[5 * frames];
            for (var frame = 0; frame < frames; frame++)
            {
                var one = new float[5];
                bank.Apply(Enumerable.Range(0, 17).Select(bin => power[bin * frames + frame]).ToArray(), one);
                for (var mel = 0; mel < 5; mel++) mels[mel * frames + frame] = one[mel];
            }
            Kymo.Signals.Spectra.Decibels.FromPower(mels, mels.Max());
            Assert.Equal(mels, extractor.Extract(samples));
        }
    }

    [Fact]
    public void Extract_of_silence_is_the_floor_or_under_the_originals_rule_zero()
    {
        var silence = new float[1000];
        Assert.All(new LogMelExtractor(LogMelOptions.UrbanSounds).Extract(silence), level => Assert.Equal(-80, level));
        var original = new LogMelExtractor(LogMelOptions.UrbanSounds with { Silence = SilenceRule.Zero });
        Assert.All(original.Extract(silence), level => Assert.Equal(0, level, 1e-5));
        var absolute = new LogMelExtractor(LogMelOptions.UrbanSounds with { Reference = DecibelReference.Fixed });
        Assert.All(absolute.Extract(silence), level => Assert.Equal(-100, level, 1e-4));
    }

    [Fact]
    public void Extract_of_a_long_clip_keeps_its_head_and_of_a_short_one_fills_up()
    {
        var samples = SignalOracle.Noise(100000);
        var zero = new LogMelExtractor(LogMelOptions.UrbanSounds);
        Assert.Equal(zero.Extract(samples.AsSpan(0, 88200)), zero.Extract(samples));
        Assert.Equal(zero.Extract([.. samples[..30000], .. new float[58200]]), zero.Extract(samples.AsSpan(0, 30000)));
        var repeat = new LogMelExtractor(LogMelOptions.UrbanSounds with { ShortClips = ShortClipRule.Repeat });
        var part = samples[..30000];
        Assert.Equal(zero.Extract([.. part, .. part, .. part]), repeat.Extract(part));
        Assert.Equal(repeat.Extract([1f]), repeat.Extract(Enumerable.Repeat(1f, 88200).ToArray()));
    }

    [Fact]
    public void Extract_with_a_fixed_reference_keeps_the_level()
    {
        var extractor = new LogMelExtractor(
            LogMelOptions.SleepEvents with { Reference = DecibelReference.Fixed, ReferencePower = 2 });
        var samples = SignalOracle.Noise(80000);
        var loud = extractor.Extract(samples);
        var quiet = extractor.Extract(samples.Select(sample => sample / 10).ToArray());
        for (var i = 0; i < loud.Length; i++) Assert.Equal(loud[i] - 20, quiet[i], 1e-3);
    }

    [Fact]
    public void Extract_refuses_what_gives_no_spectrogram()
    {
        var extractor = new LogMelExtractor(s_small);
        Assert.Throws<ArgumentException>("samples", () => extractor.Extract([]));
        Assert.Throws<ArgumentException>("destination", () => extractor.Extract(new float[800], new float[3]));
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f })
        {
            var samples = SignalOracle.Noise(5000);
            samples[1234] = bad;
            Assert.Throws<ArgumentException>("samples", () => extractor.Extract(samples));
        }
    }

    [Fact]
    public void Constructor_lists_every_problem_of_the_options()
    {
        var options = new LogMelOptions
        {
            SampleRate = 0,
            WinLength = 4096,
            HopLength = 0,
            NMels = 0,
            FMin = -1,
            TopDb = double.NaN,
            Duration = 0,
        };
        var error = Assert.Throws<ArgumentException>(() => new LogMelExtractor(options));
        foreach (var name in new[] { "sampleRate", "winLength", "hopLength", "nMels", "fMin", "fMax", "topDb", "duration" })
            Assert.Contains(name + " is ", error.Message);
        Assert.Empty(LogMelOptions.UrbanSounds.Problems());
        Assert.Empty(LogMelOptions.SleepEvents.Problems());
    }

    [Fact]
    public void Fingerprint_changes_with_every_value_and_not_with_the_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var text = (LogMelOptions.SleepEvents with { FMin = 20.5 }).ToCanonicalText();
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
            Assert.Equal(text, (LogMelOptions.SleepEvents with { FMin = 20.5 }).ToCanonicalText());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
        var urban = LogMelOptions.UrbanSounds;
        Assert.Equal(
            "logmel/1 sampleRate=22050 nFft=2048 winLength=2048 hopLength=512 nMels=128 fMin=0 fMax=11025 topDb=80 " +
            "reference=ClipMaximum referencePower=1 duration=4 shortClips=Zero silence=Floor", urban.ToCanonicalText());
        LogMelOptions[] others =
        [
            urban, urban with { SampleRate = 22051 }, urban with { NFft = 4096 }, urban with { WinLength = 2047 },
            urban with { HopLength = 511 },
            urban with { NMels = 127 }, urban with { FMin = 1 }, urban with { FMax = 11024 }, urban with { TopDb = 79 },
            urban with { Reference = DecibelReference.Fixed }, urban with { ReferencePower = 2 }, urban with { Duration = null },
            urban with { ShortClips = ShortClipRule.Repeat }, urban with { Silence = SilenceRule.Zero },
        ];
        Assert.Equal(others.Length, others.Select(options => options.Fingerprint()).Distinct().Count());
        Assert.Equal(13, typeof(LogMelOptions).GetProperties().Count(property => property.CanWrite));
    }

    [Fact]
    public void Extract_from_several_threads_gives_the_same_bits()
    {
        var extractor = new LogMelExtractor(LogMelOptions.SleepEvents);
        var samples = SignalOracle.Noise(80000);
        var expected = extractor.Extract(samples);
        Parallel.For(0, 30, _ => Assert.Equal(expected, extractor.Extract(samples)));
    }

    [Fact]
    public void Mfcc_equals_torchaudio()
    {
        var options = LogMelOptions.SleepEvents with { Duration = null };
        var extractor = new MfccExtractor(options, 20);
        var coefficients = new float[20 * extractor.FrameCount(16000)];
        extractor.Extract(SignalOracle.Noise(16000), coefficients);
        var expected = SignalOracle.Spectra("mfcc", 16000, 20, 16000, 512, 400, 160, 64, 20, 8000);
        Assert.Equal(expected.Length, coefficients.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], coefficients[i], 0.05);
    }
}
