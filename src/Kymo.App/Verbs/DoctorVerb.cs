using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Kymo.Onnx;
using Kymo.Torch;

namespace Kymo.App.Verbs;

/// <summary><c>kymo doctor</c>: what the program stands on, and what is missing.</summary>
static class DoctorVerb
{
    sealed record Check(string What, bool Present, string Detail, string Remedy, bool Needed = true);

    public static Command Create(Terminal terminal)
    {
        var command = new Command("doctor", "Shows engines, devices, threads and memory, what is missing and the command that installs it.\n"
            + "Ends with 1 when something that training needs is missing.\n\nExample:\n  kymo doctor");
        command.Handle(terminal, (_, _) =>
        {
            Check[] checks =
            [
                new(".NET", true, RuntimeInformation.FrameworkDescription, ""),
                Torch(),
                Library("libsndfile", "libsndfile.so.1", "libsndfile1"),
                Library("libsoxr", "libsoxr.so.0", "libsoxr0"),
                Onnx(),
                Gnuplot(),
                Library("HDF5", "libhdf5_serial.so.103", "libhdf5-103-1", needed: false),
                Library("SQLite", "libsqlite3.so.0", "libsqlite3-0", needed: false),
                new("memory", true, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MB, {Environment.ProcessorCount} processors", ""),
            ];
            terminal.Table(["part", "state", "detail", "remedy"], checks.Select(check => (IReadOnlyList<string>)[
                check.What, check.Present ? "there" : check.Needed ? "missing" : "missing (optional)", check.Detail, check.Present ? "" : check.Remedy]));
            terminal.Answer(new JsonArray([.. checks.Select(check => (JsonNode)new JsonObject
            {
                ["part"] = check.What,
                ["present"] = check.Present,
                ["needed"] = check.Needed,
                ["detail"] = check.Detail,
                ["remedy"] = check.Remedy,
            })]));
            return checks.All(check => check.Present || !check.Needed) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    static Check Torch()
    {
        try
        {
            return new Check("LibTorch", true, $"{TorchInfo.Version}, {TorchInfo.CpuCapability}, {TorchThreads.Get()} threads, devices {string.Join(", ", Device.Available())}", "");
        }
        catch (TorchException error)
        {
            return new Check("LibTorch", false, error.Message.Split('\n')[0], "sudo apt-get install libtorch-dev libopenblas0-pthread");
        }
    }

    static Check Onnx()
    {
        try
        {
            var (version, file) = InferenceSession.Runtime();
            return new Check("ONNX Runtime", true, $"{version}, {file}", "", Needed: false);
        }
        catch (OnnxException error)
        {
            return new Check("ONNX Runtime", false, error.Message.Split('\n')[0], "npm ci --ignore-scripts in native/onnxruntime", Needed: false);
        }
    }

    static Check Library(string what, string file, string package, bool needed = true)
    {
        if (!NativeLibrary.TryLoad(file, out var handle)) return new Check(what, false, file, $"sudo apt-get install {package}", needed);
        NativeLibrary.Free(handle);
        return new Check(what, true, file, "", needed);
    }

    static Check Gnuplot()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("gnuplot", ["--version"]) { RedirectStandardOutput = true })!;
            var version = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return new Check("gnuplot", true, version, "", Needed: false);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return new Check("gnuplot", false, "reports come without figures", "sudo apt-get install gnuplot-nox", Needed: false);
        }
    }
}
