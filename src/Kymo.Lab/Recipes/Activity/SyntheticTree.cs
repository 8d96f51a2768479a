using System.Globalization;
using System.Text;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Training;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>The generated data of <c>data=synthetic</c>: a small MM-Fit tree with a planted relation, and skeleton files for the second task.</summary>
static class SyntheticTree
{
    const int Clips = 8, ClipFrames = 60;

    /// <summary>The tree below the results folder; written where it is not there yet.</summary>
    public static string Ensure(ActivityConfig config)
    {
        var lists = ActivityData.Lists(config.Data);
        string[] workouts = [.. lists.Train.Concat(lists.Validation).Concat(lists.Test).Distinct()];
        var root = Path.Combine(config.Run.Root, "synthetic", $"mmfit_seed{config.Seed.ToString(CultureInfo.InvariantCulture)}_{Math.Abs(string.Join(' ', workouts).Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter)))}");
        if (Directory.Exists(root)) return root;
        var half = root + "." + Guid.NewGuid().ToString("N")[..8];
        MmFitTree.Write(half, new MmFitTreeOptions(workouts, Seed: config.Seed));
        return Finish(half, root);
    }

    /// <summary>Skeleton files of two actions that swing at different speeds.</summary>
    public static string EnsureSkeletons(ActivityConfig config)
    {
        var root = Path.Combine(config.Run.Root, "synthetic", $"ntu_seed{config.Seed.ToString(CultureInfo.InvariantCulture)}");
        if (Directory.Exists(root)) return root;
        var half = root + "." + Guid.NewGuid().ToString("N")[..8];
        Directory.CreateDirectory(half);
        var random = new RandomStream(config.Seed, "skeletons");
        for (var clip = 0; clip < Clips; clip++)
        {
            var action = clip % 2;
            File.WriteAllText(Path.Combine(half, $"S001C001P{1 + (clip / 2):000}R001A{action + 1:000}.skeleton"), Skeleton(action, random));
        }
        return Finish(half, root);
    }

    // Several programs may want the tree at once: the first one that is done gives it its name.
    static string Finish(string half, string root)
    {
        try
        {
            Directory.Move(half, root);
        }
        catch (IOException) when (Directory.Exists(root))
        {
            Directory.Delete(half, recursive: true);
        }
        return root;
    }

    static string Skeleton(int action, RandomStream random)
    {
        var (text, phase) = (new StringBuilder(), random.Uniform(0, 6));
        text.Append(CultureInfo.InvariantCulture, $"{ClipFrames}\n");
        for (var frame = 0; frame < ClipFrames; frame++)
        {
            text.Append(CultureInfo.InvariantCulture, $"1\n72057594037931101 0 1 1 1 1 0 0.02 0.03 2\n{NtuSkeletons.Joints}\n");
            for (var joint = 0; joint < NtuSkeletons.Joints; joint++)
            {
                var swing = joint is >= 4 and <= 11 ? 0.3 * Math.Sin((2 * Math.PI * (1 + action) * frame / 30) + phase) : 0;
                text.Append(CultureInfo.InvariantCulture, $"{(0.05 * joint) + swing:F5} {(joint == 20 ? 0.5 : 0.02 * joint) + swing:F5} {3 + swing:F5} 0 0 0 0 0 0 0 0 2\n");
            }
        }
        return text.ToString();
    }
}
