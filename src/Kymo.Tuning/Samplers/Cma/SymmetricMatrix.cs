namespace Kymo.Tuning.Samplers;

/// <summary>Small symmetric matrices.</summary>
static class SymmetricMatrix
{
    const int MostSweeps = 60;

    /// <summary>Eigenvalues and, in columns, eigenvectors, by Jacobi's rotations.</summary>
    public static (double[] Values, double[,] Vectors) Eigen(double[,] matrix)
    {
        var size = matrix.GetLength(0);
        var rest = (double[,])matrix.Clone();
        var vectors = new double[size, size];
        for (var i = 0; i < size; i++) vectors[i, i] = 1;
        for (var sweep = 0; sweep < MostSweeps && OffDiagonal(rest) > 0; sweep++)
            for (var p = 0; p < size - 1; p++)
                for (var q = p + 1; q < size; q++) Rotate(rest, vectors, p, q);
        return ([.. Enumerable.Range(0, size).Select(i => rest[i, i])], vectors);
    }

    // The size of what is not on the diagonal; 0 where it no longer counts.
    static double OffDiagonal(double[,] matrix)
    {
        double off = 0, all = 0;
        for (var i = 0; i < matrix.GetLength(0); i++)
        {
            for (var j = 0; j < matrix.GetLength(0); j++)
            {
                all += matrix[i, j] * matrix[i, j];
                if (i != j) off += matrix[i, j] * matrix[i, j];
            }
        }
        return off <= 1e-32 * all ? 0 : off;
    }

    static void Rotate(double[,] matrix, double[,] vectors, int p, int q)
    {
        if (matrix[p, q] == 0) return;
        var ratio = (matrix[q, q] - matrix[p, p]) / (2 * matrix[p, q]);
        var tangent = Math.CopySign(1, ratio) / (Math.Abs(ratio) + Math.Sqrt(ratio * ratio + 1));
        var cosine = 1 / Math.Sqrt(tangent * tangent + 1);
        var sine = tangent * cosine;
        for (var k = 0; k < matrix.GetLength(0); k++)
        {
            (matrix[k, p], matrix[k, q]) = (
                cosine * matrix[k, p] - sine * matrix[k, q], sine * matrix[k, p] + cosine * matrix[k, q]);
        }
        for (var k = 0; k < matrix.GetLength(0); k++)
        {
            (matrix[p, k], matrix[q, k]) = (
                cosine * matrix[p, k] - sine * matrix[q, k], sine * matrix[p, k] + cosine * matrix[q, k]);
        }
        for (var k = 0; k < matrix.GetLength(0); k++)
        {
            (vectors[k, p], vectors[k, q]) = (
                cosine * vectors[k, p] - sine * vectors[k, q], sine * vectors[k, p] + cosine * vectors[k, q]);
        }
    }
}
