using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Kymo.Signals.Tests;

/// <summary>Noise that the oracle scripts make alike, and their answers.</summary>
static class SignalOracle
{
    const string Python = "/usr/bin/python3";
    static readonly Lock s_lock = new();
    static Process? s_process;

    /// <summary>The same single-precision noise in [-0.5, 0.5) as <c>noise</c> of tests/Oracles/spectra.py.</summary>
    public static float[] Noise(int count, int seed = 0)
    {
        var samples = new float[count];
        for (var i = 0; i < count; i++)
        {
            var hash = (uint)((ulong)i + (ulong)seed * 1000003) * 2654435761;
            hash = (hash ^ (hash >> 15)) * 2246822519;
            hash ^= hash >> 13;
            samples[i] = (float)((hash >> 8) / (double)(1 << 24) - 0.5);
        }
        return samples;
    }

    /// <summary>
    /// What an operation of tests/Oracles/spectra.py answers. One process answers all tests, because importing PyTorch takes
    /// seconds; the test is skipped where Python or a module it needs is absent.
    /// </summary>
    public static double[] Spectra(string operation, params object[] arguments)
    {
        using var folder = new TempFolder();
        var texts = arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        string answer;
        lock (s_lock)
        {
            s_process ??= Start();
            s_process.StandardInput.WriteLine(string.Join('\t', [operation, folder["answer"], .. texts]));
            s_process.StandardInput.Flush();
            answer = s_process.StandardOutput.ReadLine() ?? "missing numpy";
        }
        if (answer.StartsWith("missing ", StringComparison.Ordinal)) Assert.Skip($"needs the Python module {answer[8..]}");
        Assert.Equal("done", answer);
        return MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(folder["answer"])).ToArray();
    }

    static Process Start()
    {
        if (!File.Exists(Python)) Assert.Skip($"needs {Python}");
        var start = new ProcessStartInfo(Python, Repository.PathOf("tests", "Oracles", "spectra.py"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // It ends by itself when this process does: its input is at an end then.
        return Process.Start(start)!;
    }

    /// <summary>Asserts that the root of the mean squared difference is small against that of the expected values.</summary>
    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double relative, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (difference, size) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            difference += (expected[i] - actual[i]) * (expected[i] - actual[i]);
            size += expected[i] * expected[i];
        }
        var off = Math.Sqrt(difference / size);
        Assert.True(difference <= relative * relative * size, $"{what}: {off:E2} off, at most {relative:E2}");
    }
}
