using System.CommandLine;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Models;
using Kymo.Signals.Arrays;
using Kymo.Signals.Audio;
using Kymo.Signals.Features;

namespace Kymo.App.Verbs;

/// <summary><c>kymo features KIND FILE</c>: any feature the recipes use, for checking against other tools.</summary>
static class FeaturesVerb
{
    public static Command Create(Terminal terminal)
    {
        var kind = new Argument<string>("kind") { Description = "logmel" };
        var file = new Argument<string>("file") { Description = "a recording" };
        var settings = new Argument<string[]>("settings") { Description = "key=value", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<string>("--out") { Description = "where the array goes, .npy", Required = true };
        var command = new Command("features", "Writes one recording's features as a NumPy array.\n\n"
            + "Example:\n  kymo features logmel dog.wav --out x.npy sample_rate=22050 n_fft=2048 win_length=2048 hop_length=512 n_mels=128 f_min=0 f_max=11025 duration=4.0")
        { kind, file, settings, output };
        command.Handle(terminal, (parsed, _) =>
        {
            if (parsed.GetValue(kind) != "logmel") throw new ConfigException($"no feature '{parsed.GetValue(kind)}'; there is logmel");
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
