using System.Diagnostics;
using System.Text.Json;
using Kymo.Signals.Features;

namespace Kymo.Bench.Features;

/// <summary>The Python process on the other side.</summary>
sealed class Peer : IDisposable
{
    const string Python = "/usr/bin/python3";
    readonly Process _process;

    public Peer(string script)
    {
        var start = new ProcessStartInfo(Python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
    }

    /// <summary>The seconds each repetition took.</summary>
    public double[] Ask(params string[] request)
    {
        _process.StandardInput.WriteLine(string.Join('\t', request));
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"the peer ended at: {request[0]}");
        return JsonDocument.Parse(answer).RootElement.GetProperty("seconds").Deserialize<double[]>()!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The options as the script reads them.</summary>
    public static string Options(LogMelOptions options) => JsonSerializer.Serialize(new
    {
        sampleRate = options.SampleRate,
        nFft = options.NFft,
        winLength = options.WinLength,
        hopLength = options.HopLength,
        nMels = options.NMels,
        fMin = options.FMin,
        fMax = options.FMax,
        topDb = options.TopDb,
        samples = options.ClipSamples,
    });
}
