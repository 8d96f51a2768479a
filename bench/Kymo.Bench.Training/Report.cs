using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Kymo.Bench.Training;

/// <summary>Medians of both sides, taken in turns in one run.</summary>
/// <param name="Name">What was trained.</param>
/// <param name="Goal">How many times as fast as the peer it has to be.</param>
/// <param name="KymoMilliseconds">Wall-clock of a step.</param>
/// <param name="PeerMilliseconds">The peer's.</param>
/// <param name="KymoProcessorMilliseconds">Processor time of a step, all threads together; 0 where it is not known.</param>
/// <param name="PeerProcessorMilliseconds">The peer's.</param>
/// <param name="KymoPeakMebibytes">The most memory resident in the process; 0 where it is not known.</param>
/// <param name="PeerPeakMebibytes">The peer's.</param>
sealed record Comparison(
    string Name, double Goal, double KymoMilliseconds, double PeerMilliseconds, double KymoProcessorMilliseconds,
    double PeerProcessorMilliseconds, double KymoPeakMebibytes, double PeerPeakMebibytes)
{
    /// <summary>What a checkpoint every 100 steps adds, as a share of the steps.</summary>
    public double CheckpointShare { get; init; }

    public double Ratio => PeerMilliseconds / KymoMilliseconds;

    public double? ProcessorRatio => PeerProcessorMilliseconds > 0 ? PeerProcessorMilliseconds / KymoProcessorMilliseconds : null;
}

/// <summary>All that one run found.</summary>
/// <param name="Machine">Where.</param>
/// <param name="Threads">Threads of each side.</param>
/// <param name="ProductGigaflops">Rate of a 2048-wide matrix product.</param>
/// <param name="TinyCnnFloorMilliseconds">A TinyCNN step at that rate.</param>
/// <param name="Comparisons">One for each network.</param>
/// <param name="Skipped">What was left out, and why.</param>
sealed record Report(
    string Machine, int Threads, double ProductGigaflops, double TinyCnnFloorMilliseconds, IReadOnlyList<Comparison> Comparisons,
    IReadOnlyList<string> Skipped)
{
    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    // The shape that scripts rely on: cases with times and ratios (peer over Kymo), and the machine.
    public static string ToJson(Report report) => JsonSerializer.Serialize(
        new
        {
            Cases = report.Comparisons.Select(c => new
            {
                c.Name,
                KymoMs = c.KymoMilliseconds,
                PeerMs = c.PeerMilliseconds,
                c.Ratio,
                FloorMs = c.Name.StartsWith("TinyCNN", StringComparison.Ordinal) ? report.TinyCnnFloorMilliseconds : (double?)null,
                c.Goal,
                c.ProcessorRatio,
                KymoPeakMib = c.KymoPeakMebibytes,
                PeerPeakMib = c.PeerPeakMebibytes,
                c.CheckpointShare,
            }),
            Machine = new { Description = report.Machine, report.Threads, report.ProductGigaflops },
            report.Skipped,
        }, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true });

    public static string ToMarkdown(Report report)
    {
        var text = new StringBuilder();
        text.Append("# Training beside PyTorch\n\nWritten by `bench/Kymo.Bench.Training`; medians of a step, both sides in turns in one run.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{report.Machine}; {report.Threads} threads each.\n\n");
        text.Append("| network and batch | Kymo ms | PyTorch ms | ratio | goal | processor ms | PyTorch's | ratio | peak MiB | PyTorch's |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var c in report.Comparisons)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {c.Name} | {c.KymoMilliseconds:F1} | {c.PeerMilliseconds:F1} | {c.Ratio:F2} | {c.Goal:F1} |");
            text.Append(c.ProcessorRatio is { } ratio
                ? string.Create(CultureInfo.InvariantCulture,
                    $" {c.KymoProcessorMilliseconds:F1} | {c.PeerProcessorMilliseconds:F1} | {ratio:F2} | {c.KymoPeakMebibytes:F0} | {c.PeerPeakMebibytes:F0} |\n")
                : " | | | | |\n");
        }

        text.Append(CultureInfo.InvariantCulture,
            $"\nA 2048-wide matrix product ran at {report.ProductGigaflops:F0} GFLOP/s; at that rate the multiplications of a TinyCNN step take "
            + $"{report.TinyCnnFloorMilliseconds:F0} ms.\n");
        text.Append("\nA checkpoint every 100 steps (written and read back by another thread) adds to the time of the steps: ")
            .AppendJoin("; ", report.Comparisons.Where(c => c.PeerProcessorMilliseconds > 0).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.CheckpointShare:P2}")))
            .Append(".\n");
        foreach (var skipped in report.Skipped) text.Append(CultureInfo.InvariantCulture, $"\nSkipped: {skipped}\n");
        return text.ToString();
    }
}
