using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kymo.Signals.Features;

/// <summary>What 0 dB is.</summary>
public enum DecibelReference
{
    /// <summary>The clip's own largest mel power: every clip spans at most [-topDb, 0], its level is lost.</summary>
    ClipMaximum,

    /// <summary>The fixed power <see cref="LogMelOptions.ReferencePower"/>: levels can be compared between clips.</summary>
    Fixed,
}

/// <summary>How a clip shorter than the duration is filled up.</summary>
public enum ShortClipRule
{
    /// <summary>Zeros to the right.</summary>
    Zero,

    /// <summary>The clip again and again.</summary>
    Repeat,
}

/// <summary>What a clip without any power becomes when the reference is its own maximum.</summary>
public enum SilenceRule
{
    /// <summary>Every cell is the quietest value, -topDb.</summary>
    Floor,

    /// <summary>Every cell is 0 dB, the loudest value: what librosa's formula gives, kept for comparison with it.</summary>
    Zero,
}

/// <summary>
/// Everything that decides a log-mel spectrogram (mel, frame): periodic Hann window, centred frames with zeros outside the
/// signal, power spectrum, Slaney's mel filters with area norm, decibels. The definitions are librosa's.
/// </summary>
public sealed record LogMelOptions
{
    /// <summary>Samples per second of the input, in Hz.</summary>
    public int SampleRate { get; init; } = 22050;

    /// <summary>Length of the transform in samples.</summary>
    public int NFft { get; init; } = 2048;

    /// <summary>Length of the Hann window in samples, at most <see cref="NFft"/>, in whose middle it stands.</summary>
    public int WinLength { get; init; } = 2048;

    /// <summary>Samples between two frames.</summary>
    public int HopLength { get; init; } = 512;

    /// <summary>Number of mel bands.</summary>
    public int NMels { get; init; } = 128;

    /// <summary>Lower edge of the first band in Hz.</summary>
    public double FMin { get; init; }

    /// <summary>Upper edge of the last band in Hz, at most half of <see cref="SampleRate"/>.</summary>
    public double FMax { get; init; } = 11025;

    /// <summary>The quietest value, in dB below the loudest of the clip; above 0.</summary>
    public double TopDb { get; init; } = 80;

    /// <summary>What 0 dB is; the clip's maximum by default.</summary>
    public DecibelReference Reference { get; init; } = DecibelReference.ClipMaximum;

    /// <summary>The power that is 0 dB where <see cref="Reference"/> is fixed; above 0.</summary>
    public double ReferencePower { get; init; } = 1;

    /// <summary>Seconds every clip is cut (its head is kept) or filled up to; null keeps each clip's own length.</summary>
    public double? Duration { get; init; } = 4;

    /// <summary>How shorter clips are filled up; zeros by default.</summary>
    public ShortClipRule ShortClips { get; init; } = ShortClipRule.Zero;

    /// <summary>What a silent clip becomes; the quietest value by default.</summary>
    public SilenceRule Silence { get; init; } = SilenceRule.Floor;

    /// <summary>The front end of the urban-sounds recipe: four seconds at 22,050 Hz become 128 bands in 173 frames.</summary>
    public static LogMelOptions UrbanSounds { get; } = new();

    /// <summary>The front end of the sleep-events recipe: five seconds at 16 kHz become 64 bands in 501 frames.</summary>
    public static LogMelOptions SleepEvents { get; } = new()
    {
        SampleRate = 16000,
        NFft = 512,
        WinLength = 400,
        HopLength = 160,
        NMels = 64,
        FMin = 20,
        FMax = 8000,
        Duration = 5,
    };

    /// <summary>Samples every clip is brought to, or null where <see cref="Duration"/> is.</summary>
    public int? ClipSamples => Duration is { } seconds ? (int)Math.Round(seconds * SampleRate) : null;

    /// <summary>What is wrong with the values, each with what was expected; empty when they can be used.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        void Require(bool holds, string name, object value, string expectation)
        {
            if (!holds) problems.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}, expected {expectation}"));
        }
        Require(SampleRate is >= 1 and <= 10_000_000, "sampleRate", SampleRate, "1 to 10,000,000 Hz");
        Require(NFft is >= 2 and <= 1 << 20, "nFft", NFft, "2 to 1,048,576 samples");
        Require(WinLength >= 1 && WinLength <= NFft, "winLength", WinLength, $"1 to nFft ({NFft})");
        Require(HopLength is >= 1 and <= 1 << 20, "hopLength", HopLength, "1 to 1,048,576 samples");
        Require(NMels is >= 1 and <= 4096, "nMels", NMels, "1 to 4096");
        Require(FMin >= 0, "fMin", FMin, "0 Hz or more");
        Require(FMax > FMin && FMax <= SampleRate / 2.0, "fMax", FMax, $"above fMin ({FMin}) and at most half the sample rate");
        Require(TopDb is > 0 and < double.PositiveInfinity, "topDb", TopDb, "more than 0 dB");
        Require(ReferencePower is > 0 and < double.PositiveInfinity, "referencePower", ReferencePower, "more than 0");
        Require(Duration is null || Duration > 0 && Duration * SampleRate is >= 1 and <= 1 << 28, "duration", Duration ?? 0,
            "at least one sample and at most 268,435,456");
        Require(Enum.IsDefined(Reference), "reference", Reference, "clipMaximum or fixed");
        Require(Enum.IsDefined(ShortClips), "shortClips", ShortClips, "zero or repeat");
        Require(Enum.IsDefined(Silence), "silence", Silence, "floor or zero");
        return problems;
    }

    /// <summary>
    /// One line that names every value: equal options give equal text in every culture and version of the program.
    /// </summary>
    public string ToCanonicalText() => string.Create(
        CultureInfo.InvariantCulture,
        $"logmel/1 sampleRate={SampleRate} nFft={NFft} winLength={WinLength} hopLength={HopLength} nMels={NMels} fMin={FMin:R} " +
        $"fMax={FMax:R} topDb={TopDb:R} reference={Reference} referencePower={ReferencePower:R} duration={Duration:R} " +
        $"shortClips={ShortClips} silence={Silence}");

    /// <summary>
    /// SHA-256 of <see cref="ToCanonicalText"/>, 64 hexadecimal digits: for the fingerprint of a feature cache.
    /// </summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToCanonicalText())));
}
