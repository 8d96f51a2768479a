using System.Globalization;
using Kymo.Signals;
using Kymo.Signals.Series;
using Kymo.Signals.Sleep;

namespace Kymo.Lab.Data.Sleep;

/// <summary>A night as one row of features an epoch, on a grid without holes.</summary>
/// <param name="Id">The person.</param>
/// <param name="Features">Names of the columns.</param>
/// <param name="FirstTime">Start of the first row's epoch, seconds from the start of the polysomnography.</param>
/// <param name="Values">(epoch, feature), row-major; epochs that were not recorded are filled from their neighbours.</param>
/// <param name="Stages">Class of five of each epoch, <see cref="SleepStage.Unscored"/> where it is no target.</param>
public sealed record NightEpochs(string Id, IReadOnlyList<string> Features, double FirstTime, float[] Values, int[] Stages)
{
    /// <summary>Number of epochs, those without a target included.</summary>
    public int Count => Stages.Length;

    /// <summary>Number of epochs with a target.</summary>
    public int Targets => Stages.Count(stage => stage >= 0);

    /// <summary>Start of an epoch, seconds.</summary>
    public double TimeOf(int epoch) => FirstTime + epoch * SleepStage.EpochSeconds;

    /// <summary>Rows from an epoch on.</summary>
    public ReadOnlySpan<float> Rows(int from, int count) => Values.AsSpan(from * Features.Count, count * Features.Count);
}

/// <summary>One row of a file of epoch features.</summary>
/// <param name="Time">Start of the epoch, seconds.</param>
/// <param name="ActivityCount">The reference's activity around the epoch.</param>
/// <param name="HeartRateVariation">The reference's variation of the heart rate around the epoch.</param>
/// <param name="Code">The stage's code.</param>
public readonly record struct EpochRow(double Time, double ActivityCount, double HeartRateVariation, int Code);

/// <summary>
/// Nights as published per-epoch features with raw heart rate and labels: <c>epochs/ID_epochs.csv</c>, <c>heart_rate/</c>, <c>labels/</c>.
/// </summary>
public static class SleepAccelEpochs
{
    const string Ending = "_epochs.csv";

    /// <summary>The columns of <see cref="Read"/>.</summary>
    public static IReadOnlyList<string> Features { get; } =
        ["log_activity_count", "hr_std_feature", "hr_mean", "hr_deviation", "hr_min", "hr_max", "hours", "clock"];

    /// <summary>The people, in ordinal order.</summary>
    /// <exception cref="DataException">No such folder, or nothing in it.</exception>
    public static IReadOnlyList<string> People(string root)
    {
        var folder = Path.Combine(root, "epochs");
        if (!Directory.Exists(folder))
            throw new DataException(root, "no folder epochs/ in it; name the folder that holds epochs/, heart_rate/ and labels/ with data.dataset_dir=DIR");
        var people = Directory.EnumerateFiles(folder, "*" + Ending).Select(path => Path.GetFileName(path)[..^Ending.Length]).Order(StringComparer.Ordinal).ToArray();
        return people.Length > 0 ? people : throw new DataException(folder, "no files in it; expected for instance 1066528_epochs.csv");
    }

    /// <summary>Reads a night.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="id">The person.</param>
    /// <param name="maxBadFraction">Share of the heart rate's rows that may be bad.</param>
    public static (NightEpochs? Night, NightCheck Check) Read(string root, string id, double maxBadFraction)
    {
        var (table, heartPath) = (Path.Combine(root, "epochs", id + Ending), SleepAccelTree.FileOf(root, id, StreamKind.HeartRate));
        string[] missing = [.. new[] { table, heartPath }.Where(path => !File.Exists(path)).Select(path => Path.GetRelativePath(root, path))];
        if (missing.Length > 0) return (null, new NightCheck(id, "missing file: " + string.Join(", ", missing), []));
        var faults = new SeriesFaults(heartPath);
        var raw = SeriesReader.Read(heartPath, StreamKind.HeartRate, faults, checkRange: true);
        if (faults.BadFraction > maxBadFraction)
            return (null, new NightCheck(id, string.Create(CultureInfo.InvariantCulture, $"unreadable: {heartPath}:{faults.FirstBadLine}"), [faults]));
        var heart = SeriesReader.Clean(raw, faults);
        if (heart.Count == 0) return (null, new NightCheck(id, "empty sources: heart_rate", [faults]));
        if (SeriesReader.WrongUnit(heart, StreamKind.HeartRate) is { } wrong) return (null, new NightCheck(id, $"wrong unit: {heartPath}: {wrong}", [faults]));
        var rows = ReadTable(table);
        if (rows.Count == 0) return (null, new NightCheck(id, "empty sources: epochs", [faults]));
        if (heart.Times[^1] < rows[0].Time || heart.Times[0] > rows[^1].Time + SleepStage.EpochSeconds)
            return (null, new NightCheck(id, "insufficient overlapping data", [faults]));
        return (Build(id, rows, heart), new NightCheck(id, null, [faults]));
    }

    /// <summary>Reads a file of epoch features.</summary>
    /// <exception cref="DataException">Another header, a text in a number, a time twice or off the grid, an unknown code.</exception>
    public static IReadOnlyList<EpochRow> ReadTable(string path)
    {
        var table = Table.Read(path, "t", "activity_count", "hr_std_feature", "label");
        var rows = new List<EpochRow>(table.Rows.Count);
        foreach (var row in table.Rows)
        {
            var (time, code) = (Number(row, "t"), Number(row, "label"));
            if (SleepStage.FromCode(code) == SleepStage.Unknown) throw row.Fault($"label code {row["label"]}; the codes are -1, 0, 1, 2, 3, 4, 5, 6");
            if (time % SleepStage.EpochSeconds != 0)
                throw row.Fault($"t is {row["t"]}; expected a multiple of 30 s{(time % 30_000 == 0 ? ", and it looks like milliseconds" : "")}");
            if (rows.Count > 0 && time <= rows[^1].Time) throw row.Fault($"t is {row["t"]} behind {rows[^1].Time.ToString(CultureInfo.InvariantCulture)}; expected ascending times");
            if (rows.Count > 0 && time - rows[0].Time > 48 * 3600)
                throw row.Fault($"t is {row["t"]}: more than 48 hours behind the first; are the times milliseconds? Divide them by 1000");
            rows.Add(new EpochRow(time, Number(row, "activity_count"), Number(row, "hr_std_feature"), (int)code));
        }
        return rows;
    }

    static double Number(Table.Row row, string column) =>
        double.TryParse(row[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value : throw row.Fault($"{column} is '{row[column]}'; expected a number");

    // The grid runs from the first to the last row; epochs between them that have no row are context without a target.
    static NightEpochs Build(string id, IReadOnlyList<EpochRow> rows, SensorSeries heart)
    {
        var first = rows[0].Time;
        var count = (int)((rows[^1].Time - first) / SleepStage.EpochSeconds) + 1;
        var stages = new int[count];
        Array.Fill(stages, SleepStage.Unscored);
        var columns = new double[Features.Count][];
        for (var c = 0; c < columns.Length; c++)
        {
            columns[c] = new double[count];
            Array.Fill(columns[c], double.NaN);
        }
        foreach (var row in rows)
        {
            var epoch = (int)((row.Time - first) / SleepStage.EpochSeconds);
            stages[epoch] = SleepStage.FromCode(row.Code);
            columns[0][epoch] = Math.Log(1 + Math.Max(row.ActivityCount, 0));
            columns[1][epoch] = row.HeartRateVariation;
        }
        for (var epoch = 0; epoch < count; epoch++)
        {
            Beats(heart, first + epoch * SleepStage.EpochSeconds, epoch, columns);
            columns[6][epoch] = epoch * SleepStage.EpochSeconds / 3600;
            columns[7][epoch] = EpochFeatures.ClockProxy(epoch * SleepStage.EpochSeconds);
        }
        foreach (var column in columns) Fill(column);
        for (var c = 2; c < 6; c++) Standardise(columns[c]);
        var values = new float[count * columns.Length];
        for (var i = 0; i < values.Length; i++) values[i] = (float)columns[i % columns.Length][i / columns.Length];
        return new NightEpochs(id, Features, first, values, stages);
    }

    // Mean, deviation, minimum and maximum of the samples in [t, t + 30).
    static void Beats(SensorSeries heart, double time, int epoch, double[][] columns)
    {
        var (from, to) = (Sorted.LowerBound(heart.Times, time), Sorted.LowerBound(heart.Times, time + SleepStage.EpochSeconds));
        if (from == to) return;
        var beats = heart.Channels[0].AsSpan(from..to);
        double sum = 0, squares = 0, low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var beat in beats) (sum, low, high) = (sum + beat, Math.Min(low, beat), Math.Max(high, beat));
        var mean = sum / beats.Length;
        foreach (var beat in beats) squares += (beat - mean) * (beat - mean);
        (columns[2][epoch], columns[3][epoch], columns[4][epoch], columns[5][epoch]) = (mean, Math.Sqrt(squares / beats.Length), low, high);
    }

    // Straight between the epochs that are there, constant beyond them; 0 where none is.
    static void Fill(double[] column)
    {
        int[] known = [.. Enumerable.Range(0, column.Length).Where(i => !double.IsNaN(column[i]))];
        if (known.Length == column.Length) return;
        if (known.Length == 0)
        {
            Array.Clear(column);
            return;
        }
        double[] all = [.. Enumerable.Range(0, column.Length).Select(i => (double)i)];
        Interpolation.At(all, [.. known.Select(i => (double)i)], [.. known.Select(i => column[i])]).CopyTo(column, 0);
    }

    static void Standardise(double[] column)
    {
        var mean = column.Average();
        var deviation = Math.Sqrt(column.Average(value => (value - mean) * (value - mean)));
        for (var i = 0; i < column.Length; i++) column[i] = deviation > 1e-9 ? (column[i] - mean) / deviation : 0;
    }
}
