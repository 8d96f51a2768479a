using Kymo.Torch;

namespace Kymo.Lab.Training;

/// <summary>Losses that draw the embeddings of two branches together.</summary>
public static class Alignment
{
    /// <summary>The batch's mean of 1 - cosine(a, b); both (batch, feature).</summary>
    public static Tensor Dissimilarity(Tensor a, Tensor b) => 1 - Functional.CosineSimilarity(a, b, 1, 1e-8).Mean();

    /// <summary>
    /// Maximum mean discrepancy (Gretton et al. 2012) with a sum of Gaussian kernels whose widths follow from the mean distance of all rows.
    /// </summary>
    /// <param name="a">(batch, feature).</param>
    /// <param name="b">(batch, feature), as many rows.</param>
    /// <param name="factor">Ratio of one kernel's width to the next.</param>
    /// <param name="count">Kernels.</param>
    public static Tensor Discrepancy(Tensor a, Tensor b, double factor = 2, int count = 5)
    {
        var rows = Functional.Concatenate([a, b]);
        var (batch, n) = (a.Shape[0], rows.Shape[0]);
        // Squared distances from products, of rows about their mean so that no digits are lost: n² numbers instead of n² rows.
        rows = rows.Subtract(rows.Detach().Mean(0, keepDim: true));
        var norms = rows.Square().Sum(1, keepDim: true);
        var distances = norms.Add(norms.Transpose(0, 1)).Subtract(rows.MatrixMultiply(rows.Transpose(0, 1)).Multiply(2)).Clamp(min: 0);
        var bandwidth = distances.Sum().Divide((n * n) - n + 1e-8).Divide(Math.Pow(factor, count / 2));
        var kernel = Enumerable.Range(0, count)
            .Select(i => distances.Neg().Divide(bandwidth.Multiply(Math.Pow(factor, i)).Add(1e-8)).Exp()).Aggregate((sum, next) => sum.Add(next));
        var (first, second) = (kernel.Narrow(0, 0, batch), kernel.Narrow(0, batch, n - batch));
        return first.Narrow(1, 0, batch).Mean() + second.Narrow(1, batch, n - batch).Mean()
            - first.Narrow(1, batch, n - batch).Mean() - second.Narrow(1, 0, batch).Mean();
    }

    /// <summary>
    /// Supervised contrastive loss (Khosla et al. 2020): rows of one class are drawn together, others pushed away. A row is not compared with
    /// itself; a row without a partner counts 0.
    /// </summary>
    /// <param name="rows">(row, feature); divided by their norms here.</param>
    /// <param name="labels">Int64 classes (row).</param>
    /// <param name="temperature">Divides the cosines.</param>
    public static Tensor Contrastive(Tensor rows, Tensor labels, double temperature = 0.5)
    {
        var count = rows.Shape[0];
        var unit = rows.Divide(rows.Norm(1, keepDim: true).Clamp(min: 1e-12));
        var scores = unit.MatrixMultiply(unit.Transpose(0, 1)).Divide(temperature);
        var ones = rows.NewZeros(count, count).Fill(1);
        var diagonal = ones.LowerTriangle().Multiply(ones.UpperTriangle());
        var others = 1 - diagonal;
        var log = scores.Subtract(scores.MaskedFill(diagonal.GreaterThan(0), double.NegativeInfinity).LogSumExp(1, keepDim: true));
        var same = labels.Unsqueeze(0).EqualTo(labels.Unsqueeze(1)).To(ElementType.Float32).Multiply(others);
        return log.Multiply(same).Sum(1).Divide(same.Sum(1).Clamp(min: 1)).Sum().Divide(-count);
    }
}
