namespace Kymo.Tuning.Samplers;

/// <summary>Volumes between points and a reference point that is worse in every coordinate; less is better.</summary>
static class Hypervolume
{
    const double Tiny = 1e-12;

    /// <summary>Volume of the union of the boxes from each point to the reference (While, Bradstreet and Barone 2012).</summary>
    public static double Of(IReadOnlyList<double[]> points, double[] reference)
    {
        double[][] sorted = [.. points.Where(point => IsInside(point, reference)).OrderBy(point => point[0])];
        var volume = 0.0;
        for (var i = 0; i < sorted.Length; i++)
        {
            var point = sorted[i];
            // The part of the box that later points cover, cut to the box.
            List<double[]> covered = [];
            foreach (var other in sorted.AsSpan(i + 1))
            {
                double[] cut = [.. other.Zip(point, Math.Max)];
                if (covered.Any(kept => IsNowhereWorse(kept, cut))) continue;
                covered.RemoveAll(kept => IsNowhereWorse(cut, kept));
                covered.Add(cut);
            }
            volume += Box(point, reference) - (covered.Count == 0 ? 0 : Of(covered, reference));
        }
        return volume;
    }

    /// <summary>A reference point a tenth beyond the worst of the points.</summary>
    public static double[] Reference(IReadOnlyList<double[]> points)
    {
        var reference = new double[points[0].Length];
        for (var i = 0; i < reference.Length; i++)
        {
            var worst = points.Max(point => point[i]);
            reference[i] = Math.Max(1.1 * worst, 0.9 * worst);
            if (reference[i] == 0) reference[i] = Tiny;
        }
        return reference;
    }

    /// <summary>Indices of points that cover much volume together, taken one by one by what each adds.</summary>
    public static List<int> Select(IReadOnlyList<double[]> points, int count, double[] reference)
    {
        var selected = new List<int>();
        var vectors = new List<double[]>();
        double[] additions = [.. points.Select(point => Of([point], reference))];
        while (selected.Count < count)
        {
            var best = Array.IndexOf(additions, additions.Max());
            var covered = vectors.Count == 0 ? 0 : Of(vectors, reference);
            for (var j = 0; j < points.Count; j++)
            {
                if (j == best || selected.Contains(j)) continue;
                double[] shared = [.. points[best].Zip(points[j], Math.Max)];
                additions[j] -= Of([.. vectors, shared], reference) - covered;
            }
            additions[best] = double.NegativeInfinity;
            selected.Add(best);
            vectors.Add(points[best]);
        }
        return selected;
    }

    static bool IsInside(double[] point, double[] reference) => point.Zip(reference).All(pair => pair.First <= pair.Second);

    static bool IsNowhereWorse(double[] left, double[] right) => left.Zip(right).All(pair => pair.First <= pair.Second);

    static double Box(double[] point, double[] reference)
    {
        var volume = 1.0;
        for (var i = 0; i < point.Length; i++) volume *= reference[i] - point[i];
        return volume;
    }
}
