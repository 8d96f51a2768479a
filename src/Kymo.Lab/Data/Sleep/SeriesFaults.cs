namespace Kymo.Lab.Data.Sleep;

/// <summary>What was wrong with one file: how often each fault, and where the first of them stand.</summary>
/// <param name="path">The file.</param>
public sealed class SeriesFaults(string path)
{
    const int Remembered = 5;

    readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    readonly List<string> _examples = [];

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Lines with something in them.</summary>
    public long Rows { get; set; }

    /// <summary>How often each fault occurred, by its name.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>The first faults, each with file and line.</summary>
    public IReadOnlyList<string> Examples => _examples;

    /// <summary>Line of the first bad row; 0 for none.</summary>
    public long FirstBadLine { get; private set; }

    /// <summary>Rows that were dropped because they cannot be used.</summary>
    public long Bad { get; private set; }

    /// <summary>Dropped rows by the number of rows, 0 to 1.</summary>
    public double BadFraction => Rows == 0 ? 0 : (double)Bad / Rows;

    /// <summary>Notes a row that had to be dropped.</summary>
    public void Drop(string fault, long line, string problem)
    {
        Bad++;
        if (FirstBadLine == 0) FirstBadLine = line;
        Note(fault, 1, $"{path}:{line}: {problem}");
    }

    /// <summary>Notes something that could be put right.</summary>
    public void Note(string fault, long count, string? example = null)
    {
        if (count == 0) return;
        _counts[fault] = _counts.GetValueOrDefault(fault) + count;
        if (example is not null && _examples.Count < Remembered) _examples.Add(example);
    }
}
