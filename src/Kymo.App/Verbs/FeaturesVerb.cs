using System.CommandLine;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Signals.Arrays;
using Kymo.Signals.Audio;
using Kymo.Signals.Spectra;

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
            var options = Settings.Bind("features logmel", LogMelOptions.UrbanSounds, ModelVerb.Parse(parsed.GetValue(settings)!));
            var features = new float[options.NMels * options.Frames];
            new LogMelExtractor(options).Extract(AudioFile.ReadMono(parsed.GetValue(file)!, options.SampleRate), features);
            NpyFile.Write(parsed.GetValue(output)!, features, [options.NMels, options.Frames]);
            terminal.Say($"{parsed.GetValue(output)}: [{options.NMels}, {options.Frames}], dB");
            terminal.Answer(new JsonObject
            {
                ["out"] = parsed.GetValue(output),
                ["shape"] = new JsonArray(options.NMels, options.Frames),
                ["settings"] = options.ToString(),
            });
            return ExitCode.Done;
        });
        return command;
    }
}
