using System.Runtime.InteropServices;

namespace Kymo.Onnx;

/// <summary>Finds ONNX Runtime's native library.</summary>
public static class RuntimeLibrary
{
    /// <summary>The environment variable that names the library's file or the folder it lies in.</summary>
    public const string Variable = "ONNXRUNTIME";

    /// <summary>What brings the library from the package registry, from the root of a checkout.</summary>
    public const string InstallCommand = "npm ci --ignore-scripts --prefix native/onnxruntime";

    static readonly string[] s_names = OperatingSystem.IsWindows() ? ["onnxruntime.dll"]
        : OperatingSystem.IsMacOS() ? ["libonnxruntime.dylib", "libonnxruntime.1.dylib"]
        : ["libonnxruntime.so.1", "libonnxruntime.so"];

    /// <summary>
    /// The library's file. Looked for: where <see cref="Variable"/> says and nowhere else, if it is set; next to the program; in
    /// <c>native/onnxruntime/node_modules</c> of the program's folder or one above it.
    /// </summary>
    /// <exception cref="OnnxException">There is none. The message says where it was looked for and what to type.</exception>
    public static string Locate() => Locate(Environment.GetEnvironmentVariable(Variable), AppContext.BaseDirectory);

    internal static string Locate(string? setting, string programFolder)
    {
        if (!string.IsNullOrEmpty(setting))
        {
            return File.Exists(setting) ? Path.GetFullPath(setting) : InFolder(setting) ?? throw new OnnxException(
                $"{Variable} is set to '{setting}', which is no file and no folder with {s_names[0]} in it: correct it, or unset it");
        }
        if (InFolder(programFolder) is { } beside) return beside;
        for (var folder = new DirectoryInfo(programFolder); folder is not null; folder = folder.Parent)
            if (InPackage(Path.Combine(folder.FullName, "native", "onnxruntime")) is { } installed) return installed;
        throw new OnnxException($"ONNX Runtime ({s_names[0]}) was found neither in {programFolder} nor under native/onnxruntime of "
            + $"a folder above it: run `{InstallCommand}` in the checkout, or set {Variable} to the library's file or folder");
    }

    static string? InFolder(string folder) =>
        s_names.Select(name => Path.Combine(folder, name)).Where(File.Exists).Select(Path.GetFullPath).FirstOrDefault();

    static string? InPackage(string project)
    {
        var binaries = Path.Combine(project, "node_modules", "onnxruntime-node", "bin");
        if (!Directory.Exists(binaries)) return null;
        var system = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        return Directory.EnumerateDirectories(binaries, "napi-v*")
            .OrderDescending(StringComparer.Ordinal)
            .Select(version => InFolder(Path.Combine(version, system, processor)))
            .FirstOrDefault(file => file is not null);
    }
}
