using System.Globalization;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>What one epoch gave.</summary>
public sealed record EpochRow
{
    /// <summary>Number of the epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When its validation was over.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>How long it took in seconds, by a clock that does not jump.</summary>
    public required double Seconds { get; init; }

    /// <summary>Scores on training data by name; a name that is absent leaves its cell blank.</summary>
    public required IReadOnlyDictionary<string, double> Train { get; init; }

    /// <summary>Scores on validation data by name.</summary>
    public required IReadOnlyDictionary<string, double> Validation { get; init; }

    /// <summary>Learning rate the epoch was trained with.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Optimiser steps taken by its end, those of the epochs before included.</summary>
    public long Steps { get; init; }

    /// <summary>Whether it is the best epoch so far.</summary>
    public required bool IsBest { get; init; }

    /// <summary>Values of the contract's extra columns.</summary>
    public IReadOnlyDictionary<string, double> Extra { get; init; } = new Dictionary<string, double>();
}

/// <summary>
/// <c>epoch_metrics.csv</c> of one training. The file is replaced as a whole with every epoch, so it never ends in half a row.
/// </summary>
public sealed class EpochTable
{
    readonly string _path;
    readonly RunContract _contract;
    readonly string _runId;
    readonly int? _fold;
    readonly List<string[]> _rows;

    internal EpochTable(string path, RunContract contract, string runId, int? fold)
    {
        (_path, _contract, _runId, _fold) = (path, contract, runId, fold);
        _rows = File.Exists(path) ? Existing() : [];
    }

    /// <summary>Number of the last epoch in the table; 0 if there is none.</summary>
    public int LastEpoch => _rows.Count;

    /// <summary>The rows as written, without the header.</summary>
    internal IReadOnlyList<string[]> Rows => _rows;

    /// <summary>Adds the next epoch.</summary>
    /// <exception cref="ArgumentException">
    /// The epoch is not the next one, or a score or extra value is not in the contract.
    /// </exception>
    public void Append(EpochRow row)
    {
        if (row.Epoch != LastEpoch + 1)
            throw new ArgumentException($"epoch {row.Epoch} after epoch {LastEpoch}: expected {LastEpoch + 1}");
        CheckNames(row.Train.Keys, _contract.Scores);
        CheckNames(row.Validation.Keys, _contract.Scores);
        CheckNames(row.Extra.Keys, _contract.ExtraEpochColumns);
        var cells = _contract.EpochColumns.Select(c => Cell(c, row)).ToArray();
        AtomicFile.Write(_path, Csv.Table(_contract.EpochColumns, [.. _rows, cells]));
        _rows.Add(cells);
    }

    /// <summary>Drops the epochs after <paramref name="epoch"/>: a resumed training repeats them.</summary>
    public void KeepThrough(int epoch)
    {
        if (epoch >= LastEpoch) return;
        _rows.RemoveRange(epoch, _rows.Count - epoch);
        AtomicFile.Write(_path, Csv.Table(_contract.EpochColumns, _rows));
    }

    string Cell(string column, EpochRow row) => column switch
    {
        "ts_utc" or "epoch_end_utc" => Timestamp.Text(row.Ended),
        "run_id" => _runId,
        "epoch" => row.Epoch.ToString(CultureInfo.InvariantCulture),
        "epoch_start_utc" => Timestamp.Text(row.Started),
        "epoch_s" => NumberText.Cell(row.Seconds),
        "lr" => NumberText.Cell(row.LearningRate),
        "fold" => RunContract.FoldCell(_fold),
        "is_best" => row.IsBest ? "1" : "0",
        _ when row.Extra.TryGetValue(column, out var value) => NumberText.Cell(value),
        _ when column.StartsWith("train_", StringComparison.Ordinal) => Score(row.Train, column["train_".Length..]),
        _ when column.StartsWith("val_", StringComparison.Ordinal) => Score(row.Validation, column["val_".Length..]),
        _ => "",
    };

    static string Score(IReadOnlyDictionary<string, double> scores, string name) =>
        scores.TryGetValue(name, out var value) ? NumberText.Cell(value) : "";

    static void CheckNames(IEnumerable<string> names, IReadOnlyList<string> known)
    {
        foreach (var name in names)
            if (!known.Contains(name))
                throw new ArgumentException($"'{name}' is not in the run's contract; there are {string.Join(", ", known)}");
    }

    List<string[]> Existing()
    {
        var table = CsvTable.Read(_path);
        if (!table.Header.SequenceEqual(_contract.EpochColumns))
            throw new DataException(_path, $"has the columns {string.Join(',', table.Header)}; this run writes " +
                $"{string.Join(',', _contract.EpochColumns)}. Continue the run with the configuration it was started with.");
        var epochs = table.Column("epoch");
        for (var i = 0; i < table.Rows.Count; i++)
            if (table.Rows[i][epochs] != (i + 1).ToString(CultureInfo.InvariantCulture))
                throw new DataException(_path, $"line {i + 2}: epoch '{table.Rows[i][epochs]}', expected {i + 1}");
        return [.. table.Rows];
    }
}
