using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Web.Pages;

/// <summary>The epochs of one training of a run.</summary>
/// <param name="Unit">Its fold; null for a run without folds.</param>
/// <param name="Epochs">Number of epochs.</param>
/// <param name="Best">The epoch whose weights are kept so far, from 1; 0 for none.</param>
/// <param name="Seconds">How long each epoch took.</param>
/// <param name="Ended">When the last one ended; null where that cannot be read.</param>
/// <param name="Values">Columns by name, for instance <c>val_acc</c>; not a number where a cell is blank.</param>
sealed record EpochCurves(int? Unit, int Epochs, int Best, double[] Seconds, DateTimeOffset? Ended, IReadOnlyDictionary<string, double[]> Values)
{
    const int MostUnits = 400;

    static readonly string[] s_others = ["ts_utc", "run_id", "epoch", "epoch_start_utc", "epoch_end_utc", "epoch_s", "fold", "is_best"];

    /// <summary>All curves of a run, also of one that is being trained; none where there are no epochs yet.</summary>
    /// <exception cref="DataException">A table is damaged.</exception>
    public static IReadOnlyList<EpochCurves> Of(RunCard card)
    {
        var units = Units(card);
        if (units.Count > 0) return [.. units.Select(unit => Read(card, unit)).OfType<EpochCurves>()];
        return Read(card, null) is { } curve ? [curve] : [];
    }

    /// <summary>Scores that were measured on training or validation data, without the prefix; the loss first.</summary>
    public static IReadOnlyList<string> ScoresOf(IReadOnlyList<EpochCurves> curves) =>
        [.. curves.SelectMany(curve => curve.Values).Where(column => Array.Exists(column.Value, double.IsFinite)).Select(column => column.Key)
            .Where(name => name.StartsWith("train_", StringComparison.Ordinal) || name.StartsWith("val_", StringComparison.Ordinal))
            .Select(name => name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..]).Distinct().OrderBy(name => name != "loss")];

    /// <summary>The mean over the curves that came so far, epoch by epoch.</summary>
    public static double[] Mean(IReadOnlyList<EpochCurves> curves, string column)
    {
        var epochs = curves.Count == 0 ? 0 : curves.Max(curve => curve.Epochs);
        return [.. Enumerable.Range(0, epochs).Select(epoch => curves.Select(curve => curve.At(column, epoch)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average())];
    }

    /// <summary>A value; not a number where there is none.</summary>
    public double At(string column, int epoch) => Values.TryGetValue(column, out var values) && epoch < values.Length ? values[epoch] : double.NaN;

    /// <summary>Numbers for a script; null where one is not finite.</summary>
    public static JsonArray Json(IEnumerable<double> values) => [.. values.Select(value => double.IsFinite(value) ? (JsonNode?)Math.Round(value, 6) : null)];

    // Folds that have a folder, those of further networks (101, 102 ...) too.
    static List<int> Units(RunCard card)
    {
        var folder = Path.Combine(card.Run.Path, "folds");
        if (!Directory.Exists(folder) || new DirectoryInfo(folder).LinkTarget is not null) return [];
        return [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Take(MostUnits)
            .Select(name => name.StartsWith("fold_", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var fold) ? fold : -1)
            .Where(fold => fold >= 0).Order()];
    }

    static EpochCurves? Read(RunCard card, int? unit)
    {
        var relative = unit is { } fold ? $"{RunFiles.Fold(fold)}/{RunFiles.EpochMetrics}" : RunFiles.EpochMetrics;
        if (ResultsFolder.FileOf(card, relative) is not { } path) return null;
        var table = CsvTable.Read(path, TornTail.Drop);
        double[] Column(int column) => [.. Enumerable.Range(0, table.Rows.Count).Select(row => table.Number(row, column))];
        var best = 0;
        var (isBest, ended) = (table.Header.IndexOf("is_best"), table.Header.IndexOf("epoch_end_utc"));
        for (var row = 0; isBest >= 0 && row < table.Rows.Count; row++)
            if (table.Rows[row][isBest] == "1") best = row + 1;
        var values = table.Header.Index().Where(column => !s_others.Contains(column.Item)).ToDictionary(column => column.Item, column => Column(column.Index));
        var seconds = table.Header.IndexOf("epoch_s") is >= 0 and var took ? Column(took) : [];
        DateTimeOffset? last = ended >= 0 && table.Rows.Count > 0 && Timestamp.TryRead(table.Rows[^1][ended], out var moment) ? moment : null;
        return new EpochCurves(unit, table.Rows.Count, best, seconds, last, values);
    }
}

/// <summary>What lists lack.</summary>
static class ListExtensions
{
    /// <summary>Where an item stands; -1 where it does not.</summary>
    public static int IndexOf(this IReadOnlyList<string> list, string item)
    {
        for (var i = 0; i < list.Count; i++)
            if (list[i] == item) return i;
        return -1;
    }
}
