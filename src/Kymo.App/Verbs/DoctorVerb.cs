using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Kymo.App.Bench;
using Kymo.Lab.Runs;
using Kymo.Onnx;
using Kymo.Torch;

namespace Kymo.App.Verbs;

/// <summary><c>kymo doctor</c>: what the program stands on, and what is missing.</summary>
static class DoctorVerb
{
    const long LeastDisk = 1L << 30;
    const string TorchRemedy = "apt-get install libtorch-dev libopenblas0-pthread, then start ./kymo again";

    delegate nint VersionText();

    delegate int VersionNumbers(out uint major, out uint minor, out uint release);

    /// <summary>One thing the program stands on.</summary>
    /// <param name="What">Its name.</param>
    /// <param name="Present">Whether it is there and works.</param>
    /// <param name="Detail">Version, path, figures; or what is wrong.</param>
    /// <param name="Remedy">The command that brings it.</param>
    /// <param name="Needed">Whether training needs it.</param>
    sealed record Check(string What, bool Present, string Detail, string Remedy = "", bool Needed = true)
    {
        public string State => Present ? "there" : Needed ? "missing" : "missing (optional)";
    }

    public static Command Create(Terminal terminal)
    {
        var repair = new Option<string?>("--repair") { Description = "mend what a killed process left half-written in this run, instead" };
        var command = new Command("doctor", "Shows engines, devices, threads and memory, what is missing and the command that installs it.\n"
            + "Ends with 1 when something that training needs is missing.\n\nExamples:\n  kymo doctor\n  kymo doctor --json\n  kymo doctor --repair results/runs/RUN") { repair };
        command.Handle(terminal, (parsed, _) =>
        {
            if (parsed.GetValue(repair) is { } run) return Mend(RunPaths.Find(run), terminal);
            Check[] checks = [.. Programs(), .. Torch(), .. Libraries(), Onnx(), Gnuplot(), .. Hardware()];
            var ready = Array.TrueForAll(checks, check => check.Present || !check.Needed);
            terminal.Table(["what", "state", "detail", "remedy"], checks.Select(check => (IReadOnlyList<string>)[
                check.What, check.State, check.Detail, check.Present ? "" : check.Remedy]));
            terminal.Say(ready ? "\nready to train" : "\nnot ready to train: install what is missing");
            terminal.Answer(new JsonObject { ["ready"] = ready, ["checks"] = new JsonArray([.. checks.Select(Answer)]) });
            return ready ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    static int Mend(string run, Terminal terminal)
    {
        var repairs = RunRepair.Mend(run, TimeProvider.System);
        foreach (var done in repairs) terminal.Say($"{done.File}: {done.What}");
        if (repairs.Count == 0) terminal.Say("nothing to mend");
        terminal.Answer(new JsonObject { ["repairs"] = new JsonArray([.. repairs.Select(done => (JsonNode)new JsonObject { ["file"] = done.File, ["what"] = done.What })]) });
        return ExitCode.Done;
    }

    static JsonNode Answer(Check check) => new JsonObject
    {
        ["what"] = check.What,
        ["present"] = check.Present,
        ["needed"] = check.Needed,
        ["detail"] = check.Detail,
        ["remedy"] = check.Present ? "" : check.Remedy,
    };

    static IEnumerable<Check> Programs() =>
    [
        new("kymo", true, $"{Machine.Version}, {AppContext.BaseDirectory}"),
        new(".NET", true, $"{RuntimeInformation.FrameworkDescription}, {RuntimeEnvironment.GetRuntimeDirectory()}"),
    ];

    static IEnumerable<Check> Torch()
    {
        try
        {
            return
            [
                new("LibTorch", true, $"{TorchInfo.Version}, {Machine.LoadedFile("libtorch_cpu") ?? "linked in"}"),
                new("native bridge", true, Machine.LoadedFile("kymo_torch") ?? "loaded"),
                new("CPU capability", true, TorchInfo.CpuCapability),
                new("convolution kernels", true, $"{TorchInfo.KernelWidth} floats wide"),
                new("threads", true, Text(TorchThreads.Get())),
                new("devices", true, string.Join(", ", Device.Available())),
            ];
        }
        catch (Exception error) when (error is TorchException or DllNotFoundException or EntryPointNotFoundException)
        {
            return [new Check("LibTorch", false, FirstLine(error), TorchRemedy)];
        }
    }

    static IEnumerable<Check> Libraries() =>
    [
        Library("libsndfile", ["libsndfile.so.1", "libsndfile.so", "libsndfile.1.dylib", "sndfile.dll"], "libsndfile1", Calls("sf_version_string")),
        Library("libsoxr", ["libsoxr.so.0", "libsoxr.so", "libsoxr.0.dylib", "soxr.dll"], "libsoxr0", Calls("soxr_version")),
        Library("HDF5", ["libhdf5_serial.so.310", "libhdf5_serial.so.103", "libhdf5.so.310", "libhdf5.so.103", "libhdf5.dylib", "hdf5.dll"],
            "libhdf5-103-1", Hdf5Version, needed: false),
        Library("SQLite", ["libsqlite3.so.0", "libsqlite3.dylib", "sqlite3.dll"], "libsqlite3-0", Calls("sqlite3_libversion"), needed: false),
    ];

    static Check Library(string what, string[] names, string package, Func<nint, string> version, bool needed = true)
    {
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var library)) continue;
            var detail = $"{version(library)}, {Machine.LoadedFile(name[..(name.IndexOf('.') + 1)]) ?? name}";
            NativeLibrary.Free(library);
            return new Check(what, true, detail, "", needed);
        }
        return new Check(what, false, $"none of {string.Join(", ", names)} loads", $"apt-get install {package}", needed);
    }

    static Func<nint, string> Calls(string function) => library =>
        NativeLibrary.TryGetExport(library, function, out var address)
            ? Marshal.PtrToStringUTF8(Marshal.GetDelegateForFunctionPointer<VersionText>(address)()) ?? "unknown version"
            : "unknown version";

    static string Hdf5Version(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "H5get_libversion", out var address)) return "unknown version";
        var failed = Marshal.GetDelegateForFunctionPointer<VersionNumbers>(address)(out var major, out var minor, out var release) < 0;
        return failed ? "unknown version" : string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}.{release}");
    }

    static Check Onnx()
    {
        try
        {
            var (version, file) = InferenceSession.Runtime();
            return new Check("ONNX Runtime", true, $"{version}, {file}", Needed: false);
        }
        catch (OnnxException error)
        {
            return new Check("ONNX Runtime", false, FirstLine(error).Split(": run `")[0], RuntimeLibrary.InstallCommand, Needed: false);
        }
    }

    static Check Gnuplot()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("gnuplot", ["--version"]) { RedirectStandardOutput = true })!;
            var version = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return new Check("gnuplot", process.ExitCode == 0, version, "apt-get install gnuplot-nox", Needed: false);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return new Check("gnuplot", false, "not found: reports come without figures", "apt-get install gnuplot-nox", Needed: false);
        }
    }

    static IEnumerable<Check> Hardware()
    {
        var (total, free) = Machine.Memory();
        var disk = new DriveInfo(Path.GetFullPath(".")).AvailableFreeSpace;
        return
        [
            new("processor", true, $"{Machine.CpuModel()}, {Environment.ProcessorCount} cores"),
            new("memory", true, $"{Gigabytes(total)} GB{(free is null ? "" : $", {Gigabytes(free.Value)} GB free")}"),
            new("disk", disk >= LeastDisk, $"{Gigabytes(disk)} GB free in {Path.GetFullPath(".")}", "free at least 1 GB, or set run.root to another disk"),
        ];
    }

    static string FirstLine(Exception error) => error.Message.Split('\n')[0];

    static string Gigabytes(long bytes) => (bytes / (double)(1 << 30)).ToString("0.0", CultureInfo.InvariantCulture);

    static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
