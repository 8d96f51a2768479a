using System.CommandLine;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Models;
using Kymo.Signals.Arrays;
using Kymo.Signals.Audio;
using Kymo.Signals;
using Kymo.Signals.Features;
using Kymo.Signals.Midi;
using Kymo.Signals.Music;

namespace Kymo.App.Verbs;

/// <summary><c>kymo features KIND FILE</c>: any feature the recipes use, for checking against other tools.</summary>
static class FeaturesVerb
{
    public static Command Create(Terminal terminal)
    {
        var kind = new Argument<string>("kind") { Description = "logmel, or of music: mel, notes, dynamics, score, groove" };
        var file = new Argument<string>("file") { Description = "a recording" };
        var settings = new Argument<string[]>("settings") { Description = "key=value", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<string>("--out") { Description = "where the array goes, .npy", Required = true };
        var command = new Command("features", "Writes one recording's features as a NumPy array.\n\n"
            + "Example:\n  kymo features logmel dog.wav --out x.npy sample_rate=22050 n_fft=2048 win_length=2048 hop_length=512 n_mels=128 f_min=0 f_max=11025 duration=4.0")
        { kind, file, settings, output };
        command.Handle(terminal, (parsed, _) =>
        {
            if (parsed.GetValue(kind) != "logmel") return Music(terminal, parsed.GetValue(kind)!, parsed.GetValue(file)!, parsed.GetValue(output)!);
            var options = Settings.Bind<LogMelSettings>(ModelVerb.Parse(parsed.GetValue(settings)!)).Options;
            if (options.Problems() is { Count: > 0 } problems) throw new ConfigException(string.Join("; ", problems));
            var extractor = new LogMelExtractor(options);
            var samples = AudioFile.ReadMono(parsed.GetValue(file)!, options.SampleRate, new AudioReadOptions { AllowSilence = true });
            var features = extractor.Extract(samples);
            var frames = features.Length / options.NMels;
            NpyFile.Write(parsed.GetValue(output)!, features, options.NMels, frames);
            terminal.Say($"{parsed.GetValue(output)}: [{options.NMels}, {frames}], dB");
            terminal.Answer(new JsonObject
            {
                ["out"] = parsed.GetValue(output),
                ["shape"] = new JsonArray(options.NMels, frames),
                ["settings"] = options.ToCanonicalText(),
            });
            return ExitCode.Done;
        });
        return command;
    }

    // Each row of a music feature has a name for each number; the answer lists them.
    static int Music(Terminal terminal, string kind, string file, string output)
    {
        var (names, rows) = kind switch
        {
            "mel" => (MelMean.Names, [new MelMean().Extract(Samples(file))]),
            "notes" => (PitchHistogram.Names, [PitchHistogram.Compute(MidiFile.Read(file)) ?? throw new DataException(file, "has no pitched note")]),
            "dynamics" => (Dynamics.Names, ScoreSegment.Cut(MidiFile.Read(file)).Select(Dynamics.Compute).ToArray()),
            "score" => (ScoreContext.Names, ScoreSegment.Cut(MidiFile.Read(file)).Select(ScoreContext.Compute).ToArray()),
            "groove" => (Groove.Names, [Groove.Compute(DrumPattern.Read(MidiFile.Read(file), out var reason) ?? throw new DataException(file, reason!))]),
            _ => throw new ConfigException($"no feature '{kind}'; there are logmel, mel, notes, dynamics, score, groove"),
        };
        if (rows.Length == 0) throw new DataException(file, $"has no half minute with {ScoreSegment.LeastNotes} pitched notes");
        NpyFile.Write(output, rows.SelectMany(row => row).ToArray(), rows.Length, names.Count);
        terminal.Say($"{output}: [{rows.Length}, {names.Count}]");
        terminal.Answer(new JsonObject
        {
            ["out"] = output,
            ["shape"] = new JsonArray(rows.Length, names.Count),
            ["names"] = new JsonArray([.. names.Select(name => (JsonNode)name)]),
            ["first"] = new JsonObject(names.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)rows[0][i]))),
        });
        return ExitCode.Done;
    }

    static float[] Samples(string file)
    {
        var samples = AudioFile.ReadMono(file, MelMean.SampleRate, new AudioReadOptions { AllowSilence = true });
        return samples.Length >= MelMean.SampleRate ? samples : throw new DataException(file, "is shorter than one second");
    }

    sealed record LogMelSettings(
        [property: Range(1, 768_000)] int SampleRate = 22050,
        [property: Range(16, 65_536)] int NFft = 2048,
        [property: Range(16, 65_536)] int WinLength = 2048,
        [property: Range(1, 65_536)] int HopLength = 512,
        [property: Range(1, 4096)] int NMels = 128,
        [property: Range(0, 384_000)] double FMin = 0,
        [property: Range(1, 384_000)] double FMax = 11025,
        [property: Range(0.001, 86_400)] double Duration = 4.0,
        [property: AllowedValues("zero", "repeat")] string ShortClips = "zero",
        [property: AllowedValues("floor", "loudest")] string Silence = "floor")
    {
        public LogMelOptions Options => new()
        {
            SampleRate = SampleRate,
            NFft = NFft,
            WinLength = WinLength,
            HopLength = HopLength,
            NMels = NMels,
            FMin = FMin,
            FMax = FMax,
            Duration = Duration,
            ShortClips = ShortClips == "repeat" ? ShortClipRule.Repeat : ShortClipRule.Zero,
            Silence = Silence == "loudest" ? SilenceRule.Zero : SilenceRule.Floor,
        };
    }
}
