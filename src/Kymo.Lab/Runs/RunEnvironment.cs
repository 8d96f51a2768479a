using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Kymo.Lab.Runs;

/// <summary><c>env.json</c>: the machine and the programs a run was made with. Secrets are masked.</summary>
public static partial class RunEnvironment
{
    const string Mask = "***";

    /// <summary>Keys every <c>env.json</c> has.</summary>
    public static IReadOnlyList<string> RequiredKeys { get; } =
    [
        "dotnet_version", "platform", "cpu_model", "cpu_cores", "threads", "memory_bytes", "engines", "env_vars", "git_commit",
        "git_branch",
    ];

    static readonly string[] s_prefixes =
        ["KYMO_", "HF_", "HUGGINGFACE_", "WANDB_", "DOTNET_", "OMP_", "MKL_", "OPENBLAS_", "CUDA_", "CUBLAS_", "SLURM_"];

    static readonly string[] s_names = ["LIBTORCH", "ONNXRUNTIME", "PYTHONHASHSEED", "CI"];

    /// <summary>Describes this machine and process.</summary>
    /// <param name="engines">
    /// What the engines say of themselves: <c>libtorch_version</c>, <c>cuda_available</c> and so on.
    /// </param>
    /// <param name="threads">Threads that training computes with.</param>
    /// <param name="git">The source tree.</param>
    /// <param name="variables">Environment variables of the process; those that matter are kept.</param>
    public static JsonObject Describe(
        JsonObject engines, int threads, GitState git, IEnumerable<KeyValuePair<string, string>> variables) => new()
        {
            ["dotnet_version"] = Environment.Version.ToString(),
            ["platform"] = new JsonObject
            {
                ["system"] = OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "Darwin" : "Linux",
                ["release"] = Environment.OSVersion.Version.ToString(),
                ["description"] = RuntimeInformation.OSDescription,
                ["machine"] = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(),
            },
            ["cpu_model"] = CpuModel(),
            ["cpu_cores"] = Environment.ProcessorCount,
            ["threads"] = threads,
            ["memory_bytes"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            ["engines"] = engines.DeepClone(),
            ["git_commit"] = git.Commit,
            ["git_branch"] = git.Branch,
            ["env_vars"] = new JsonObject(Relevant(variables).Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value))),
        };

    /// <summary>The variables that can change a run, secrets masked.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Relevant(
        IEnumerable<KeyValuePair<string, string>> variables) => variables
        .Where(v => s_names.Contains(v.Key) || Array.Exists(s_prefixes, p => v.Key.StartsWith(p, StringComparison.Ordinal)))
        .Select(v => KeyValuePair.Create(v.Key, Masked(v.Key, v.Value)));

    static string Masked(string name, string value) =>
        SecretName().IsMatch(name) ? Mask : UrlPassword().Replace(value, "://" + Mask + "@");

    static string CpuModel()
    {
        const string Facts = "/proc/cpuinfo";
        if (!File.Exists(Facts)) return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "";
        var lines = File.ReadLines(Facts).Select(l => l.Split(':', 2)).Where(p => p.Length == 2);
        return lines.FirstOrDefault(p => p[0].Trim() is "model name" or "Hardware" or "Model")?[1].Trim()
            ?? string.Create(CultureInfo.InvariantCulture, $"{RuntimeInformation.ProcessArchitecture}");
    }

    [GeneratedRegex("TOKEN|SECRET|PASS|KEY|CREDENTIAL|AUTH", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"://[^/@\s]+@")]
    private static partial Regex UrlPassword();
}
