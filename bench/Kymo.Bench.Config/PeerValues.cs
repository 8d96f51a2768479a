using System.Diagnostics;
using System.Globalization;

namespace Kymo.Bench.Config;

/// <summary>OmegaConf's parser, which is generated as Hydra's is, in the distribution's Python.</summary>
sealed class PeerValues(string script) : IDisposable
{
    const string Python = "/usr/bin/python3";

    readonly Process? _process = File.Exists(Python)
        ? Process.Start(new ProcessStartInfo(Python, [script]) { RedirectStandardOutput = true, RedirectStandardError = true })
        : null;

    /// <summary>Median seconds for one value; null where the module is missing.</summary>
    public double? SecondsEach() =>
        _process?.StandardOutput.ReadLine() is { } line ? double.Parse(line, CultureInfo.InvariantCulture) : null;

    public void Dispose() => _process?.Dispose();
}
