using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kymo.Lab.Runs;
using Kymo.Signals.Music;

namespace Kymo.Lab.Recipes.Music;

/// <summary>Mel averages of clips on disk, by the content of the clip and the definition of the average: a file that moves is found again, one that changes is not.</summary>
/// <param name="folder">Where they are kept; null keeps none.</param>
/// <param name="definition">What is computed, as a folder's name.</param>
sealed class MelCache(string? folder, string definition)
{
    /// <summary>Clips that were found.</summary>
    public int Found { get; private set; }

    /// <summary>A clip's numbers: read, or computed and kept.</summary>
    /// <param name="path">The clip.</param>
    /// <param name="compute">Computes them; what it throws is not kept.</param>
    public float[] Of(string path, Func<float[]> compute)
    {
        if (folder is null || !File.Exists(path)) return compute();
        using var clip = File.OpenRead(path);
        var kept = Path.Combine(folder, definition, Convert.ToHexStringLower(SHA256.HashData(clip)) + ".f32");
        if (File.Exists(kept) && File.ReadAllBytes(kept) is { Length: > 0 } bytes && bytes.Length % (MelMean.Size * sizeof(float)) == 0)
        {
            Found++;
            return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        }
        var values = compute();
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        AtomicFile.Write(kept, stream => stream.Write(MemoryMarshal.AsBytes<float>(values)));
        return values;
    }
}
