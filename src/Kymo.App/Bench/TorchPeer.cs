using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kymo.Lab.Models;
using Kymo.Signals.Arrays;
using Kymo.Torch;

namespace Kymo.App.Bench;

/// <summary>The same network with the same weights in stock PyTorch: a Python process that runs repetitions on demand.</summary>
sealed class TorchPeer : IDisposable
{
    const string Python = "/usr/bin/python3";
    static readonly Dictionary<string, string> s_scripts = new() { ["urban-cnn"] = "urban_cnn.py" };

    readonly Process _process;
    readonly string _folder;

    TorchPeer(Process process, string folder)
    {
        (_process, _folder) = (process, folder);
        var greeting = Read();
        Version = greeting["torch"]!.GetValue<string>();
        Logits = greeting["logits"].Deserialize<float[]>()!;
    }

    /// <summary>PyTorch's version.</summary>
    public string Version { get; }

    /// <summary>What it makes of the input with the given weights, in evaluation mode.</summary>
    public float[] Logits { get; }

    /// <summary>Starts the peer of a network.</summary>
    /// <param name="subject">The network and the input that both sides are given.</param>
    /// <param name="missing">Why there is none; empty where there is one.</param>
    public static TorchPeer? TryStart(BenchSubject subject, out string missing)
    {
        missing = "";
        if (!s_scripts.TryGetValue(subject.Model, out var name)) missing = $"there is no PyTorch script of {subject.Model}";
        else if (!File.Exists(Python)) missing = $"{Python} is not there";
        else if (!HasTorch()) missing = $"{Python} has no torch; apt-get install python3-torch";
        else if (Script(name) is null) missing = $"bench/peers/{name} is not in a folder above the program";
        if (missing != "") return null;
        var folder = Directory.CreateTempSubdirectory("kymo-bench-").FullName;
        try
        {
            return new TorchPeer(Start(Script(name!)!, subject, folder), folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Runs repetitions; the milliseconds of each.</summary>
    public double[] Run(int repetitions)
    {
        _process.StandardInput.WriteLine(repetitions.ToString(CultureInfo.InvariantCulture));
        _process.StandardInput.Flush();
        return Read()["ms"].Deserialize<double[]>()!;
    }

    /// <summary>Ends it; the most memory that it has held, bytes.</summary>
    public long? Finish()
    {
        _process.StandardInput.Close();
        return Read()["peak_bytes"]?.GetValue<long>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    static Process Start(string script, BenchSubject subject, string folder)
    {
        var (input, weights) = (Path.Combine(folder, "input.npy"), Path.Combine(folder, "weights.pth"));
        NpyFile.Write(input, subject.Input, subject.Shape);
        WeightFiles.Write(weights, subject.Network.SaveState());
        string[] words =
        [
            script, "--threads", Text(TorchThreads.Get()), "--batch", Text(subject.Batch), "--classes", Text(subject.Classes),
            "--bands", Text(subject.Shape[1]), "--frames", Text(subject.Shape[2]), "--input", input, "--weights", weights,
        ];
        return Process.Start(new ProcessStartInfo(Python, words) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    static bool HasTorch()
    {
        using var process = Process.Start(new ProcessStartInfo(Python,
            ["-c", "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(n) is None for n in ('torch', 'numpy')))"]))!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    // The script of a checkout that the program stands in.
    static string? Script(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "bench", "peers", name) is var path && File.Exists(path)) return path;
        return null;
    }

    JsonNode Read() => JsonNode.Parse(_process.StandardOutput.ReadLine()
        ?? throw new IOException("the PyTorch side ended before its answer; its message stands above"))!;

    static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
