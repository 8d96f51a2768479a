using System.Globalization;
using Kymo.Lab.Metrics;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary><c>predictions.csv</c>: one row per held-out item; what every reported score can be computed from again.</summary>
public static class PredictionTable
{
    /// <summary>Largest distance of a row's probability sum from 1 that counts as rounding.</summary>
    const double SumTolerance = 1e-3;

    /// <summary>Writes the predictions of a classification run.</summary>
    /// <exception cref="ArgumentException">
    /// A row has neither no probability nor one per class, or names a class that does not exist.
    /// </exception>
    public static void Write(RunFolder run, RunContract contract, IEnumerable<ClassPrediction> predictions) =>
        run.WriteTable(RunFiles.Predictions, contract.PredictionColumns, predictions.Select(p => Cells(contract, p)));

    /// <summary>Writes the predictions of a regression run.</summary>
    public static void Write(RunFolder run, RunContract contract, IEnumerable<NumberPrediction> predictions) =>
        run.WriteTable(RunFiles.Predictions, contract.PredictionColumns, predictions.Select(Cells));

    /// <summary>Reads the predictions of a classification run.</summary>
    /// <exception cref="DataException">
    /// The file is damaged: header, class name, number, or a row whose probabilities are none.
    /// </exception>
    public static List<ClassPrediction> ReadClasses(string path, RunContract contract)
    {
        var table = Open(path, contract);
        var classes = contract.Classes.Select((name, index) => (name, index)).ToDictionary(c => c.name, c => c.index);
        var predictions = new List<ClassPrediction>(table.Rows.Count);
        for (var i = 0; i < table.Rows.Count; i++)
        {
            var row = table.Rows[i];
            predictions.Add(new ClassPrediction(
                row[0], Fold(table, i), Class(table, i, 2, classes), Class(table, i, 3, classes), Distribution(table, i)));
        }
        return predictions;
    }

    /// <summary>Reads the predictions of a regression run.</summary>
    /// <exception cref="DataException">The file is damaged: header or number.</exception>
    public static List<NumberPrediction> ReadNumbers(string path, RunContract contract)
    {
        var table = Open(path, contract);
        var targets = contract.Targets.Count;
        var predictions = new List<NumberPrediction>(table.Rows.Count);
        for (var i = 0; i < table.Rows.Count; i++)
            predictions.Add(new NumberPrediction(
                table.Rows[i][0], Fold(table, i), Numbers(table, i, 2, targets), Numbers(table, i, 2 + targets, targets)));
        return predictions;
    }

    /// <summary>The confusion matrix of some predictions.</summary>
    public static ConfusionMatrix Matrix(RunContract contract, IEnumerable<ClassPrediction> predictions)
    {
        var matrix = new ConfusionMatrix(contract.Classes.Count);
        foreach (var p in predictions) matrix.Add(p.Truth, p.Predicted);
        return matrix;
    }

    static CsvTable Open(string path, RunContract contract)
    {
        var table = CsvTable.Read(path);
        if (!table.Header.SequenceEqual(contract.PredictionColumns))
            throw new DataException(
                path, $"columns {string.Join(',', table.Header)}: expected {string.Join(',', contract.PredictionColumns)}");
        return table;
    }

    static string[] Cells(RunContract contract, ClassPrediction p)
    {
        var classes = contract.Classes;
        if (p.Probabilities.Length != 0 && p.Probabilities.Length != classes.Count)
            throw new ArgumentException($"{p.Id}: {p.Probabilities.Length} probabilities for {classes.Count} classes");
        if ((uint)p.Truth >= classes.Count || (uint)p.Predicted >= classes.Count)
            throw new ArgumentException($"{p.Id}: class {p.Truth} or {p.Predicted} does not exist");
        var probabilities = p.Probabilities.Length == 0
            ? Enumerable.Repeat("", classes.Count)
            : p.Probabilities.Select(NumberText.Of);
        return [p.Id, RunContract.FoldCell(p.Fold), classes[p.Truth], classes[p.Predicted], .. probabilities];
    }

    static string[] Cells(NumberPrediction p) =>
    [
        p.Id, RunContract.FoldCell(p.Fold), .. p.Truth.Select(NumberText.Cell), .. p.Predicted.Select(NumberText.Cell),
    ];

    static int? Fold(CsvTable table, int row)
    {
        var cell = table.Rows[row][1];
        if (cell.Length == 0) return null;
        return int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var fold)
            ? fold
            : throw new DataException(table.Path, $"line {row + 2}: fold '{cell}' is not a whole number");
    }

    static int Class(CsvTable table, int row, int column, Dictionary<string, int> classes) =>
        classes.TryGetValue(table.Rows[row][column], out var index)
            ? index
            : throw new DataException(table.Path, $"line {row + 2}: '{table.Rows[row][column]}' is none of the run's classes");

    static float[] Distribution(CsvTable table, int row)
    {
        var cells = table.Rows[row].AsSpan(4);
        if (!cells.ContainsAnyExcept("")) return [];
        var values = new float[cells.Length];
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i])
                || values[i] is not (>= 0 and <= 1 + (float)SumTolerance))
                throw new DataException(table.Path, $"line {row + 2}: '{cells[i]}' is not a probability");
            sum += values[i];
        }
        return Math.Abs(sum - 1) <= SumTolerance
            ? values
            : throw new DataException(table.Path, $"line {row + 2}: the probabilities sum to {NumberText.Of(sum)}, not 1");
    }

    static double[] Numbers(CsvTable table, int row, int column, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = table.Number(row, column + i);
        return values;
    }
}
